"""Which of a host's first steps comes next, and whom they name as hosts beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.first_steps import NextStep, next_step
from bot.core.host_names import host_names
from bot.core.model import ChatState, QuestionState, Refused
from tests.support.pure_evening import planned


def test_step_by_step_until_the_chat_is_announced() -> None:
    state = planned(2)
    announced = replace(state.chat, state=ChatState.ANNOUNCED)
    skipped = [replace(question, state=QuestionState.SKIPPED) for question in state.questions]
    assert next_step(None, ()) is NextStep.WEEKLY_CHAT
    assert next_step(state.chat, ()) is NextStep.QUESTIONS
    assert next_step(state.chat, skipped) is NextStep.QUESTIONS
    assert next_step(state.chat, state.questions) is NextStep.ANNOUNCEMENT
    assert next_step(announced, state.questions) is NextStep.NOTHING


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Dana; Tom", ("Dana", "Tom")),
        ("@Dana, Tom\nMary  Ann", ("Dana", "Tom", "Mary Ann")),
        ("Dana; Dana;", ("Dana",)),
        ("@tom:school.org; @Dana:", ("@tom:school.org", "Dana:")),
        (f"@{'t' * 60}:school.org", (f"@{'t' * 60}:school.org",)),
        ("", ()),
        ("Nobody else yet.", ()),
        ("nobody", ()),
        ("-", ()),
        ("\u200b; Dana", ("Dana",)),
        ("Иван; 李", ("Иван", "李")),
        ("<@12>; <@!13>", ("12", "13")),
    ],
)
def test_hosts_are_named_with_semicolons_commas_or_lines_between(said: str, names: tuple[str, ...]) -> None:
    assert host_names(said) == names


@pytest.mark.parametrize("said", ["x" * 41, "?!; Dana", ";".join(map(str, range(21))), "Da\0na"])
def test_what_can_be_nobody_s_name_is_refused(said: str) -> None:
    with pytest.raises(Refused):
        host_names(said)
