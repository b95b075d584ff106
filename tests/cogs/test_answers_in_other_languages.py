"""Whatever one person is answered can be said in another language, and as a whole: no two languages mix."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.commands.declared import Reply, replied
from bot.core.model import Refused, Role
from bot.core.tongue import joined, marked, speaking, worded
from cogs import every_cog
from tests.support.evening import Evening, evening
from tests.support.fenced import Fenced, outside

_AHEAD: Final = (
    "",
    "setup",
    "setup hosts=Dana readers=members",
    "series list",
    "series show",
    'series create "Tea Time" when="every Wed 6 pm" zone=London',
    'series create "Slow Read" when="1st and 5th Mon 9 am" pace=daily days=Mon-Tue',
    'series edit "Tea Time" when="every Thu 6 pm" welcome=Hello about=Dana anonymous-answers=yes',
    'series edit "Tea Time" search-engines=yes minutes=45',
    'series skip "22 Dec until 5 Jan" series="Tea Time"',
    'series skip 2026-11-24 series="Thursday Chat"',
    'series share "Tea Time"',
    'series delete "Tea Time"',
    'series pause "Tea Time"',
    "series list",
    'series resume "Tea Time"',
    "chat plan",
    "chat preview",
    "chat now",
    "chat remind",
    "chat remind undo=yes",
    'chat cancel reason="Half-term" chat=1',
    "chat start chat=1",
    "question add Why?",
    "question add Why?",
    "question reorder 2 1 3 4 5",
    "question edit 1 How?",
    "question remove 5",
    "chat plan Reading chat=1\nWhat for?\nWhat for?",
    "chat announce chat=1",
    "chat announce chat=1",
    "resource list",
    'resource digest series="Tea Time"',
    'resource digest on series="Tea Time"',
    "archive search Reading",
    "archive search words",
    'archive visibility series="Thursday Chat"',
    'archive visibility link series="Thursday Chat"',
    "archive link new=yes chat=1",
    'archive feed series="Thursday Chat"',
    'series delete "Tea Time" sure=yes',
    "privacy show",
    "privacy forget",
    "desk",
    "room create Den",
    "room link Den",
    "room link Den new=yes",
    "room people",
    "house edit about=Teachers",
    "house edit keep-days=90",
)
_LIVE: Final = (
    "",
    "chat now",
    "chat extend 5",
    "chat pause",
    "chat now",
    "",
    "chat resume",
    "answer 1 Mine is https://example.org/lesson",
    "resource list",
    "archive search lesson",
    "answer 2 Before its time",
    "answers unanswered",
    "answers hide m1",
    "answers undo",
    "answers unfile m1",
    "answers move m1 1",
    "answers undo",
    "archive search question:",
    "archive link",
    "chat preview",
    "chat ask What for?",
    "chat skip",
    "chat next",
    "chat end",
    "privacy exclude",
    "privacy show",
    "chat end sure=yes",
    "chat now",
    "archive export",
    "answers delete m1 sure=yes",
    "privacy forget sure=yes",
    "privacy show",
)
_PEOPLES: Final = re.compile(
    r"https?://\S+|`[^`]*`|\*\*[^*]*\*\*|[QA]\d|Q/A|“[^”]*”"
    r"|\b(?:Thursday Chat|Tea Time|Slow Read|Edhouse|edchat-hosts|edchat|Reading|Hello|Dana|Den|Mo|Browser)\b"
    r"|\b(?:Why|How|What for|What do you read|What do they read|Where do you read)\?"
    r"|\b(?:GMT|London|Europe)\b"
    r"|^(?:off|members|link|public):|\bMine is\b",
    re.MULTILINE,
)
"""What people wrote and called things, what is typed, and zones."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms="browser") as opened:
        async with opened.store.begin() as tx:
            await tx.install("address", "https://chat.example")
        yield opened


def bare(reply: Reply) -> str:
    """What is left of an answer beside its translated sentences and people's words."""
    with speaking(Fenced()):
        left = _PEOPLES.sub(" ", "".join(outside([reply.here().text])))
    return " ".join(left.split()) if re.search(r"[^\W\d_]{2}", left) else ""


async def test_no_word_of_an_answer_is_left_untranslated(room: Evening) -> None:
    left: dict[str, str] = {}
    for minute, lines in ((-600, _AHEAD), (7, _LIVE)):
        await room.until(minute)
        for line in lines:
            reply = await room.asks("mo", line, Role.HOST)
            left |= {line: found} if (found := bare(reply)) else {}
    assert left == {}


async def test_every_line_of_help_says_in_another_language_what_a_command_does(room: Evening) -> None:
    for line in ("help", "help chat", "help chat plan", "help series delete"):
        reply = await room.asks("mo", line, Role.HOST)
        with speaking(Fenced()):
            told = reply.here().text.splitlines()
        spoken = [one for one in told if "⟦" in one]
        typed = {"chat plan ⟦lines below: questions⟧", "series delete [series] [--sure]"}
        assert len(told) - len(spoken) <= 2, set(told) - set(spoken) - typed


def test_an_answer_says_in_which_language_it_is() -> None:
    known = replied(worded(marked("Everybody sees it now.")))
    with speaking(Fenced()):
        assert known.here().language == "de"
        assert (
            Reply("Nobody translated this.", told=lambda: "Nobody translated this.").here().language == "en"
        )
    assert known.here().language == "en"


def test_a_refusal_said_again_repeats_no_secret() -> None:
    token = "aB3" * 12
    no = Refused(marked("I know no command {said}."), said=token)
    with speaking(Fenced()):
        again = Reply(str(no), refused=True, no=no).here((token,))
    assert token not in again.text
    assert (again.refused, again.language) == (True, "de")


def test_sentences_stand_in_a_row_without_those_that_are_empty() -> None:
    row = joined(marked("Paused."), "", worded(marked("Next: {dates}."), dates="today"), by=" ")
    assert row() == "Paused. Next: today."
    with speaking(Fenced()):
        assert row() == "⟦Paused.⟧ ⟦Next: today.⟧"
