"""Whether reading labels stays linear: twice the text, about twice the time, whatever the text is."""

import time
from collections.abc import Mapping
from pathlib import Path

from bot.core.labels.reading import Voice, read

SIZE = 40_000
TEXTS: Mapping[str, str] = {
    "labels": "A1 ",
    "labelled lines": "A1 x\n",
    "words": "word ",
    "letters": "A",
    "digits": "1",
    "marks": "*_`~",
    "quotes": "> ",
    "mentions": "@a #b ",
    "newlines": "\n",
    "combining marks": "a\u0301\u0301\u0301",
}


async def measure(folder: Path) -> dict[str, float]:
    """The largest t(2n)/t(n) over texts made to be slow, and which text it was."""
    ratios = {name: _took(piece, 2 * SIZE) / _took(piece, SIZE) for name, piece in TEXTS.items()}
    return {f"t(2n)/t(n), {name}": ratio for name, ratio in ratios.items()} | {
        "worst t(2n)/t(n)": max(ratios.values())
    }


def _took(piece: str, size: int) -> float:
    text = (piece * (size // len(piece) + 1))[:size]
    rounds = []
    for _ in range(7):
        began = time.perf_counter()
        read(text, Voice.PARTICIPANT, 7)
        rounds.append(time.perf_counter() - began)
    return max(min(rounds), 20e-6)
