"""Links that open something: becoming a host, coming back, reading; and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.core import sentences
from bot.core.model import Community, Person, Place, Refused
from bot.storage.archive.addresses import BROWSER
from bot.storage.doors.secrets import Secret, SecretKind
from bot.storage.store import Tx
from bot.web import joining
from bot.web.joining import room_path, said_no, to
from bot.web.reader import reader, remember_link, sign_in, sign_out
from bot.web.site import Page, Site, desk_path, speak_as

_BY_LINK: Final = (SecretKind.HOST, SecretKind.RETURN, SecretKind.READING, SecretKind.DESK)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a one-time or personal link opens: whose community, which room, and who it makes one."""

    secret: Secret
    community: Community
    room: Place | None
    person: Person | None


async def link_page(site: Site, request: Request) -> Response:
    """Say what a link opens and wait for *Continue*: whoever only looks at a link does not use it up."""
    async with site.store.read() as tx:
        opened = await _opened(site, request, tx)
    if opened is None:
        return said_no(site, sentences.LINK_SPENT)
    return _ask_to_continue(site, opened)


async def link(site: Site, request: Request) -> Response:
    """Open what a link opens, and use it up where it opens once."""
    form = await request.form()
    name = str(form.get("name", ""))
    opened: _Opened | None = None
    try:
        async with site.store.begin() as tx:
            opened = await _opened(site, request, tx)
            token = request.path_params["secret"]
            if opened is None or not await tx.use_secret(token, opened.secret.kind, site.clock.real()):
                return said_no(site, sentences.LINK_SPENT)
            return await _come_in(site, request, tx, opened, name)
    except Refused as no:
        if opened is None:
            raise
        return _ask_to_continue(site, opened, name=name, refused=no.said())


async def reading_link(site: Site, request: Request) -> Response:
    """Let a browser keep a weekly chat's reading link, and lead it to that chat's pages, or to one day's."""
    secret = request.path_params["secret"]
    async with site.store.read() as tx:
        series = await tx.series_by_link_secret(secret)
        if series is None:
            speak_as(await tx.communities(), request)
            return said_no(site, sentences.READING_LINK_WRONG)
        community = await tx.community(series.community_id)
    day = request.path_params.get("day")
    response = to(site.path(community, f"{series.slug}/{f'{quote(day)}/' if day else ''}"))
    remember_link(site, request, response, secret)
    return response


async def leave(site: Site, request: Request) -> Response:
    """Sign a browser out."""
    response = to("/")
    async with site.store.begin() as tx:
        await sign_out(site, request, response, tx)
    return response


async def _opened(site: Site, request: Request, tx: Tx) -> _Opened | None:
    token, now = request.path_params["secret"], site.clock.real()
    found = [await tx.secret(token, kind, now) for kind in _BY_LINK]
    secret = next(filter(None, found), None)
    if secret is None:
        speak_as(await tx.communities(), request)
        return None
    community = await tx.community(secret.community_id)
    speak_as([community])
    room = await tx.place(secret.place_id) if secret.place_id else None
    if secret.person_id is not None:
        person: Person | None = await tx.person_by_id(secret.person_id, community.id)
    else:
        person = (await reader(site, request, tx, community)).person
    return _Opened(secret, community, room, person)


async def _come_in(site: Site, request: Request, tx: Tx, opened: _Opened, name: str) -> Response:
    """Make of somebody what their link says, and lead them where it leads."""
    community, person, now = opened.community, opened.person, site.clock.now()
    if person is None:
        rooms = [opened.room] if opened.room else await tx.places_of_community(community.id)
        person = await tx.join(rooms[0], name, now)
    await tx.make_member(community.id, person.id, now)
    if opened.secret.kind is SecretKind.HOST:
        await tx.make_community_host(community.id, person.id)
    in_browser = opened.room is not None and opened.room.platform == BROWSER
    response = to(room_path(opened.room) if opened.room and in_browser else site.path(community))
    if opened.secret.kind is SecretKind.DESK:
        response = to(desk_path(community))
    await sign_in(site, request, response, tx, community, person)
    return response


def _ask_to_continue(site: Site, opened: _Opened, *, name: str = "", refused: str = "") -> Response:
    about = {"community": opened.community, "opened": opened, "kind": opened.secret.kind.value}
    given = {"name": name, "refused": refused}
    return site.answer("sign_in.html", 422 if refused else 200, reader=None, **about, **given)


PAGES: Final = (
    *joining.PAGES,
    Page("/in/{secret}", link_page),
    Page("/in/{secret}", link, ("POST",)),
    Page("/l/{secret}", reading_link),
    Page("/l/{secret}/{day}", reading_link),
    Page("/out", leave, ("POST",)),
)
