"""The chat networks the bot speaks on, one neighbour each."""
