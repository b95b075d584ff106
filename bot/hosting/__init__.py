"""What the person who hosts the bot types, and how they see how it stands."""
