"""Where a command typed on the machine is meant: where it says so, else where what it names is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.app import App, word_for
from bot.commands import Asker, Reply
from bot.core import sentences
from bot.core.model import Community, Person, Place, Refused, Role, Series
from bot.storage.store import Tx

_ANYWHERE = ("help", "house create", "house link")
"""Commands that do the same wherever they are given."""
_EVERYWHERE = ("series list",)
"""Commands that only look: without a place every community answers."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a community is spoken to: in its only room, or in its hosts' room, where all of it is meant."""

    community: Community
    place: Place


async def said(app: App, owner: str, text: str, named: str | None) -> tuple[Reply, str | None]:
    """Carry out a command as the owner; gives how to name the place again, where there are several."""
    if named is not None:
        return await app.say(text, await app.place(named), owner), named
    spots, rooms = await _known(app)
    if len(spots) > 1 and _path(app, text) in _EVERYWHERE:
        return await _of_all(app, owner, text, spots), None
    place = await _meant(app, owner, text, spots, rooms)
    return await app.say(text, place, owner), word_for(place, rooms) if len(rooms) > 1 else None


async def _meant(app: App, owner: str, text: str, spots: Sequence[Spot], rooms: Sequence[Place]) -> Place:
    if spots and _path(app, text) in (*_ANYWHERE, None):
        return spots[0].place
    if not await _about_others(app, owner, text, spots, rooms):
        if len(spots) == 1:
            return spots[0].place
        about = [(spot, await _about(app, owner, text, spot.place)) for spot in spots]
        found = [spot for spot, series in about if series is not None]
        own = [spot for spot, series in about if series and series.community_id == spot.community.id]
        if len(found) == 1 or len(own) == 1:
            return (own or found)[0].place
    raise Refused(sentences.where_meant([word_for(place, rooms) for place in rooms]))


async def _about_others(
    app: App, owner: str, text: str, spots: Sequence[Spot], rooms: Sequence[Place]
) -> bool:
    """Whether a line may be about a weekly chat of a community that has rooms, but none to speak to it in."""
    spoken_to = {spot.community.id for spot in spots}
    for room in rooms:
        if room.community_id not in spoken_to and await _about(app, owner, text, room):
            return True
    return False


async def _of_all(app: App, owner: str, text: str, spots: Sequence[Spot]) -> Reply:
    """What every community answers, each under its name."""
    replies = [(spot, await app.say(text, spot.place, owner)) for spot in spots]
    return Reply("\n\n".join(f"{spot.community.name}:\n{reply.text}" for spot, reply in replies))


def _path(app: App, text: str) -> str | None:
    """The command that a line begins; None where it names none."""
    try:
        return app.tree.read(text)[0].path
    except Refused:
        return None


async def _about(app: App, owner: str, text: str, place: Place) -> Series | None:
    """The weekly chat that a line would be about, if it were given in this place."""
    asker = Asker(Person(0, place.platform, owner, owner), place, Role.OWNER)
    try:
        return await app.tree.about(asker, text)
    except Refused:
        return None


async def _known(app: App) -> tuple[list[Spot], list[Place]]:
    """Where each community is spoken to, and every room there is."""
    async with app.store.read() as tx:
        rooms = await _rooms(tx)
        every = await tx.communities()
    theirs = {one.id: [room for room in rooms if room.community_id == one.id] for one in every}
    return [Spot(one, place) for one in every if (place := _spoken_to(one, theirs[one.id]))], rooms


async def _rooms(tx: Tx) -> list[Place]:
    """Every room that was not left."""
    every = [place for one in await tx.communities() for place in await tx.places_of_community(one.id)]
    there = {place.id for network in {one.platform for one in every} for place in await tx.places_on(network)}
    return [place for place in every if place.id in there]


def _spoken_to(community: Community, rooms: Sequence[Place]) -> Place | None:
    hosts = [room for room in rooms if room.id == community.hosts_place_id]
    others = [room for room in rooms if room not in hosts]
    return next(iter(others if len(others) == 1 else hosts), None)
