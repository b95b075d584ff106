"""The page of a room: what is on, its threads and the conversation, with a form to write in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.core.sentences import bar as say
from bot.core.tongue import _
from bot.storage.rooms.views import RoomMessage
from bot.storage.store import Tx
from bot.web.desk.door import desks
from bot.web.guard import SESSIONS
from bot.web.numbers import numbered
from bot.web.reader import tokens
from bot.web.room import loading
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.sheets import Said, Sheet, sheets
from bot.web.room.view import TALK, Top, address, context, top
from bot.web.site import Page, Site, speak_as

WAITING: Final = "later"
"""Stands in the address for the answer to a command that takes longer than people wait."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that a page shows, read in one go."""

    sheets: tuple[Sheet, ...]
    replies: tuple[RoomMessage, ...]
    top: Top
    last_event: int
    open: str


async def room(site: Site, request: Request) -> Response:
    """A room as one person sees it."""
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        seen = await _seen(tx, door, request.query_params, Said())
    waits = request.query_params.get("answer") == WAITING
    return await drawn(site, door, seen, note=_(say.CARRIED_OUT) if waits else "")


async def again(site: Site, request: Request, said: Said, status: int = 422) -> Response:
    """The room once more after a form was refused, with the words that were in it."""
    async with site.store.read() as tx:
        door = await enter(site, request, tx)
        thread = said.fields.get("thread", "")
        asked = {"thread": thread} | {
            name: said.fields[name] for name in ("reply", "edit") if name in said.fields
        }
        seen = await _seen(tx, door, asked, said)
    return await drawn(site, door, seen, note=said.refused, status=status)


async def drawn(site: Site, door: Door, seen: _Seen, *, note: str = "", status: int = 200) -> Response:
    """The page, made off the loop."""
    host = door.viewer.hosting

    def make() -> str:
        return site.html(
            "room.html",
            community=door.community,
            reader=door.reader,
            place=door.place,
            room=context(door.stage, site.path(door.community), host=host),
            view=seen.top,
            sheets=seen.sheets,
            replies=seen.replies,
            note=note,
            open=seen.open,
            last_event=seen.last_event,
            back="",
        )

    body = await site.pages.aside(make)
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})


async def rooms(site: Site, request: Request) -> Response:
    """The rooms that somebody may go into; straight on where there is but one."""
    plans = bool(await desks(site, request))
    async with site.store.read() as tx:
        found = []
        every = await tx.communities()
        for community in every:
            known = await tx.signed_in(tokens(request, SESSIONS), community.id, site.clock.real())
            places = await tx.rooms_of(known[0].id) if known else ()
            if mine := [place for place in places if place.community_id == community.id]:
                found.append((community, mine))
        speak_as([community for community, _places in found] or every, request)
    mine = [place for _, places in found for place in places]
    if len(mine) == 1:
        return RedirectResponse(address(mine[0]), 303)
    status = 200 if mine else 403
    return site.answer("rooms.html", status, found=found, desk=plans, community=None, reader=None)


async def _seen(tx: Tx, door: Door, asked: Mapping[str, str], said: Said) -> _Seen:
    # The event comes first: what happens while the rest is read is told again, not missed.
    last_event = await tx.room_last_event(door.place.id)
    open_key = _open(door, asked.get("thread", ""))
    panel = await loading.panel(tx, door.stage) if door.viewer.hosting else None
    return _Seen(
        sheets=await sheets(tx, door, open_key, asked, said),
        replies=await replies(tx, door, asked),
        top=top(door.stage, panel, hosts_room=door.hosts_room),
        last_event=last_event,
        open=open_key,
    )


def _open(door: Door, wanted: str) -> str:
    """The thread to show: the one that is wanted, else the question that is on, else the conversation."""
    keys = {str(root) for _, root in door.stage.asked} | {TALK}
    current = str(door.stage.current) if door.stage.current else TALK
    return wanted if wanted in keys else current


async def replies(tx: Tx, door: Door, asked: Mapping[str, str]) -> tuple[RoomMessage, ...]:
    """What the bot said for this person alone, while it is what they just asked for."""
    wanted = numbered(asked.get("answer", ""))
    if wanted is None:
        return ()
    return await tx.room_answer(door.place.id, door.viewer.person.native_id, wanted)


PAGES = (Page("/room/", rooms), Page("/room/{place}/", room))
