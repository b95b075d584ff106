"""Joining: a room's own link, a name, and a personal link for coming back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core import sentences
from bot.core.archive.chat_page import least_open
from bot.core.model import Community, Person, Place, Refused
from bot.core.tongue import _
from bot.core.which import Which
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from bot.web.reader import Reader, reader, sign_in
from bot.web.site import Page, Site, speak_as


@dataclass(frozen=True, slots=True)
class _Door:
    """A room that somebody stands before, and who will read what they say in it."""

    community: Community
    place: Place
    who_reads: str


async def join_page(site: Site, request: Request) -> Response:
    """Say which room this is and who reads it, and ask for a name; a member goes straight in."""
    door = await _door(site, request)
    return door if isinstance(door, Response) else _ask(site, door)


async def join(site: Site, request: Request) -> Response:
    """Let somebody in under a name, and tell them once how to come back."""
    form = await request.form()
    name, once = (str(form.get(field, "")) for field in ("name", "once"))
    door = await _door(site, request)
    if isinstance(door, Response):
        return door
    try:
        async with site.store.begin() as tx:
            return await _let_in(site, request, tx, door, (name, once))
    except Refused as no:
        return _ask(site, door, name, once, str(no))


async def back_page(site: Site, request: Request) -> Response:
    """Offer a member a link for coming back on another device."""
    async with site.store.read() as tx:
        place, _, asks = await _member_at(site, request, tx)
        community = await tx.community_of(place)
    return site.answer("back.html", community=community, reader=asks, place=place, name="", link=None)


async def back(site: Site, request: Request) -> Response:
    """Tell a member, once, a new link for coming back; the one before opens nothing any more."""
    async with site.store.begin() as tx:
        place, person, asks = await _member_at(site, request, tx)
        community = await tx.community_of(place)
        link = await _return_link(site, tx, place, person)
    return site.answer("back.html", community=community, reader=asks, place=place, name="", link=link)


def said_no(site: Site, sentence: str) -> Response:
    """A link that opens nothing, and how to get one that does; the same for every reason."""
    said = {"sentence": _(sentence), "how": _(sentences.HOW_TO_GET_A_LINK)}
    return site.answer("said_no.html", 403, community=None, reader=None, room=False, **said)


def not_in_here(site: Site, sentence: str) -> Response:
    """A room that is not open to all, and how people come in."""
    said = {"sentence": _(sentence), "room": True}
    return site.answer("said_no.html", 403, community=None, reader=None, **said)


def room_path(place: Place) -> str:
    """The path of a room in the browser."""
    return f"/room/{quote(place.native_id)}/"


def to(path: str) -> RedirectResponse:
    """Lead to a page of ours: where to is never taken from what a browser sent."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


async def _door(site: Site, request: Request) -> _Door | Response:
    """Where a join link leads: to the door, straight in for who is known here, or nowhere."""
    async with site.store.read() as tx:
        place = await tx.place_by_join_secret(request.path_params["secret"])
        if place is None:
            speak_as(await tx.communities(), request)
            return said_no(site, sentences.JOIN_LINK_WRONG)
        community = await tx.community_of(place)
        speak_as([community])
        if (await reader(site, request, tx, community)).person is not None:
            return to(room_path(place))
        return _Door(community, place, await _who_reads(tx, place))


async def _let_in(site: Site, request: Request, tx: Tx, door: _Door, given: tuple[str, str]) -> Response:
    name, once = given
    person = await tx.join(door.place, name, site.clock.now(), once=once)
    link = await _return_link(site, tx, door.place, person)
    about: dict[str, object] = {"community": door.community, "place": door.place, "name": person.name}
    response = site.answer("back.html", 200, reader=None, link=link, **about)
    await sign_in(site, request, response, tx, door.community, person)
    return response


async def _return_link(site: Site, tx: Tx, place: Place, person: Person) -> str:
    """A new personal link; somebody has one at a time."""
    now = site.clock.real()
    await tx.revoke_secrets(person.id, now, kind=SecretKind.RETURN, community_id=place.community_id)
    whose = {"person_id": person.id, "place_id": place.id}
    return site.url(f"/in/{await tx.give_secret(SecretKind.RETURN, place.community_id, now, **whose)}")


async def room_asked_for(site: Site, request: Request, tx: Tx) -> tuple[Community, Place, Reader, bool]:
    """The room that a path names, who asks there, and whether it is the hosts', which others do not find."""
    found = await tx.room_called(request.path_params["place"])
    if found is None:
        raise HTTPException(404)
    place, for_hosts = found
    community = await tx.community_of(place)
    speak_as([community])
    asks = await reader(site, request, tx, community)
    if for_hosts and not asks.host:
        raise HTTPException(404)
    return community, place, asks, for_hosts


async def _member_at(site: Site, request: Request, tx: Tx) -> tuple[Place, Person, Reader]:
    """The room of an address and who asks there; strangers do not learn that it is there."""
    _, place, asks, _ = await room_asked_for(site, request, tx)
    if asks.person is None:
        raise HTTPException(404)
    return place, asks.person, asks


async def _who_reads(tx: Tx, place: Place) -> str:
    """The sentence that says who may read what is said in a room, as its weekly chats stand now.

    What people were told when the chat that is on was opened holds for its words.
    """
    openness, chat = await tx.openness(place.id), await tx.chat_here(place.id, Which.LIVE)
    told = {chat.series_id: chat.told} if chat is not None and chat.told else {}
    found = [
        least_open(series.visibility, openness, told.get(series.id, openness))
        for series in await tx.series_here(place.id)
    ]
    return sentences.readers(found) if found else _(sentences.READERS_LATER)


def _ask(site: Site, door: _Door, name: str = "", once: str = "", refused: str = "") -> Response:
    """The door's page; `once` stays the same while one person tries names, so that they become one."""
    given = {"name": name, "once": once or secrets.token_urlsafe(12), "refused": refused and _(refused)}
    status = 422 if refused else 200
    return site.answer("join.html", status, community=door.community, reader=None, door=door, **given)


PAGES: Final = (
    Page("/join/{secret}", join_page),
    Page("/join/{secret}", join, ("POST",)),
    Page("/room/{place}/back", back_page),
    Page("/room/{place}/back", back, ("POST",)),
)
