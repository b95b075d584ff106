"""What is done once a day: a copy of the database, and letting go of what is due to go."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.core.backups import copies, copy_name, due, next_night, night, surplus
from bot.core.model import Refused
from bot.core.times.zones import known_zone
from bot.storage.engine import StorageFull
from bot.storage.store import Store

log = structlog.get_logger()

LONGEST_SLEEP = 600.0
"""Seconds after which the clock is looked at again: machines sleep, and clocks are set."""
UNFINISHED = "unfinished"
"""What a copy is called while it is made; one that a crash left is made anew."""
DAY = timedelta(days=1)


class Nightly:
    """The nights' copies in one folder; `forget` is asked each night to let older ones forget."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        folder: Path,
        keep: int,
        zone: str = "UTC",
        forget: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._store, self._clock, self._folder, self._keep = store, clock, folder, keep
        self._zone = ZoneInfo(zone) if known_zone(zone) else UTC
        self._forget = forget
        self._tidied: date | None = None
        self.failing = False
        """Whether the last night's copy is missing, because it cannot be made."""
        self.remembering = False
        """Whether copies may still hold what was forgotten, because they cannot be made anew."""

    async def run(self) -> None:
        """Make each night's copy, one that was missed at once; until cancelled."""
        while True:
            if self._wanted():
                await self.copy()
            await self.tidy()
            now = self._clock.real()
            await asyncio.sleep(min((next_night(now, self._zone) - now).total_seconds(), LONGEST_SLEEP))

    def _wanted(self) -> bool:
        """Whether the last night's copy is to be made; not in a folder that cannot be looked into."""
        try:
            wanted = bool(self._keep) and due(self.names(), self._clock.real(), self._zone)
        except OSError as fault:
            self._failed(str(fault))
            return False
        self.failing = self.failing and wanted
        return wanted

    async def tidy(self) -> None:
        """Once a night, and after each start: let copies forget what was forgotten."""
        last = night(self._clock.real(), self._zone)
        if self._forget and last != self._tidied:
            self.remembering = not await self._forget()
            self._tidied = self._tidied if self.remembering else last

    async def copy(self) -> Path | None:
        """Make the last night's copy and let the oldest go; None when the disk refuses."""
        name = copy_name(night(self._clock.real(), self._zone))
        fresh, target = self._folder / UNFINISHED, self._folder / name
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            fresh.unlink(missing_ok=True)
            await self._store.backup(fresh)
            fresh.replace(target)
            for old in surplus(self.names(), self._keep, name):
                (self._folder / old).unlink(missing_ok=True)
        except (OSError, StorageFull, Refused) as fault:
            self._failed(str(fault))
            return None
        except Exception as fault:  # noqa: BLE001 - whatever the database raises, the bot goes on
            self._failed(type(fault).__name__)
            return None
        self.failing = False
        log.info("backed_up", file=name)
        return target

    def _failed(self, reason: str) -> None:
        log.error("no_backup", reason=reason)
        self.failing = True

    def newest(self) -> datetime | None:
        """When the newest copy was made."""
        try:
            nights = copies(self.names())
            made = (self._folder / nights[-1]).stat().st_mtime if nights else None
        except OSError:
            return None
        return None if made is None else datetime.fromtimestamp(made, UTC)

    def names(self) -> list[str]:
        """What lies in the folder."""
        return [file.name for file in self._folder.iterdir()] if self._folder.is_dir() else []


class Housekeeping:
    """Lets go, once a day of the chats' clock, of what a community keeps no longer."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def run(self) -> None:
        """Keep the house each day; until cancelled."""
        while True:
            tomorrow = self._clock.now() + DAY
            await self.keep()
            while self._clock.now() < tomorrow:
                left = self._clock.to_real(tomorrow) - self._clock.real()
                await asyncio.sleep(min(left.total_seconds(), LONGEST_SLEEP))

    async def keep(self) -> int:
        """Erase what is due to go; what cannot be erased now is tried again the next day."""
        try:
            async with self._store.begin() as tx:
                gone = await tx.keep_house(self._clock.now())
                await tx.blot_spent(self._clock.real())
                await tx.sweep_secrets(self._clock.real())
        except StorageFull as fault:
            log.error("storage_full", reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
            return 0
        except Exception:
            log.exception("house_not_kept")
            return 0
        if gone:
            log.info("house_kept", gone=gone)
        return gone
