"""The database room, over real files."""
