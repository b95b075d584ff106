"""Keeps finished pages: each is made once for all who wait for it, packed, and kept until it changes."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from isal import igzip
from starlette.requests import Request
from starlette.responses import Response

MOST_BYTES: Final = 64 * 1024 * 1024
"""How much memory the kept pages may take."""
HTML: Final = "text/html; charset=utf-8"
_WORTH_PACKING: Final = 600
_PACKED_MARK: Final = "-gz"

Made = TypeVar("Made")
Load = Callable[[], Awaitable[Callable[[], str | bytes]]]
"""Reads what a page shows, and gives what will make the page of it in the worker."""


@dataclass(frozen=True, slots=True)
class Cached:
    """A finished page, as it is and packed (the same where packing is not worth it)."""

    body: bytes
    packed: bytes
    etag: str

    @property
    def size(self) -> int:
        """About how much memory it takes."""
        return len(self.body) + len(self.packed) + 512


@dataclass(slots=True)
class PageCache:
    """Finished pages by key, the newest version of each; the page that was wanted longest ago goes first."""

    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[Hashable, tuple[Hashable, Cached]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _under_way: dict[tuple[Hashable, Hashable], asyncio.Task[Cached]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _worker: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "pages"))

    async def page(self, key: Hashable, version: Hashable, load: Load) -> Cached:
        """The page of this key and version: kept, under way for somebody else, or made now."""
        if (kept := self._kept.get(key)) is not None and kept[0] == version:
            self._kept.move_to_end(key)
            return kept[1]
        task = self._under_way.get((key, version))
        if task is None:
            task = asyncio.create_task(self._make(key, version, load), name="page")
            self._under_way[key, version] = task
            task.add_done_callback(partial(self._done, (key, version)))
        return await asyncio.shield(task)  # one reader who leaves takes the page from nobody else

    async def aside(self, work: Callable[[], Made]) -> Made:
        """Do something that takes long in the worker, so that the loop goes on; it speaks as who asks."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, copy_context().run, work)

    def close(self) -> None:
        """Let the worker go."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _make(self, key: Hashable, version: Hashable, load: Load) -> Cached:
        async with self._turn:  # two at once would take as long, and both would keep the loop waiting
            make = await load()
            made = await self.aside(lambda: finished(make()))
        self._keep(key, version, made)
        return made

    def _keep(self, key: Hashable, version: Hashable, made: Cached) -> None:
        self._drop(key)
        if made.size > self.most_bytes:
            return
        self._kept[key] = (version, made)
        self._bytes += made.size
        while self._bytes > self.most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept[1].size

    def _done(self, wanted: tuple[Hashable, Hashable], task: asyncio.Task[Cached]) -> None:
        del self._under_way[wanted]
        if not task.cancelled():
            task.exception()  # whoever still waits gets it; where nobody does it is no news


def finished(page: str | bytes) -> Cached:
    """A page with its packed form and its tag; takes a while, so it is done in the worker."""
    body = page.encode() if isinstance(page, str) else page
    packed = igzip.compress(body, 2, mtime=0) if len(body) >= _WORTH_PACKING else body
    return Cached(body, packed, hashlib.blake2b(packed, digest_size=16).hexdigest())


def respond(
    request: Request, cached: Cached, media_type: str = HTML, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that carries a page, or says that the reader has it already."""
    pack = cached.packed is not cached.body and _takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{cached.etag}{_PACKED_MARK if pack else ""}"'
    with_it = {
        "ETag": tag,
        "Cache-Control": "private, no-cache" if request.cookies else "no-cache",
        "Vary": "Accept-Encoding, Cookie",
        **(headers or {}),
    }
    if _has_it(request.headers.get("if-none-match", ""), cached.etag):
        return Response(status_code=304, headers=with_it)
    if pack:
        return Response(cached.packed, headers=with_it | {"Content-Encoding": "gzip"}, media_type=media_type)
    return Response(cached.body, headers=with_it, media_type=media_type)


def _has_it(said: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/").strip('"').removesuffix(_PACKED_MARK) for tag in said.split(","))
    return any(tag in (etag, "*") for tag in tags)


def _takes_gzip(said: str) -> bool:
    for one in said.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False
