"""Plain lists: the agenda of what is coming, and the archive month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.agenda import Month, agenda, beside, months, years
from bot.core.audience import Audience
from bot.core.model import Community, Refused, Series, Visibility
from bot.core.times.clockface import local
from bot.core.times.zones import parse_zone, zone_words
from bot.storage.archive.lists import coming_from, community_version, months_held
from bot.web.cache import finished, respond
from bot.web.pages.showing import WORDS, small_chart_of, whose
from bot.web.reader_key import without_key
from bot.web.site import Page, Site

MOST_COMING: Final = 300
MOST_FRESH: Final = 10
_YEARS: Final = range(1970, 3000)


async def upcoming(site: Site, request: Request) -> Response:
    """What is coming, day by day, in the zone that the reader names."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        version = await community_version(tx, community.id)
    now, audience = site.clock.now(), who.audience
    zone, said = zone_asked_for(request.query_params.get("tz", ""), community.zone)

    async def load() -> Callable[[], str]:
        async with site.store.read() as tx:
            chats = await coming_from(tx, audience, now, MOST_COMING)
            series, plain = await tx.series_listed(audience), await without_key(site, tx, community)
        shown = {"days": agenda(chats, zone, now), "series": series, "indexable": indexable(series)}
        names = {"zone_words": zone_words(zone), "said": said, "plain": plain}
        return partial(_made, site, "upcoming.html", community, **shown, **names)

    if said:  # what somebody made up is no key to keep pages under
        made = await load()
        return respond(request, await site.pages.aside(lambda: finished(made())))
    key, today = ("upcoming", zone, audience.key), local(now, zone).date()
    return respond(request, await site.pages.page(key, (version, today), load))


async def archive(site: Site, request: Request) -> Response:
    """Every month in which chats were held, and the newest chats."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        version = await community_version(tx, community.id)
    audience = who.audience

    async def load() -> Callable[[], str]:
        async with site.store.read() as tx:
            every = months(await months_held(tx, audience, community.zone))
            fresh = await tx.held(audience, most=MOST_FRESH)
            series = await tx.series_listed(audience)
        shown = {"years": years(every), "held": fresh, "series": series, "indexable": indexable(series)}
        return partial(_made, site, "archive.html", community, count=sum(m.chats for m in every), **shown)

    return respond(request, await site.pages.page(("archive", audience.key), version, load))


async def month(site: Site, request: Request) -> Response:
    """The chats of one month."""
    wanted = _month(request)
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        version = await community_version(tx, community.id)
        every = months(await months_held(tx, who.audience, community.zone))
    if (found := next((one for one in every if one.address == wanted.address), None)) is None:
        raise HTTPException(404)
    key = ("archive", found.address, who.audience.key)
    load = partial(_load_month, site, community, who.audience, found, beside(every, found))
    return respond(request, await site.pages.page(key, version, load))


def zone_asked_for(named: str, default: str) -> tuple[str, str]:
    """The zone that a reader names, or the community's and a sentence that says why."""
    try:
        zone = parse_zone(named, default)
    except Refused as no:
        return default, str(no)
    return zone.name, ""


async def _load_month(
    site: Site,
    community: Community,
    audience: Audience,
    found: Month,
    around: tuple[Month | None, Month | None],
) -> Callable[[], str]:
    since, until = found.span(community.zone)
    async with site.store.read() as tx:
        held = await tx.held(audience, since, until)
        series = await tx.series_listed(audience)
    shown = {"month": found, "held": held[::-1], "around": around, "indexable": indexable(series)}
    return partial(_made, site, "month.html", community, **shown)


def _month(request: Request) -> Month:
    year, number = request.path_params["year"], request.path_params["month"]
    plain = len(year) == 4 and len(number) == 2 and (year + number).isascii() and (year + number).isdecimal()
    if not plain or int(year) not in _YEARS or not 1 <= int(number) <= 12:
        raise HTTPException(404)
    return Month(int(year), int(number))


def indexable(series: Iterable[Series]) -> bool:
    """Whether search engines may show lists: only where they may show something on them."""
    return any(one.indexable and one.visibility is Visibility.PUBLIC for one in series)


def _made(site: Site, template: str, community: Community, **shown: Any) -> str:
    return site.html(template, community=community, reader=None, chart=small_chart_of, **WORDS, **shown)


PAGES = (
    Page("/{community}/upcoming/", upcoming),
    Page("/{community}/archive/", archive),
    Page("/{community}/archive/{year}/{month}/", month),
)
