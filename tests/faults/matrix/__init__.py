"""The bot as a process on a real homeserver, with bad days in front of it."""
