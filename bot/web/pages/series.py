"""The page of a weekly chat: when it meets, what comes next, and every chat it held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_page import ChatPage, Held, Listed
from bot.core.archive.hour_chart import HourChart
from bot.core.audience import Audience
from bot.core.model import Community
from bot.core.sentences.chat import letter
from bot.core.times.clockface import local
from bot.storage.archive.lists import community_version
from bot.web.cache import respond
from bot.web.pages.home import Weekly, weekly
from bot.web.pages.on_now import OnNow, on_now
from bot.web.pages.showing import WORDS, narrowed, small_chart_of, whose
from bot.web.reader_key import without_key
from bot.web.site import Page, Site

MOST_AHEAD: Final = 4
MOST_HELD: Final = 60


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that the page of a weekly chat says."""

    weekly: Weekly
    live: tuple[OnNow, ...]
    coming: ChatPage | None
    later: tuple[Listed, ...]
    held: tuple[tuple[Held, HourChart], ...]


async def series(site: Site, request: Request) -> Response:
    """The page of a weekly chat."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found = await tx.series_by_slug(who.audience, request.path_params["series"])
        if found is None:
            raise HTTPException(404)
        version = await community_version(tx, community.id)
    audience = narrowed(who.audience, found.id)
    today = local(site.clock.now(), community.zone).date()
    key = ("series", found.id, audience.key, today)
    return respond(
        request, await site.pages.page(key, version, partial(_load, site, community, audience, found.slug))
    )


async def _load(site: Site, community: Community, audience: Audience, slug: str) -> Callable[[], str]:
    now = site.clock.now()
    async with site.store.read() as tx:
        found = await tx.series_by_slug(audience, slug)
        if found is None:
            raise HTTPException(404)
        coming = await tx.next_chat(audience, now, found.id)
        ahead = await tx.coming_after(audience, now, found.id, MOST_AHEAD + 1)
        held = await tx.held(audience, series_id=found.id, most=MOST_HELD)
        plain = found.id in (await without_key(site, tx, community)).series
        shelf = Shelf(
            await weekly(tx, found, audience),
            await on_now(tx, audience, found.id),
            await tx.chat_page(coming.chat.id, audience) if coming else None,
            tuple(one for one in ahead if coming is None or one.chat.id != coming.chat.id)[:MOST_AHEAD],
            tuple((one, small_chart_of(one)) for one in held),
        )
    url = site.url(site.path(community, f"{found.slug}/"))
    about = {"community": community, "reader": None, "shelf": shelf, "series": found, "url": url, "now": now}
    return partial(site.html, "series.html", **WORDS, **about, letter=letter, plain=plain)


PAGES = (Page("/{community}/{series}/", series),)
