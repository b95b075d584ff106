"""The prompt's grammar: what names a speaker, what is only talk, and what is refused in one sentence."""

from __future__ import annotations

import pytest

from bot.core.hearing import Author
from bot.core.model import Refused, Role
from bot.core.sentences import prompt as sentences
from bot.platforms.terminal.typed import Deed, Typed, begins, parse

ANA = Author("ana", "ana")
MOD = Author("mod", "mod", Role.HOST)

LINES = {
    "ana> A1: We start": Typed(ANA, Deed.SAY, "A1: We start"),
    "ana>A1": Typed(ANA, Deed.SAY, "A1"),
    "Ana> hello": Typed(Author("ana", "Ana"), Deed.SAY, "hello"),
    "@mod> !edchat chat next": Typed(MOD, Deed.SAY, "!edchat chat next"),
    "@mod> !edchat chat plan What's next\nOne?\n\nTwo?": Typed(
        MOD, Deed.SAY, "!edchat chat plan What's next\nOne?\n\nTwo?"
    ),
    "Зоя> A1: да": Typed(Author("зоя", "Зоя"), Deed.SAY, "A1: да"),
    "o'neil-2.b> x > y": Typed(Author("o'neil-2.b", "o'neil-2.b"), Deed.SAY, "x > y"),
    "ana Q2> I agree": Typed(ANA, Deed.SAY, "I agree", thread="Q2"),
    "ana ^15> A2: Yes": Typed(ANA, Deed.SAY, "A2: Yes", number=15),
    "ana edit 15> A2: No": Typed(ANA, Deed.EDIT, "A2: No", number=15),
    "ana edit [15]> A2: No": Typed(ANA, Deed.EDIT, "A2: No", number=15),
    "ana delete 15>": Typed(ANA, Deed.DELETE, "", number=15),
    "@mod react 15> 2": Typed(MOD, Deed.REACT, "2", number=15),
    "ana unreact 15> 2": Typed(ANA, Deed.UNREACT, "2", number=15),
}

REFUSED = {
    "ana>": sentences.NOTHING_SAID,
    "ana Q2>  ": sentences.NOTHING_SAID,
    "ana edit 15>": sentences.NOTHING_SAID,
    "ana edit> text": sentences.NOT_UNDERSTOOD,
    "ana edit fifteen> text": sentences.NOT_UNDERSTOOD,
    "ana ^fifteen> text": sentences.NOT_UNDERSTOOD,
    "ana delete 99999999999999999999>": sentences.NOT_UNDERSTOOD,
    "ana react 15> ten": sentences.REACT_WITH_A_DIGIT,
    "ana react 15> 0": sentences.REACT_WITH_A_DIGIT,
    "ana react 15> 22": sentences.REACT_WITH_A_DIGIT,
    "ana react 15> ２": sentences.REACT_WITH_A_DIGIT,
}

TALK = (
    "plain words",
    "> a quotation",
    "3 > 2",
    "I think that 3 > 2",
    "I > you",
    "we said that more time> less",
    "!edchatter",
    "<b>bold</b>",
    "",
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_says_who_does_what(line: str) -> None:
    assert begins(line)
    assert parse(line, None) == LINES[line]


@pytest.mark.parametrize("line", REFUSED)
def test_a_slip_is_answered_with_what_to_type(line: str) -> None:
    assert begins(line)
    with pytest.raises(Refused) as refusal:
        parse(line, ANA)
    assert str(refusal.value) == REFUSED[line]


@pytest.mark.parametrize("line", TALK)
def test_talk_with_a_sign_in_it_goes_to_the_last_speaker(line: str) -> None:
    assert not begins(line)
    assert parse(line, MOD) == Typed(MOD, Deed.SAY, line)


def test_a_command_is_a_message_of_its_own_by_the_last_speaker() -> None:
    assert begins("!edchat chat next")
    assert parse("!edchat chat next", MOD) == Typed(MOD, Deed.SAY, "!edchat chat next")


def test_talk_without_any_speaker_asks_for_one() -> None:
    with pytest.raises(Refused) as refusal:
        parse("plain words", None)
    assert str(refusal.value) == sentences.NOBODY_SPEAKS
