"""Secrets that open doors: links and cookies, of which only a hash is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update

from bot.storage.queries import Queries
from bot.storage.schema import tables as t


class SecretKind(StrEnum):
    """What a secret opens."""

    HOST = "host"
    RETURN = "return"
    SESSION = "session"
    READING = "reading"
    DESK = "desk"
    FEED = "feed"
    PLACE = "place"

    @property
    def once(self) -> bool:
        """Whether opening the door uses it up."""
        return self in (SecretKind.HOST, SecretKind.READING, SecretKind.DESK, SecretKind.PLACE)


SESSION_DAYS = 90
"""How long a browser stays signed in."""
_DAYS: dict[SecretKind, float] = {
    SecretKind.HOST: 7,
    SecretKind.READING: 7,
    SecretKind.DESK: 1,
    SecretKind.PLACE: 7,
    SecretKind.SESSION: SESSION_DAYS,
}
_LONGEST = 200
_KEPT_SPENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Secret:
    """What is known of a valid secret: whose it is, and where it leads."""

    kind: SecretKind
    community_id: int
    person_id: int | None = None
    place_id: int | None = None
    series_id: int | None = None
    expires_at: datetime | None = None


class Secrets(Queries):
    """What is asked of secrets; `now` is real time, whatever the chats' clock shows."""

    async def give_secret(
        self,
        kind: SecretKind,
        community_id: int,
        now: datetime,
        *,
        person_id: int | None = None,
        place_id: int | None = None,
        series_id: int | None = None,
        days: float | None = None,
    ) -> str:
        """A new secret; it is told now and never again, because only its hash is stored."""
        token = secrets.token_urlsafe(32)
        lasts = _DAYS.get(kind) if days is None else days
        ends = None if lasts is None else now + timedelta(days=lasts)
        row = t.secret.insert().values(hash=hashed(token), kind=kind, created_at=now, expires_at=ends)
        whose = {"person_id": person_id, "place_id": place_id, "series_id": series_id}
        await self._do(row.values(community_id=community_id, **whose))
        return token

    async def secret(self, token: str, kind: SecretKind, now: datetime) -> Secret | None:
        """What a secret opens, when it is of this kind and valid now."""
        if not 0 < len(token) <= _LONGEST:
            return None
        row = await self._row(select(t.secret).where(t.secret.c.hash == hashed(token), valid(kind, now)))
        return _secret_of(row) if row else None

    async def use_secret(self, token: str, kind: SecretKind, now: datetime) -> Secret | None:
        """What a secret opens; one that opens once is used up by this."""
        found = await self.secret(token, kind, now)
        if found is not None and kind.once:
            spent = and_(t.secret.c.hash == hashed(token), t.secret.c.used_at.is_(None))
            if not await self._do(update(t.secret).where(spent).values(used_at=now)):
                return None
        return found

    async def revoke_secret(self, token: str, now: datetime) -> None:
        """Let one secret open nothing any more."""
        mine = and_(t.secret.c.hash == hashed(token), t.secret.c.revoked_at.is_(None))
        await self._do(update(t.secret).where(mine).values(revoked_at=now))

    async def revoke_secrets(
        self,
        person_id: int,
        now: datetime,
        *,
        kind: SecretKind | None = None,
        community_id: int | None = None,
    ) -> None:
        """Let a person's secrets open nothing any more: all of them, of one kind, of one community."""
        mine = [t.secret.c.person_id == person_id, t.secret.c.revoked_at.is_(None)]
        mine += [t.secret.c.kind == kind] if kind is not None else []
        mine += [t.secret.c.community_id == community_id] if community_id is not None else []
        await self._do(update(t.secret).where(*mine).values(revoked_at=now))

    async def sweep_secrets(self, now: datetime) -> int:
        """Throw away what opened nothing for thirty days; gives how many there were."""
        long_ago = now - _KEPT_SPENT
        ends = (t.secret.c.expires_at, t.secret.c.used_at, t.secret.c.revoked_at)
        return await self._do(delete(t.secret).where(or_(*(end < long_ago for end in ends))))


def hashed(token: str) -> str:
    """What is stored of a secret: random words need no salt, and a look-up by hash tells no time."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def valid(kind: SecretKind, now: datetime) -> ColumnElement[bool]:
    """Which stored secrets of a kind open something now."""
    return and_(t.secret.c.kind == kind, lasting(now))


def lasting(now: datetime) -> ColumnElement[bool]:
    """Which stored secrets open something now."""
    lasts = or_(t.secret.c.expires_at.is_(None), t.secret.c.expires_at > now)
    return and_(lasts, t.secret.c.revoked_at.is_(None), t.secret.c.used_at.is_(None))


def _secret_of(row: Row[Any]) -> Secret:
    return Secret(
        SecretKind(row.kind), row.community_id, row.person_id, row.place_id, row.series_id, row.expires_at
    )
