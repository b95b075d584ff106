"""What readers reported or asked to remove, of every chat that a community's hosts look after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.desk.heaps import Word
from bot.core.model import Chat, Refused, Series
from bot.core.sentences import desk as sentences
from bot.storage.store import Tx
from bot.web.desk.after import MOST
from bot.web.desk.after_doing import act_of, message_in
from bot.web.desk.doing import Done, Fields, Said, answered, carried_out, page, shown
from bot.web.desk.door import Desk, place_of
from bot.web.pages.showing import WORDS
from bot.web.site import Page, Site

_SETTLING: Final = ("answers hide", "answers keep", "answers delete")


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
    own = {number for number, (_, series) in chats.items() if series.community_id == desk.community.id}
    about = {"words": words, "count": count, "chats": chats, "own": own, "most": MOST}
    return page(site, request, desk, "desk_removals.html", said, **about, **WORDS)


async def _settle(site: Site, request: Request, desk: Desk, fields: Fields) -> Done:
    _need_all(desk)
    act = act_of(fields)
    async with site.store.read() as tx:
        number = message_in(fields)
        words = await tx.reported_to(desk.community.id, 1, (number or 0) - 1)
        if not words or words[0].message_id != number or act.path not in _SETTLING:
            raise Refused(sentences.SETTLED_ALREADY)
        chat, series = (await _chats(tx, words))[words[0].chat_id]
        place = await place_of(desk, tx, series)
    reply = await carried_out(site, desk, place, act.path, {**act.given, "chat": str(chat.id)})
    return Done(reply, "removals/")


async def _chats(tx: Tx, words: Iterable[Word]) -> dict[int, tuple[Chat, Series]]:
    """The chats of these words, with their weekly chats."""
    found: dict[int, tuple[Chat, Series]] = {}
    for number in {one.chat_id for one in words}:
        chat = await tx.chat(number)
        if chat is not None:
            found[number] = chat, await tx.series(chat.series_id)
    return found


def _need_all(desk: Desk) -> None:
    """Guest hosts of one chat find what was reported in that chat's own heap."""
    if not desk.hosting:
        raise HTTPException(404)


PAGES: Final = (
    Page("/desk/{community}/removals/", removals),
    Page("/desk/{community}/removals/", settle, ("POST",)),
)
