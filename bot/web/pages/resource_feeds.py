"""Feeds of shared links: each link as it comes, or a digest of each week."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_page import Listed
from bot.core.archive.feed_entries import Feed, sound, stamp, tag
from bot.core.archive.resource_entries import LinkEntry, Week, link_of_chat, of_link, of_week, weeks_before
from bot.core.archive.shared_links import shared_links
from bot.core.audience import Audience
from bot.core.model import Community, Series
from bot.core.tongue import _
from bot.storage.archive.lists import community_version
from bot.storage.archive.resources import Span
from bot.web.cache import Load, respond
from bot.web.pages.feeds import ATOM, JSON, network_name, private, series_named
from bot.web.pages.resources import page_read
from bot.web.pages.showing import chat_asked_for, narrowed, version_of
from bot.web.reader_key import reader_by_key
from bot.web.site import Page, Site

MOST: Final = 50
"""Entries of a feed of links."""
WEEKS: Final = 12
"""Weeks that a feed of digests looks back."""
_TYPES: Final = {"atom": ATOM, "json": JSON}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose links they are, and for whose eyes."""

    community: Community
    audience: Audience
    series: Series | None

    @property
    def address(self) -> str:
        """The path of its page within the community."""
        return f"{quote(self.series.slug)}/resources/" if self.series else "resources/"

    @property
    def whose(self) -> str:
        """What ids of its entries are made with."""
        return f"series-{self.series.id}" if self.series else f"community-{self.community.id}"

    @property
    def title(self) -> str:
        """What its feeds are of."""
        return self.series.title if self.series else self.community.name

    def span(self, week: Week | None = None) -> Span:
        """Its shares, or those of a week."""
        series_id = self.series.id if self.series else None
        return Span(series_id, week.since, week.until) if week else Span(series_id)


async def links(kind: str, site: Site, request: Request) -> Response:
    """The links of a weekly chat or of a community, those shared last first."""
    shelf, version = await _shelf(site, request)

    async def load() -> Callable[[], str]:
        host = network_name(site)
        async with site.store.read() as tx:
            found = await tx.resources(shelf.audience, shelf.span(), MOST)
        at = [_said_at(site, shelf.community, one.public_id) for one in found]
        entries = [of_link(one, url, host, shelf.whose) for one, url in zip(found, at, strict=True)]
        return partial(_written, site, shelf, _feed(site, shelf, f"feed.{kind}", "links", entries))

    return await _answer(site, request, shelf, f"feed.{kind}", version, load)


async def digests(kind: str, site: Site, request: Request) -> Response:
    """The links of each week that is over, in one entry."""
    shelf, version = await _shelf(site, request)
    weeks = tuple(weeks_before(site.clock.now(), shelf.community.zone, WEEKS))

    async def load() -> Callable[[], str]:
        page, host = site.url(site.path(shelf.community, shelf.address)), network_name(site)
        async with site.store.read() as tx:
            found = await tx.resources_of_each(shelf.audience, [shelf.span(week) for week in weeks], MOST)
        weekly = zip(weeks, found, strict=True)
        entries = [of_week(week, some, page, host, shelf.whose) for week, some in weekly if some]
        return partial(_written, site, shelf, _feed(site, shelf, f"digest.{kind}", "weeks", entries))

    return await _answer(site, request, shelf, f"digest.{kind}", (version, weeks[0].number), load)


async def of_chat(kind: str, site: Site, request: Request) -> Response:
    """The links of one chat, in the order of its questions."""
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        audience = await reader_by_key(site, request, tx, community)
        found = await chat_asked_for(request, tx, audience)
    shelf = Shelf(community, narrowed(audience, found.series.id), found.series)

    async def load() -> Callable[[], str]:
        return partial(_chat_written, site, shelf, found, kind)

    key = ("links feed", found.chat.id, shelf.audience.key, kind)
    cached = await site.pages.page(key, version_of(community, found), load)
    return respond(request, cached, _TYPES[kind], private(shelf.audience))


async def _shelf(site: Site, request: Request) -> tuple[Shelf, int]:
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        audience = await reader_by_key(site, request, tx, community)
        series = await series_named(request, tx, audience)
        version = await community_version(tx, community.id)
    return Shelf(community, narrowed(audience, series.id) if series else audience, series), version


async def _answer(
    site: Site, request: Request, shelf: Shelf, name: str, version: Hashable, load: Load
) -> Response:
    key = ("resources", name, shelf.whose, shelf.audience.key)
    cached = await site.pages.page(key, version, load)
    return respond(request, cached, _TYPES[name.rpartition(".")[2]], private(shelf.audience))


def _feed(site: Site, shelf: Shelf, name: str, what: str, entries: Sequence[LinkEntry]) -> Feed:
    page = site.url(site.path(shelf.community, shelf.address))
    titles = {"links": _("{title}: links"), "weeks": _("{title}: links of each week")}
    return Feed(
        id=tag(network_name(site), f"{what}-of-{shelf.whose}"),
        title=sound(titles[what].format(title=shelf.title)),
        page=page,
        feed=f"{page}{name}",
        language=shelf.community.language,
        entries=tuple(entries),
    )


def _chat_written(site: Site, shelf: Shelf, found: Listed, kind: str) -> str:
    """The feed of a chat, read and made in the worker."""
    page, host = page_read(site, found, shelf.audience), network_name(site)
    entries = [
        link_of_chat(one, page, _said_at(site, page.community, one.public_id), host)
        for one in shared_links(page)
    ]
    at = site.url(
        site.path(page.community, f"{quote(page.series.slug)}/{quote(page.chat.slug or '')}/links/")
    )
    feed = Feed(
        id=tag(host, f"links-of-chat-{page.chat.id}"),
        title=sound(_("{title}: links").format(title=page.title)),
        page=at,
        feed=f"{at}feed.{kind}",
        language=page.community.language,
        entries=tuple(entries),
    )
    return _written(site, shelf, feed)


def _said_at(site: Site, community: Community, public_id: str) -> str:
    """The address that leads to an answer, in whatever part of a long page it stands."""
    return site.url(site.path(community, f"a/{public_id}"))


def _written(site: Site, shelf: Shelf, feed: Feed) -> str:
    if feed.feed.endswith(".json"):
        return json.dumps(feed.as_document(), ensure_ascii=False)
    return site.html("feed.atom", feed=feed, author=sound(shelf.community.name), stamp=stamp)


PAGES = tuple(
    Page(f"{path}.{kind}", partial(answer, kind))
    for kind in ("atom", "json")
    for path, answer in (
        ("/{community}/resources/feed", links),
        ("/{community}/resources/digest", digests),
        ("/{community}/{series}/resources/feed", links),
        ("/{community}/{series}/resources/digest", digests),
        ("/{community}/{series}/{slug}/links/feed", of_chat),
    )
)
