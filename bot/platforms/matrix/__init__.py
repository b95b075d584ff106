"""Matrix as a chat network: what people say in its rooms is heard, and what is queued is said there."""

from bot.platforms.matrix.platform import Matrix

__all__ = ["Matrix"]
