"""How the name of somebody who left is taken out of what others said, and their words out of quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core import sentences
from bot.core.model import Person
from bot.core.names import names_of

_SURE = 20
"""So many characters of a quote tell whose it is."""


class Mentions:
    """Finds a person where others address them: `@Name`, a network's own mention, the head of a quote.

    A name of several words is found anywhere; one word alone may be a word like any other.
    What is quoted stays: it is part of what somebody else said.
    """

    def __init__(self, person: Person, instead: str = sentences.SOMEBODY) -> None:
        self._instead = instead
        self.names = tuple(name for name in names_of(person) if name.strip())
        self._pattern = _pattern(self.names, person.native_id)

    def words(self, text: str) -> str:
        """A text in which nobody is told who was meant."""
        return self._pattern.sub(self._put, text)

    def _put(self, found: re.Match[str]) -> str:
        quote = found.groupdict().get("quote")
        if self._instead == sentences.SOMEBODY:
            return f"{quote or ''}{self._instead}"
        if found[0].startswith("<@"):  # pages look the chosen name up
            return found[0]
        # One word alone would not be found again when it is to go.
        alone = quote is None and " " not in self._instead
        return f"{quote or ''}{'@' if alone or found[0].startswith('@') else ''}{self._instead}"


def mentions_in(texts: Iterable[str], called: Iterable[tuple[Person, str]]) -> tuple[Mentions, ...]:
    """Those of these people who are named in some words, each with what stands there instead."""
    said = "\n".join(texts).casefold()
    return tuple(Mentions(person, instead) for person, instead in called if _named(person, said))


def _named(person: Person, said: str) -> bool:
    names = (person.name, person.shown, person.native_id)
    return any(name.casefold() in said for name in names if name.strip())


def unnamed(text: str, masks: Iterable[Mentions]) -> str:
    """A text in which none of these people is called."""
    for mask in masks:
        text = mask.words(text)
    return text


class Quotes:
    """Finds what somebody said where the bot quotes it, however it was cut."""

    def __init__(self, said: Iterable[str]) -> None:
        lines = {" ".join(text.split()) for text in said} - {""}
        whole = [re.escape(line) for line in lines if len(line) <= _SURE]
        begun = [rf"{re.escape(line[:_SURE])}[^”]*" for line in lines if len(line) > _SURE]
        self._pattern = re.compile(rf"“(?:{'|'.join([*whole, *begun])})”") if lines else None

    def out_of(self, text: str) -> str:
        """A text without what was quoted."""
        return self._pattern.sub("“…”", text) if self._pattern else text


def _pattern(names: Iterable[str], native_id: str) -> re.Pattern[str]:
    """One pattern for all forms, longest names first; it begins at a sign or a line, so it stays linear."""
    longest = sorted(names, key=len, reverse=True)
    called = "|".join(map(re.escape, [*longest, native_id]))
    forms = [rf"(?<![\w@])@(?:{called})(?!\w)", rf"<@!?{re.escape(native_id)}>"]
    if longest:
        named = "|".join(map(re.escape, longest))
        forms.append(rf"^(?P<quote>>[> ]*[*_]{{0,2}})(?:{named})(?=[*_]{{0,2}}:)")
    if whole := [re.escape(name) for name in longest if " " in name]:
        forms.append(rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)")
    return re.compile("|".join(forms), re.IGNORECASE | re.MULTILINE)
