"""Whether rendering stays linear up to its cap: twice the text, about twice the time."""

import time
from collections.abc import Mapping
from pathlib import Path

from bot.markup import LONGEST, render

PIECES: Mapping[str, str] = {
    "words": "word ",
    "pictures": "![",
    "brackets": "[",
    "links": "[x](https://e.org) ",
    "half links": '[](a "',
    "addresses": "https://a.b/(",
    "schemes": "://",
    "angles": "<https://",
    "quotes": ">",
    "quoted lines": "> a\n",
    "lists": "* a\n",
    "marks": "*a **b ",
    "bars": "||a",
    "backticks": "`a ",
    "newlines": "\n",
    "combining marks": "e\u0301\u0301\u0301\u0301\u0301",
    "nested marks": "**[||s||](https://e.org)** ",
}


async def measure(folder: Path) -> dict[str, float]:
    """The largest t(2n)/t(n) over texts made to be slow, and the longest time of one message."""
    whole = {name: _took(piece, LONGEST) for name, piece in PIECES.items()}
    ratios = {name: whole[name] / _took(piece, LONGEST // 2) for name, piece in PIECES.items()}
    return {f"rendering t(2n)/t(n), {name}": ratio for name, ratio in ratios.items()} | {
        "rendering, slowest message ms": max(whole.values()) * 1e3,
        "rendering, worst t(2n)/t(n)": max(ratios.values()),
    }


def _took(piece: str, size: int) -> float:
    text = (piece * (size // len(piece) + 1))[:size]
    rounds = []
    for _ in range(7):
        began = time.perf_counter()
        render(text)
        rounds.append(time.perf_counter() - began)
    return max(min(rounds), 200e-6)
