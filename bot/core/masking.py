"""How a forgotten person's name is taken out of what the bot said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from bot.core import sentences
from bot.core.mentioning import Mentions
from bot.core.model import Person
from bot.core.names import names_of

_DAYS, _MONTHS = ("|".join(word[:3] for word in every) for every in (sentences.WEEKDAYS, sentences.MONTHS))
_DATE = rf"\b(?:{_DAYS}) [0-9]{{1,2}} (?:{_MONTHS})\b"
"""As our posts write it: nobody's name stands there, though somebody be called Jan."""
_TAG = re.compile(r"(<[^>]*>)")
_CARRY_WORDS = ("question add ", "answers forget ")
"""Lines of buttons that carry more than numbers; in others a name may be but a command's own word."""


class Mask:
    """Finds a person's names as words, also where a button's label has cut them, and puts nobody there.

    Dates stay, and so do whole `lines` that ask a question: in what hosts ask, one word alone may be a word
    like any other, and it stands in the question itself, too.
    """

    def __init__(self, person: Person, lines: Iterable[str] = ()) -> None:
        names = {sentences.brief(name) for name in names_of(person)} | names_of(person)
        self._names = tuple(filter(None, names))
        mentions = Mentions(person)
        kept = {line for line in lines if mentions.words(line) == line}
        self._kept = kept | _as_html(kept)  # looked up: where a name is a common word they are many
        self._in_words, self._in_html = _pattern(self._names), _pattern(_as_html(self._names))

    @property
    def idle(self) -> bool:
        """Whether there is no name to find."""
        return not self._names

    def finds(self, text: str) -> bool:
        """Whether a text names the person."""
        return self.words(text) != text

    def finds_on(self, label: str, line: str) -> bool:
        """Whether a button names the person, on its face or in the words that it carries."""
        said = next((line.removeprefix(one) for one in _CARRY_WORDS if line.startswith(one)), "")
        return self.finds(label) or self.finds(said)

    def words(self, text: str) -> str:
        """A text without the person's name."""
        return text if self.idle else self._masked(text, self._in_words)

    def html(self, marked: str) -> str:
        """HTML without the person's name in what is read; tags stay as they are."""
        if self.idle:
            return marked
        parts = _TAG.split(marked)
        parts[::2] = [self._masked(part, self._in_html) for part in parts[::2]]
        return "".join(parts)

    def _masked(self, said: str, names: re.Pattern[str]) -> str:
        return "\n".join(
            line if line in self._kept else names.sub(_nobody, line) for line in said.split("\n")
        )


def _nobody(found: re.Match[str]) -> str:
    return found["kept"] or sentences.SOMEBODY


def _as_html(words: Iterable[str]) -> set[str]:
    return {escape(word, quote=quote) for word in words for quote in (False, True)}


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?P<kept>{_DATE})|(?<!\w)(?:{longest_first})(?!\w)")
