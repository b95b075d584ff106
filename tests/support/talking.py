"""Somebody who said something in the browser's room, and every byte in which that may stand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.core.hearing import Author
from bot.core.model import Person, Role
from bot.storage.store import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def talk(store: Store, name: str, words: str) -> Person:
    """Somebody who said something in the room."""
    async with store.begin() as tx:
        [place, *_] = await tx.places_on("browser")
        person = await tx.person("browser", Author(f"n.{len(words)}", name), place.community_id)
        await tx.make_member(place.community_id, person.id, NOW)
        await tx.room_say(place, person, Role.ANYONE, words, f"<p>{words}</p>", NOW)
    return person


def everything(folder: Path) -> bytes:
    """Every byte of the database that is served, and of what lies beside it."""
    return b"".join(file.read_bytes() for file in folder.glob("edchat.sqlite*"))
