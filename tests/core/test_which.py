"""Which chat people mean when they name none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.model import Chat
from bot.core.which import hosted

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def chat(number: int, days: int) -> Chat:
    """A chat so many days from now."""
    at = NOW + timedelta(days=days)
    return Chat(number, 1, "UTC", at, at + timedelta(hours=1))


def test_a_guest_host_means_the_chat_here_if_it_is_theirs_else_their_next_else_their_last() -> None:
    here, soon, later, past, older = chat(1, 0), chat(2, 7), chat(3, 14), chat(4, -7), chat(5, -14)
    assert hosted(here, [later, here, past], NOW) == here
    assert hosted(here, [later, past, soon], NOW) == soon
    assert hosted(here, [older, past], NOW) == past
    assert hosted(None, [older], NOW) == older
    assert hosted(here, [], NOW) == here  # and it is refused as nobody's but its hosts'
