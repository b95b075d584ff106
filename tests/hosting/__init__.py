"""What the person who hosts the bot types."""
