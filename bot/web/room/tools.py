"""What is done with one message in a room, and with people whom the hosts held back or shut out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.model import Refused
from bot.core.sentences import bar as bar_sentences
from bot.core.sentences import room as room_sentences
from bot.storage.store import Tx
from bot.web.numbers import in_path, numbered
from bot.web.room.answering import CALL, Fields, answered, back, command, rendered
from bot.web.room.door import Door
from bot.web.room.feed import doubt
from bot.web.room.view import TALK
from bot.web.site import Page, Site

Act = Callable[[Site, Door, Fields, int], Awaitable[None]]
"""Does something with the message of this number."""


async def message(site: Site, request: Request) -> Response:
    """Do something with one message: change it, take it back, file it, or use a host's command on it."""
    return await answered(site, request, _with_message)


async def people(site: Site, request: Request) -> Response:
    """Take off one mark by which the hosts held somebody back or shut them out."""
    return await answered(site, request, _with_person)


async def _with_message(site: Site, request: Request, door: Door, fields: Fields) -> Response:
    number = in_path(request, "message")
    act, _, rest = fields.get("act", "").partition(" ")
    async with site.store.read() as tx:
        found = await tx.room_message(number, viewer=door.viewer.person.native_id, host=door.viewer.hosting)
    if found is None or found.place_id != door.place.id or found.only_for is not None:
        raise Refused(room_sentences.NOT_IN_ROOM)
    thread = fields.get("thread") or str(found.thread_id or TALK)
    if "line" in fields:
        return await command(site, request, door, CALL + fields["line"], {**fields, "thread": thread})
    doing = _ACTS.get(act)
    if doing is None or (act in _FOR_HOSTS and not door.viewer.hosting):
        raise Refused(room_sentences.NOT_IN_ROOM)
    await doing(site, door, {**fields, "rest": rest}, number)
    return await back(site, request, door, thread, number)


async def _edit(site: Site, door: Door, fields: Fields, number: int) -> None:
    text = fields.get("text", "")
    html = await rendered(text)
    async with site.store.begin() as tx:
        await tx.room_edit(number, door.viewer.person, text, html, site.clock.now())


async def _delete(site: Site, door: Door, fields: Fields, number: int) -> None:
    async with site.store.begin() as tx:
        await tx.room_delete(number, door.viewer.person, site.clock.now(), as_host=door.viewer.hosting)


async def _react(site: Site, door: Door, fields: Fields, number: int, *, removed: bool = False) -> None:
    digit = int(fields["rest"]) if fields["rest"].isdecimal() and len(fields["rest"]) == 1 else 0
    async with site.store.begin() as tx:
        await tx.room_react(number, door.viewer.person, digit, site.clock.now(), removed=removed)


async def _unreact(site: Site, door: Door, fields: Fields, number: int) -> None:
    await _react(site, door, fields, number, removed=True)


async def _let_in(site: Site, door: Door, fields: Fields, number: int) -> None:
    async with site.store.begin() as tx:
        await tx.room_release(number, site.clock.now())


async def _hold(site: Site, door: Door, fields: Fields, number: int) -> None:
    async with site.store.begin() as tx:
        writer, nameless = await _writer(tx, door, number)
        if nameless:
            await tx.hold_for(door.community.id, writer, str(number))
        else:
            await tx.hold(door.community.id, writer, site.clock.real())
        tx.stale_communities.add(door.community.id)


async def _ban(site: Site, door: Door, fields: Fields, number: int) -> None:
    async with site.store.begin() as tx:
        writer, nameless = await _writer(tx, door, number)
        answer = str(number) if nameless else ""
        await tx.ban(door.community.id, writer, site.clock.real(), answer=answer)
        tx.stale_communities.add(door.community.id)
    doubt(site, door.community)


async def _writer(tx: Tx, door: Door, number: int) -> tuple[int, bool]:
    """Who wrote it, and whether without a name; a host is neither held back nor shut out by another."""
    found = await tx.room_writer(number)
    if found is None:
        raise Refused(room_sentences.NOT_IN_ROOM)
    await tx.need_holdable(door.community.id, *found)
    return found


async def _with_person(site: Site, request: Request, door: Door, fields: Fields) -> Response:
    if not door.reader.host:
        raise Refused(bar_sentences.NOT_IN_HERE)
    mark, _, key = fields.get("release", "").partition(" ")
    async with site.store.begin() as tx:
        await _take_off(tx, door.community.id, mark, key, site.clock.now())
        tx.stale_communities.add(door.community.id)
    return await back(site, request, door, TALK, None)


async def _take_off(tx: Tx, community_id: int, mark: str, key: str, now: datetime) -> None:
    """Take one mark off somebody, by their number or by the key of a mark without a name; held words come in.

    One without a name that is gone already was taken off by another host.
    """
    if mark == "nameless":
        if (whose := await tx.lift(community_id, key)) is not None:
            await tx.room_release_all(whose, community_id, now, nameless=True)
        return
    person_id = numbered(key) or 0
    if mark == "banned":
        await tx.unban(community_id, person_id)
    elif mark == "held":
        await tx.release(community_id, person_id)
        await tx.room_release_all(person_id, community_id, now)


_ACTS: Final[Mapping[str, Act]] = {
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "unreact": _unreact,
    "let-in": _let_in,
    "hold": _hold,
    "ban": _ban,
}
_FOR_HOSTS: Final = frozenset({"let-in", "hold", "ban"})


PAGES = (
    Page("/room/{place}/m/{message:int}/", message, ("POST",)),
    Page("/room/{place}/people", people, ("POST",)),
)
