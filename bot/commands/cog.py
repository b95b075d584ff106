"""A cog is a feature: the commands, the listening and the steps that its methods declare."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from types import MethodType
from typing import Any, TypeVar, get_type_hints

from bot.commands.declared import Command, Context, Param, Reply
from bot.commands.parameters import declared
from bot.core.hearing import Heard
from bot.core.model import Place, Role, Step, StepKind
from bot.storage.store import Tx

Hearer = Callable[[Tx, Place, Heard, int | None, datetime], Awaitable[None]]
"""Takes in what was heard; the number is the stored message's id."""

Stepper = Callable[[Tx, int, Step, datetime], Awaitable[None]]
"""Does what a chat's step asks for; the number is the chat's id."""

Filler = Callable[[Context, Tx, Mapping[str, Any]], Awaitable[Mapping[str, str | None]]]
"""Gives what the fields of a command's form begin with, from the values given already."""

_Method = TypeVar("_Method", bound=Callable[..., Awaitable[Any]])
_COMMAND, _HEARS, _STEPS = "__edchat_command__", "__edchat_hears__", "__edchat_steps__"
_FILLS = "__edchat_fills__"


def command(
    path: str,
    *,
    role: Role = Role.ANYONE,
    private: bool = False,
    destructive: bool = False,
    of_own_place: bool = False,
    shows_words: bool = False,
) -> Callable[[_Method], _Method]:
    """Declare a method as the command `path`, as in "chat next"; "" is what `edchat` alone shows."""
    said = {"path": path, "role": role, "private": private, "destructive": destructive}
    return partial(_mark, _COMMAND, said | {"of_own_place": of_own_place, "shows_words": shows_words})


def hears(*types: type[Heard]) -> Callable[[_Method], _Method]:
    """Declare a method that takes in what was heard, inside the transaction that stores it."""
    return partial(_mark, _HEARS, types)


def fills(path: str) -> Callable[[_Method], _Method]:
    """Declare a method that gives what the form of the command `path` begins with; None must be given."""
    return partial(_mark, _FILLS, path)


def on_step(*kinds: StepKind) -> Callable[[_Method], _Method]:
    """Declare a method that acts when a step of these kinds falls due, inside its transaction."""
    return partial(_mark, _STEPS, kinds)


class Cog:
    """A feature: its commands, what it listens to, and the steps it acts on, each in the order written."""

    def commands(self) -> Iterator[Command]:
        """Every command that this cog declares."""
        return (_command(method, said) for said, method in self._marked(_COMMAND))

    def hearers(self) -> Iterator[tuple[tuple[type[Heard], ...], Hearer]]:
        """What is listened to, and by which method."""
        return self._marked(_HEARS)

    def steppers(self) -> Iterator[tuple[tuple[StepKind, ...], Stepper]]:
        """Which steps are acted on, and by which method."""
        return self._marked(_STEPS)

    def fillers(self) -> Iterator[tuple[str, Filler]]:
        """Which commands' forms begin filled, and by which method."""
        return self._marked(_FILLS)

    def _marked(self, mark: str) -> Iterator[tuple[Any, Any]]:
        for name, method in vars(type(self)).items():
            if inspect.isfunction(method) and mark in vars(method):
                yield vars(method)[mark], getattr(self, name)


def _mark(mark: str, said: object, method: _Method) -> _Method:
    vars(method)[mark] = said
    return method


def _command(method: MethodType, said: Mapping[str, Any]) -> Command:
    params = _params(method.__func__)
    found = Command(help=(inspect.getdoc(method) or "").partition("\n")[0], params=params, run=method, **said)
    if found.chat_param is None and any(param.kind.name == "question" for param in params):
        raise TypeError(f"{found.path}: a Question needs a Chat beside it, so that it is clear whose it is")
    return found


@cache
def _params(function: Callable[..., Awaitable[Reply]]) -> tuple[Param, ...]:
    """What a method's own parameters say of themselves; read once, for every bot of a process."""
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[3:]  # self; ctx and tx are the tree's
    return tuple(declared(parameter, hints[parameter.name]) for parameter in parameters)
