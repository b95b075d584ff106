"""How a forgotten person's name is taken out of what the bot said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from bot.core import sentences
from bot.core.model import Person
from bot.core.names import names_of

_TAG = re.compile(r"(<[^>]*>)")


class Mask:
    """Finds a person's names as words, also where a button's label has cut them, and puts nobody there."""

    def __init__(self, person: Person) -> None:
        names = {sentences.brief(name) for name in names_of(person)} | names_of(person)
        self._names = tuple(filter(None, names))
        written = {escape(name, quote=quote) for name in self._names for quote in (False, True)}
        self._in_words, self._in_html = _pattern(self._names), _pattern(written)

    @property
    def idle(self) -> bool:
        """Whether there is no name to find."""
        return not self._names

    def finds(self, text: str) -> bool:
        """Whether a text names the person."""
        return not self.idle and self._in_words.search(text) is not None

    def words(self, text: str) -> str:
        """A text without the person's name."""
        return text if self.idle else self._in_words.sub(sentences.SOMEBODY, text)

    def html(self, marked: str) -> str:
        """HTML without the person's name in what is read; tags stay as they are."""
        if self.idle:
            return marked
        parts = _TAG.split(marked)
        parts[::2] = [self._in_html.sub(sentences.SOMEBODY, part) for part in parts[::2]]
        return "".join(parts)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
