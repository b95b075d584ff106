"""Taking a name out of what else is kept: why something was hidden or reported, titles, topics, plans."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, or_, select, update

from bot.core.masking import Mask
from bot.core.mentioning import Mentions
from bot.core.model import Person
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.forgetting.unsaying import Unsaying, chats_of, places_of, together
from bot.storage.rooms.views import EventKind
from bot.storage.schema import tables as t

_Kept = tuple[Table, Column[Any], ColumnElement[bool]]


class Unnaming(Unsaying):
    """What is asked when a name goes from where nobody speaks."""

    async def unname_notes(self, person: Person, community_id: int, now: datetime) -> None:
        """Take somebody's name out of what hosts and readers noted here, and out of what these plan."""
        mask, mentions = Mask(person), Mentions(person)
        if mask.idle:
            return
        await self._say_anew(mask.words, *_noted(community_id))
        await self._say_anew(mentions.words, *_planned(community_id))
        await self._forget_reasons_before(mask, community_id)
        for place in await self._say_anew(mask.words, _topics(community_id)):
            await self._happened(place, EventKind.CHANGED, now)

    async def _say_anew(self, words: Callable[[str], str], *kept: _Kept) -> list[int]:
        """Change what names them; gives the ids of the rows that did."""
        changed = []
        for table, column, where in kept:
            query = select(table.c.id, column.label("words")).where(where, column != "")
            for row in await self._rows(query):
                if (new := words(row.words)) != row.words:
                    await self._do(update(table).where(table.c.id == row.id).values({column: new}))
                    changed.append(row.id)
        return changed

    async def _forget_reasons_before(self, mask: Mask, community_id: int) -> None:
        """Let go of how messages stood before hosts changed them, where the reason named somebody."""
        m = t.message.c
        here = and_(m.place_id.in_(places_of(community_id)), m.sorted_from.is_not(None))
        for row in await self._rows(select(m.id, m.sorted_from).where(here)):
            if mask.finds(row.sorted_from.get("hidden_why") or ""):
                await self._do(update(t.message).where(m.id == row.id).values(sorted_from=None))


def _noted(community_id: int) -> tuple[_Kept, ...]:
    places, chats = places_of(community_id), chats_of(community_id)
    here = or_(t.place.c.community_id == community_id, t.series.c.community_id == community_id)
    words = select(t.message.c.id).select_from(WORDS_OF_CHATS).where(here)
    hidden = or_(t.message.c.place_id.in_(places), t.message.c.chat_id.in_(chats))
    return (
        (t.report, t.report.c.reason, t.report.c.message_id.in_(words)),
        (t.message, t.message.c.hidden_why, hidden),
    )


def _planned(community_id: int) -> tuple[_Kept, ...]:
    mine = t.series.c.community_id == community_id
    return (
        (t.series, t.series.c.welcome, mine),
        (t.series, t.series.c.about, mine),
        (t.community, t.community.c.about, t.community.c.id == community_id),
    )


def _topics(community_id: int) -> _Kept:
    shown = select(t.chat_place.c.place_id).where(t.chat_place.c.chat_id.in_(together(community_id)))
    here = or_(t.place.c.community_id == community_id, t.place.c.id.in_(shown))
    return t.place, t.place.c.topic, here
