"""Brings the catalogues of the pages' languages up to date; a test looks for what is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.commands.declared import Form
from bot.commands.help import Help
from bot.written import CATALOGUES
from cogs import every_cog

HOUSE: Final = Path(__file__).parents[1]
_METHODS: Final = [("**.py", "python"), ("**/templates/**", "jinja2")]
_OPTIONS: Final = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, "marked": None, "Offer": (1,), "offered": (1,)}
_HEAD: Final = "# What EdChat bot's pages say; `make tongues` brings it up to date."


def sentences() -> Catalog:
    """Every sentence that is marked to be translated, in templates and in code."""
    found = Catalog(project="EdChat bot", charset="utf-8", fuzzy=False)
    every = extract_from_dir(HOUSE / "bot", _METHODS, _OPTIONS, _KEYWORDS)
    for file, _line, message, comments, context in every:
        found.add(message, None, [(f"bot/{file}", 0)], auto_comments=comments, context=context)
    for words in forms():
        found.add(words, None, [("cogs", 0)])
    return found


def forms() -> Iterator[str]:
    """What help and the forms of commands say, as they are declared."""
    for command in (one for cog in (*every_cog(), Help({})) for one in cog.commands()):
        yield command.help
        bare = Form(command, {})
        needing = replace(bare, lacking=frozenset(param.name for param in command.params))
        yield from (param.help for param in command.params if param.help)
        for param in filter(bare.asks, command.params):
            yield from (bare.label(param), needing.label(param), *param.meanings.values())


def languages() -> Iterator[str]:
    """The languages that have a catalogue."""
    return (file.parent.name for file in sorted(CATALOGUES.glob("*/messages.po")))


def catalogue(language: str) -> Catalog:
    """What translators wrote so far; empty where they have not begun."""
    file = _file(language)
    if not file.is_file():
        return Catalog(language, header_comment=_HEAD, project="EdChat bot", version="", fuzzy=False)
    with file.open("rb") as written:
        return read_po(written, locale=language)


def bring_up_to_date(language: str) -> int:
    """Write a catalogue anew with all there is to say; gives how many sentences are not translated."""
    known = catalogue(language)
    known.update(sentences(), no_fuzzy_matching=True)
    known.obsolete.clear()
    file = _file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as written:
        write_po(written, known, include_lineno=False, sort_output=True, width=100)
    return sum(not _said(one.string) for one in known if one.id)


def _file(language: str) -> Path:
    return CATALOGUES / language / "messages.po"


def _said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and all(string or ())


def main() -> None:
    """Bring every catalogue up to date, and those that are named."""
    for language in sorted({*languages(), *sys.argv[1:]}):
        left = bring_up_to_date(language)
        print(f"{language}: {left} sentences are not translated yet")  # noqa: T201 - it was asked


if __name__ == "__main__":
    main()
