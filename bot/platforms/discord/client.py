"""The connection to Discord: what it asks to hear, what it keeps in memory, and who is told of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import discord
import structlog

from bot.clock import Clock, SystemClock
from bot.platforms.discord.timing import watch

LONGEST_PAUSE: Final = 30.0
"""Seconds that a rate limit may hold a request; a longer one is told to whoever asked."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Client(discord.Client):
    """One life of the bot on Discord; it `reads` what people write, unless it may not.

    Its `parts` are told of each event by a plain method `on_<event>`, at once and in the order in which
    events come; whatever takes time they do later, in tasks of their own. `paths` are its commands.
    """

    def __init__(self, *, clock: Clock | None = None, reads: bool = True, settle: float = 1.0) -> None:
        super().__init__(
            intents=_intents(reads=reads),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_PAUSE,
            guild_ready_timeout=settle,
            http_trace=watch(clock or SystemClock()),
        )
        parsers = self._connection.parsers
        parsers["MESSAGE_UPDATE"] = _whole(parsers["MESSAGE_UPDATE"])
        self.reads = reads
        self.parts: Sequence[object] = ()
        self.paths: frozenset[str] = frozenset()
        self.on_login: Sequence[Callable[[], Awaitable[None]]] = ()

    async def setup_hook(self) -> None:
        """Do what is done once, between logging in and the first event."""
        for act in self.on_login:
            await act()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell the parts of an event; one that fails over it must not end the connection."""
        super().dispatch(event, *args, **kwargs)
        for part in self.parts:
            told = getattr(part, f"on_{event}", None)
            if told is not None:
                try:
                    told(*args, **kwargs)
                except Exception:  # noqa: BLE001 - whatever a part makes of an event, the next one comes
                    _log.exception("discord_event_failed", event_name=event, part=type(part).__name__)


def _intents(*, reads: bool) -> discord.Intents:
    asked = discord.Intents.none()
    asked.guilds = True
    asked.guild_messages = True
    asked.guild_reactions = True
    asked.message_content = reads
    return asked


def _whole(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """Let nothing be made of an update without words, over which the library would lose its connection."""

    def parse_whole(data: Any) -> None:
        if {"content", "type", "author"} <= data.keys():
            parse(data)

    return parse_whole


# It never speaks, so nobody needs to read that it could not.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False
