"""Discord as the rest of the bot sees it: it hears, and it does what is queued."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, runtime_checkable

import discord

from bot.clock import Clock
from bot.commands import CommandTree
from bot.core.hearing import Barred
from bot.core.model import Place, Role
from bot.core.sentences import servers as sentences
from bot.platform import Ability, Ears, Later, Outgoing
from bot.platforms.discord.client import Client
from bot.platforms.discord.hearing import Listener
from bot.platforms.discord.locks import Locks
from bot.platforms.discord.mounting import mount
from bot.platforms.discord.powers import Powers
from bot.platforms.discord.redirect import redirect
from bot.platforms.discord.sending import Sender
from bot.platforms.discord.servers import NAME, Servers
from bot.platforms.discord.supervisor import FIRST_WAIT, supervise
from bot.platforms.patience import first_to_end
from bot.settings import DiscordSettings
from bot.storage.store import Store

TEXT_LIMIT: Final = 2000


@runtime_checkable
class Runs(Protocol):
    """A part of a client that also runs beside the connection."""

    async def run(self) -> None:
        """Run until cancelled."""


class Discord:
    """A chat network; each life of its client ends somehow, and is followed by another."""

    name = NAME
    abilities: frozenset[Ability] = frozenset(Ability) - {Ability.TOPICS}
    text_limit = TEXT_LIMIT

    def __init__(
        self,
        settings: DiscordSettings,
        store: Store,
        clock: Clock,
        *,
        settle: float = 1.0,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        """Be on Discord; `settle` seconds after the last server a login is done."""
        self._settings, self._store, self._clock = settings, store, clock
        self._settle, self._first_wait = settle, first_wait
        self._client: Client | None = None
        self._sender, self._powers = Sender(lambda: self.client, store, clock), Powers(store)
        self._tree: CommandTree | None = None
        self.unwell = ""
        """What is wrong with the whole bot on Discord, or nothing."""

    @property
    def client(self) -> Client:
        """The client that is ready; while there is none, Later."""
        if self._client is None or not self._client.is_ready():
            raise Later(1)
        return self._client

    @property
    def connected(self) -> bool:
        """Whether Discord is in reach now."""
        client = self._client
        return client is not None and client.is_ready() and client.ws.open

    def mount(self, tree: CommandTree) -> None:
        """Offer these commands on Discord, in every life from now on."""
        self._tree = tree

    async def listen(self, ears: Ears) -> None:
        """Hear everything since each place's cursor, then everything new, until cancelled."""
        redirect(self._settings.api_url, self._settings.gateway_url)
        self.unwell = await supervise(partial(self._live, ears), self._first_wait)
        await asyncio.Event().wait()

    async def send(self, out: Outgoing) -> str:
        """Do one thing and give back the native id of what came of it; raises Later or Impossible."""
        return await self._sender.send(out)

    async def find(self, out: Outgoing) -> str | None:
        """Give the native id of what was sent under this key before, or None; nothing is sent."""
        return await self._sender.find(out)

    async def power(self, place: Place, native_id: str) -> Role | None:
        """What a server lets somebody do in a place now; None while it cannot be asked, or Absent."""
        if self._client is None or not self._client.is_ready():
            return None
        return await self._powers.of(self._client, place, native_id)

    async def _live(self, ears: Ears, reads: bool) -> None:
        """One life: returns or raises when the connection is over, or one of its parts."""
        self.unwell = "" if reads else sentences.CONTENT_OFF
        async with Client(clock=self._clock, reads=reads, settle=self._settle) as client:
            self._equip(client, ears)
            self._client = client
            try:
                token = self._settings.token.get_secret_value()
                beside = [part.run() for part in client.parts if isinstance(part, Runs)]
                await first_to_end(client.start(token), *beside)
            finally:
                self._client = None

    def _equip(self, client: Client, ears: Ears) -> None:
        """Give a client its parts, and what it does once it is logged in."""
        self._sender.attach(client)
        listener = Listener(client, self._store, ears, self._clock)
        locks = Locks(self._store, self._clock, self._bringing(ears))
        parts: list[object] = [self._servers(client, ears), listener, locks, self._sender]
        if self._tree is not None:
            desk = mount(client, self._tree, self._store)
            parts.append(desk)
            client.on_login = (desk.sync,)
        client.parts = parts

    def _servers(self, client: Client, ears: Ears) -> Servers:
        return Servers(client, self._settings, self._store, self._clock, self._bringing(ears))

    def _bringing(self, ears: Ears) -> Callable[[Place, Barred], Awaitable[None]]:
        async def bring(place: Place, barred: Barred) -> None:
            now = str(discord.utils.time_snowflake(self._clock.real()))
            await ears.hear(place, (barred,), await ears.cursor(place) or now)

        return bring
