"""Digits that people and the bot put on messages: signs of three characters, some clients write two."""

from __future__ import annotations

from typing import Final

AS_EMOJI: Final = "\N{VARIATION SELECTOR-16}"
"""Asks for a sign in colours; clients leave it out or add it."""
_FRAME: Final = "\N{COMBINING ENCLOSING KEYCAP}"
KEYCAP: Final = AS_EMOJI + _FRAME
"""What makes a digit a sign."""
_DIGITS: Final = frozenset("123456789")


def digit(sign: str) -> int:
    """The number on a keycap from 1 to 9; 0 for anything else."""
    number = sign.replace(AS_EMOJI, "").removesuffix(_FRAME)
    return int(number) if number in _DIGITS and sign.endswith(_FRAME) else 0
