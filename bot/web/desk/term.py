"""The term at a glance, and the buttons of what a form was answered with."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.desk.term import AHEAD, BEFORE, term
from bot.core.model import Series
from bot.core.times.recurrence import Recurrence
from bot.storage.store import Tx
from bot.web.desk.doing import Done, Fields, Said, answered, page, shown
from bot.web.desk.door import Desk, place_of
from bot.web.desk.ways import pages, rooms
from bot.web.pages.showing import WORDS
from bot.web.site import Page, Site


async def glance(site: Site, request: Request) -> Response:
    """Every date of the term, with how it stands."""
    return await shown(site, request, _draw)


async def press(site: Site, request: Request) -> Response:
    """Carry out what a button under an answer offers."""
    return await answered(site, request, _press, _draw)


async def _draw(site: Site, request: Request, desk: Desk, said: Said | None) -> Response:
    now, here = site.clock.now(), desk.community
    async with site.store.read() as tx:
        known = await tx.term(here.id, now - BEFORE, now + AHEAD)
        every = await tx.series_of_community(here.id) if desk.hosting else ()
        rules = [pair for series in every for pair in await _rules(tx, series)]
        out = await pages(site, tx, desk, now - BEFORE, now + AHEAD)
        about: dict[str, Any] = {"rooms": await rooms(tx, desk), "pages": out}
        about["reported"] = await _reported(tx, desk) if desk.hosting else 0
    if not desk.hosting:
        known = tuple(one for one in known if one.chat.id in desk.guest_of)
    weeks = term(known, rules, now, here.zone, chats_alone=not desk.hosting)
    about |= {"weeks": weeks, "series": every, "now": now}
    return page(site, request, desk, "desk_term.html", said, **about, **WORDS)


async def _press(site: Site, _request: Request, desk: Desk, fields: Fields) -> Done:
    async with site.store.read() as tx:
        place = await place_of(desk, tx)
    line = fields.get("line", "")
    reply = (await site.tree.answer(desk.asker(place), line)).here((line,))
    # What led here may be gone with it: a refusal is said on the page that comes, as any other answer is.
    return Done(reply, fields.get("page", ""), leads_on=True)


async def _reported(tx: Tx, desk: Desk) -> int:
    """How much was reported to these hosts and waits for a decision."""
    here = desk.community.id
    return await tx.count_reported_to(here) + await tx.count_reported_in_rooms(here)


async def _rules(tx: Tx, series: Series) -> list[tuple[Series, Recurrence]]:
    return [(series, slot.rule) for slot in await tx.slots(series.id)]


PAGES: Final = (Page("/desk/{community}/", glance), Page("/desk/{community}/do", press, ("POST",)))
