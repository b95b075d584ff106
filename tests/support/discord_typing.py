"""A command line as people bring it to the bot on Discord: a slash command, its form, or a button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.commands import CommandTree
from bot.commands.declared import Command
from bot.core.grammar import command_text
from bot.core.model import Refused
from bot.platforms.discord.buttons import pressed
from tests.support.fake_discord.answers import Answer, NotOfferedError, buttons_of
from tests.support.fake_discord.asking import FILE, TICK, USER, WHOLE, find_command
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.shapes import Json

_BUTTONS_ALONE: Final = "after"
"""What no option is for: it stands on buttons only."""
OVERVIEW: Final = "edchat"
"""What is typed for the command without a name."""


async def typed(member: Someone, channel: Channel, tree: CommandTree, line: str) -> Answer | None:
    """Bring a typed line as Discord's own program does; None for one that it could not bring."""
    text = command_text(line)
    try:
        if text is None:
            return None
        command, given = tree.read(text)
        if _BUTTONS_ALONE in given:
            return await _pressed(member, channel, text)
        return await _brought(member, channel, command, dict(given))
    except (Refused, NotOfferedError):
        return None


async def _pressed(member: Someone, channel: Channel, line: str) -> Answer:
    """Press the newest button that they see with this line."""
    for message in reversed(_seen(member, channel)):
        for label, button in buttons_of(message).items():
            press = pressed(button.get("custom_id", ""))
            if press is not None and not press.form and press.line == line:
                return await member.clicks(message, label)
    raise NotOfferedError(f"there is no button for {line!r}")


def _seen(member: Someone, channel: Channel) -> list[Message]:
    world = member.fake.world
    asked = [one for one in world.interactions.values() if one.user is member.user]
    told = [part for one in asked for part in (one.original, *one.followups) if part is not None]
    here = [one for one in told if one.channel_id == channel.id]
    return sorted([*world.messages[channel.id].values(), *here], key=lambda one: one.id)


async def _brought(member: Someone, channel: Channel, command: Command, given: dict[str, str]) -> Answer:
    path = command.path or OVERVIEW
    known = find_command(member.fake.world, channel.guild_id, path).options
    options = {
        one["name"]: _value(member, one, given.pop(name))
        for one in known
        if (name := one["name"].replace("-", "_")) in given and one["type"] != FILE
    }
    answer = await member.slash(channel, path, **options)
    unheard = answer.interaction.callback_type is None
    assert answer.modal or unheard or not given, f"{path!r} took no {sorted(given)}"
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
