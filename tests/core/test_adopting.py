"""A moderator's own question made the chat's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.adopting import adopt, left_out
from bot.core.effects import Say
from bot.core.model import Chat, ChatState, Question, QuestionState, Refused, Series
from bot.core.state import Running

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CHAT = Chat(1, 1, "UTC", NOW, NOW + timedelta(hours=1), state=ChatState.OPEN)
STATE = Running(CHAT, Series(1, 1, "EdChat"), tuple(Question(k, k, f"Planned {k}?") for k in (1, 2, 3)))


def test_it_is_asked_in_the_moderators_words() -> None:
    change = adopt(STATE, "Ana", 1, "My own?", NOW)
    assert change.state.current == Question(1, 1, "My own?", QuestionState.ASKED, NOW)
    assert "Q1: My own?" in [effect.text for effect in change.effects if isinstance(effect, Say)]
    assert len(change.state.steps) == 2


def test_those_before_it_are_left_out() -> None:
    change = adopt(STATE, "Ana", 3, "My own?", NOW)
    states = [question.state for question in change.state.questions]
    assert states == [QuestionState.SKIPPED, QuestionState.SKIPPED, QuestionState.ASKED]
    assert left_out(STATE, 3) == (1, 2)
    assert left_out(STATE, 1) == ()


def test_one_that_is_out_already_stays_as_it_is() -> None:
    once = adopt(STATE, "Ana", 2, "My own?", NOW).state
    with pytest.raises(Refused, match="Q2 is not waiting"):
        adopt(once, "Ben", 2, "Another?", NOW)
