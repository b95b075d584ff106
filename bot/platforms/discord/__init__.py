"""Discord as a chat network: what people do there is heard, and what is queued is said there."""

from bot.platforms.discord.platform import Discord

__all__ = ["Discord"]
