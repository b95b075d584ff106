"""Readers whose programs bring no cookie: a personal key in the address of a feed or a calendar."""

from __future__ import annotations

from dataclasses import replace

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
    member = await tx.membership(community.id, whose)
    return Audience(community.id, Reads.HOSTS if member and member.host else Reads.MEMBERS)


def carried_out(request: Request, audience: Audience) -> Audience:
    """Whose eyes a feed is for: by a host's key, which lies with others, it has what members may read."""
    by_key = "key" in request.query_params and audience.reads is Reads.HOSTS
    return replace(audience, reads=Reads.MEMBERS) if by_key else audience
