"""Reporting to the hosts what stands in a room and on no page: a form for everybody who sees it there."""

from __future__ import annotations

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.plain import storable
from bot.core.sentences import archive as sentences
from bot.core.tongue import ENGLISH, speaking
from bot.storage.rooms.views import RoomMessage
from bot.storage.store import Tx
from bot.web.numbers import in_path
from bot.web.pages.reports import LONGEST, once
from bot.web.room import loading
from bot.web.room.answering import Fields, answered
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.view import Shown, address
from bot.web.site import Page, Site


async def report_page(site: Site, request: Request) -> Response:
    """Show what is reported, and ask why."""
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        found = await _found(tx, request, door)
    return _ask(site, door, found)


async def report(site: Site, request: Request) -> Response:
    """Tell the hosts, and thank the member."""
    return await answered(site, request, _tell)


async def _tell(site: Site, request: Request, door: Door, fields: Fields) -> Response:
    reason = storable(fields.get("reason", ""), LONGEST + 1).strip()
    now, real, by = site.clock.now(), site.clock.real(), door.viewer.person.id
    async with site.store.begin() as tx:
        found = await _found(tx, request, door)
        if len(reason) > LONGEST:
            return _ask(site, door, found, reason[:LONGEST], refused=True)
        where = _where(door, found)
        # Words of a room have numbers of their own: below zero they are no answer's.
        this = str(site.store.url), -found.message.id, f"person {by}"
        if new := not once.again(this, real):
            told = _said_to_hosts(door, found.message, site.url(where))
            await tx.report_in_room(door.place, found.message.id, told, reason, by, now)
    if new:
        once.note(this, real)
    here, who = door.community, door.reader
    return site.answer("reported.html", community=here, reader=who, back=where, words=True)


def _said_to_hosts(door: Door, message: RoomMessage, url: str) -> str:
    """Which words they are, as the bot tells hosts in their room, whatever this page speaks."""
    with speaking(ENGLISH):
        return sentences.reported_answer(_about(door, message), url)


def _about(door: Door, message: RoomMessage) -> str:
    return sentences.about_words(door.place.name, message.said_at, door.community.zone)


async def _found(tx: Tx, request: Request, door: Door) -> Shown:
    """The words that a path names, where somebody else said them before everybody here."""
    number, who = in_path(request, "message"), door.viewer
    found = await tx.room_message(number, viewer=who.person.native_id, host=who.hosting)
    if found is None or found.place_id != door.place.id:
        raise HTTPException(404)
    [shown] = await loading.dressed(tx, door, [found])
    if not shown.report:
        raise HTTPException(404)
    return shown


def _where(door: Door, found: Shown) -> str:
    return f"{address(door.place)}?thread={found.stands.home}#m{found.message.id}"


def _ask(site: Site, door: Door, found: Shown, reason: str = "", *, refused: bool = False) -> Response:
    said = found.message
    given: dict[str, Any] = {"found": {"html": said.html, "name": said.name, "about": _about(door, said)}}
    given |= {"reason": reason, "longest": LONGEST, "refused": refused, "words": True}
    given["back"] = _where(door, found)
    who = {"community": door.community, "reader": door.reader}
    return site.answer("report.html", 422 if refused else 200, **who, **given)


PAGES: Final = (
    Page("/room/{place}/m/{message:int}/report", report_page),
    Page("/room/{place}/m/{message:int}/report", report, ("POST",)),
)
