"""Who comes into a room: a member, in the role they have there; hosts alone into the hosts' room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.may import role
from bot.core.model import Chat, Community, Place, Role
from bot.core.rooms import bar as room_bar
from bot.core.sentences import bar as bar_sentences
from bot.core.which import Which
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Tx
from bot.web.joining import not_in_here, room_asked_for, to
from bot.web.reader import Reader
from bot.web.room.view import Stage, Viewer
from bot.web.site import Site

_MOST_WAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Door:
    """A room that somebody may be in, and who they are there."""

    community: Community
    place: Place
    hosts_room: bool
    reader: Reader
    viewer: Viewer
    stage: Stage


class ShutOut(Exception):
    """Somebody is no member here; the answer says how to become one."""

    def __init__(self, answer: Response) -> None:
        super().__init__("shut out")
        self.answer = answer


async def enter(site: Site, request: Request, tx: Tx) -> Door:
    """Let a member into the room that the path names; what is not theirs is not there, or asks for a link."""
    community, place, who, hosts_room = await room_asked_for(site, request, tx)
    if who.person is None or who.person.platform != BROWSER:
        secret = await tx.open_door(place.id)
        raise ShutOut(to(f"/join/{secret}") if secret else not_in_here(site, bar_sentences.NOT_IN_HERE))
    stage = await staged(site, tx, community, place, hosts_room=hosts_room)
    chat_id = stage.state.chat.id if stage.state else None
    standing = await tx.standing(who.person, place, who.role, chat_id)
    hosting = standing.hosts_here or role(standing, chat_id) >= Role.HOST
    return Door(community, place, hosts_room, who, Viewer(who.person, who.role, hosting), stage)


async def staged(site: Site, tx: Tx, community: Community, place: Place, *, hosts_room: bool) -> Stage:
    """What a room is about now."""
    now = site.clock.now()
    chat = await _about(site, tx, place)
    if hosts_room and (chat is None or not chat.state.live):
        other = await tx.community_chat(community.id)
        chat = await tx.chat(other) if other is not None else chat
    state = await tx.running(chat.id) if chat else None
    roots = await tx.room_questions(chat.id, place.id) if chat else {}
    openness = await tx.openness(place.id)
    rooms = await _others(tx, community, place) if hosts_room else ()
    return Stage(community, place, state, roots, now, site.clock.rate, openness, rooms)


async def _others(tx: Tx, community: Community, hosts_room: Place) -> tuple[Place, ...]:
    """The rooms for everybody where these hosts hold chats; of many there is the list of rooms."""
    found = [one for one in await tx.places_of_community(community.id) if one.platform == BROWSER]
    others = tuple(one for one in found if one.id != hosts_room.id)
    return others if len(others) <= _MOST_WAYS else ()


async def _about(site: Site, tx: Tx, place: Place) -> Chat | None:
    coming, last = await tx.chat_here(place.id, Which.LIVE), await tx.chat_here(place.id, Which.RECENT)
    return room_bar.about(coming, last, site.clock.now())
