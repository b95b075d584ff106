"""Turns stored words into safe HTML, once, in a worker thread after they were stored."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from html import escape

import structlog

from bot import markup
from bot.core.sentences.archive import FILE
from bot.failpoints import failpoint
from bot.health.metrics import Metrics
from bot.storage.archive.looks import Unrendered
from bot.storage.engine import StorageFull
from bot.storage.store import Store, Tx

log = structlog.get_logger()

MOST = 200
HEARING = 3
"""How much longer than rendering hearing may have the machine while much waits for both."""
AFTER_A_FAULT = 5.0
"""Seconds until rendering is tried again when its outcome could not be stored."""

Words = Sequence[tuple[Unrendered, Mapping[str, str]]]
"""Messages, each with the names of whom and what it mentions."""


class Renderer:
    """Fills in what stored words look like, off the loop."""

    def __init__(self, store: Store, pool: Executor | None = None, metrics: Metrics | None = None) -> None:
        self._store, self._pool, self._metrics = store, pool, metrics or Metrics()
        self._more = asyncio.Event()
        self._outdated = True
        store.committed.append(self._committed)

    def wake(self) -> None:
        """Say that there is something to render."""
        self._more.set()

    async def run(self) -> None:
        """Render what is not rendered yet, then wait for more; until cancelled."""
        while True:
            self._more.clear()
            try:
                await self.outdate()
                await self._render_all_that_waits()
            except StorageFull as fault:
                log.error("storage_full", reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
                await self._rest()
                continue
            except Exception as fault:  # noqa: BLE001 - whatever it is: the words wait, the bot goes on
                log.error("rendering_waits", fault=type(fault).__name__)  # noqa: TRY400 - it may hold words
                await self._rest()
                continue
            self._note(well=True)
            await self._more.wait()

    async def _rest(self) -> None:
        self._note(well=False)
        await asyncio.sleep(AFTER_A_FAULT)

    def _note(self, *, well: bool) -> None:
        self._metrics.stuck.rendered(asyncio.get_running_loop().time(), well=well)

    async def _render_all_that_waits(self) -> None:
        """Render round after round; after a full one, as after an absence, hearing has the longer turn."""
        now = asyncio.get_running_loop().time
        began = now()
        while count := await self.render_some():
            await asyncio.sleep(HEARING * (now() - began) if count == MOST else 0)
            began = now()

    async def outdate(self) -> None:
        """Once after a start: have rendered anew what an earlier version rendered."""
        if not self._outdated:
            return
        async with self._store.read() as tx:
            outdated = await tx.outdated(markup.VERSION)
        if outdated:
            async with self._store.begin() as tx:
                await tx.outdate(markup.VERSION)
        self._outdated = False

    async def render_some(self) -> int:
        """Render up to 200 messages; gives how many there were."""
        async with self._store.read() as tx:
            words = await _with_names(tx, await tx.unrendered(MOST))
        if not words:
            return 0
        done = await asyncio.get_running_loop().run_in_executor(self._pool, _render_all, words)
        async with self._store.begin() as tx:
            named = await _with_names(tx, [said for said, _ in words])
            same = [now == then for now, then in zip(named, words, strict=True)]
            await tx.store_rendered(
                [one for one, kept in zip(done, same, strict=True) if kept], markup.VERSION
            )
            failpoint("render.before_commit")
        return len(done)

    def _committed(self, tx: Tx) -> None:
        if tx.stale or tx.stale_communities:  # a community may come in with all its words
            self.wake()


async def _with_names(tx: Tx, messages: Sequence[Unrendered]) -> Words:
    """Looked up again when the outcome is stored: meanwhile somebody may have asked to be left out."""
    return [(said, await tx.names_shown(said, markup.mentioned(said.text))) for said in messages]


def _render_all(words: Words) -> list[tuple[Unrendered, str]]:
    return [(said, _rendered(said, names)) for said, names in words]


def _rendered(said: Unrendered, names: Mapping[str, str]) -> str:
    """A message as HTML, files beside it by name; one that cannot be rendered stands there as typed."""
    beside = "".join(f"<p>{escape(FILE.format(name=name))}</p>\n" for name in said.files)
    try:
        return markup.render(said.text, names) + beside
    except Exception as fault:  # noqa: BLE001 - one message must not keep the others from readers
        log.error("not_rendered", message=said.id, fault=type(fault).__name__)  # noqa: TRY400 - it may hold words
        return f"<p>{escape(said.text)}</p>\n{beside}"
