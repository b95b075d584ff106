"""Whose people a bundle holds: in the bot's own networks another bot may have given the same names."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from bot.storage.archive.addresses import BROWSER
from bot.storage.schema import tables as t
from bot.storage.store import Tx

OWN: Final = frozenset({BROWSER, "terminal"})
"""The bot's own networks: whoever is called "owner" there is somebody else in each installation."""
ORIGIN: Final = re.compile(r"[0-9a-f]{8}")
"""What an origin looks like."""
_KEPT: Final = "origin"
_BROUGHT: Final = "brought."
_MARKED: Final = re.compile(r".+\.[0-9a-f]{8}", re.DOTALL)


def home_id(native_id: str, origin: str, here: str) -> str:
    """What somebody who is known as `native_id` where a bundle was made is known as here.

    People of another origin carry it behind their id, wherever they come by; at home they carry none.
    """
    whole = native_id if _MARKED.fullmatch(native_id) else f"{native_id}.{origin}"
    return whole.removesuffix(f".{here}") if here else whole


async def origin_of(tx: Tx) -> str:
    """What tells the people of this installation's own networks from others; "" before its first start."""
    name = await tx.installed("name")
    return await tx.installed(_KEPT) or (sha256(name.encode()).hexdigest()[:8] if name else "")


async def take_over(tx: Tx, origin: str) -> None:
    """Let the people of a bundle be at home here, where there are none of our own yet."""
    ours = select(t.person.c.id).where(t.person.c.platform.in_(OWN)).limit(1)
    if (await tx.connection.execute(ours)).first() is None:
        await tx.install(_KEPT, origin)


async def note_brought(tx: Tx, origin: str, was: int, here: int, slug: str) -> None:
    """Note which community of a bundle this one is: what its people decide here holds if it comes again."""
    await tx.install(f"{_BROUGHT}{here}", f"{origin}.{was}.{slug}")


async def brought_before(tx: Tx, origin: str) -> dict[tuple[int, str], int]:
    """The numbers in bundles of an origin of what came from there before, by number and address here."""
    noted = select(t.installation.c.name, t.installation.c.value).where(
        t.installation.c.name.startswith(_BROUGHT, autoescape=True),
        t.installation.c.value.startswith(f"{origin}.", autoescape=True),
    )
    rows = [(row.name, row.value.split(".", 2)) for row in await tx.connection.execute(noted)]
    return {(int(name.removeprefix(_BROUGHT)), slug): int(was) for name, (_origin, was, slug) in rows}
