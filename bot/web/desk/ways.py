"""Where the desk leads to: rooms that whoever sits there may enter, a chat's page, and its live view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Chat, Place, Series
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Tx
from bot.web.desk.door import Desk
from bot.web.room.view import address
from bot.web.site import Site

Room = tuple[str, str]
"""The name of a room, and where it is; the hosts' room has none."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a chat is found: "" and no rooms where there is nothing for the eyes of this host."""

    page: str = ""
    live: str = ""
    rooms: tuple[Room, ...] = ()


async def rooms(tx: Tx, desk: Desk) -> tuple[Room, ...]:
    """The rooms of the community that a host may enter."""
    return _named(desk, await _open_to(tx, desk))


async def ways(site: Site, tx: Tx, desk: Desk, chat: Chat, series: Series) -> Ways:
    """Where one chat is found; it is steered from the hosts' room, too."""
    found = await tx.chat_at(desk.reader.audience, series.slug, chat.slug or "")
    held_in = {one.id for one in await tx.places(chat)} | {desk.community.hosts_place_id}
    mine = [one for one in await _open_to(tx, desk) if one.id in held_in]
    # One that was joined stands on its owners' pages, and another of ours may have an address like its.
    page = site.path(desk.community, found.address) if found and found.chat.id == chat.id else ""
    return Ways(page, f"{page}live/" if page and chat.state.live else "", _named(desk, mine))


async def pages(site: Site, tx: Tx, desk: Desk, since: datetime, until: datetime) -> Mapping[int, str]:
    """The pages of chats that begin in a span of time, by chat, as far as this host may read them."""
    found = await tx.coming_on(desk.reader.audience, since, until)
    return {one.chat.id: site.path(desk.community, one.address) for one in found}


async def _open_to(tx: Tx, desk: Desk) -> list[Place]:
    if desk.person.platform != BROWSER:  # hosts of other networks would be somebody else in there
        return []
    every = await tx.rooms_of(desk.person.id)
    return [one for one in every if one.community_id == desk.community.id]


def _named(desk: Desk, places: list[Place]) -> tuple[Room, ...]:
    hosts = desk.community.hosts_place_id
    return tuple(("" if one.id == hosts else one.name, address(one)) for one in places)
