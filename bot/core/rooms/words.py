"""What may be said in the bot's own rooms, and how it is kept."""

from __future__ import annotations

import unicodedata

from bot.core.model import Refused
from bot.core.plain import storable
from bot.core.sentences import room as sentences
from bot.core.sentences.room import LONGEST_SAID
from bot.core.tongue import _

_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def spoken(text: str) -> str:
    """The words of a message as they are kept; without a visible letter, or too long, it is refused."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").rstrip().lstrip("\n")
    if len(words) > LONGEST_SAID:
        raise Refused(_(sentences.SAID_TOO_LONG).format(length=len(words), limit=LONGEST_SAID))
    words = storable(words, LONGEST_SAID)
    if not any(map(_visible, words)):
        raise Refused(sentences.NOTHING_TO_SAY)
    return words


def _visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "ZC" and letter not in _BLANK_LETTERS
