"""The bot on Matrix, on a real homeserver."""
