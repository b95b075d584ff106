"""A real homeserver for tests: Synapse in a venv of its own, its people, and bad days in front of it."""
