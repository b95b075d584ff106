"""Which words are meant for the bot: `!edchat ...`, or its name at their head."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from bot.core.grammar import command_text

_STOP: Final = re.compile(r"\s*[:,]\s*")
_BLANK: Final = re.compile(r"\s+")


class Calling:
    """Knows what the bot is called, and which commands there are."""

    def __init__(self, me: str, paths: Collection[str], of_people: Collection[str] = ()) -> None:
        self._me, self._of_people = me, frozenset(of_people)
        self._heads = frozenset(path.split()[0].casefold() for path in paths if path.split())

    def command(self, text: str, called: Iterable[str]) -> str | None:
        """The command in somebody's words, where the bot is also `called` so; None for talk.

        After a colon anything is one; after the mere name, only what begins as a command does: whoever
        answers "@edchat A1 ..." answers.
        """
        found = command_text(text)
        return self._after_name(text, called) if found is None else found

    def asks_for_people(self, line: str) -> bool:
        """Whether a command is given somebody's name: there their whole name is meant."""
        words = line.split(maxsplit=2)
        return bool({" ".join(words[:count]).casefold() for count in (1, 2)} & self._of_people)

    def _after_name(self, text: str, called: Iterable[str]) -> str | None:
        head = text.lstrip()
        for name, bare in self._names(called):
            if head[: len(name)].casefold() != name:
                continue
            rest = head[len(name) :]
            if stop := _STOP.match(rest):
                return rest[stop.end() :].strip()
            if not bare and (not rest.strip() or (_BLANK.match(rest) and self._begins(rest))):
                return rest.strip()
        return None

    def _names(self, called: Iterable[str]) -> list[tuple[str, bool]]:
        """What it may be called, longest first; a `bare` name is a word like any other."""
        names = {self._me, self._me.partition(":")[0]}
        for name in filter(None, (one.strip() for one in called)):
            names |= {name, name if name.startswith("@") else f"@{name}"}
        folded = {name.casefold() for name in names if len(name) > 1}
        return sorted(((one, not one.startswith("@")) for one in folded), key=lambda one: -len(one[0]))

    def _begins(self, rest: str) -> bool:
        return rest.split(maxsplit=1)[0].casefold() in self._heads
