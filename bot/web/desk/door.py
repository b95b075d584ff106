"""Who may sit at a community's desk: its hosts, by our books or their network now, and guests of a chat."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Asker
from bot.core.model import Chat, Community, Person, Place, Role, Series
from bot.core.sentences import desk as sentences
from bot.core.tongue import _
from bot.markup import render
from bot.platform import Absent
from bot.storage.doors.seats import Seat
from bot.storage.doors.secrets import SecretKind
from bot.storage.engine import StorageFull
from bot.storage.store import Tx
from bot.web.guard import SESSIONS
from bot.web.reader import Reader, reader, tokens
from bot.web.site import Site, speak_as

_HEARD_ANEW: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """A community's desk and who sits there: `hosting` all of it, or only the chats they are a `guest_of`.

    `power` is what their network gives them now; commands that are asked for here are asked with it.
    """

    community: Community
    reader: Reader
    person: Person
    power: Role
    hosting: bool
    guest_of: frozenset[int] = frozenset()

    def asker(self, place: Place) -> Asker:
        """Somebody who asks for a command from here, as if they typed it in that place."""
        return Asker(self.person, place, self.power)


class ShutOut(Exception):
    """Somebody has no seat here; the answer says how to get one."""

    def __init__(self, answer: Response) -> None:
        super().__init__("shut out")
        self.answer = answer


async def enter(site: Site, request: Request) -> Desk:
    """Let a host or a guest host to the desk that the path names; asked anew with each request."""
    async with site.store.read() as tx:
        word = request.path_params["community"]
        community = await tx.community_called(word)
        speak_as([community] if community else await tx.communities(), request)
        who = await reader(site, request, tx, community) if community else None
    desk = await seated(site, community, who) if community and who else None
    if desk is None:
        raise ShutOut(await shut(site, who.person if who else None))
    return desk


async def desks(site: Site, request: Request) -> tuple[Desk, ...]:
    """Every desk at which the browser that asks has a seat."""
    found: list[tuple[Community, Reader]] = []
    async with site.store.read() as tx:
        for token in tokens(request, SESSIONS):
            secret = await tx.secret(token, SecretKind.SESSION, site.clock.real())
            if secret is not None and secret.community_id not in {one.id for one, _ in found}:
                community = await tx.community(secret.community_id)
                found.append((community, await reader(site, request, tx, community)))
        speak_as([community for community, _who in found] or await tx.communities(), request)
    every = [await seated(site, community, who) for community, who in found]
    return tuple(desk for desk in every if desk is not None)


async def seated(site: Site, community: Community, who: Reader) -> Desk | None:
    """The desk of somebody who may sit there; their network is asked outside any transaction."""
    if (person := who.person) is None:
        return None
    async with site.store.read() as tx:
        booked, guest_of = await tx.books_say(community.id, person.id)
        seat = await tx.seat(community.id, person.id)
        every = await tx.places_on(person.platform)
    if not (booked or guest_of or seat):
        return None
    places = [seat.place] if seat else []
    places += [one for one in every if one.community_id == community.id and one not in places]
    try:
        told = await _told(site, places, person)
    except Absent:  # who has left looks after nothing there, whatever our books say
        return None
    power = _counted(seat, told, site.clock.real())
    if seat and told is not None:
        await _heard(site, seat, person, told)
    hosting = booked or power >= Role.HOST
    return Desk(community, who, person, power, hosting, guest_of) if hosting or guest_of else None


async def chat_at(desk: Desk, tx: Tx, number: int) -> tuple[Chat, Series]:
    """The chat of a number, with its weekly chat; 404 unless it is theirs to look after at this desk."""
    chat = await tx.chat(number)
    series = await tx.series(chat.series_id) if chat and not chat.rehearsal else None
    if chat is None or series is None or series.community_id != desk.community.id:
        raise HTTPException(404)
    if not (desk.hosting or chat.id in desk.guest_of):
        raise HTTPException(404)
    return chat, series


async def series_at(desk: Desk, tx: Tx, number: int) -> Series:
    """The weekly chat of a number; 404 unless all of this desk is theirs."""
    series = await tx.series_going_on(number) if desk.hosting else None
    if series is None or series.community_id != desk.community.id:
        raise HTTPException(404)
    return series


async def place_of(desk: Desk, tx: Tx, series: Series | None = None) -> Place:
    """Where a command from the desk counts as typed: a place of that weekly chat, or the hosts' room."""
    own = await tx.places_of_series(series.id) if series else ()
    ours = [one for one in own if one.community_id == desk.community.id]
    every = await tx.places_of_community(desk.community.id)
    hosts = [one for one in every if one.id == desk.community.hosts_place_id]
    if (found := next(iter([*ours, *hosts, *every]), None)) is None:
        raise HTTPException(404)
    return found


async def shut(site: Site, known: Person | None = None) -> Response:
    """The way in, for somebody who has no seat; the same whether there is such a desk or not."""
    said = sentences.NO_DESK_ANY_MORE if known else sentences.NO_DESK
    async with site.store.read() as tx:
        networks = {known.platform} if known else await tx.networks()
    told = _(said).format(command=sentences.desk_command(networks))
    return site.answer("desk_shut.html", 403, community=None, reader=None, said=render(told))


async def _told(site: Site, places: Sequence[Place], person: Person) -> Role | None:
    """What somebody's network says of them where they are, the first place first; Absent if nowhere."""
    gone = False
    for place in places:
        try:
            return await site.power(place, person)
        except Absent:
            gone = True
    if gone:
        raise Absent
    return None


async def _heard(site: Site, seat: Seat, person: Person, told: Role) -> None:
    """Note what was told, for pages that do not ask: now and then, or where it is news."""
    now, power = site.clock.real(), min(told, Role.HOST)
    if power != seat.power or now - seat.heard_at > _HEARD_ANEW:
        with suppress(StorageFull):
            async with site.store.begin() as tx:
                await tx.take_seat(seat.place, person.id, power, now)


def _counted(seat: Seat | None, told: Role | None, now: datetime) -> Role:
    """The power that counts: as it is told now, else as it was heard a while ago; without a seat none."""
    if seat is None:
        return Role.ANYONE
    if told is not None:
        return told
    return seat.power if seat.fresh(now) else Role.ANYONE
