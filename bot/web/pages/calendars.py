"""Calendars: all chats, one weekly chat, one evening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_document import file_name
from bot.core.audience import Audience
from bot.core.model import Community, Series
from bot.storage.archive.lists import community_version, of_calendar, questions_of, slots_of
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.calendar_file import Diary, calendar_file, event_file
from bot.web.pages.feeds import private, series_named
from bot.web.pages.showing import chat_asked_for
from bot.web.reader_key import reader_by_key
from bot.web.site import Page, Site

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
BACK: Final = timedelta(days=180)
"""How far back a calendar names chats one by one."""


async def calendar(site: Site, request: Request) -> Response:
    """The calendar of a community or of a weekly chat."""
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        audience = await reader_by_key(site, request, tx, community)
        series = await series_named(request, tx, audience)
        version = await community_version(tx, community.id)
    key = ("calendar.ics", series.id if series else None, audience.key)

    async def load() -> Callable[[], bytes]:
        async with site.store.read() as tx:
            diary = await _diary(site, tx, community, audience, series)
        return lambda: calendar_file(diary)

    cached = await site.pages.page(key, (version, site.clock.now().date()), load)
    return respond(request, cached, MEDIA_TYPE, private(audience))


async def event(site: Site, request: Request) -> Response:
    """One chat as a calendar file."""
    async with site.store.read() as tx:
        community = await site.community(request, tx)
        audience = await reader_by_key(site, request, tx, community)
        listed = await chat_asked_for(request, tx, audience)
        questions = await questions_of(tx, [listed.chat])
        version = await community_version(tx, community.id)
    key = ("event.ics", listed.chat.id, audience.key)
    diary = Diary(listed.title, _page(site, community), site.clock.now(), [listed], (), questions)

    async def load() -> Callable[[], bytes]:
        return lambda: event_file(diary)

    cached = await site.pages.page(key, version, load)
    name = file_name(listed.chat.slug or "", listed.title, "ics")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return respond(request, cached, MEDIA_TYPE, private(audience) | headers)


async def _diary(
    site: Site, tx: Tx, community: Community, audience: Audience, series: Series | None
) -> Diary:
    now = site.clock.now()
    chats = await of_calendar(tx, audience, now - BACK, series.id if series else None)
    going_on = {one.series.id for one in chats if one.chat.state.ahead}
    slots = await slots_of(tx, sorted(going_on))
    questions = await questions_of(tx, [one.chat for one in chats])
    name = series.title if series else community.name
    return Diary(name, _page(site, community), now, chats, slots, questions)


def _page(site: Site, community: Community) -> str:
    return site.url(site.path(community))


PAGES = (
    Page("/{community}/calendar.ics", calendar),
    Page("/{community}/{series}/calendar.ics", calendar),
    Page("/{community}/{series}/{slug}/event.ics", event),
)
