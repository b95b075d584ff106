"""Mounts the declared commands on Discord: each becomes a slash command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.commands import CommandTree
from bot.commands.declared import Command, Param
from bot.core.model import Role
from bot.core.plain import cut
from bot.core.sentences import forms as sentences
from bot.platforms.discord import arguments
from bot.platforms.discord.askers import Asking
from bot.platforms.discord.client import Client
from bot.platforms.discord.context_menu import file_under
from bot.platforms.discord.desk import Desk
from bot.storage.store import Store

CARD: Final = "edchat"
"""The name under which the command without a name is found."""
_LONGEST_HELP: Final = 100


def mount(client: Client, tree: CommandTree, store: Store) -> Desk:
    """Give a client every declared command that somebody on Discord may use: nobody there hosts the bot.

    The client must tell the desk of its `interaction` events, and knows the commands by their `paths`.
    `sync` of the desk belongs between logging in and the first event.
    """
    slashes: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    desk = Desk(tree, store, slashes)
    groups: dict[str, app_commands.Group] = {}
    offered = [command for command in tree.commands if command.role < Role.OWNER]
    client.paths = frozenset(command.path for command in offered)
    for command in offered:
        group, _, name = command.path.rpartition(" ")
        slash = _slash(desk, command, name or CARD)
        if not group:
            slashes.add_command(slash)
            continue
        if group not in groups:
            groups[group] = _group(group)
            slashes.add_command(groups[group])
        groups[group].add_command(slash)
    slashes.add_command(file_under(desk.open_line))
    slashes.error(desk.failed)
    return desk


def _slash(desk: Desk, command: Command, name: str) -> app_commands.Command[Any, ..., Any]:
    async def callback(asking: Asking, **given: Any) -> None:
        await desk.slash(asking, command, {name: said for name, said in given.items() if said is not None})

    shown = arguments.options(command)
    cast("Any", callback).__signature__ = arguments.signature(command)
    if shown:
        app_commands.rename(**{p.name: locale_str(arguments.option_name(p)) for p in shown})(callback)
        app_commands.describe(**{p.name: locale_str(arguments.help_of(p)) for p in shown})(callback)
    if fixed := {p.name: arguments.choices(p) for p in shown if p.kind.choices}:
        app_commands.choices(**fixed)(callback)
    if " " not in command.path:
        app_commands.guild_only()(callback)
    made: app_commands.Command[Any, ..., Any] = app_commands.Command(
        name=locale_str(name),
        description=locale_str(cut(command.help, _LONGEST_HELP)),
        callback=cast("Callable[..., Any]", callback),
    )
    for param in shown:
        if arguments.suggests(param):
            made.autocomplete(param.name)(_autocomplete(desk, command, param))
    return made


def _autocomplete(desk: Desk, command: Command, param: Param) -> Any:
    async def lists(asking: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await desk.lists(asking, command, param, typed)

    return lists


def _group(name: str) -> app_commands.Group:
    about = locale_str(cut(sentences.about_group(name), _LONGEST_HELP))
    return app_commands.Group(name=locale_str(name), description=about, guild_only=True)
