"""Feeds of what came into the archive, as Atom and as JSON Feed, and the page that lists them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.feed_entries import Feed, entry, sound, stamp, tag
from bot.core.audience import Audience
from bot.core.model import Community, Series
from bot.storage.archive.lists import changed_at, community_version, published, questions_of
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.reader import reader
from bot.web.reader_key import by_any_key, reader_by_key, without_key
from bot.web.site import Page, Site

ATOM: Final = "application/atom+xml; charset=utf-8"
JSON: Final = "application/feed+json; charset=utf-8"
MOST: Final = 30
"""Entries of a feed."""


async def atom(site: Site, request: Request) -> Response:
    """What is new in the archive, as Atom."""
    return await _feed(site, request, "feed.atom", ATOM)


async def json_feed(site: Site, request: Request) -> Response:
    """What is new in the archive, as JSON Feed."""
    return await _feed(site, request, "feed.json", JSON)


async def feeds(site: Site, request: Request) -> Response:
    """Every feed and calendar there is, with a personal address for members."""
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        who = await reader(site, request, tx, community)
        shown = await _series_by(site, tx, community, who.audience, "")
    return site.answer("feeds.html", community=community, reader=who, key=None, **shown)


async def personal_feeds(site: Site, request: Request) -> Response:
    """The same page with addresses that work in other programs; those given before stop working."""
    form = await request.form()
    now = site.clock.real()
    async with site.store.begin() as tx:
        community = await site.community(request, tx)
        who = await reader(site, request, tx, community)
        if who.person is None:
            raise HTTPException(403)
        kind, whose = SecretKind.FEED, who.person.id
        await tx.revoke_secrets(whose, now, kind=kind, community_id=community.id)
        end = form.get("do") == "end"
        key = "" if end else await tx.give_secret(kind, community.id, now, person_id=whose)
        shown = await _series_by(site, tx, community, who.audience, key)
    return site.answer("feeds.html", community=community, reader=who, key=key, **shown)


async def _series_by(
    site: Site, tx: Tx, community: Community, audience: Audience, key: str
) -> dict[str, Any]:
    """The weekly chats whose addresses bring programs something: with a key, or for everybody."""
    if key:
        return {"series": await tx.series_listed(by_any_key(community)), "whole": True}
    plain = await without_key(site, tx, community)
    series = [one for one in await tx.series_listed(audience) if one.id in plain.series]
    return {"series": series, "whole": plain.community}


async def _feed(site: Site, request: Request, name: str, media_type: str) -> Response:
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        audience = await reader_by_key(site, request, tx, community)
        series = await series_named(request, tx, audience)
        version = await community_version(tx, community.id)
    own = series.id if series else None

    async def load() -> Callable[[], str]:
        async with site.store.read() as tx:
            feed = await _read(site, tx, community, audience, series, name)
        return lambda: _written(site, feed, community, name)

    cached = await site.pages.page((name, own, audience.key), version, load)
    return respond(request, cached, media_type, private(audience))


async def series_named(request: Request, tx: Tx, audience: Audience) -> Series | None:
    """The weekly chat that a path names; 404 where these readers know of none."""
    word = request.path_params.get("series")
    if word is None:
        return None
    found = await tx.series_by_slug(audience, word)
    if found is None:
        raise HTTPException(404)
    return found


def private(audience: Audience) -> dict[str, str]:
    """Headers that keep what is not for everybody out of shared caches."""
    return {"Cache-Control": "private, no-cache"} if audience.private else {}


def network_name(site: Site) -> str:
    """What ids of this installation are made with."""
    return urlsplit(site.base_url).hostname or "edchat"


async def _read(
    site: Site, tx: Tx, community: Community, audience: Audience, series: Series | None, name: str
) -> Feed:
    found = await published(tx, audience, MOST, series.id if series else None)
    chats = [one.chat for one in found]
    updated, questions, host = await changed_at(tx, chats), await questions_of(tx, chats), network_name(site)
    page = site.url(site.path(community, f"{quote(series.slug)}/" if series else ""))
    return Feed(
        id=tag(host, f"series-{series.id}" if series else f"community-{community.id}"),
        title=sound(series.title if series else community.name),
        page=page,
        feed=f"{page}{name}",
        language=community.language,
        entries=tuple(
            entry(
                one,
                site.url(site.path(community, quote(one.address))),
                host,
                updated[one.chat.id],
                questions.get(one.chat.id, ()),
            )
            for one in found
        ),
    )


def _written(site: Site, feed: Feed, community: Community, name: str) -> str:
    if name == "feed.json":
        return json.dumps(feed.as_document(), ensure_ascii=False)
    return site.html("feed.atom", feed=feed, author=sound(community.name), stamp=stamp)


PAGES = (
    Page("/{community}/feeds/", feeds),
    Page("/{community}/feeds/", personal_feeds, ("POST",)),
    Page("/{community}/feed.atom", atom),
    Page("/{community}/feed.json", json_feed),
    Page("/{community}/{series}/feed.atom", atom),
    Page("/{community}/{series}/feed.json", json_feed),
)
