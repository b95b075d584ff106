"""What opens a door, taken out of words: once it opens nothing, and wherever words leave the house."""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Text, bindparam, cast, or_, select

from bot.storage.bundle.carried import without_secrets
from bot.storage.doors.secrets import Secret, SecretKind, Secrets, hashed, lasting
from bot.storage.queries import among, listed
from bot.storage.rooms.posts import Rooms, stored_offers
from bot.storage.rooms.views import offers_of
from bot.storage.schema import tables as t

BLOT: Final = "…"
_M, _S = t.room_message.c, t.secret.c
_TOKEN: Final = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
"""As long as every token is."""
_TOLD_TO_FEW: Final = (
    select(t.room_message)
    .join(t.place, t.place.c.id == _M.place_id)
    .where(_M.person_id.is_(None), _M.deleted_at.is_(None))
    .where(or_(_M.only_for.is_not(None), t.place.c.hosts_room))
)


class Blotting(Secrets, Rooms):
    """What is asked of secrets that stand in words; `now` is real time."""

    async def use_secret(self, token: str, kind: SecretKind, now: datetime) -> Secret | None:
        """What a secret opens; one that opens once is used up by this, and stands in our rooms no more."""
        found = await super().use_secret(token, kind, now)
        if found is not None and kind.once:
            holds = or_(_M.text.contains(token, autoescape=True), _offers().contains(token, autoescape=True))
            await self._blot(await self._rows(_TOLD_TO_FEW.where(holds)), {token}, now)
        return found

    async def blot_spent(self, now: datetime) -> None:
        """Take out of what was told to few in our own rooms whatever opens nothing any more."""
        rows = [row for row in await self._rows(_TOLD_TO_FEW) if _tokens(row)]
        known = {hashed(token): token for row in rows for token in _tokens(row)}
        spent = select(_S.hash).where(among(_S.hash, bindparam("hashes")), ~lasting(now))
        gone = {known[row.hash] for row in await self._rows(spent, hashes=listed(known))}
        await self._blot(rows, gone, now)

    async def secret_hider(self, now: datetime) -> Callable[[str], str]:
        """What takes everything out of words that opens something now."""
        valid = frozenset(row.hash for row in await self._rows(select(_S.hash).where(lasting(now))))

        def hide(token: re.Match[str]) -> str:
            return BLOT if hashed(token[0]) in valid else token[0]

        return lambda text: _TOKEN.sub(hide, without_secrets(text))

    async def _blot(self, rows: Collection[Row[Any]], tokens: Collection[str], now: datetime) -> None:
        for row in rows:
            text, html = row.text, row.html
            for token in tokens:
                text, html = text.replace(token, BLOT), html.replace(token, BLOT)
            offers = [one for one in offers_of(row.offers) if not any(token in one.line for token in tokens)]
            await self._set_in(row, {"text": text, "html": html, "offers": stored_offers(offers)}, now)


def _tokens(row: Row[Any]) -> set[str]:
    return set(_TOKEN.findall(" ".join((row.text, *(one.line for one in offers_of(row.offers))))))


def _offers() -> Any:
    return cast(_M.offers, Text)
