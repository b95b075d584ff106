"""What machines ask for: robots.txt, the sitemap, and whether the bot is well."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.core.archive.feed_entries import stamp
from bot.storage.archive.lists import changed_at, community_version, indexed
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.site import Page, Site

OVERDUE: Final = timedelta(seconds=60)
"""How late a step may be before the bot is not well."""
SLOW: Final = 5.0
"""Seconds within which the database must have written something."""
_AGAIN: Final = 2.0
_PAGE: Final = 4096
"""Bytes of which the database writes at least one at a time."""
_MOST_ADDRESSES: Final = 5_000
_HIDDEN: Final = ("/room/", "/join/", "/in/", "/l/", "/desk/")
_READ: Final = "The database cannot be read."
_WRITE: Final = "The database cannot be written."
_BUSY: Final = "The database takes too long to write."
_LATE: Final = "Steps of a chat are overdue."

Address = tuple[str, str | None]
"""A page, and when it changed."""

log = structlog.get_logger()


async def robots(site: Site, request: Request) -> Response:
    """What search engines may visit: nothing, unless somebody made something public for them."""
    async with site.store.read() as tx:
        open_ = [True for one in await tx.communities() if await indexed(tx, one.id, most=1)]
    if not open_:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
    hidden = "".join(f"Disallow: {path}\n" for path in _HIDDEN)
    return PlainTextResponse(f"User-agent: *\n{hidden}Sitemap: {site.url('/sitemap.xml')}\n")


async def sitemap(site: Site, request: Request) -> Response:
    """The pages that search engines may find."""
    async with site.store.read() as tx:
        version = tuple([(one.id, await community_version(tx, one.id)) for one in await tx.communities()])

    async def load() -> Callable[[], str]:
        async with site.store.read() as tx:
            addresses = await _addresses(site, tx)
        return partial(site.html, "sitemap.xml", addresses=addresses)

    cached = await site.pages.page("sitemap.xml", version, load)
    return respond(request, cached, "application/xml; charset=utf-8")


async def health(site: Site, request: Request) -> Response:
    """200 when the database can be read and written, no step overdue, no network ailing; else 503 and why."""
    reason = await _fault(site) or site.unwell()
    if reason:
        log.error("not_well", reason=reason)
    told = {"status": "failing", "reason": reason} if reason else {"status": "ok"}
    return JSONResponse(told, 503 if reason else 200, {"Cache-Control": "no-store"})


async def _addresses(site: Site, tx: Tx) -> list[Address]:
    found: list[Address] = []
    for community in await tx.communities():
        chats = await indexed(tx, community.id, _MOST_ADDRESSES)
        changed = await changed_at(tx, [one.chat for one in chats])
        home: list[Address] = [(site.url(site.path(community)), None)] if chats else []
        series = dict.fromkeys(one.series.slug for one in chats)
        home += [(site.url(site.path(community, f"{quote(word)}/")), None) for word in series]
        found += home
        for one in chats:
            address = site.url(site.path(community, quote(one.address)))
            found.append((address, stamp(changed[one.chat.id]) if one.chat.published_at else None))
    return found


async def _fault(site: Site) -> str:
    """What is wrong, or nothing; asked of the database at most every two seconds, whoever asks."""
    moment = int(site.clock.real().timestamp() / _AGAIN)

    async def load() -> Callable[[], str]:
        found = await _asked(site)
        return lambda: found

    try:
        cached = await asyncio.wait_for(site.pages.page("healthz", moment, load), SLOW)
    except TimeoutError:
        return _BUSY
    return cached.body.decode()


async def _asked(site: Site) -> str:
    said = _READ
    try:
        async with site.store.read() as tx:
            late = await tx.due_chats(site.clock.now() - OVERDUE * max(1.0, site.clock.rate))
        said = _WRITE
        with suppress(_Unwritten):
            await _write(site)
    except Exception:  # noqa: BLE001 - whatever the database raises, the bot is not well
        return said
    return _LATE if late else ""


class _Unwritten(Exception):
    """Ends a transaction that was only tried."""


async def _write(site: Site) -> None:
    """Write to the disk and to the database, but commit nothing: every commit lets finished pages go."""
    await asyncio.to_thread(_fill, Path(str(site.store.url.database)).parent)
    async with site.store.begin() as tx:
        await tx.install("well_at", stamp(site.clock.real()))
        raise _Unwritten


def _fill(folder: Path) -> None:
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(_PAGE))
        file.flush()
        os.fsync(file.fileno())


PAGES = (
    Page("/robots.txt", robots),
    Page("/sitemap.xml", sitemap),
    Page("/healthz", health),
)
