"""What was said in a community's chats at other communities' places: it stays with them, and pages say so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import exists, select

from bot.storage.archive.statements import APART
from bot.storage.schema import tables as t
from bot.storage.store import Tx

Apart = Mapping[str, Sequence[int]]
"""The numbers of chats, by the place whose words are not with them."""


async def apart_from(tx: Tx, community_id: int | None) -> Apart:
    """The places whose words a bundle of a community leaves behind, or that were left behind before."""
    found = defaultdict[str, set[int]](set)
    if community_id is not None:
        for row in await tx.connection.execute(_GUESTS.where(t.series.c.community_id == community_id)):
            found[f"{row.name} ({row.community})"].add(row.chat_id)
    theirs = select(t.chat.c.id).join(t.series, t.series.c.id == t.chat.c.series_id)
    if community_id is not None:
        theirs = theirs.where(t.series.c.community_id == community_id)
    carried = set((await tx.connection.execute(theirs)).scalars())
    notes = select(t.installation).where(t.installation.c.name.startswith(APART, autoescape=True))
    for row in await tx.connection.execute(notes):
        if (chat_id := int(row.name.removeprefix(APART))) in carried:
            for place in json.loads(row.value):
                found[place].add(chat_id)
    return {place: sorted(chats) for place, chats in sorted(found.items())}


async def note_apart(tx: Tx, apart: Apart, shift: int) -> None:
    """Note for pages which places chats came without; their numbers are so much higher here."""
    here = set((await tx.connection.execute(select(t.chat.c.id).where(t.chat.c.id > shift))).scalars())
    places = defaultdict[int, list[str]](list)
    for place, chats in apart.items():
        for chat_id in here.intersection(number + shift for number in chats):
            places[chat_id].append(place)
    for chat_id, named in places.items():
        await tx.install(f"{APART}{chat_id}", json.dumps(sorted(named), ensure_ascii=False))


_SPOKEN: Final = exists().where(
    t.message.c.chat_id == t.chat_place.c.chat_id,
    t.message.c.place_id == t.chat_place.c.place_id,
    t.message.c.deleted_at.is_(None),
)
_GUESTS: Final = (
    select(t.chat_place.c.chat_id, t.place.c.name, t.community.c.name.label("community"))
    .join(t.place, t.place.c.id == t.chat_place.c.place_id)
    .join(t.community, t.community.c.id == t.place.c.community_id)
    .join(t.chat, t.chat.c.id == t.chat_place.c.chat_id)
    .join(t.series, t.series.c.id == t.chat.c.series_id)
    .where(t.place.c.community_id != t.series.c.community_id, _SPOKEN)
)
