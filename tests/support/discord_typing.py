"""A command line as people bring it to the bot on Discord: a slash command with options, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.commands import CommandTree
from bot.core.grammar import command_text
from bot.core.model import Refused
from bot.declared import Command
from tests.support.fake_discord.answers import Answer, NotOfferedError
from tests.support.fake_discord.asking import TICK, USER, WHOLE, find_command
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.shapes import Json

OVERVIEW: Final = "edchat"
"""What is typed for the command without a name."""


async def typed(member: Someone, channel: Channel, tree: CommandTree, line: str) -> Answer | None:
    """Bring a typed line as Discord's own program does; None for one that it could not bring."""
    text = command_text(line)
    try:
        command, given = tree.read(text or "")
        return await _brought(member, channel, command, dict(given)) if text is not None else None
    except (Refused, NotOfferedError):
        return None


async def _brought(member: Someone, channel: Channel, command: Command, given: dict[str, str]) -> Answer:
    path = command.path or OVERVIEW
    known = find_command(member.fake.world, channel.guild_id, path).options
    options = {
        one["name"]: _value(member, one, given.pop(name))
        for one in known
        if (name := one["name"].replace("-", "_")) in given
    }
    answer = await member.slash(channel, path, **options)
    return await member.submits(answer, **_fields(answer, given)) if answer.modal else answer


def _fields(answer: Answer, given: Mapping[str, str]) -> dict[str, Any]:
    names = {field.name for field in answer.form.fields.values()}
    if wrong := given.keys() - names:
        raise NotOfferedError(f"the form does not ask for {wrong}")
    return dict(given)


def _value(member: Someone, option: Json, text: str) -> Any:
    """What stands in an option, from how it is typed in a line."""
    if option["type"] == WHOLE:
        if not text.isdecimal():
            raise NotOfferedError(f"{text!r} is no number")
        return int(text)
    if option["type"] == TICK:
        return text.casefold() in ("yes", "true", "on")
    if option["type"] == USER:
        return _named(member, text)
    return text


def _named(member: Someone, text: str) -> Any:
    name = text.strip("<@!>").casefold()
    for one in member.guild.members.values():
        if name in (str(one.user.id), one.user.username, (one.user.global_name or "").casefold()):
            return one.user
    raise NotOfferedError(f"nobody here is {text!r}")
