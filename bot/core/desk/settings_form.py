"""What a form of settings changes: of all that stands in it, what its sender made different."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

YES, NO, NONE = "yes", "no", "none"
_MAY_BE_NONE: Final = frozenset({"hashtag", "welcome", "about", "ping"})


def changed(was: Mapping[str, str], filled: Mapping[str, str], ticks: Collection[str]) -> dict[str, str]:
    """The settings that were changed, as a command takes them; what was emptied is none where it may be.

    A box that is not ticked is not sent by browsers at all, so those that were shown are looked for.
    """
    said = {name: _tidy(text) for name, text in filled.items()}
    said |= {name: NO for name in ticks if name in was and name not in said}
    new = {name: text for name, text in said.items() if text != _tidy(was.get(name, ""))}
    return {name: text or NONE for name, text in new.items() if text or name in _MAY_BE_NONE}


def conflicting(was: Mapping[str, str], now: Mapping[str, str], wanted: Collection[str]) -> bool:
    """Whether somebody else changed one of these settings since they were shown."""
    return any(_tidy(was.get(name, "")) != _tidy(now.get(name, "")) for name in wanted)


def _tidy(said: str) -> str:
    text = said.replace("\r\n", "\n").strip()
    return "" if text == NONE else text
