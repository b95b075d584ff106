"""What tests of recurrences share: a Saturday afternoon in New York, and the rule that words mean there."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.times.recurrence import Recurrence, parse_recurrence, upcoming

NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # Saturday, 5 pm in New York


def parsed(words: str, now: datetime = NOW) -> Recurrence:
    """Read words as somebody in New York means them."""
    return parse_recurrence(words, NEW_YORK, now)


def utc(text: str) -> datetime:
    """Give a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(rule: Recurrence, count: int = 4) -> list[str]:
    """Give the coming dates, as in 24 Nov."""
    return [f"{found.local:%d %b}" for found in upcoming(rule, NOW)][:count]
