"""Sentences that are said otherwise on Matrix than on networks with buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from bot.core.sentences.command import HELP_EXAMPLE
from bot.core.sentences.matrix_said import OPEN_ENDED, SAID_HERE, all_of_it
from bot.core.spoken import CALL

MOST_OPEN: Final = 3
"""What a line asks for beside, written out; where there is more, two of them stand for all."""
_SHOWN: Final = 2
_FIELD: Final = re.compile(r"\{(\w+)\}")
_OPTION: Final = re.compile(r" \[[^\]]*\]")


def as_said_here(text: str, paths: Collection[str] = ()) -> str:
    """A text of the bot's with each sentence of ours as it is said here."""
    for head, pattern, instead in _SENTENCES:
        if head in text:
            text = pattern.sub(partial(_instead, instead), text)
    return _with_example(text, paths)


def shortened(line: str, path: str) -> tuple[str, str]:
    """A line that names what may be added, and what to say behind it where that is too much to read."""
    options = _OPTION.findall(line)
    if len(options) <= MOST_OPEN:
        return line, ""
    needed = _OPTION.sub("", line)
    return f"{needed}{''.join(options[:_SHOWN])} {OPEN_ENDED}", all_of_it(path)


def _with_example(text: str, paths: Collection[str]) -> str:
    """Help on one command, with its example as it is typed."""
    first = text.partition("\n")[0].split()
    path = next((one for one in (" ".join(first[:2]), " ".join(first[:1])) if one in paths), "")
    bare = HELP_EXAMPLE.format(example=path)
    if not path or f"\n{bare}" not in text:
        return text
    pattern = re.compile(rf"^{re.escape(bare)}(.*)$", re.MULTILINE)
    return pattern.sub(lambda found: HELP_EXAMPLE.format(example=f"`{CALL} {path}{found[1]}`"), text, count=1)


def _instead(instead: str | Callable[..., str], found: re.Match[str]) -> str:
    gaps = found.groupdict()
    return instead(**gaps) if callable(instead) else _FIELD.sub(lambda field: gaps[field[1]], instead)


def _pattern(sentence: str) -> re.Pattern[str]:
    """A sentence with anything in its gaps; one that ends with a gap ends the text."""
    pieces, seen = _FIELD.split(sentence), set[str]()
    written = re.escape(pieces[0])
    for name, fixed in zip(pieces[1::2], pieces[2::2], strict=True):
        last = not fixed and sentence.endswith(f"{{{name}}}")
        gap = f"(?P={name})" if name in seen else rf"(?P<{name}>(?s:.+))\Z" if last else rf"(?P<{name}>.+?)"
        seen.add(name)
        written += gap + re.escape(fixed)
    return re.compile(written)


_SENTENCES: Final = tuple(
    (_FIELD.split(sentence)[0], _pattern(sentence), instead) for sentence, instead in SAID_HERE.items()
)
