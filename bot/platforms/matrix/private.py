"""Rooms of few: the one in which the bot speaks with one person alone, and the one of the hosts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from bot.core.sentences import matrix as sentences
from bot.core.sentences import refusals
from bot.networks import server_of
from bot.platform import Impossible
from bot.platforms.matrix.homeserver import MatrixRefused, part
from bot.platforms.matrix.talks import keep_talk, rooms_of, talks
from bot.platforms.matrix.voice import Voice

_TAKEN: Final = "M_ROOM_IN_USE"
_COMES: Final = ("join", "invite")
_LONGEST_NAME: Final = 100
_SIGN: Final = 20


async def direct_room(voice: Voice, installation: str, person: str | None, *, make: bool = True) -> str:
    """The room with one person alone, made at the first word, and anew where they left it.

    Nothing where there is none and it is not to be made.
    """
    if not person or not person.startswith("@") or person == voice.home.user:
        raise Impossible(refusals.NOBODY)
    async with voice.making:
        known = rooms_of(await talks(voice.home)).get(person, ())
        for room in reversed(known):
            if (await voice.state(room, "m.room.member", person)).get("membership") in _COMES:
                return room
        return await _made_direct(voice, installation, person, known) if make else ""


async def hosts_room(voice: Voice, installation: str, community: int, name: str) -> str:
    """The hosts' room of a community, made once."""
    alias = _hosts_alias(voice, installation, community)
    asked = {
        "preset": "private_chat",
        "name": name[:_LONGEST_NAME],
        "room_alias_name": alias,
        "initial_state": [_open_to_those_inside(), _no_guests()],
    }
    async with voice.making:
        return await _made(voice, asked, alias)


async def let_in(voice: Voice, room: str, people: Iterable[str], power: int) -> None:
    """Have these people in a room, as hosts."""
    wanted = [one for one in dict.fromkeys(people) if one.startswith("@") and one != voice.home.user]
    await _empower(voice, room, wanted, power)
    await _invite(voice, room, wanted)


async def found_hosts_room(voice: Voice, installation: str, community: int) -> str | None:
    """The hosts' room of a community, if it was made."""
    return await _at(voice, _hosts_alias(voice, installation, community))


async def _made_direct(voice: Voice, installation: str, person: str, left: Iterable[str]) -> str:
    """Make the room with one person alone that comes after those they left."""
    alias = "edchat-with-" + _sign(voice.home.user, installation, person, *left)
    asked = {
        "preset": "trusted_private_chat",
        "is_direct": True,
        "invite": [person],
        "room_alias_name": alias,
    }
    room = await _made(voice, asked, alias)
    await keep_talk(voice.home, person, room)
    return room


async def _made(voice: Voice, asked: Mapping[str, Any], alias: str) -> str:
    """Make a room with an alias; the one that has the alias already, where the bot is in it."""
    try:
        return str((await voice.home.ask("POST", "v3/createRoom", asked))["room_id"])
    except MatrixRefused as no:
        if no.code != _TAKEN and no.status != HTTPStatus.CONFLICT:
            raise
    room = await _at(voice, alias)
    mine = await voice.state(room, "m.room.member", voice.home.user) if room else {}
    if room is None or mine.get("membership") != "join":
        raise Impossible(sentences.taken(f"#{alias}:{server_of(voice.home.user)}"))
    return room


async def _at(voice: Voice, alias: str) -> str | None:
    found = await voice.there(f"v3/directory/room/{part(f'#{alias}:{server_of(voice.home.user)}')}")
    return str(found["room_id"]) if found else None


async def _invite(voice: Voice, room: str, people: Iterable[str]) -> None:
    """Invite those who are neither there nor shut out: the first in any case, the others if it can be."""
    for number, person in enumerate(people):
        membership = (await voice.state(room, "m.room.member", person)).get("membership")
        if membership in (*_COMES, "ban"):
            continue
        try:
            await voice.home.ask("POST", f"v3/rooms/{part(room)}/invite", {"user_id": person})
        except MatrixRefused:
            if number == 0:
                raise


async def _empower(voice: Voice, room: str, people: Iterable[str], power: int) -> None:
    """Let these people be hosts in a room."""
    levels = await voice.state(room, "m.room.power_levels")
    users = dict(levels.get("users") or {})
    raised = {one: power for one in people if users.get(one, 0) < power}
    if raised:
        await voice.sets(room, "m.room.power_levels", {**levels, "users": users | raised})


def _hosts_alias(voice: Voice, installation: str, community: int) -> str:
    return "edchat-hosts-" + _sign(voice.home.user, installation, str(community))


def _sign(*of: str) -> str:
    """A short sign that nobody else's room has, and that gives nobody's name away."""
    return hashlib.sha256(" ".join(of).encode()).hexdigest()[:_SIGN]


def _open_to_those_inside() -> dict[str, Any]:
    return {"type": "m.room.history_visibility", "content": {"history_visibility": "shared"}}


def _no_guests() -> dict[str, Any]:
    return {"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}}
