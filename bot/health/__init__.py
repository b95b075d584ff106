"""How the bot does: looked at, counted, and told to the person who hosts it."""
