"""Who reads: the cookie a browser brings, and what it lets its owner see and do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.core.audience import Audience, Reads
from bot.core.model import Community, Person, Role
from bot.storage.doors.members import Membership
from bot.storage.doors.secrets import SESSION_DAYS, SecretKind
from bot.storage.store import Tx
from bot.web.guard import SESSIONS
from bot.web.site import Site

LINKS: Final = "edchat_links"
"""The cookie of reading links that were opened."""
_MOST: Final = 8
_BETWEEN: Final = "."
_LIFE: Final = int(timedelta(days=SESSION_DAYS).total_seconds())


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who asks for a page: a member as we know them, or a stranger with the links they hold."""

    person: Person | None
    role: Role
    audience: Audience
    member: Membership | None = None

    @property
    def host(self) -> bool:
        """Whether they are a host of this community."""
        return self.role >= Role.HOST


async def reader(site: Site, request: Request, tx: Tx, community: Community) -> Reader:
    """Who asks; looked up each time, so that whoever left or was banned reads what strangers read at once."""
    now = site.clock.real()
    if (known := await tx.signed_in(tokens(request, SESSIONS), community.id, now)) is not None:
        person, member = known
        role, reads = (Role.HOST, Reads.HOSTS) if member.host else (Role.ANYONE, Reads.MEMBERS)
        return Reader(person, role, Audience(community.id, reads), member)
    held = await tx.series_held(tokens(request, LINKS), community.id)
    return Reader(None, Role.ANYONE, Audience(community.id, Reads.PUBLIC, held))


def tokens(request: Request, cookie: str) -> tuple[str, ...]:
    """The secrets in one of our cookies, the newest first; there is one for each community."""
    return tuple(filter(None, request.cookies.get(cookie, "").split(_BETWEEN)))[:_MOST]


async def sign_in(
    site: Site, request: Request, response: Response, tx: Tx, community: Community, person: Person
) -> None:
    """Let a browser come back as this person; one that was somebody else here lets go of them."""
    now = site.clock.real()
    kept = []
    for token in tokens(request, SESSIONS):
        secret = await tx.secret(token, SecretKind.SESSION, now)
        if secret is not None and secret.community_id != community.id:
            kept.append(token)
        elif secret is not None:
            await tx.revoke_secret(token, now)
    new = await tx.give_secret(SecretKind.SESSION, community.id, now, person_id=person.id)
    set_cookie(site, response, SESSIONS, (new, *kept))


async def sign_out(site: Site, request: Request, response: Response, tx: Tx) -> None:
    """Let a browser's sessions end, here and in our books, and let it forget its reading links."""
    for token in tokens(request, SESSIONS):
        await tx.revoke_secret(token, site.clock.real())
    for name in (SESSIONS, LINKS):
        response.delete_cookie(name, path="/", secure=site.secure, httponly=True, samesite="lax")


def remember_link(site: Site, request: Request, response: Response, secret: str) -> None:
    """Let a browser keep a weekly chat's reading link."""
    others = (token for token in tokens(request, LINKS) if token != secret)
    set_cookie(site, response, LINKS, (secret, *others))


def set_cookie(site: Site, response: Response, name: str, secrets: tuple[str, ...]) -> None:
    """Set one of our cookies: for this site alone, out of reach of scripts."""
    value = _BETWEEN.join(secrets[:_MOST])
    response.set_cookie(
        name, value, max_age=_LIFE, path="/", secure=site.secure, httponly=True, samesite="lax"
    )
