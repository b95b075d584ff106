"""Lets erased words leave memory, and their bytes the database's log: they still stand there for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.archive import web_addresses
from bot.core.names import looks
from bot.storage.heard.pouring import driver_of

if TYPE_CHECKING:
    from bot.storage.store import Store, Tx

log = structlog.get_logger()

AT_MOST_EVERY = 10.0
"""Seconds between two scrubbings, however much is erased."""
AGAIN = 1.0
"""Seconds until it is tried again while a reader still looks at an old snapshot."""
_PATIENCE = 50
"""Milliseconds for which readers are waited for; longer would hold up those who write."""


async def scrubbed(connection: AsyncConnection) -> bool:
    """Write the log into the database and empty it; False while a reader is in the way."""
    driver = await driver_of(connection)
    [(waited,)] = await driver.execute_fetchall("PRAGMA busy_timeout")
    await driver.execute_fetchall(f"PRAGMA busy_timeout = {_PATIENCE}")
    try:
        [(busy, *_)] = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        await driver.execute_fetchall(f"PRAGMA busy_timeout = {int(waited)}")
    return not busy


class Scrubber:
    """Scrubs soon after each transaction that erased something."""

    def __init__(self, store: Store, every: float = AT_MOST_EVERY) -> None:
        self._store, self._every = store, every
        self._wanted = asyncio.Event()
        self._wanted.set()  # what was erased just before a crash
        store.committed.append(self._committed)

    async def run(self) -> None:
        """Scrub whenever something was erased; until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            done = await self._scrub()
            if not done:
                self._wanted.set()
            await asyncio.sleep(self._every if done else AGAIN)

    async def _scrub(self) -> bool:
        try:
            return await self._store.scrub()
        except Exception:
            log.exception("not_scrubbed")
            return False

    def _committed(self, tx: Tx) -> None:
        if tx.scrubs or tx.erasures:
            web_addresses.let_go()
            looks.cache_clear()
        if tx.scrubs:
            self._wanted.set()
