"""A made-up language that shows what nobody translated: English between brackets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

from bot.core.tongue import English


class Fenced(English):
    """English between brackets, so that what nobody translates stands outside; it says that it is German."""

    code = "de"

    def said(self, words: str) -> str:
        return f"⟦{words}⟧" if words else ""

    def told(self, one: str, many: str, number: int) -> str:
        return f"⟦{super().told(one, many, number)}⟧"

    def clock(self, at: time) -> str:
        return f"⟦{super().clock(at)}⟧"

    def day_name(self, day: date) -> str:
        return f"⟦{super().day_name(day)}⟧"

    def long_day(self, day: date) -> str:
        return f"⟦{super().long_day(day)}⟧"

    def short_day(self, day: date) -> str:
        return f"⟦{super().short_day(day)}⟧"

    def month(self, day: date) -> str:
        return f"⟦{super().month(day)}⟧"


def outside(texts: Iterable[str]) -> Iterator[str]:
    """What of each text stands in no brackets; a sentence may go on from one text to the next."""
    depth = 0
    for text in texts:
        kept = []
        for sign in text:
            depth += (sign == "⟦") - (sign == "⟧")
            if depth == 0 and sign != "⟧":
                kept.append(sign)
        assert depth >= 0, text
        yield "".join(kept)
