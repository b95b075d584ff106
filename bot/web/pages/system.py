"""What machines ask for: robots.txt, the sitemap, and whether the bot is well."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.core.archive.feed_entries import stamp
from bot.core.audience import Audience
from bot.core.wellness import reason
from bot.storage.archive.lists import changed_at, community_version, indexed
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.site import Page, Site

_MOST_ADDRESSES: Final = 5_000
_HIDDEN: Final = ("/room/", "/join/", "/in/", "/l/", "/desk/")

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
    """200 while the bot does its work, also when a network is just connecting again; else 503 and why."""
    why = reason(await site.vitals.faults())
    if why:
        log.error("not_well", reason=why)
    told = {"status": "failing", "reason": why} if why else {"status": "ok"}
    return JSONResponse(told, 503 if why else 200, {"Cache-Control": "no-store"})


async def _addresses(site: Site, tx: Tx) -> list[Address]:
    found: list[Address] = []
    for community in await tx.communities():
        chats = await indexed(tx, community.id, _MOST_ADDRESSES)
        changed = await changed_at(tx, [one.chat for one in chats])
        home: list[Address] = [(site.url(site.path(community)), None)] if chats else []
        series = dict.fromkeys(one.series.slug for one in chats)
        home += [(site.url(site.path(community, f"{quote(word)}/")), None) for word in series]
        shared = await tx.shares_links(Audience(community.id)) if chats else False
        home += [(site.url(site.path(community, "resources/")), None)] if shared else []
        found += home
        for one in chats:
            address = site.url(site.path(community, quote(one.address)))
            found.append((address, stamp(changed[one.chat.id]) if one.chat.published_at else None))
    return found


PAGES = (
    Page("/robots.txt", robots),
    Page("/sitemap.xml", sitemap),
    Page("/healthz", health),
)
