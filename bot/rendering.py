"""Turns words into safe HTML, once, in a worker thread after they were stored."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

import nh3
import structlog
from markdown_it import MarkdownIt

from bot.failpoints import failpoint
from bot.storage.engine import StorageFull
from bot.storage.store import Store

log = structlog.get_logger()

VERSION = 1
MOST = 200
AFTER_A_FAULT = 5.0
"""Seconds until rendering is tried again when its outcome could not be stored."""
LONGEST = 8_000
"""Characters that are rendered; markdown is quadratic in some of them, and nobody reads on."""
TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"}

_markdown = MarkdownIt("js-default", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
_markdown.enable("strikethrough").disable(["image", "table", "heading", "lheading"])


def render(words: str) -> str:
    """Safe HTML for one message: simple marks and links to http, https and mailto, nothing else."""
    return nh3.clean(
        _markdown.render(words[:LONGEST]),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


class Renderer:
    """Fills in what stored words look like, off the loop."""

    def __init__(self, store: Store, pool: Executor | None = None) -> None:
        self._store, self._pool = store, pool
        self._more = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something to render."""
        self._more.set()

    async def run(self) -> None:
        """Render what is not rendered yet, then wait for more; until cancelled."""
        while True:
            self._more.clear()
            try:
                while await self.render_some():
                    pass
            except StorageFull as fault:
                log.error("storage_full", reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
                await asyncio.sleep(AFTER_A_FAULT)
                continue
            await self._more.wait()

    async def render_some(self) -> int:
        """Render up to 200 messages; gives how many there were."""
        async with self._store.read() as tx:
            rows = await tx.unrendered(MOST)
        words = [(int(row.id), str(row.text)) for row in rows]
        if not words:
            return 0
        done = await asyncio.get_running_loop().run_in_executor(self._pool, _render_all, words)
        async with self._store.begin() as tx:
            await tx.store_rendered(done, VERSION)
            failpoint("render.before_commit")
        return len(done)


def _render_all(words: Sequence[tuple[int, str]]) -> list[tuple[int, str, str]]:
    return [(message_id, text, render(text)) for message_id, text in words]
