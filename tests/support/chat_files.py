"""A chat and a message as its files give them, for tests of the formats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.core.archive.chat_document import Asked, Head, Line
from bot.core.filing import MessageKind

AT: Final = datetime(2026, 11, 25, 1, 7, tzinfo=UTC)


def head(**values: object) -> Head:
    """Give what a chat's files begin with, but for these values."""
    fields: dict[str, object] = {
        "url": "https://ed.example/ed/edchat/2026-11-24/",
        "community": "Ed",
        "community_slug": "ed",
        "series": "Weekly EdChat",
        "series_slug": "edchat",
        "hashtag": "#edchat",
        "day": "2026-11-24",
        "topic": "Homework",
        "starts_at": datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
        "zone": "America/New_York",
        "state": "tail",
        "lead": "",
        "published_at": None,
        "questions": (Asked(1, "Why?", "asked", AT),),
    }
    return Head(**(fields | values))  # type: ignore[arg-type] # each field by its own name


def said(text: str, author: str | None = "Ana") -> Line:
    """Give an answer with these words."""
    return Line("a1b2", MessageKind.ANSWER, (1,), author, False, AT, None, text)
