"""What a message's own menu offers: to file it under a question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.core.sentences import forms as sentences

LINE = "answers move {message}"


def file_under(
    open_line: Callable[[discord.Interaction[Any], str], Awaitable[None]],
) -> app_commands.ContextMenu:
    """The entry of a message's menu; it opens the form in which the chat's questions are listed."""

    async def chosen(asking: discord.Interaction, message: discord.Message) -> None:
        await open_line(asking, LINE.format(message=message.id))

    menu = app_commands.ContextMenu(name=locale_str(sentences.FILE_UNDER), callback=chosen)
    menu.guild_only = True
    return menu
