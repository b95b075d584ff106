"""The little Discord of the tests, held against the real discord.py and Discord's own description."""
