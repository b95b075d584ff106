"""The front page of a community: the next chat, what is live, two weeks to come, what there is to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive import linked_data, timetable
from bot.core.archive.chat_page import ChatPage, Held
from bot.core.archive.hour_chart import HourChart
from bot.core.audience import Audience
from bot.core.model import Community, Series
from bot.core.sentences.chat import letter
from bot.core.sentences.slow import series_length
from bot.core.slow_steering import LONGEST
from bot.core.times.clockface import local
from bot.core.times.recurrence import in_words
from bot.core.times.zones import zone_words
from bot.storage.archive.browsing import Picked
from bot.storage.archive.lists import community_version
from bot.storage.store import Tx
from bot.web.cache import finished, respond
from bot.web.pages.lists import indexable, zone_asked_for
from bot.web.pages.on_now import OnNow, on_now, rooms_for
from bot.web.pages.showing import WORDS, data_block, small_chart_of, whose
from bot.web.reader_key import without_key
from bot.web.site import Page, Site

MOST_FRESH: Final = 5


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly chat with its times in words and how many chats there are to read."""

    series: Series
    times: str
    held: int


@dataclass(frozen=True, slots=True)
class Front:
    """All that the front page says."""

    live: tuple[OnNow, ...]
    coming: ChatPage | None
    weeks: tuple[timetable.Week, ...]
    fresh: tuple[tuple[Held, HourChart], ...]
    count: int
    weekly: tuple[Weekly, ...]
    picked: Picked | None
    rooms: tuple[str, ...]


async def home(site: Site, request: Request) -> Response:
    """The front page, in the community's zone or in the reader's."""
    now = site.clock.now()
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        version = await community_version(tx, community.id)
    zone, refused = zone_asked_for(request.query_params.get("tz", ""), community.zone)
    load = partial(_load, site, community, who.audience, zone, refused)
    if refused:  # what somebody made up is no key to keep pages under
        made = await load()
        return respond(request, await site.pages.aside(lambda: finished(made())))
    key = ("home", community.id, who.audience.key, zone, local(now, zone).date())
    return respond(request, await site.pages.page(key, version, load))


async def _load(
    site: Site, community: Community, audience: Audience, zone: str, refused: str
) -> Callable[[], str]:
    now = site.clock.now()
    async with site.store.read() as tx:
        front = await front_of(tx, community, audience, zone, now)
        plain = await without_key(site, tx, community)
    when = {"zone": zone, "refused": refused, "now": now}
    return partial(_render, site, community, front, when | {"plain": plain})


async def front_of(tx: Tx, community: Community, audience: Audience, zone: str, now: datetime) -> Front:
    """What the front page of a community says to these readers."""
    coming = await tx.next_chat(audience, now)
    today = local(now, zone).date()
    monday = timetable.first_monday(today, local(coming.chat.starts_at, zone).date() if coming else None)
    since, until = timetable.window(monday, zone)
    listed = await tx.coming_on(audience, since - LONGEST, until)  # a slow chat may still go on
    series = await tx.series_listed(audience)
    weeks = timetable.timetable(monday, today, zone, listed, await _skipped(tx, series))
    fresh = await tx.fresh(audience, MOST_FRESH)
    return Front(
        await on_now(tx, audience),
        await tx.chat_page(coming.chat.id, audience) if coming else None,
        weeks,
        tuple((held, small_chart_of(held)) for held in fresh),
        await tx.count_held(audience),
        tuple([await weekly(tx, one, audience) for one in series]),
        await tx.picked(audience),
        await _rooms(tx, community, audience),
    )


async def weekly(tx: Tx, series: Series, audience: Audience) -> Weekly:
    """A weekly chat for a list."""
    times = "; ".join(in_words(slot.rule) for slot in await tx.slots(series.id))
    times += f", {series_length(series)}" if series.slow and times else ""
    return Weekly(series, times[:1].upper() + times[1:], await tx.count_held(audience, series.id))


async def _skipped(tx: Tx, series: tuple[Series, ...]) -> dict[date, list[str]]:
    """The dates that weekly chats leave out, with their titles."""
    skipped: dict[date, list[str]] = {}
    for one in series:
        for slot in await tx.slots(one.id):
            for day in slot.rule.exdates:
                skipped.setdefault(day, []).append(one.title)
    return skipped


async def _rooms(tx: Tx, community: Community, audience: Audience) -> tuple[str, ...]:
    """The words of the rooms in the browser that lead into chats and that these readers may go into."""
    places, hosts = await tx.places_of_community(community.id), community.hosts_place_id
    return await rooms_for(tx, (place for place in places if place.id != hosts), audience)


def _render(site: Site, community: Community, front: Front, when: dict[str, Any]) -> str:
    url = site.url(site.path(community))
    told = front.coming
    linked = None
    if told is not None:
        at = site.url(site.path(community, told.address))
        linked = data_block(linked_data.announcement(told, at, told.series.about))
    words = WORDS | {"zone_words": zone_words, "letter": letter}
    about = {"community": community, "reader": None, "front": front, "url": url, "linked": linked}
    found = indexable(one.series for one in front.weekly)
    return site.html("home.html", **words, **about, **when, indexable=found)


PAGES = (Page("/{community}/", home),)
