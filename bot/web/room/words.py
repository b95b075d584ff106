"""One's own words: what is kept, under which name, and how to be left out, forgotten or come back."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.core import sentences
from bot.core.model import Person
from bot.core.tongue import _
from bot.storage.doors.secrets import SecretKind
from bot.storage.export import own_words
from bot.storage.store import Tx
from bot.web.room.door import ShutOut, enter
from bot.web.room.pages import replies
from bot.web.room.view import context, readers
from bot.web.site import Page, Site


async def words(site: Site, request: Request) -> Response:
    """What is kept of somebody here, and what they may decide about it."""
    return await _page(site, request, "")


async def return_link(site: Site, request: Request) -> Response:
    """Make a personal link to come back by, and show it this once; earlier ones open nothing any more."""
    now = site.clock.real()
    async with site.store.begin() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        person, community = door.viewer.person.id, door.community.id
        await tx.revoke_secrets(person, now, kind=SecretKind.RETURN, community_id=community)
        token = await tx.give_secret(
            SecretKind.RETURN, community, now, person_id=person, place_id=door.place.id
        )
    return await _page(site, request, site.url(f"/in/{token}"))


async def everything(site: Site, request: Request) -> Response:
    """All that is kept of somebody here, as a file."""
    pieces: list[str] = []
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        await own_words(tx, pieces.append, door.viewer.person, door.community, site.clock.now())
    headers = {"Content-Disposition": 'attachment; filename="my-words.json"', "Cache-Control": "no-store"}
    return Response("".join(pieces), headers=headers, media_type="application/json")


async def _page(site: Site, request: Request, link: str) -> Response:
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        person, community = door.viewer.person, door.community.id
        said = await replies(tx, door, request.query_params)
        stands = await _stands(tx, person, community)
    return site.answer(
        "room_words.html",
        community=door.community,
        reader=door.reader,
        place=door.place,
        room=context(door.stage, site.path(door.community), host=door.viewer.hosting),
        readers=readers(door.stage),
        replies=said,
        link=link,
        **stands,
    )


async def _stands(tx: Tx, person: Person, community_id: int) -> dict[str, Any]:
    """What is kept of somebody, under which name, and what they asked for."""
    kept = await tx.kept_of(person.id, community_id)
    agreed = await tx.consent(person.id, community_id)
    return {
        "kept": sentences.kept(kept.messages, kept.answers, kept.chats),
        "seen_as": person.shown,
        "own_name": person.name,
        "out": bool(agreed and (agreed.excluded_at or agreed.forgotten_at)),
        "forgotten": bool(agreed and agreed.forgotten_at),
        "forget": _(sentences.FORGET_SURE).format(count=sentences.counted(kept.messages, "message")),
    }


PAGES = (
    Page("/room/{place}/words", words),
    Page("/room/{place}/words.json", everything),
    Page("/room/{place}/words/return", return_link, ("POST",)),
)
