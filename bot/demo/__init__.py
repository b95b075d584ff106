"""An hour's EdChat in about a minute: the real bot, a real question list, simulated people."""

from bot.demo.playing import Demo
from bot.demo.showing import watch

__all__ = ["Demo", "watch"]
