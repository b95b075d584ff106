"""How a form sent in a room is answered: on the page again, or as the piece of it that a script asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.core.model import Refused
from bot.core.rooms.words import language_of, spoken
from bot.core.sentences.wellness import NOT_KEPT
from bot.core.tongue import _
from bot.markup import render
from bot.storage.engine import StorageFull
from bot.storage.rooms.reading import RoomReply
from bot.web.numbers import numbered
from bot.web.room import loading, pages
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.sheets import Said
from bot.web.room.view import address, context
from bot.web.site import Site

PATIENCE: Final = 3.0
"""Seconds that a command's answer is waited for before the page comes without it."""
LOOKS: Final = 20
"""So often it is looked whether what was said is filed, before the page comes without showing where."""
BETWEEN_LOOKS: Final = 0.05
"""Seconds from one such look to the next."""
CALL: Final = "!edchat "
"""What a command begins with where it is typed."""

log = structlog.get_logger()

Fields = Mapping[str, str]
"""What stood in a form."""

OnRefusal = Callable[[str, str], Awaitable[Response | None]]
"""Makes a page of the reason why a command was refused, and of its language."""


async def answered(
    site: Site, request: Request, act: Callable[[Site, Request, Door, Fields], Awaitable[Response]]
) -> Response:
    """Do it, and say why where it is refused: on the page again, with the words that were in the form."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        async with site.store.read() as tx:
            door = await enter(site, request, tx)
        return await act(site, request, door, fields)
    except ShutOut as no:
        return no.answer
    except Refused as no:
        return await _refused(site, request, no.said(), fields)
    except StorageFull as full:
        log.error("storage_full", reason=str(full))  # noqa: TRY400 - a full disk needs no traceback
        return await _refused(site, request, NOT_KEPT, fields, 503)


async def _refused(
    site: Site, request: Request, sentence: str, fields: Fields, status: int = 422
) -> Response:
    """Say why nothing came of a form, with the words that were in it."""
    sentence = sentence and _(sentence)
    if _scripted(request):
        return JSONResponse({"refused": sentence}, status)
    return await pages.again(site, request, Said(sentence, fields), status)


async def command(
    site: Site, request: Request, door: Door, text: str, fields: Fields, refused: OnRefusal | None = None
) -> Response:
    """Store a typed command, wait for its answer, and show that; `refused` may show another page for a no."""
    who, once = door.viewer, fields.get("once") or None
    with site.bells.at(("room", door.place.id)) as rung:
        async with site.store.begin() as tx:
            event = await tx.room_say(
                door.place, who.person, who.power, text, "", site.clock.now(), once=once
            )
        found = await _reply(site, door, event, rung)
    reply = found.message_id if found else None
    if found and found.refused and refused and (instead := await refused(*await _words(site, door, found))):
        return instead
    if _scripted(request):
        return await _reply_drawn(site, door, reply)
    if (left := await _farewell(site, door, reply)) is not None:
        return left
    page = address(door.place) + ("words" if fields.get("back") == "words" else "")
    thread = quote(fields.get("thread", ""))
    return RedirectResponse(f"{page}?thread={thread}&answer={reply or pages.WAITING}#reply", 303)


async def _farewell(site: Site, door: Door, reply: int | None) -> Response | None:
    """The answer on a page of its own, for somebody who asked to be forgotten and is no member any more."""
    person, community = door.viewer.person, door.community
    async with site.store.read() as tx:
        if reply is None or await tx.membership(community.id, person.id) is not None:
            return None
        one = await tx.room_message(reply, viewer=person.native_id, host=False)
    return site.answer("farewell.html", community=community, reader=None, one=one) if one else None


async def _reply(site: Site, door: Door, event: int, rung: asyncio.Event) -> RoomReply | None:
    """All of a command's answer once it stands in the room; None when it takes longer than people wait."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                rung.clear()
                async with site.store.read() as tx:
                    found = await tx.room_reply(door.place, event)
                if found is not None:
                    return found
                await rung.wait()
    except TimeoutError:
        return None


async def _words(site: Site, door: Door, reply: RoomReply) -> tuple[str, str]:
    """What a reply begins with: the reason of a refusal, without how it would be typed; and its language."""
    async with site.store.read() as tx:
        one = await tx.room_message(reply.message_id, viewer=door.viewer.person.native_id, host=False)
    return (one.text.partition("\n")[0], language_of(one.html)) if one else ("", "en")


async def _reply_drawn(site: Site, door: Door, reply: int | None) -> Response:
    if reply is None:
        return JSONResponse({"html": ""}, 202)
    async with site.store.read() as tx:
        found = await tx.room_answer(door.place.id, door.viewer.person.native_id, reply)
    room = context(door.stage, site.path(door.community), host=door.viewer.hosting)
    html = "".join(site.html("room_reply.html", one=one, room=room, back="") for one in found)
    return JSONResponse({"html": html})


async def filed(site: Site, request: Request, door: Door, event: int) -> None:
    """Wait a moment until the bot has heard an event; a page with scripts is told of it when it comes."""
    if _scripted(request):
        return
    for _look in range(LOOKS):
        async with site.store.read() as tx:
            heard = await tx.cursor(door.place.platform, door.place.id)
        if int(heard or 0) >= event:
            return
        await asyncio.sleep(BETWEEN_LOOKS)


async def back(site: Site, request: Request, door: Door, thread: str, said: int | None) -> Response:
    """The room again with what was said in view; for the script just that piece of it."""
    who = door.viewer
    async with site.store.read() as tx:
        found = await tx.room_message(said or 0, viewer=who.person.native_id, host=who.hosting)
        shown = await loading.dressed(tx, door, [found]) if found else ()
    mark = f"#{shown[0].stands.mark(said, thread)}" if said and shown else ""
    page = f"{address(door.place)}?thread={quote(thread)}{mark}"
    if not _scripted(request):
        return RedirectResponse(page, 303)
    room = context(door.stage, site.path(door.community), host=who.hosting)
    html = "".join(site.html("room_one.html", shown=one, room=room) for one in shown)
    return JSONResponse({"html": html, "said": said, "page": page})


async def rendered(text: str) -> str:
    """What words look like; checked first, and made off the loop."""
    return await asyncio.to_thread(render, spoken(text))


def hook(fields: Fields, name: str) -> int | None:
    """The number of the message that a form names, if it does."""
    return numbered(fields.get(name, ""))


def _scripted(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
