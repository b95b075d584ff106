"""Commands as forms: what a line lacks becomes fields, and what is filled in becomes a line again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.commands.declared import Command, Form, Param
from bot.commands.parameters import example
from bot.core import grammar
from bot.core.model import Refused

FIELD = "p."
"""Begins the name of a form's field that stands for a parameter."""
_QUOTES = str.maketrans(dict.fromkeys('"“”„‟＂', "’"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, long, number, choice, radio, tick or hidden.

    A choice comes with the sentence that says what it means; `near` are words that it may begin with.
    """

    name: str
    kind: str
    label: str
    hint: str
    value: str
    needed: bool
    choices: tuple[tuple[str, str], ...] = ()
    near: tuple[str, ...] = ()


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


def fields(
    form: Form, suggested: Mapping[str, tuple[str, ...]], without: Collection[str] = ()
) -> tuple[Field, ...]:
    """The fields of a command's form, filled with what it begins with; some mean nothing here."""
    asked_for = (param for param in form.command.params if param.name not in without)
    made = (_field(form, param, suggested.get(param.name, ())) for param in asked_for)
    return tuple(field for field in made if field is not None)


def composed(command: Command, values: Mapping[str, str]) -> str:
    """The line that gives these values to a command, as somebody would type it."""
    wanted = {param.name: _tidy(command, param, values) for param in command.params}
    wanted = {name: value for name, value in wanted.items() if value}
    line = _written(command, wanted)
    if _reads_as(command, line, wanted):
        return line
    return _written(command, {name: value.translate(_QUOTES) for name, value in wanted.items()})


def _field(form: Form, param: Param, near: tuple[str, ...]) -> Field | None:
    given = form.given.get(param.name)
    if given is not None and form.settled(param):
        return Field(param.name, "hidden", "", "", given, needed=False)
    if not form.asks(param):
        return None
    kind = _kind(form.command, param)
    choices = tuple((one, param.meanings.get(one, one)) for one in param.kind.choices)
    if param.kind.name == "place" and near:
        kind, places = "choice", dict.fromkeys([*near, given] if given else near)
        if len(places) == 1 and not param.required:
            return None  # there is nothing to choose
        choices = tuple((one, one) for one in places)
    label, needed = form.label(param), form.needs(param)
    return Field(param.name, kind, label, example(param), given or "", needed, choices, near)


def _kind(command: Command, param: Param) -> str:
    if param.kind.choices:
        return "radio" if param.meanings else "choice"
    if param.kind.name == "yes or no":
        return "tick"
    if command.long(param):
        return "long"
    return "number" if param.kind.name in {"number", "question"} else "text"


def _tidy(command: Command, param: Param, values: Mapping[str, str]) -> str:
    value = values.get(param.name, "").replace("\r\n", "\n").strip()
    return value if command.runs_on(param) else " ".join(value.split())


def _written(command: Command, values: Mapping[str, str]) -> str:
    """Named values first, then what is too free for quotes: at the line's end, or below it."""
    below = next((name for name in values if _stands_below(command, name)), None)
    bare = [name for name, value in values.items() if name != below and value != value.translate(_QUOTES)]
    named = [f'{name}="{value}"' for name, value in values.items() if name != below and name not in bare]
    line = " ".join([command.path, *named, *(values[name] for name in bare)]).strip()
    return "\n".join([line, values[below]]) if below else line


def _stands_below(command: Command, name: str) -> bool:
    return command.runs_on(next(param for param in command.params if param.name == name))


def _reads_as(command: Command, line: str, values: Mapping[str, str]) -> bool:
    try:
        read = grammar.read(line)
        return grammar.bind(read, len(command.path.split()), command.shape) == values
    except Refused:
        return True
