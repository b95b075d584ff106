"""Tells the person who hosts the bot what is wrong with it, by direct message on a network that works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.clock import Clock
from bot.core.actions import Action
from bot.core.alarming import Known, News, Whispered, lost, news
from bot.core.model import Place
from bot.core.sentences import wellness as say
from bot.core.wellness import Reading, faults
from bot.health.vitals import Vitals
from bot.platform import Outgoing, Platform
from bot.storage.caring import ALARM, UNTOLD
from bot.storage.store import Store, Tx

EVERY: Final = 15.0
"""Seconds between two looks."""
PATIENCE: Final = 15.0
"""Seconds that a message may take which cannot wait in the database."""

_MS: Final = 1000

log = structlog.get_logger()

Addressee = tuple[Place, str]
"""By way of which place somebody is reached, and who, as their network knows them."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """Who may be told, in the order in which they are; `first` is the first host in the browser."""

    people: tuple[Addressee, ...] = ()
    first: Addressee | None = None


class Alarm:
    """Rings for each fault once, and once when it is over."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        vitals: Vitals,
        platforms: Mapping[str, Platform],
        people: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._store, self._clock, self._vitals, self._platforms = store, clock, vitals, platforms
        self._people = people
        self._known: Mapping[str, Known] | None = None
        self._kept: Mapping[str, Known] = {}
        self._reached = _Reached()

    async def run(self) -> None:
        """Look again and again; until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - whatever is wrong, it is looked at again
                log.error("alarm_failed", fault=type(fault).__name__)  # noqa: TRY400 - a full disk needs no traceback
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """See what is wrong, and tell what is news."""
        reading = await self._vitals.look()
        if self._known is None:
            async with self._store.read() as tx:
                self._known = self._kept = await tx.known_faults()
        await self._remember()
        found = news(self._known, faults(reading), self._clock.real())
        self._note(found)
        if found.known != self._kept:
            await self._tell(found, reading)
        self._known = found.known
        await self._see_to_it(found, reading)

    def _note(self, found: News) -> None:
        for one in found.wrong:
            log.error("not_well", fault=one.key, reason=one.sentence)
        for one in found.over:
            log.info("well_again", fault=one.key)

    async def _tell(self, found: News, reading: Reading) -> None:
        """Keep what is known and queue what is told together; where nothing can be kept, say it directly."""
        wrong, over = ([one.sentence for one in some] for some in (found.wrong, found.over))
        text = say.host_told(wrong, over)
        addressees = self._addressees(reading) if text else []
        key = self._key()
        try:
            async with self._store.begin() as tx:
                await tx.keep_faults(found.known)
                await self._queue(tx, addressees, text, key)
                if text and not addressees:
                    await tx.install(UNTOLD, key)
                    log.error("nobody_told")
        except Exception as fault:  # noqa: BLE001 - whatever the database raises is what is to be told
            log.warning("alarm_not_kept", fault=type(fault).__name__)
            await self._say_directly(addressees, text, key)
        else:
            self._kept = found.known

    async def _see_to_it(self, found: News, reading: Reading) -> None:
        """Where the last alarm reached nobody, tell somebody else, or note that nobody is left."""
        async with self._store.read() as tx:
            told, untold = await tx.last_alarm(), await tx.installed(UNTOLD) or ""
        last = max((untold, *(one.alarm for one in told)))
        told = tuple(one for one in told if one.alarm == last)
        if any(one.sent for one in told):
            await self._note_untold("", untold)
        elif lost(told, reading.sick) or (untold and not told):
            text = say.host_told([one.sentence for one in found.known.values() if one.stands], [])
            others = self._addressees(reading, told) if text else []
            if others:
                async with self._store.begin() as tx:
                    await self._queue(tx, others, text, last, len(told))
            else:
                await self._note_untold(last, untold)

    async def _note_untold(self, alarm: str, noted: str) -> None:
        """Keep which alarm reached nobody, for whoever asks how the bot does."""
        if alarm != noted:
            async with self._store.begin() as tx:
                await tx.install(UNTOLD, alarm)
            if alarm:
                log.error("nobody_told")

    def _key(self) -> str:
        return f"{ALARM}.{self._clock.real().timestamp() * _MS:.0f}"

    async def _queue(
        self, tx: Tx, addressees: Sequence[Addressee], text: str, key: str, first: int = 0
    ) -> None:
        for number, (place, person) in enumerate(addressees, first):
            now = self._clock.now()
            await tx.whisper(place, person, text, (), f"{key}.{number}", now, subject=key)

    async def _remember(self) -> None:
        """Know who may be told while the database can be asked: it may be what is wrong next."""
        try:
            async with self._store.read() as tx:
                ways = [(await tx.sound_place(network), person) for network, person in self._people]
                first = await tx.first_host()
        except Exception as fault:  # noqa: BLE001 - whatever the database raises, who was known is told
            log.warning("host_not_looked_up", fault=type(fault).__name__)
        else:
            people = tuple((place, person) for place, person in ways if place)
            self._reached = _Reached(people, (first[0], first[1].native_id) if first else None)

    def _addressees(self, reading: Reading, tried: Sequence[Whispered] = ()) -> list[Addressee]:
        """Those of the people who are reached now; where none is, the first host in the browser."""
        before = {(one.network, one.person) for one in tried}

        def open_to(one: Addressee) -> bool:
            return (one[0].platform, one[1]) not in before

        works = self._platforms.keys() - reading.sick
        found = [one for one in self._reached.people if one[0].platform in works and open_to(one)]
        first = self._reached.first
        return found or ([first] if first and open_to(first) else [])

    async def _say_directly(self, addressees: Sequence[Addressee], text: str, key: str) -> None:
        for number, (place, person) in enumerate(addressees):
            out = Outgoing(f"{key}.{number}", place, Action.WHISPER, text, person=person)
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._platforms[place.platform].send(out)
            except Exception as fault:  # noqa: BLE001 - a network may raise anything, and health is red anyway
                log.error("alarm_not_sent", network=place.platform, fault=type(fault).__name__)  # noqa: TRY400 - it may hold words
