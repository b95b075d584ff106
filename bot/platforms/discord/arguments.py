"""The options of slash commands: which parameters they are, and what their values are as text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice as Shown
from discord.app_commands import locale_str

from bot.commands.declared import Command, Param
from bot.core.grammar import LINE_LIMIT
from bot.core.plain import cut

LONGEST_CHOICE: Final = 100
"""Characters of a choice's name or value."""
MOST_CHOICES: Final = 25
_LONGEST_HELP: Final = 100
_BUTTONS_ALONE: Final = "after"
"""What a button carries so that two hosts who press it do one thing; nobody types it."""
_BETWEEN_MENTIONS = re.compile(r"(<@[!&]?[0-9]+>)[\s,;]*(?=<@)", re.ASCII)


def options(command: Command) -> tuple[Param, ...]:
    """The parameters that are options of a slash command, those that must be given first."""
    shown = [param for param in command.params if param.name != _BUTTONS_ALONE]
    return tuple(sorted(shown, key=lambda param: not required(command, param)))


def required(command: Command, param: Param) -> bool:
    """Whether a command cannot be sent without an option: what a form asks for may be left to the form."""
    return param.needed and not _left_to_form(command, param)


def opens_form(command: Command, given: Mapping[str, Any]) -> bool:
    """Whether what was given leaves something to be asked in a form."""
    return any(_left_to_form(command, param) and param.name not in given for param in command.params)


def option_name(param: Param) -> str:
    """What an option is called on Discord."""
    return param.name.replace("_", "-")


def help_of(param: Param) -> str:
    """What Discord says of an option."""
    return cut(param.help or option_name(param), _LONGEST_HELP)


def signature(command: Command) -> inspect.Signature:
    """The signature that tells discord.py which options there are."""
    first = inspect.Parameter("asking", inspect.Parameter.POSITIONAL_ONLY, annotation=discord.Interaction)
    return inspect.Signature([first, *(_parameter(command, param) for param in options(command))])


def choices(param: Param) -> list[Shown[str]]:
    """The fixed choices of an option, each with what it means."""
    meant = {
        one: f"{one}: {param.meanings[one]}" if one in param.meanings else one for one in param.kind.choices
    }
    return [Shown(name=locale_str(cut(said, LONGEST_CHOICE)), value=one) for one, said in meant.items()]


def suggests(param: Param) -> bool:
    """Whether an option offers values while somebody types."""
    return not param.kind.choices and bool(param.suggest or param.kind.suggest or param.kind.lists)


def written(param: Param, value: Any) -> str:
    """The text that stands for an option's value, as somebody would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, discord.User | discord.Member | discord.Object):
        return f"<@{value.id}>"
    text = str(value)
    return _BETWEEN_MENTIONS.sub(r"\1; ", text) if param.kind.name == "people" else text


def texts(command: Command, given: Mapping[str, Any]) -> dict[str, str]:
    """What the options say, by parameter; files are left out."""
    return {
        param.name: written(param, given[param.name])
        for param in command.params
        if param.name in given and not isinstance(given[param.name], discord.Attachment)
    }


def by_parameter(namespace: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Options as Discord names them, by the names of their parameters."""
    return {name.replace("-", "_"): value for name, value in namespace}


def _left_to_form(command: Command, param: Param) -> bool:
    return param.wanted or (command.long(param) and (param.needed or param.kind.below))


def _parameter(command: Command, param: Param) -> inspect.Parameter:
    needed = required(command, param)
    default = inspect.Parameter.empty if needed else None
    return inspect.Parameter(
        param.name, inspect.Parameter.KEYWORD_ONLY, annotation=_annotation(param), default=default
    )


def _annotation(param: Param) -> Any:
    if param.kind.below:
        return discord.Attachment
    if param.kind.name == "number":
        between = param.between
        return app_commands.Range[int, between.low, between.high] if between else int
    plain = {"yes or no": bool, "person": discord.User}
    return str if param.kind.choices else plain.get(param.kind.name, app_commands.Range[str, 1, LINE_LIMIT])
