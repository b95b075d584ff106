"""Commands that the bot's own sentences name, as people give them in the place where they read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from bot.core.sentences import (
    archive,
    chat,
    chat_hosts,
    chat_refusals,
    command,
    health,
    houses,
    people,
    planning,
    refusals,
    resources,
    searching,
    setup,
    slow,
    sorting,
    steering,
    sure,
)
from bot.core.tongue import ENGLISH, _, speaking, spoken

CALL: Final = "!edchat"
"""What a command begins with where it is typed among other words."""

_OURS: Final = (
    *(archive, chat, chat_hosts, chat_refusals, command, health, houses, people, planning, refusals),
    *(resources, searching, setup, slow, sorting, steering, sure),
)
_FIELD = re.compile(r"\{[^{}]*\}")
_OPENS = re.compile(r"(?<![^\s(])`(?=[a-z!])")
_SPAN = re.compile(r"`([^`\n]+)`")
_AROUND: Final = 40


def spoken_commands(
    text: str, paths: Collection[str], prefix: str, buttons: Mapping[str, str] | None = None
) -> str:
    """A text of the bot's with each command as it is given here: after a prefix, or by its button.

    `buttons` are labels by the lines they stand for, with "#" for any number. A command that people
    wrote themselves is left alone: only where one of our own sentences stands is anything changed.
    """

    def spelled(span: re.Match[str]) -> str:
        line = span[1].removeprefix(CALL).strip()
        if span.start() not in own or not (_path(line, paths) or span[1] == CALL):
            return span[0]
        label = labels.get(re.sub("[0-9]+", "#", line))
        return f"*{_(label)}*" if label else f"`{prefix}{line}`" if line else f"`{card}`"

    labels = {_(line): label for line, label in (buttons or {}).items()}
    card = CALL if prefix.strip() == CALL else f"{prefix}{CALL.lstrip('!')}"
    own = frozenset(_own(text)) if paths and "`" in text else frozenset()
    return _SPAN.sub(spelled, text) if own else text


def _path(line: str, paths: Collection[str]) -> str:
    words = line.split()
    found = (" ".join(words[:count]) for count in (2, 1))
    return next((path for path in found if path in paths), "")


def _own(text: str) -> Iterator[int]:
    """Where a backtick of our own sentences opens."""
    yield from (found.start() for found in _naming(spoken().code).finditer(text))
    for meant in _meant(spoken().code).finditer(text):
        yield from (meant.start() + one.start() for one in _SPAN.finditer(meant[0]))


def _named(piece: str) -> Iterator[str]:
    """Patterns of the backticks that open in a piece of a sentence, by the words around them."""
    for opens in _OPENS.finditer(piece):
        before = piece[max(0, opens.start() - _AROUND) : opens.start()]
        yield f"(?<={re.escape(before)})`(?={re.escape(piece[opens.end() :][:_AROUND])})"


def _pieces(said: Any) -> Iterator[str]:
    """The fixed words of sentences, of which some are made by functions and some have gaps."""
    if isinstance(said, str):
        yield from _FIELD.split(_(said))
    elif isinstance(said, Mapping):
        yield from (piece for one in said.values() for piece in _pieces(one))
    elif isinstance(said, FunctionType):
        yield from (piece for piece in _pieces(said.__code__) if piece != said.__doc__)
    elif isinstance(said, CodeType):
        yield from (piece for one in said.co_consts for piece in _pieces(one))


def _sentences(module: ModuleType) -> Iterator[Any]:
    """What a module of sentences declares itself."""
    for name, said in vars(module).items():
        if not name.startswith("__") and getattr(said, "__module__", module.__name__) == module.__name__:
            yield said


@cache
def _naming(_language: str) -> re.Pattern[str]:
    """Where our sentences name commands, as they are in the language that is spoken."""
    every = (piece for module in _OURS for said in _sentences(module) for piece in _pieces(said))
    return re.compile("|".join(dict.fromkeys(pattern for piece in every for pattern in _named(piece))))


@cache
def _meant(_language: str) -> re.Pattern[str]:
    """Where it is asked which of several commands is meant, in the language that is spoken."""
    before, _names, after = _(command.DID_YOU_MEAN).removeprefix("{sentence}").partition("{names}")
    between = f"(?:, |{re.escape(_(' or '))})?"
    return re.compile(f"(?<={re.escape(before)})(?:`[^`\\n]+`{between})+(?={re.escape(after)})")


with speaking(ENGLISH):  # made before anybody is spoken to, since that takes a moment
    _naming(ENGLISH.code)
