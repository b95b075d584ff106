"""What lists, feeds and calendars ask: which chats there are, when they changed, which dates are theirs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from bot.core.archive.chat_page import Listed
from bot.core.audience import Audience
from bot.core.model import Chat, ChatState, QuestionState
from bot.core.times import clockface
from bot.core.times.recurrence import Recurrence
from bot.storage.archive.browsing import OVER
from bot.storage.archive.readable import indexed_chats, listed_chats, readable_messages
from bot.storage.archive.rows import listed_of
from bot.storage.archive.statements import KINDS, SERIES, WORDS_OF_CHATS, chats_of, of_series
from bot.storage.chats.chats import LIVE
from bot.storage.schema import tables as t
from bot.storage.store import Tx

_HELD = t.chat.c.state.in_(OVER)


@dataclass(frozen=True, slots=True)
class Slot:
    """A recurring time that goes on: its rule, and the dates of which chats were made."""

    id: int
    series_id: int
    rule: Recurrence
    held: frozenset[datetime]
    last: datetime


async def community_version(tx: Tx, community_id: int) -> int:
    """What changes when anything changes that a list of this community shows."""
    query = select(t.community.c.version).where(t.community.c.id == community_id)
    return int((await tx.connection.execute(query)).scalar_one())


async def house_rules(tx: Tx, community_id: int) -> tuple[str, int | None]:
    """Whom a community names for questions, and for how many days it keeps what was said."""
    query = select(t.community.c.contact, t.community.c.retention_days).where(
        t.community.c.id == community_id
    )
    row = (await tx.connection.execute(query)).one()
    return row.contact, row.retention_days


async def months_held(tx: Tx, audience: Audience, zone: str) -> Counter[tuple[int, int]]:
    """How many chats were held in each month, as the community's clock counts months."""
    query = select(t.chat.c.starts_at).join(t.series, t.series.c.id == t.chat.c.series_id)
    rows = await tx.connection.execute(query.where(listed_chats(audience), _HELD))
    days = (clockface.local(row.starts_at, zone) for row in rows)
    return Counter((day.year, day.month) for day in days)


async def coming_from(tx: Tx, audience: Audience, since: datetime, most: int) -> tuple[Listed, ...]:
    """The chats that are live or still to come, also those that are called off, in time order."""
    coming = or_(t.chat.c.starts_at >= since, t.chat.c.state.in_(LIVE))
    query = chats_of(listed_chats(audience)).where(coming, ~_HELD)
    return await _all(tx, query.order_by(t.chat.c.starts_at, t.chat.c.id).limit(most))


async def published(
    tx: Tx, audience: Audience, most: int, series_id: int | None = None
) -> tuple[Listed, ...]:
    """The chats that came into the archive last, the newest first."""
    query = chats_of(listed_chats(audience)).where(_HELD, t.chat.c.published_at.is_not(None))
    newest = of_series(query, series_id).order_by(t.chat.c.published_at.desc(), t.chat.c.id.desc())
    return await _all(tx, newest.limit(most))


async def indexed(tx: Tx, community_id: int, most: int) -> tuple[Listed, ...]:
    """The chats that search engines may find, the newest first."""
    query = chats_of(indexed_chats(community_id)).where(t.chat.c.state != ChatState.CANCELLED)
    return await _all(tx, query.order_by(t.chat.c.starts_at.desc()).limit(most))


async def of_calendar(
    tx: Tx, audience: Audience, since: datetime, series_id: int | None = None
) -> tuple[Listed, ...]:
    """The chats that a calendar names one by one, in time order."""
    query = of_series(chats_of(listed_chats(audience)).where(t.chat.c.starts_at >= since), series_id)
    return await _all(tx, query.order_by(t.chat.c.starts_at, t.chat.c.id))


async def slots_of(tx: Tx, series_ids: Sequence[int]) -> tuple[Slot, ...]:
    """The recurring times of weekly chats, with the dates of which chats were made."""
    slots = [slot for one in series_ids for slot in await tx.slots(one)]
    dates = await _dates(tx, [slot.id for slot in slots])
    return tuple(
        Slot(slot.id, slot.series_id, slot.rule, frozenset(held), last)
        for slot in slots
        if (found := dates.get(slot.id))
        for held, last in [found]
    )


async def changed_at(tx: Tx, chats: Sequence[Chat]) -> Mapping[int, datetime]:
    """When the page of each chat changed last; at most some thousand chats at once."""
    ids = [chat.id for chat in chats]
    m, f, q = t.message.c, t.filing.c, t.question.c
    times = [func.max(column) for column in (m.heard_at, m.edited_at, m.deleted_at, m.hidden_at, m.picked_at)]
    said = select(m.chat_id, *times).where(m.chat_id.in_(ids)).group_by(m.chat_id)
    filed = select(m.chat_id, func.max(f.filed_at)).join(t.message).where(m.chat_id.in_(ids))
    asked = select(q.chat_id, func.max(q.asked_at)).where(q.chat_id.in_(ids)).group_by(q.chat_id)
    found = {chat.id: [chat.published_at or chat.starts_at] for chat in chats}
    for query in (said, filed.group_by(m.chat_id), asked):
        for chat_id, *moments in await tx.connection.execute(query):
            found[chat_id] += [moment for moment in moments if moment]
    return {chat_id: max(moments) for chat_id, moments in found.items()}


async def questions_of(tx: Tx, chats: Sequence[Chat]) -> Mapping[int, tuple[tuple[int, str], ...]]:
    """Number and words of the questions that were asked or announced, chat by chat."""
    announced = [chat.id for chat in chats if chat.state is ChatState.ANNOUNCED]
    q = t.question.c
    coming = and_(q.chat_id.in_(announced), q.state == QuestionState.DRAFTED, q.text != "")
    mine = and_(q.chat_id.in_([chat.id for chat in chats]), or_(q.asked_at.is_not(None), coming))
    query = select(q.chat_id, q.position, q.text).where(mine).order_by(q.chat_id, q.position)
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for chat_id, number, text in await tx.connection.execute(query):
        found[chat_id] = (*found.get(chat_id, ()), (number, text))
    return found


async def chat_of_message(tx: Tx, audience: Audience, public_id: str) -> Listed | None:
    """The chat on whose page a message stands, if these readers may read it there."""
    shown = (t.message.c.public_id == public_id, t.chat.c.slug.is_not(None), readable_messages(audience))
    query = select(t.chat, *SERIES).select_from(WORDS_OF_CHATS).where(*shown, t.message.c.kind.in_(KINDS))
    row = (await tx.connection.execute(query)).first()
    return listed_of(row) if row else None


async def words_in(tx: Tx, chat_id: int) -> int:
    """How many messages were said in a chat."""
    query = select(func.count()).where(t.message.c.chat_id == chat_id)
    return int((await tx.connection.execute(query)).scalar_one())


async def _all(tx: Tx, query: Select[Any]) -> tuple[Listed, ...]:
    return tuple(listed_of(row) for row in await tx.connection.execute(query))


async def _dates(tx: Tx, slot_ids: Sequence[int]) -> Mapping[int, tuple[set[datetime], datetime]]:
    """The dates of each slot that are chats, and the latest one that ever was."""
    c = t.chat.c
    query = select(c.slot_id, c.occurrence_local, c.state).where(
        c.slot_id.in_(slot_ids), c.occurrence_local.is_not(None)
    )
    found: dict[int, tuple[set[datetime], datetime]] = {}
    for slot_id, day, state in await tx.connection.execute(query):
        held, last = found.get(slot_id, (set(), day))
        if state != ChatState.CANCELLED:
            held.add(day)
        found[slot_id] = (held, max(last, day))
    return found
