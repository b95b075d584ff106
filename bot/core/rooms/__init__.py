"""What a room of the bot's own shows: its bar, its hosts' panel, its sheets."""
