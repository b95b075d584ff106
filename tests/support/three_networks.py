"""One bot on three networks at once: a browser house, a Discord server, and a room on a homeserver."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from bot.app import App, found
from bot.core.audience import Audience
from bot.core.model import Place
from bot.platforms.local import Local
from bot.storage.archive.chat_export import as_json, head_of
from tests.support.browser_network import BrowserNetwork
from tests.support.faulty import Faulty
from tests.support.house import House, prepare, settings, up
from tests.support.matrix_network import on_matrix
from tests.support.networks import Network

CLUB: Final = "Physics Club"
ADDRESS: Final = "https://chat.example"


class Timed(Network, Protocol):
    """A network that also knows when its posts came to stand there."""

    def posted(self, place: Place | None = None) -> list[tuple[str, datetime]]:
        """Give what the bot has posted for all, with the instants of the posts."""


@dataclass(slots=True)
class ThreeNetworks(House):
    """The browser's rooms are the owners'; on Discord and on Matrix are two other communities."""

    async def get_up(self) -> None:
        """Start the bot on its folder, on every network."""
        assert not self.up
        store = self._reopened()
        await store.check()
        assert self.discord is not None
        assert self.matrix is not None
        sides = (self.discord.bot(), Local(self._opened(), self.clock, look=None), self.matrix.bot())
        networks = [Faulty(one, self.clock) for one in sides]
        installation = await found(store, settings(self.folder, self.rooms), self.clock)
        self._app = App(store, self.clock, networks, installation, self.longest_sleep)
        self._running = asyncio.create_task(self._app.run(), name="the bot")
        self.discord.tree = self._app.tree
        await self.discord.logged_in(lambda: self.up)
        await self.matrix.logged_in(lambda: self.up)

    @property
    def browser(self) -> BrowserNetwork:
        """The owners' rooms."""
        return BrowserNetwork(self.folder, self.clock, self._opened())

    @property
    def networks(self) -> tuple[Timed, Timed, Timed]:
        """All of them: the owners' first."""
        assert self.discord is not None
        assert self.matrix is not None
        return self.browser, self.discord, self.matrix

    def hold_up(self, network: Network, minutes: float) -> None:
        """Let a network's room take nothing for so long."""
        side = self.app.platforms[network.name]
        assert isinstance(side, Faulty)
        side.hold_up(network.place.native_id, self.clock.now() + timedelta(minutes=minutes))

    async def typed(self, network: Network, line: str, place: Place | None = None) -> str:
        """Let a host type a command, and read the answer."""
        before = len(network.whispers("Mo", place))
        await network.host("Mo", place).types(f"!edchat {line}")
        await self.settled()
        return "\n".join(seen.text for seen in network.whispers("Mo", place)[before:])

    async def code(self) -> str:
        """Let the owners' host share the weekly chat; gives the code."""
        shared = await self.typed(self.browser, "series share", self.browser.other)
        code = re.search(r"join ([\w-]+)`", shared)
        assert code, shared
        return code[1]

    async def all_join(self) -> None:
        """Let the owners' weekly chat be held on all three networks, each by its own host's consent."""
        for guest in self.networks[1:]:
            joined = await self.typed(guest, f"series join {await self.code()} sure=yes")
            assert "from now on" in joined, joined

    async def kick_from(self, network: Network) -> None:
        """Let the bot be thrown out of a guest's room or server."""
        if network is self.discord:
            self.discord.fake.world.kick_bot(self.discord.guild)
        else:
            assert self.matrix is not None
            await self.matrix.school.acts_on(self.matrix.place.native_id, "kick", self.matrix.me.user)

    async def document(self, chat_id: int, audience: Audience) -> Any:
        """Give a chat's file as some readers get it."""
        async with self.store.read() as tx:
            chat = (await tx.running(chat_id)).chat
            head = await head_of(tx, chat, ADDRESS, audience)
            return json.loads("".join([piece async for piece in as_json(tx, chat, head, audience)]))

    def asked_on(self, network: Network) -> list[str]:
        """The questions that were posted on a network, each as its label."""
        heads = (seen.text.partition(":")[0] for seen in network.posts())
        return [head for head in heads if re.fullmatch("Q[0-9]+", head)]


@asynccontextmanager
async def three_networks(folder: Path) -> AsyncIterator[ThreeNetworks]:
    """A running bot on all three; it must not have ended by itself."""
    house = ThreeNetworks(folder, rooms="discord")
    prepare(folder, "discord")
    names = (CLUB, "physics", "staff")
    async with (
        house.on_its_network(),
        on_matrix(house._opened(), house.clock, on_our_time=True, names=names) as house.matrix,
        up(house),
    ):
        yield house
