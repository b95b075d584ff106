"""The bot's own rooms: what stands there, who sees it, and what happened in which order."""
