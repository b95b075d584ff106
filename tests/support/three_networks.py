"""One bot on three networks at once: a browser house, a Discord server, and a room at the prompt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.app import App, found
from bot.core.model import Place
from bot.platforms.local import Local
from bot.platforms.terminal import Terminal
from tests.support.browser_network import BrowserNetwork
from tests.support.faulty import Faulty
from tests.support.house import House, prepare, settings
from tests.support.networks import Network, TerminalNetwork

CLUB: Final = "Physics Club"
ADDRESS: Final = "https://chat.example"


@dataclass(slots=True)
class ThreeNetworks(House):
    """The browser's rooms are the owners'; on Discord and at the prompt are two other communities."""

    club: Place = field(default=Place(0, 0, "terminal", "physics", "physics"))
    club_hosts: Place = field(default=Place(0, 0, "terminal", "staff", "staff"))

    async def get_up(self) -> None:
        """Start the bot on its folder, on every network."""
        assert not self.up
        store = self._reopened()
        await store.check()
        assert self.discord is not None
        sides = (self.discord.bot(), Local(self._opened(), self.clock), Terminal(self._rooms, self.clock))
        networks = [Faulty(one, self.clock) for one in sides]
        installation = await found(store, settings(self.folder, self.rooms), self.clock)
        self._app = App(store, self.clock, networks, installation, self.longest_sleep)
        self._running = asyncio.create_task(self._app.run(), name="the bot")
        self.discord.tree = self._app.tree
        await self.discord.logged_in(lambda: self.up)

    @property
    def browser(self) -> BrowserNetwork:
        """The owners' rooms."""
        return BrowserNetwork(self.folder, self.clock, self._opened())

    @property
    def prompt(self) -> TerminalNetwork:
        """The club's rooms."""
        return TerminalNetwork(self._rooms, self.clock, place=self.club, other=self.club_hosts)

    @property
    def networks(self) -> tuple[Network, Network, Network]:
        """All of them: the owners' first."""
        assert self.discord is not None
        return self.browser, self.discord, self.prompt

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

    async def all_join(self) -> None:
        """Let the owners' weekly chat be held on all three networks, each by its own host's consent."""
        for guest in self.networks[1:]:
            shared = await self.typed(self.browser, "series share", self.browser.other)
            code = re.search(r"join ([\w-]+)`", shared)
            assert code, shared
            joined = await self.typed(guest, f"series join {code[1]} sure=yes")
            assert "from now on" in joined, joined

    def asked_on(self, network: Network) -> list[str]:
        """The questions that were posted on a network, each as its label."""
        heads = (seen.text.partition(":")[0] for seen in network.posts())
        return [head for head in heads if re.fullmatch("Q[0-9]+", head)]

    @property
    def _rooms(self) -> Path:
        return self.folder / "rooms"


@asynccontextmanager
async def three_networks(folder: Path) -> AsyncIterator[ThreeNetworks]:
    """A running bot on all three; it must not have ended by itself."""
    house = ThreeNetworks(folder, rooms="discord")
    prepare(folder, "discord")
    async with house.on_its_network():
        async with house._opened().begin() as tx:
            club = await tx.add_community(CLUB, "Europe/Paris")
            house.club = await tx.add_place(club.id, "terminal", "physics", "physics")
            house.club_hosts = await tx.add_place(club.id, "terminal", "staff", "staff")
            await tx.make_hosts_room(house.club_hosts.id)
        await house.get_up()
        await house.settled(0.2)
        try:
            yield house
            if fault := await house.fell():
                raise fault
        finally:
            await house.fall()
