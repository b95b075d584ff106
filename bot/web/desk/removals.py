"""What was reported and waits for a host: of every chat that they look after, and in their own rooms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Reply
from bot.core.desk.heaps import Word
from bot.core.model import Chat, Refused, Series
from bot.core.rooms.sheets import Hung, stands
from bot.core.sentences import desk as sentences
from bot.core.tongue import _, spoken
from bot.storage.rooms.room_reports import ReportedInRoom
from bot.storage.store import Tx
from bot.web.desk.after import MOST
from bot.web.desk.after_doing import act_of, asked_about, message_in
from bot.web.desk.doing import Done, Fields, Said, answered, beside, carried_out, page, shown
from bot.web.desk.door import Desk, place_of
from bot.web.numbers import numbered
from bot.web.pages.showing import WORDS
from bot.web.room.view import address
from bot.web.site import Page, Site

_SETTLING: Final = ("answers hide", "answers keep", "answers delete")
_ROOM: Final = "r"
"""Begins the number of words that stand in a room alone."""


async def removals(site: Site, request: Request) -> Response:
    """What waits for a decision, the oldest words first."""
    return await shown(site, request, _draw)


async def settle(site: Site, request: Request) -> Response:
    """Hide the words, leave them as they are, or erase them."""
    return await answered(site, request, _settle, _draw)


async def _draw(site: Site, request: Request, desk: Desk, said: Said | None) -> Response:
    _need_all(desk)
    async with site.store.read() as tx:
        words = await tx.reported_to(desk.community.id, MOST)
        count = await tx.count_reported_to(desk.community.id)
        chats = await _chats(tx, words)
        rooms = await tx.reported_in_rooms(desk.community.id, MOST)
        count += await tx.count_reported_in_rooms(desk.community.id)
        ways = await _ways(tx, rooms)
    own = {number for number, (_, series) in chats.items() if series.community_id == desk.community.id}
    about: dict[str, Any] = {"words": words, "chats": chats, "own": own, "rooms": rooms, "ways": ways}
    about["rest"] = count - len(words) - len(rooms)
    said = beside(said, [f"m{one.message_id}" for one in words])
    return page(site, request, desk, "desk_removals.html", said, **about, **WORDS)


async def _settle(site: Site, request: Request, desk: Desk, fields: Fields) -> Done:
    _need_all(desk)
    if fields.get("message", "").startswith(_ROOM):
        return Done(await _settle_in_room(site, desk, fields), "removals/")
    act = act_of(fields)
    async with site.store.read() as tx:
        words = await tx.reported_to(desk.community.id, 1, message_in(fields) or 0)
        if not words or act.path not in _SETTLING:
            raise Refused(sentences.SETTLED_ALREADY)
        chat, series = (await _chats(tx, words))[words[0].chat_id]
        place = await place_of(desk, tx, series)
    reply = await carried_out(site, desk, place, act.path, {**act.given, "chat": str(chat.id)})
    about = asked_about(act, reply, fields)
    return Done(reply, f"removals/#{about}" if about else "removals/", about=about)


async def _chats(tx: Tx, words: Iterable[Word]) -> dict[int, tuple[Chat, Series]]:
    """The chats of these words, with their weekly chats."""
    found: dict[int, tuple[Chat, Series]] = {}
    for number in {one.chat_id for one in words}:
        chat = await tx.chat(number)
        if chat is not None:
            found[number] = chat, await tx.series(chat.series_id)
    return found


async def _settle_in_room(site: Site, desk: Desk, fields: Fields) -> Reply:
    """Hide words of a room from all but their writer and hosts, or leave them as they are."""
    number = numbered(fields.get("message", "").removeprefix(_ROOM)) or 0
    async with site.store.begin() as tx:
        found = await tx.reported_in_rooms(desk.community.id, 1, number - 1)
        if not found or found[0].word.message_id != number or fields.get("act") not in ("hide", "keep"):
            raise Refused(sentences.SETTLED_ALREADY)
        if fields["act"] == "keep":
            await tx.settle_in_room(number, site.clock.now())
            return Reply(_(sentences.LEFT_AS_IT_IS), language=spoken().code)
        said = [_(sentences.HIDDEN_IN_ROOM)]
        if fields.get("hold"):
            nameless = await _hold_writer(site, tx, desk, number)
            said.append(_(sentences.NAMELESS_HELD if nameless else sentences.NEXT_WORDS_HELD))
        await tx.hide_in_room(number, site.clock.now())
    return Reply("\n".join(said), language=spoken().code)


async def _hold_writer(site: Site, tx: Tx, desk: Desk, number: int) -> bool:
    """Let hosts see first what its writer says next, who is no host; gives whether it is without a name."""
    found = await tx.room_writer(number)
    if found is None:
        raise Refused(sentences.CANNOT_HOLD)
    await tx.need_holdable(desk.community.id, *found)
    writer, nameless = found
    if nameless:
        await tx.hold_for(desk.community.id, writer, str(number))
    else:
        await tx.hold(desk.community.id, writer, site.clock.real())
    tx.stale_communities.add(desk.community.id)
    return nameless


async def _ways(tx: Tx, reported: Iterable[ReportedInRoom]) -> dict[int, str]:
    """Where words stand in their room, by their number."""
    rooms = {one.word.message_id: one.room for one in reported}
    above = await tx.room_above(rooms)
    known = {one: Hung(thread, reply_to) for one, (thread, reply_to) in above.items()}
    return {one: f"{address(room)}?thread={stands(one, known).home}#m{one}" for one, room in rooms.items()}


def _need_all(desk: Desk) -> None:
    """Guest hosts of one chat find what was reported in that chat's own heap."""
    if not desk.hosting:
        raise HTTPException(404)


PAGES: Final = (
    Page("/desk/{community}/removals/", removals),
    Page("/desk/{community}/removals/", settle, ("POST",)),
)
