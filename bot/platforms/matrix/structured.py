"""Commands that a client gives part by part (MSC4391): what it asks, and how ours are described to it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.commands.declared import Command, Param
from bot.core.model import Role
from bot.core.plain import storable
from bot.core.structured import Structured

DESCRIPTION: Final = "org.matrix.msc4391.command_description"
"""A piece of state that describes one command of a bot."""
COMMAND: Final = "org.matrix.msc4391.command"
"""Under this name a message says which command it is, and what is given to it."""
CARD: Final = "edchat"
"""What the command without a name is called."""
STEERING: Final = ("start", "next", "extend", "pause", "resume", "skip", "ask", "end")
LONGEST: Final = 65_536
"""Characters of one argument; no message has more."""
_LONGEST: Final = 200
_MOST_ARGUMENTS: Final = 50
_TYPES: Final[Mapping[str, str]] = {"yes or no": "boolean", "number": "integer"}


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command given to those whom its message mentions."""

    asked: Structured
    to: frozenset[str]


def invocation(content: Mapping[str, Any]) -> Invocation | None:
    """Read which command a message gives; None where it gives none."""
    told, mentions = content.get(COMMAND), content.get("m.mentions")
    path = told.get("command") if isinstance(told, Mapping) else None
    if not isinstance(told, Mapping) or not isinstance(path, str) or not isinstance(mentions, Mapping):
        return None
    called = " ".join(storable(path, _LONGEST).split()).casefold()
    arguments = told.get("arguments")
    given = _given(arguments) if isinstance(arguments, Mapping) else {}
    people = mentions.get("user_ids")
    to = frozenset(one for one in people if isinstance(one, str)) if isinstance(people, list) else frozenset()
    return Invocation(Structured("" if called == CARD else called, given), to)


def _given(arguments: Mapping[Any, Any]) -> dict[str, str]:
    """What is given to each parameter, as somebody would type it; nothing for what was left empty."""
    some = [*arguments.items()][:_MOST_ARGUMENTS]
    typed = {storable(str(name), _LONGEST).casefold().replace("-", "_"): _typed(one) for name, one in some}
    return {name: one for name, one in typed.items() if one}


def _typed(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_one, value)))
    return _one(value)


def _one(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return storable(str(value), LONGEST) if isinstance(value, str | int | float) else ""


def offered(commands: Iterable[Command]) -> list[Command]:
    """The commands that are described in each room: what everybody may do, and what hosts do in the hour."""
    steering = {f"chat {name}" for name in STEERING}
    mine = [one for one in commands if one.role is Role.ANYONE or one.path in steering]
    return sorted(mine, key=lambda one: (one.path not in ("", "answer", "chat now", "chat next"), one.path))


def state_key(called: str, me: str) -> str:
    """The key under which a command of this name is described by this bot, and by nobody else."""
    return base64.b64encode(hashlib.sha256(f"{called}{me}".encode()).digest()).decode()


def descriptions(commands: Iterable[Command], me: str) -> dict[str, dict[str, Any]]:
    """What is to stand in a room, by its keys."""
    contents = [description(one) for one in offered(commands)]
    return {state_key(one["command"], me): one for one in contents}


def description(command: Command) -> dict[str, Any]:
    """How one command is described."""
    return {
        "command": command.path or CARD,
        "aliases": [],
        "parameters": [_parameter(one) for one in command.params],
        "description": _text(command.help),
    }


def _parameter(param: Param) -> dict[str, Any]:
    help_with_choices = " / ".join(filter(None, (param.help, ", ".join(param.kind.choices))))
    return {
        "key": param.name,
        "schema": {"schema_type": "primitive", "type": _TYPES.get(param.kind.name, "string")},
        "optional": not param.needed,
        "description": _text(help_with_choices or param.name.replace("_", " ")),
    }


def _text(words: str) -> dict[str, Any]:
    return {"m.text": [{"body": words}]}
