"""What may be said in the bot's own rooms, and how it is kept."""

from __future__ import annotations

import re
import unicodedata

from bot.core.model import Refused
from bot.core.plain import storable
from bot.core.sentences import room as sentences
from bot.core.sentences.room import LONGEST_SAID

_IN_LANGUAGE = re.compile(r"<!--([A-Za-z0-9-]{2,20})-->")
_OF_THREADS = {
    re.compile(re.escape(said).replace(r"\{answer\}", r"(\w+)")): here.replace("{answer}", r"\g<1>")
    for said, here in sentences.SAID_IN_A_ROOM.items()
}
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def spoken(text: str) -> str:
    """The words of a message as they are kept; without a visible letter, or too long, it is refused."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").rstrip().lstrip("\n")
    if len(words) > LONGEST_SAID:
        raise Refused(sentences.SAID_TOO_LONG, length=len(words), limit=LONGEST_SAID)
    words = storable(words, LONGEST_SAID)
    if not any(map(_visible, words)):
        raise Refused(sentences.NOTHING_TO_SAY)
    return words


def of_tabs(text: str) -> str:
    """What the bot says of threads, as it is in a room, where questions have tabs."""
    for said, here in _OF_THREADS.items():
        text = said.sub(here, text)
    return text


def in_language(html: str, language: str) -> str:
    """What the bot says to somebody, with a note of the language if that is not English."""
    return html if language == "en" else f"<!--{language}-->{html}"


def language_of(html: str) -> str:
    """The language in which the bot said something."""
    noted = _IN_LANGUAGE.match(html)
    return noted[1] if noted else "en"


def _visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "ZC" and letter not in _BLANK_LETTERS
