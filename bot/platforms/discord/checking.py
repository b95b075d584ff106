"""Looks a bot over on Discord: its token, its intents, its servers and what it may do there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import discord

from bot.core.finding import Finding
from bot.core.plain import plain
from bot.core.sentences import discord_check as sentences
from bot.core.sentences.servers import CONTENT_OFF, REFUSED
from bot.platforms.discord.health import needed
from bot.platforms.discord.redirect import redirect
from bot.settings import DiscordSettings

_SCOPES: Final = ("bot", "applications.commands")
_NAME: Final = 100


async def examine(settings: DiscordSettings) -> AsyncIterator[Finding]:
    """Ask Discord; nothing is changed, and nobody sees the bot come."""
    redirect(settings.api_url, settings.gateway_url)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        try:
            await client.login(settings.token.get_secret_value())
        except discord.LoginFailure:
            yield Finding(False, "discord token", sentences.TURNED_DOWN, REFUSED)
            return
        except (discord.HTTPException, OSError):
            yield Finding(False, "discord", sentences.NOT_ANSWERING, sentences.TRY_LATER)
            return
        async for finding in _looked_over(client, settings):
            yield finding


async def _looked_over(client: discord.Client, settings: DiscordSettings) -> AsyncIterator[Finding]:
    yield Finding(True, "discord token", sentences.logged_in_as(str(client.user)))
    application = await client.application_info()
    flags = application.flags
    reads = flags.gateway_message_content or flags.gateway_message_content_limited
    found, advice = (sentences.ON, "") if reads else (sentences.OFF, CONTENT_OFF)
    yield Finding(reads, "message content", found, advice)
    link = discord.utils.oauth_url(application.id, permissions=needed(), scopes=_SCOPES)
    yield Finding(True, "invite link", link)
    servers = await client.http.get_guilds(limit=200)
    if not servers:
        yield Finding(False, "servers", sentences.NO_SERVER, sentences.invite_with(link))
    for server in servers:
        yield _server(server, settings, link)


def _server(server: Mapping[str, Any], settings: DiscordSettings, link: str) -> Finding:
    """What the bot lacks in one server; its channels may take away more, and `setup` names those."""
    name, permissions = plain(server["name"], _NAME), discord.Permissions(int(server["permissions"]))
    what = f"server {name}"
    if settings.guilds and int(server["id"]) not in settings.guilds:
        return Finding(False, what, sentences.NOT_WANTED_HERE, sentences.NOT_WANTED_HOW)
    lacking = [one for one, given in permissions if not given and getattr(needed(), one)]
    if permissions.administrator or not lacking:
        return Finding(True, what, sentences.ALL_PERMISSIONS)
    listed = ", ".join(one.replace("_", " ") for one in lacking)
    return Finding(False, what, sentences.permissions_missing(listed), sentences.invite_again(link))
