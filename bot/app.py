"""Puts the bot together: store, cogs, platforms, and the tasks that run them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import structlog

from bot.clock import Clock, ScaledClock, SystemClock
from bot.commander import Commander
from bot.commands import Asker, CommandTree, Reply
from bot.core import sentences
from bot.core.hearing import (
    Author,
    Barred,
    CaughtUp,
    Commanded,
    Deleted,
    Edited,
    Missed,
    Reacted,
    Said,
)
from bot.core.model import Community, Person, Place, Refused, Role, StepKind
from bot.core.times.zones import known_zone
from bot.erasures import FILE as ERASED
from bot.erasures import ErasureList, catch_up
from bot.health.vitals import Vitals
from bot.inbox import Inbox
from bot.nightly import Housekeeping
from bot.outbox import Outbox, beyond
from bot.platform import Ability, Platform
from bot.platforms.local import Local
from bot.platforms.terminal import Terminal
from bot.rendering import Renderer
from bot.scheduler import LONGEST_SLEEP, Scheduler
from bot.settings import Rooms, Settings
from bot.storage.archive.addresses import BROWSER, HOSTS_ROOM, ROOM
from bot.storage.engine import database_url, locked, warn_of_network_disk
from bot.storage.forgetting.scrubbing import Scrubber
from bot.storage.migrate import migrate
from bot.storage.store import Store, Tx
from bot.web.tongues import tongue_of
from cogs import every_cog

log = structlog.get_logger()

_HEARD = Said, Edited, Deleted, Reacted, Commanded, Barred, Missed, CaughtUp
CLOCK = "clock.json"
"""Where a data folder keeps a clock of its own, so that it goes on after a crash."""


class Part(Protocol):
    """Something of the bot that runs as long as the bot does."""

    async def run(self) -> None:
        """Run until cancelled."""


@runtime_checkable
class Mounts(Protocol):
    """A network that offers the bot's commands in its own way."""

    def mount(self, tree: CommandTree) -> None:
        """Offer these commands."""


@runtime_checkable
class Knows(Protocol):
    """A network that can be asked what it lets somebody do in a place now."""

    async def power(self, place: Place, native_id: str) -> Role | None:
        """Their power there, or None while it cannot be asked; raises Absent."""


class App:
    """One bot on one data folder."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Sequence[Platform],
        installation: str,
        longest_sleep: timedelta | None = LONGEST_SLEEP,
    ) -> None:
        self.store, self.clock = store, clock
        self.platforms: Mapping[str, Platform] = {platform.name: platform for platform in platforms}
        self.tree = CommandTree(store, clock, *every_cog())
        self._introduce(store, clock)
        steppers = {kind: self.tree.steppers(kind) for kind in StepKind}
        hearers = {kind: self.tree.hearers(kind) for kind in _HEARD}
        self.vitals = Vitals(store, clock, networks=self.platforms)
        metrics = self.vitals.metrics
        self.scheduler = Scheduler(store, clock, steppers, longest_sleep, metrics, self.vitals.behind)
        self.outbox = Outbox(store, clock, self.platforms, installation, metrics)
        self.inbox = Inbox(store, clock, hearers, self._able(Ability.RECEIPTS), metrics)
        self.renderer = Renderer(store, metrics=metrics)
        self.commander = Commander(store, clock, self.tree, tongue_of)
        self.inbox.heard_something += [self.renderer.wake, self.commander.wake]
        self.scrubber, self.housekeeping = Scrubber(store), Housekeeping(store, clock)
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """What else runs while the bot runs, such as its pages."""

    async def run(self) -> None:
        """Run everything until cancelled; one part's end is the end of all."""
        async with asyncio.TaskGroup() as group:
            for part in self._parts():
                group.create_task(part.run(), name=type(part).__name__)
            for platform in self.platforms.values():
                group.create_task(platform.listen(self.inbox), name=platform.name)
            for other in self.beside:
                group.create_task(other())

    def _introduce(self, store: Store, clock: Clock) -> None:
        """Tell the networks of the commands, and the store of what the networks can do."""
        for platform in self.platforms.values():
            if isinstance(platform, Mounts):
                platform.mount(self.tree)
        store.clock = clock.now
        store.unable = {name: beyond(one) for name, one in self.platforms.items()}
        store.untimed = frozenset(self.platforms) - self._able(Ability.MOMENTS)
        store.keeps, store.collects = self._able(Ability.CARDS), self._able(Ability.COLLECTING)

    def _able(self, ability: Ability) -> frozenset[str]:
        """The names of the networks that can do this."""
        return frozenset(name for name, one in self.platforms.items() if ability in one.abilities)

    def _parts(self) -> Iterator[Part]:
        yield from (self.outbox, self.inbox, self.commander, self.renderer, self.scheduler)
        yield from (self.scrubber, self.housekeeping)

    async def say(self, text: str, place: Place, owner: str) -> Reply:
        """Carry out a command line as the owner."""
        async with self.store.begin() as tx:
            person = await tx.person(place.platform, Author(owner, owner, Role.OWNER), place.community_id)
        return await self.tree.answer(Asker(person, place, Role.OWNER), text)

    async def place(self, named: str | None) -> Place:
        """The place meant: the one named, or the only one that is no hosts' room."""
        async with self.store.read() as tx:
            every = await tx.communities()
            rooms = [place for one in every for place in await tx.places_of_community(one.id)]
        if named is None:
            found = [one for one in rooms if one.id not in {each.hosts_place_id for each in every}]
        else:
            by_address = [one for one in rooms if one.native_id == named]
            found = by_address or [one for one in rooms if one.name == named]
        if len(found) != 1:
            raise Refused(sentences.which_place(named, [word_for(one, rooms) for one in rooms]))
        return found[0]

    async def power(self, place: Place, person: Person) -> Role | None:
        """What somebody's network lets them do in a place now; None where it cannot be asked, or Absent."""
        if place.platform != person.platform:
            return Role.ANYONE
        for network in self.platforms.values():
            if network.name == person.platform and isinstance(network, Knows):
                return await network.power(place, person.native_id)
        return None

    async def idle(self) -> bool:
        """Whether all that was typed is answered and all that is queued is sent."""
        async with self.store.read() as tx:
            return await tx.next_command() is None and not await tx.waiting()


def word_for(place: Place, rooms: Sequence[Place]) -> str:
    """How a place is named when typed: by its name if no other is called so, else by address or number."""
    alone = place.platform != BROWSER and sum(room.name == place.name for room in rooms) == 1
    return place.name if alone else place.native_id


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock | None = None, *, poll: float | None = 0.2
) -> AsyncIterator[App]:
    """The bot on its data folder, locked, checked and migrated, but not running yet."""
    clock = clock or kept_clock(settings.data_dir)
    with locked(settings.data_dir):
        warn_of_network_disk(settings.data_dir)
        url = database_url(written_url(settings), settings.data_dir)
        await asyncio.to_thread(migrate, url, clock.real())
        async with Store(url, erased=listed(settings).add) as store:
            await store.check()
            if again := await catch_up(store, listed(settings), clock.now()):
                log.info("forgotten_again", erasures=again)
            installation = await found(store, settings, clock)
            networks = await platforms(store, settings, clock, poll)
            yield App(store, clock, networks, installation)


def kept_clock(folder: Path) -> Clock:
    """The machine's clock, or the faster one that a demo or a test keeps in its data folder."""
    file = folder / CLOCK
    try:
        return ScaledClock.read(file) if file.exists() else SystemClock()
    except ValueError as no:
        raise Refused(str(no)) from None


def listed(settings: Settings) -> ErasureList:
    """The list of what was erased, beside the database."""
    return ErasureList(settings.data_dir / ERASED)


def written_url(settings: Settings) -> str:
    """The database address as it stands in the settings, or nothing."""
    return settings.database_url.get_secret_value() if settings.database_url else ""


async def found(store: Store, settings: Settings, clock: Clock) -> str:
    """Begin a new data folder with its community, rooms and owner; gives the installation's own name."""
    async with store.begin() as tx:
        await tx.give_addresses()
        if name := await tx.installed("name"):
            await _tell_of_unknown_zones(tx, clock)
            return name
        name = secrets.token_hex(3)
        await tx.install("name", name)
        in_browser = settings.rooms is Rooms.BROWSER
        begin = tx.add_house if in_browser else partial(_add_prompt, tx)
        community = await begin(settings.community, settings.zone, settings.language)
        platform = BROWSER if in_browser else "terminal"
        owner = await tx.person(platform, Author(settings.owner, settings.owner), community.id)
        await tx.make_community_host(community.id, owner.id)
        if in_browser and community.hosts_place_id is not None:
            hosts = await tx.place(community.hosts_place_id)
            await tx.post(hosts, *sentences.first_words(), f"hello.{community.id}", clock.now())
    return name


async def _add_prompt(tx: Tx, name: str, zone: str, language: str) -> Community:
    """A community whose rooms are transcripts on disk."""
    community = await tx.add_community(name, zone, language)
    await tx.add_place(community.id, "terminal", ROOM, ROOM)
    hosts = await tx.add_place(community.id, "terminal", HOSTS_ROOM, HOSTS_ROOM)
    await tx.make_hosts_room(hosts.id)
    await tx.give_addresses()
    return community


async def platforms(store: Store, settings: Settings, clock: Clock, poll: float | None) -> list[Platform]:
    """The networks in use: the browser's always, the terminal's where it has rooms, others if set up."""
    async with store.read() as tx:
        at_prompt = await tx.places_on("terminal")
    found: list[Platform] = [Terminal(settings.data_dir / "rooms", clock, poll)] if at_prompt else []
    found.append(Local(store, clock))
    if settings.discord is not None:
        if clock.rate != 1 and not settings.discord.stays_here:
            raise Refused(sentences.fast_clock(CLOCK))
        from bot.platforms.discord import Discord  # a third of the bot's memory, for those who are there

        found.append(Discord(settings.discord, store, clock))
    if settings.matrix is not None:
        if clock.rate != 1 and not settings.matrix.stays_here:
            raise Refused(sentences.fast_clock(CLOCK))
        from bot.platforms.matrix import Matrix  # for those who are there, as above

        found.append(Matrix(settings.matrix, store, clock))
    return found


async def _tell_of_unknown_zones(tx: Tx, clock: Clock) -> None:
    """A zone may vanish when the time zone database is renewed: the series is kept, its hosts are told."""
    for series, slot in await tx.slots_to_materialise():
        if not known_zone(slot.rule.zone):
            community = await tx.community(series.community_id)
            log.error("zone_unknown", series=series.id, zone=slot.rule.zone)
            if community.hosts_place_id:
                room = await tx.place(community.hosts_place_id)
                text = sentences.zone_gone(series, slot.rule.zone)
                await tx.post(room, text, (), f"zone.{slot.id}.{slot.rule.zone}", clock.now())
