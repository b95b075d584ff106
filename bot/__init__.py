"""EdChat bot: runs weekly EdChats, files every answer under its question, and keeps the archive."""
