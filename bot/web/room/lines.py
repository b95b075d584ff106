"""Commands as forms: what a line lacks becomes fields, and what is filled in becomes a line again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core import grammar
from bot.core.model import Refused
from bot.declared import Command, Param
from bot.parameters import example

FIELD = "p."
"""Begins the name of a form's field that stands for a parameter."""
_QUOTES = str.maketrans(dict.fromkeys('"“”„‟＂', "’"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, long, number, choice, tick or hidden."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    needed: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A line's command, and what the line gives to its parameters."""

    command: Command
    given: Mapping[str, str]


def asked(commands: Iterable[Command], line: str) -> Asked | None:
    """What a line asks for, or None where it names no command or does not fit it."""
    known = {command.path: command for command in commands}
    try:
        read = grammar.read(line)
        words = [word.text.casefold() for word in read.words[:2]]
        paths = [" ".join(words[:count]) for count in range(len(words), -1, -1)]
        found = next((path for path in paths if path in known), None)
        if found is None:
            return None
        command = known[found]
        return Asked(command, grammar.bind(read, len(found.split()), command.shape))
    except Refused:
        return None


def fields(one: Asked, present: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a command's form, filled with what the line gives, else with what holds now."""
    made = (_field(one, param, present) for param in one.command.params)
    return tuple(field for field in made if field is not None)


def composed(command: Command, values: Mapping[str, str]) -> str:
    """The line that gives these values to a command, as somebody would type it."""
    wanted = {param.name: _tidy(command, param, values) for param in command.params}
    wanted = {name: value for name, value in wanted.items() if value}
    line = _written(command, wanted)
    if _reads_as(command, line, wanted):
        return line
    return _written(command, {name: value.translate(_QUOTES) for name, value in wanted.items()})


def _field(one: Asked, param: Param, present: Mapping[str, str]) -> Field | None:
    given = one.given.get(param.name)
    if given is not None and param.name in {"chat", "after", "message", "sure"}:
        return Field(param.name, "hidden", "", "", given, needed=False)
    if param.is_chat or param.name == "after":
        return None
    kind = _kind(one.command, param)
    value = given if given is not None else present.get(param.name, "")
    label = param.help or param.name.replace("_", " ")
    return Field(param.name, kind, label, example(param), value, param.needed, param.kind.choices)


def _kind(command: Command, param: Param) -> str:
    if param.kind.choices:
        return "choice"
    if param.kind.name == "yes or no":
        return "tick"
    shape = command.shape
    runs_on = shape.runs_on and shape.below is None and param.name == shape.ordered[-1]
    if param.kind.below or runs_on:
        return "long"
    return "number" if param.kind.name in {"number", "question"} else "text"


def _tidy(command: Command, param: Param, values: Mapping[str, str]) -> str:
    value = values.get(param.name, "").replace("\r\n", "\n").strip()
    return value if _kind(command, param) == "long" else " ".join(value.split())


def _written(command: Command, values: Mapping[str, str]) -> str:
    """Named values first, then what is too free for quotes: at the line's end, or below it."""
    below = next((name for name in values if _stands_below(command, name)), None)
    bare = [name for name, value in values.items() if name != below and value != value.translate(_QUOTES)]
    named = [f'{name}="{value}"' for name, value in values.items() if name != below and name not in bare]
    line = " ".join([command.path, *named, *(values[name] for name in bare)]).strip()
    return "\n".join([line, values[below]]) if below else line


def _stands_below(command: Command, name: str) -> bool:
    param = next(param for param in command.params if param.name == name)
    return _kind(command, param) == "long"


def _reads_as(command: Command, line: str, values: Mapping[str, str]) -> bool:
    try:
        read = grammar.read(line)
        return grammar.bind(read, len(command.path.split()), command.shape) == values
    except Refused:
        return True
