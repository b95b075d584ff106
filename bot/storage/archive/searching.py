"""Search: what these readers may read of what is looked for, chat by chat, the newest chat first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Text, bindparam, func, or_, select

from bot.core.archive.folding import folded, spellings
from bot.core.archive.search_query import Query
from bot.core.archive.search_results import WIDTH, Found, excerpt
from bot.core.audience import Audience
from bot.core.model import Refused
from bot.core.sentences import searching as say
from bot.storage.archive.glance import Glance, visit
from bot.storage.archive.readable import listed_messages, readable_chats
from bot.storage.archive.search_hits import told
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.archive.word_index import Entry, Wanted, called_so, entries, named_so, terms_of
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name
from bot.storage.store import Tx

CHATS: Final = 10
"""Chats of one page; a few more where several began in the same minute."""
EACH: Final = 3
ALL_OF_ONE: Final = 200
_AT_ONCE: Final = 40
_ROUNDS: Final = 100
_MOST_PEOPLE: Final = 50
_FEW: Final = 300
_PERSON, _AGREED = t.person.alias("one"), t.consent.alias("agreed")
_AMONG = t.chat.c.series_id.in_(
    select(func.json_each(bindparam("series", type_=Text())).table_valued("value").c.value)
)
_BESIDE = Glance(
    select(t.chat.c.id)
    .where(_AMONG, t.chat.c.starts_at >= bindparam("since"), t.chat.c.starts_at < bindparam("until"))
    .limit(2)
)


@dataclass(frozen=True, slots=True)
class Search:
    """A query with who asks and how: their zone, one chat alone, how far back, how many letters of each.

    Where `among` names weekly chats, it is only looked in these.
    """

    query: Query
    zone: str
    me: int | None = None
    chat_id: int | None = None
    older: int | None = None
    width: int = WIDTH
    among: frozenset[int] = frozenset()


async def find(tx: Tx, audience: Audience, wanted: Search) -> Found:
    """What these readers may read of it; refused where it names a weekly chat or a person not known here."""
    if wanted.query.empty:
        return Found()
    found: Found = await visit(tx.connection, partial(_look, audience=audience, wanted=wanted))
    return found


def _look(database: sqlite3.Connection, audience: Audience, wanted: Search) -> Found:
    one, look = _wanted(database, audience, wanted), partial(excerpt, query=wanted.query, width=wanted.width)
    if wanted.chat_id is not None:
        found = entries(database, audience, one, ALL_OF_ONE + 1)
        return Found(told(database, audience, look, {wanted.chat_id: found}, ALL_OF_ONE))
    chats, older = _gathered(database, audience, one)
    return Found(told(database, audience, look, chats, EACH), older)


def _gathered(
    database: sqlite3.Connection, audience: Audience, wanted: Wanted
) -> tuple[Mapping[int, Sequence[Entry]], int | None]:
    """Entries by chat until there are chats enough, and where older ones begin; a full chat is leapt over."""
    # The commonest word stands in each of its answers.
    chats: dict[int, list[Entry]] = {}
    below, full, most = None, set[int](), _AT_ONCE
    for _round in range(_ROUNDS):
        found = entries(database, audience, wanted, most, below=below, but=full)
        for entry in found:
            if len(chats) >= CHATS and entry.minute < next(reversed(chats.values()))[0].minute:
                return chats, entry.minute + 1
            chats.setdefault(entry.chat, []).append(entry)
        if len(found) < most:
            break
        last = found[-1]
        below, full = last.entry, {one for one in full if chats[one][0].minute == last.minute}
        if len(chats[last.chat]) > EACH:
            most = EACH + 1
            if _alone(database, wanted, last):
                below = last.first
            else:
                full.add(last.chat)
    return chats, None


def _alone(database: sqlite3.Connection, wanted: Wanted, entry: Entry) -> bool:
    """Whether no other chat of these weekly chats begins in the same minute."""
    since = datetime.fromtimestamp(entry.minute * 60, UTC)
    span = {"since": since, "until": since + timedelta(minutes=1)}
    return len(_BESIDE.seen(database, series=json.dumps(wanted.series), **span)) < 2


# --- Which weekly chats, people and days are meant -------------------------------------------


def _wanted(database: sqlite3.Connection, audience: Audience, wanted: Search) -> Wanted:
    query = wanted.query
    series, others = _series(database, audience, query.series, wanted.among)
    terms = terms_of(database, query.words)
    named = Wanted(terms, query.glyphs, series, others, number=query.number, link=query.link)
    if query.mine and wanted.me is None:
        raise Refused(say.SEARCH_MINE)
    until = _minute(query.until, wanted.zone) if query.until else named.until
    ways = _ways(query.person) if query.person else ()
    return replace(
        named,
        chats=_few(database, audience, series) if wanted.chat_id is None else (wanted.chat_id,),
        people=_people(database, audience, ways, query.person) if ways else None,
        called=ways,
        me=wanted.me if query.mine else None,
        since=_minute(query.since, wanted.zone) if query.since else 0,
        until=until if wanted.older is None else min(until, wanted.older),
    )


def _minute(day: date, zone: str) -> int:
    """The minute since 1970 in which a day begins."""
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return max(0, int(begins.timestamp()) // 60)


def _series(
    database: sqlite3.Connection, audience: Audience, named: str, among: frozenset[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The weekly chats of which these readers may read something, or those called so; and the others."""
    every = _series_of(audience).seen(database)
    readable = [one for one in every if one.readable and (not among or one.id in among)]
    called = {one.id for one in readable if one.slug == named} or {
        one.id for one in readable if not named or _called(named, (one.title, one.slug, one.hashtag))
    }
    if named and not called:
        raise Refused(say.SEARCH_NO_SERIES, said=named)
    return tuple(sorted(called)), tuple(one.id for one in every if one.id not in called)


def _called(named: str, names: Iterable[str | None]) -> bool:
    wanted = folded(named).lstrip("#")
    return any(wanted in folded(name or "") for name in names)


@lru_cache(maxsize=64)
def _series_of(audience: Audience) -> Glance:
    some = select(1).where(t.chat.c.series_id == t.series.c.id, readable_chats(audience))
    readable = some.correlate(t.series).exists().label("readable")
    s = t.series.c
    every = select(s.id, s.title, s.slug, s.hashtag, readable)
    return Glance(every.where(s.community_id == audience.community_id).order_by(s.id))


def _few(database: sqlite3.Connection, audience: Audience, series: Sequence[int]) -> tuple[int, ...] | None:
    """The only chats that these readers may read, where those are few: nobody looks at the others."""
    ids = json.dumps(series)
    readable = _chats_of(audience).seen(database, series=ids, most=_FEW + 1)
    if len(readable) > _FEW or _COUNT.seen(database, series=ids)[0].count <= 2 * len(readable):
        return None
    return tuple(row.id for row in readable)


_COUNT = Glance(select(func.count().label("count")).select_from(t.chat).where(_AMONG))


@lru_cache(maxsize=64)
def _chats_of(audience: Audience) -> Glance:
    readable = select(t.chat.c.id).join(t.series, t.series.c.id == t.chat.c.series_id)
    readable = readable.where(_AMONG, readable_chats(audience))
    return Glance(readable.limit(bindparam("most", type_=Integer())))


def _people(
    database: sqlite3.Connection, audience: Audience, ways: Sequence[str], said: str
) -> tuple[int, ...]:
    """Those whom readers see under such a name; whoever goes by another one is not found by their own."""
    people = _people_of(audience, len(ways))
    found = people.seen(database, **named_so(ways), most=_MOST_PEOPLE)
    if not found:
        raise Refused(say.SEARCH_NO_PERSON, said=said)
    return tuple(sorted(row.id for row in found))


def _ways(named: str) -> tuple[str, ...]:
    """A name with ss and with ß, small and with capital letters: SQLite knows those of ASCII alone."""
    forms = ((one, one.lower(), one.upper(), one.title()) for one in spellings(named))
    return tuple({way for one in forms for way in (one[:1] if one[0].isascii() else one)})


@lru_cache(maxsize=64)
def _people_of(audience: Audience, ways: int) -> Glance:
    """Only those of whom there is something to read under such a name: nothing tells who else is known."""
    said = select(1).select_from(WORDS_OF_CHATS).where(t.message.c.person_id == _PERSON.c.id)
    said = said.where(t.message.c.anonymous.is_(False), listed_messages(audience))
    shown = shown_name(_PERSON.c.name)
    # No join: that would look for everybody's words before it looked at their names.
    agreed = select(1).where(_AGREED.c.person_id == _PERSON.c.id, called_so(_AGREED.c.pseudonym, ways))
    known = or_(called_so(_PERSON.c.name, ways), agreed.correlate(_PERSON).exists())
    found = select(_PERSON.c.id).where(known, said.where(called_so(shown, ways)).correlate(_PERSON).exists())
    return Glance(found.limit(bindparam("most", type_=Integer())))
