"""What a place is told again when its room was replaced."""

from __future__ import annotations

import pytest

from bot.core.actions import Action
from bot.core.effects import Effect, Say, Wish
from bot.core.model import Pace
from bot.core.sharing import asked_anew
from tests.support.pure_week import begun


def subjects(effects: tuple[Effect, ...]) -> list[str]:
    return [one.subject for one in effects if isinstance(one, Say)]


def pins(effects: tuple[Effect, ...]) -> list[str]:
    return [one.on for one in effects if isinstance(one, Wish) and one.action is Action.PIN]


def test_the_question_that_is_on_is_asked_again_and_pinned_and_no_other() -> None:
    effects = asked_anew(begun().at(2, "12:00").state)
    assert (subjects(effects), pins(effects)) == (["q3"], ["q3"])


def test_where_all_are_on_at_once_each_is_asked_again_and_the_first_is_pinned() -> None:
    effects = asked_anew(begun(4, asks=Pace.ALL).at(1, "12:00").state)
    assert (subjects(effects), pins(effects)) == (["q1", "q2", "q3", "q4"], ["q1"])


@pytest.mark.parametrize(("day", "wall"), [(-1, "12:00"), (5, "22:00")])
def test_before_a_chat_and_after_it_nothing_is_asked_again(day: int, wall: str) -> None:
    assert asked_anew(begun().at(day, wall).state) == ()
