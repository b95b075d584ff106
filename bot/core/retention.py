"""How long things are kept: what is due to go, and when."""

from datetime import datetime, timedelta

AFTER_LEAVING = timedelta(days=30)
"""So long a community's data stays after the bot was removed, for its moderators to export."""
WHISPERS_LAST = timedelta(days=7)
"""How long what was said to one person alone stands in our own rooms."""


def erased_before(retention_days: int | None, now: datetime) -> datetime | None:
    """Chats that ended before this are erased; None where everything is kept."""
    return now - timedelta(days=retention_days) if retention_days else None


def unheard_before(retention_days: int | None, tail: timedelta, now: datetime) -> datetime:
    """Words of no chat said before this go, in a room whose weekly chats keep nothing after their tail."""
    return max(now - tail, erased_before(retention_days, now) or now - tail)


def gone_before(now: datetime) -> datetime:
    """Communities that removed the bot before this are erased."""
    return now - AFTER_LEAVING


def whispered_before(now: datetime) -> datetime:
    """Whispers older than this are let go of."""
    return now - WHISPERS_LAST
