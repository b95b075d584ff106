"""Whether the line that tells readers whom to turn to is somebody's own: their name, handle or address."""

from __future__ import annotations

import re
from typing import Final

from bot.core.model import Person
from bot.core.names import names_of

_HOST: Final = re.compile(r"(?<=[^\s@])@[^\s@]+")
"""What follows a name in an address; in `@ana` nothing stands before the sign."""
_PART: Final = re.compile(r"[,;:()<>|/\n]|\s[-–—]\s")
_WORD: Final = re.compile(r"[^\W_]+")


def is_contact_of(person: Person, contact: str) -> bool:
    """Whether a contact names this person.

    All the words of a longer name tell, also in an address such as `ana.lund@school.example`; a single
    word, which may be a word like any other, only where it stands alone between commas, or after an @.
    """
    said = contact.casefold()
    if _stands_in(person.native_id.casefold(), said):
        return True
    words = set(_WORD.findall(_HOST.sub(" ", said)))
    parts = {part.strip(" .!@") for part in _PART.split(said)}
    return any(_tells(name.casefold(), words, parts, said) for name in names_of(person))


def _tells(name: str, words: set[str], parts: set[str], said: str) -> bool:
    own = set(_WORD.findall(name))
    if len(own) > 1:
        return own <= words
    return bool(name.strip()) and (name.strip(" .!@") in parts or _stands_in(f"@{name}", said))


def _stands_in(sign: str, said: str) -> bool:
    return re.search(rf"(?<![\w@.]){re.escape(sign)}(?![\w@])", said) is not None
