"""What the bot knows about EdChats: pure decisions, with no clock, no network and no database."""
