"""Taking a name out of what else is kept: why something was hidden or reported, titles, topics, plans."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, or_, select, update

from bot.core import plain, sentences
from bot.core.contact import is_contact_of
from bot.core.masking import Mask
from bot.core.mentioning import Mentions
from bot.core.model import Person
from bot.core.names import names_of
from bot.core.sentences import houses
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.forgetting.unsaying import Unsaying, chats_of, places_of, together
from bot.storage.heard.sorting import reasons_in
from bot.storage.rooms.views import EventKind
from bot.storage.schema import tables as t

_Kept = tuple[Table, Column[Any], ColumnElement[bool]]


class Unnaming(Unsaying):
    """What is asked when a name goes from where nobody speaks."""

    async def by_all_names(self, person: Person, community_id: int) -> Person:
        """Somebody with all the names they went by here; a former one that others go by now is theirs."""
        kept = await self.person_by_id(person.id, community_id)
        before = await self.former_names(person.id, community_id)
        others = await self.names_in_use(community_id, but=person.id) if before else ()
        taken = {name.casefold() for name in others}
        own = [name for name in before if name.casefold() not in taken]
        return replace(person, former=tuple({*own, *names_of(kept)} - {person.name, person.shown}))

    async def unname(
        self, person: Person, community_id: int, now: datetime, *, instead: str = sentences.SOMEBODY
    ) -> None:
        """Take somebody's name out of what is said of them, and out of what weekly chats are called."""
        await super().unname(person, community_id, now, instead=instead)
        mentions, title = Mentions(person, instead), t.series.c.title
        ours = t.series.c.community_id == community_id
        for row, words in await self._renamed(t.series, title, ours, mentions):
            await self.save_series(replace(await self.series(row.id), title=words))
            self.stale_communities.add(community_id)
            if _names(row.slug, map(plain.slug, mentions.names)):
                await self._readdress(row.id)
        whole = [word for name in mentions.names if " " in name and "-" in (word := plain.slug(name))]
        for row in await self._rows(select(t.series.c.id, t.series.c.slug).where(ours)):
            if _names(row.slug, whole):  # from a title that it had before
                await self._readdress(row.id)

    async def _readdress(self, series_id: int) -> None:
        """Let a weekly chat have another address, which it is given in this same transaction."""
        await self._do(update(t.series).where(t.series.c.id == series_id).values(slug=None))
        self.replanned = True

    async def unname_notes(self, person: Person, community_id: int, now: datetime) -> None:
        """Take somebody's name out of what hosts and readers noted here, and out of what these plan."""
        mask, mentions = await self.mask_of(person, community_id), Mentions(person)
        if mask.idle:
            return
        await self._say_anew(mask.words, *_noted(community_id))
        await self._say_anew(mentions.words, *_planned(community_id))
        await self._forget_reasons_before(mask, community_id)
        for place in await self._say_anew(mask.words, _topics(community_id)):
            await self._happened(place, EventKind.CHANGED, now)
        await self._let_contact_go(person, community_id, now)

    async def _let_contact_go(self, person: Person, community_id: int, now: datetime) -> None:
        """Send readers to the hosts where they were sent to somebody who is gone, and tell the hosts."""
        mine = t.community.c.id == community_id
        contact = await self._value(select(t.community.c.contact).where(mine))
        if is_contact_of(person, contact):
            await self._do(update(t.community).where(mine).values(contact=""))
            self.stale_communities.add(community_id)
            key = f"contact.{community_id}.{now.timestamp():.0f}"
            await self._report_to(await self.community(community_id), houses.CONTACT_GONE, (), key, now)

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
            if any(map(mask.finds, reasons_in(row.sorted_from))):
                await self._do(update(t.message).where(m.id == row.id).values(sorted_from=None))


def _names(address: str | None, words: Iterable[str]) -> bool:
    """Whether one of these words stands in an address, whole: "a-b" is not in "alpha-beta"."""
    return any(f"-{word}-" in f"-{address}-" for word in words) if address else False


def _noted(community_id: int) -> tuple[_Kept, ...]:
    places, chats = places_of(community_id), chats_of(community_id)
    here = or_(t.place.c.community_id == community_id, t.series.c.community_id == community_id)
    words = select(t.message.c.id).select_from(WORDS_OF_CHATS).where(here)
    hidden = or_(t.message.c.place_id.in_(places), t.message.c.chat_id.in_(chats))
    return (
        (t.report, t.report.c.reason, t.report.c.message_id.in_(words)),
        (t.room_report, t.room_report.c.reason, t.room_report.c.message_id.in_(_standing_in(places))),
        (t.message, t.message.c.hidden_why, hidden),
    )


def _standing_in(places: Any) -> Any:
    return select(t.room_message.c.id).where(t.room_message.c.place_id.in_(places))


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
