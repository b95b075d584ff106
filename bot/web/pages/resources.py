"""Shared links as pages: of one chat, of a weekly chat, of a community."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_page import ChatPage, Listed
from bot.core.archive.parts import part_of
from bot.core.archive.shared_links import shared_links
from bot.core.audience import Audience
from bot.core.model import Community, Series
from bot.storage.archive.lists import community_version
from bot.storage.archive.resources import Span
from bot.web.cache import respond
from bot.web.pages.feeds import series_named
from bot.web.pages.lists import indexable
from bot.web.pages.showing import WORDS, chat_asked_for, narrowed, version_of, whose
from bot.web.site import Page, Site

ON_A_PAGE: Final = 100
_MOST_PAGES: Final = 9_999


async def resources(site: Site, request: Request) -> Response:
    """The links shared in a weekly chat, or in all of a community, those shared last first."""
    number = _number(request.query_params.get("page", "1"))
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        series = await series_named(request, tx, who.audience)
        version = await community_version(tx, community.id)
    audience = narrowed(who.audience, series.id) if series else who.audience
    key = ("resources", series.id if series else None, audience.key, number)
    load = partial(_load, site, community, audience, series, number)
    return respond(request, await site.pages.page(key, version, load))


async def chat_links(site: Site, request: Request) -> Response:
    """The links shared in one chat, in the order of its questions."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found = await chat_asked_for(request, tx, who.audience)
    audience = narrowed(who.audience, found.series.id)
    load = partial(_load_links, site, found, audience)
    key = ("links", found.chat.id, audience.key)
    return respond(request, await site.pages.page(key, version_of(community, found), load))


def page_read(site: Site, found: Listed, audience: Audience) -> ChatPage:
    """A chat with its answers, for whoever is in the worker."""
    page = site.store.chat_page(found.chat.id, audience)
    if page is None:
        raise HTTPException(404)
    return page


async def _load(
    site: Site, community: Community, audience: Audience, series: Series | None, number: int
) -> Callable[[], bytes]:
    span = Span(series.id if series else None)
    async with site.store.read() as tx:
        count = await tx.count_resources(audience, span)
        found = await tx.resources(audience, span, ON_A_PAGE, ON_A_PAGE * (number - 1))
        listed = await tx.series_listed(audience)
    pages = max(1, -(-count // ON_A_PAGE))
    if number > pages:
        raise HTTPException(404)
    shown: dict[str, Any] = {
        "links": found,
        "count": count,
        "number": number,
        "pages": pages,
        "first": ON_A_PAGE * (number - 1) + 1,
    }
    at = site.path(community, f"{series.slug}/resources/" if series else "resources/")
    shown |= {"series": series, "listed": listed, "at": at, "indexable": _may_index(series, listed)}
    return partial(site.page, "resources.html", community=community, reader=None, **WORDS, **shown)


def _may_index(series: Series | None, listed: tuple[Series, ...]) -> bool:
    return indexable((series,) if series else listed)


async def _load_links(site: Site, found: Listed, audience: Audience) -> Callable[[], bytes]:
    return partial(_links, site, found, audience)


def _links(site: Site, found: Listed, audience: Audience) -> bytes:
    page = page_read(site, found, audience)
    shown: dict[str, Any] = {
        "page": page,
        "chat": page.chat,
        "series": page.series,
        "links": shared_links(page),
        "part": part_of(page),
    }
    at = site.path(page.community, page.address)
    return site.page("links.html", community=page.community, reader=None, at=at, **WORDS, **shown)


def _number(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 5 and 1 <= int(said) <= _MOST_PAGES):
        raise HTTPException(404)
    return int(said)


PAGES = (
    Page("/{community}/resources/", resources),
    Page("/{community}/{series}/resources/", resources),
    Page("/{community}/{series}/{slug}/links/", chat_links),
)
