"""A handout: the answers of a chat that a reader chose for a sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.core.archive.chat_page import Answer, Answered, ChatPage
from bot.core.archive.repeats import again

MOST: Final = 24
"""Answers of one handout; more would not go on a sheet."""
_LINK: Final = re.compile(r'<a href="([^"<>]*)"[^<>]*>((?:(?!<a ).)*?)</a>', re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Handout:
    """What goes on the sheet; `lost` of those that were wanted are not to be had, `over` were too many."""

    questions: tuple[Answered, ...]
    lost: int = 0
    over: int = 0

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was chosen, in the order of the sheet."""
        return tuple(one for asked in self.questions for one in asked.answers)


def choosable(page: ChatPage) -> tuple[Answered, ...]:
    """The questions of a chat with the answers that may go on paper, each where it stands first."""
    before = again(page.questions)
    found = (
        replace(asked, answers=tuple(one for one in asked.answers if _fit(one, before[asked.question.id])))
        for asked in page.questions
    )
    return tuple(one for one in found if one.answers)


def suggested(questions: Iterable[Answered]) -> frozenset[str]:
    """The ids of what hosts picked, which is chosen to begin with."""
    picked = [one.public_id for asked in questions for one in asked.answers if one.picked]
    return frozenset(picked[:MOST])


def handout(questions: Iterable[Answered], wanted: Iterable[str]) -> Handout:
    """The sheet with the answers of these ids; ids that are none of them are only counted."""
    ids = tuple(dict.fromkeys(wanted))
    here = {one.public_id for asked in questions for one in asked.answers}
    known = [one for one in ids if one in here]
    chosen = frozenset(known[:MOST])
    kept = (
        replace(asked, answers=tuple(one for one in asked.answers if one.public_id in chosen))
        for asked in questions
    )
    lost, over = len(ids) - len(known), len(known) - len(chosen)
    return Handout(tuple(one for one in kept if one.answers), lost, over)


def written_out(html: str) -> str:
    """An answer whose links have their address beside them: nobody can press them on paper."""
    return _LINK.sub(_with_address, html) if "<a " in html else html


def _with_address(link: re.Match[str]) -> str:
    there, said = link[1].removeprefix("mailto:"), _TAG.sub("", link[2]).strip()
    return link[0] if said in (there, there.rstrip("/")) else f'{link[0]} <span class="at">{there}</span>'


def _fit(one: Answer, before: frozenset[int]) -> bool:
    return not (one.hidden or one.orphan or one.message_id in before)
