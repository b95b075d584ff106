"""Words before they are read as markdown: whole characters, none that steer the eye, not too many."""

import re

from bot.core.plain import calmed, cut, storable

LONGEST = 8_000
"""Characters that are rendered; nobody reads on."""
_MARKS = 4
"""Combining marks on one letter; living scripts and emoji need no more, and more climb over other lines."""
_UNSEEN = {*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)}
_STEERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_PLANE_ENDS = {plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)}
_NO_CHARACTERS = {*range(0xFDD0, 0xFDF0), *_PLANE_ENDS}
_DROPPED = dict.fromkeys(_UNSEEN | _STEERING | _NO_CHARACTERS)
_FENCE = "```"
_MARKED = re.compile(r"[^\x00-\u02ff]")


def sound(text: str) -> str:
    """The words as they can be shown, cut between letters where they are too long."""
    whole = storable(text, 2 * LONGEST).translate(_DROPPED)
    return cut(calmed(whole, _MARKS) if _MARKED.search(whole) else whole, LONGEST)


def fenced(text: str) -> str:
    """Code that ends at the end of its last line, as chat networks allow, ends on a line of its own."""
    lines: list[str] = []
    opened = False
    for line in text.split("\n"):
        words, ends = line.strip(), line.rstrip().endswith(_FENCE)
        lines.append(line)
        if not opened:
            opened = words.startswith(_FENCE) and "`" not in words[len(_FENCE) :]
        elif ends:
            opened = False
            if words.strip("`"):
                lines[-1:] = [line.rstrip().removesuffix(_FENCE), _FENCE]
    return "\n".join(lines)
