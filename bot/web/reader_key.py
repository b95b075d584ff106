"""Readers whose programs bring no cookie: a personal key in the address of a feed or a calendar.

Such an address lies with others: by a host's key, too, there is what members may read, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.core.audience import Audience, Reads
from bot.core.model import Community
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from bot.web.reader import reader
from bot.web.site import Site


async def reader_by_key(site: Site, request: Request, tx: Tx, community: Community) -> Audience:
    """What may be shown to whoever asks, by key or by cookie; a key that opens nothing finds nothing."""
    key = request.query_params.get("key")
    if key is None:
        return (await reader(site, request, tx, community)).audience
    secret = await tx.secret(key, SecretKind.FEED, site.clock.real())
    whose = secret.person_id if secret and secret.community_id == community.id else None
    if whose is None or not await tx.still_member(whose, community.id):
        raise HTTPException(404)
    return by_any_key(community)


def by_any_key(community: Community) -> Audience:
    """What a personal key carries out of a community, whoever was given it."""
    return Audience(community.id, Reads.MEMBERS)


@dataclass(frozen=True, slots=True)
class Plain:
    """What programs read without a key: these weekly chats, and whether the addresses of all help."""

    community: bool
    series: frozenset[int]


async def without_key(site: Site, tx: Tx, community: Community) -> Plain:
    """Which plain addresses of feeds and calendars bring programs something; in a copy all do."""
    strangers, members = Audience(community.id), by_any_key(community)
    found = await tx.series_listed(members if site.copied else strangers)
    # Where nothing is planned yet there is nothing that needs a key: what comes may be for everybody.
    helps = bool(found) or not await tx.series_listed(members)
    return Plain(helps, frozenset(one.id for one in found))
