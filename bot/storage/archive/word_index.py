"""The words of the archive as FTS5 finds them: the only place that knows how a database does that.

An entry's id holds, from high to low, the minute in which its chat begins, the id of what it is an entry of,
and of which kind that is; triggers write it (migrations 0009 and 0019). Its scope holds words of ours that
narrow a search without a look at any row: c<community>, s<weekly chat>, h<chat>, p<person>, q<question>, and
link.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)

from bot.core.archive.folding import as_indexed, spellings
from bot.core.archive.search_query import Word
from bot.core.audience import Audience
from bot.storage.archive.glance import Glance
from bot.storage.archive.readable import listed_chats, listed_messages
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name

MESSAGE, QUESTION, TOPIC = range(3)
_MINUTE_AT: Final = 37
_LAST: Final = 2**63 - 1
_IDS: Final = (1 << (_MINUTE_AT - 2)) - 1
_TRIGRAM: Final = 3
_CALLED: Final = "called"
_ENDINGS: Final = 200
"""So many words that begin alike are looked up one by one; of more, all entries are gathered first."""
_WORDS = table("search", column("rowid", Integer), column("chat", Integer))
_GLYPHS = table("search_glyph", column("rowid", Integer), column("chat", Integer), column("words", Text))
_SIGNS = table("search_glyph_content", column("rowid", Integer), column("c0", Integer), column("c1", Text))
"""What FTS5 keeps of that index's chats and words: read here, its rows cost a third."""
_GLYPHS_MATCH = literal_column("search_glyph").op("MATCH")(bindparam("glyphs", type_=Text()))
_CHATS: Final = "series", "but"
_BEGINNING: Final = """
    WITH RECURSIVE next (term) AS (
        SELECT (SELECT term FROM search_term WHERE term >= :word LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM search_term WHERE term >= next.term || char(1) LIMIT 1)
        FROM next WHERE substr(next.term, 1, length(:word)) = :word LIMIT :most
    )
    SELECT term FROM next WHERE substr(term, 1, length(:word)) = :word
"""
"""Leaps from word to word, however often each is said; no word of the index holds the sign 1."""


class Entry(NamedTuple):
    """What was found, and of which chat it is."""

    entry: int
    chat: int

    @property
    def minute(self) -> int:
        """The minute in which its chat begins."""
        return self.entry >> _MINUTE_AT

    @property
    def first(self) -> int:
        """Where the entries of chats that begin in the same minute begin."""
        return self.minute << _MINUTE_AT

    @property
    def kind(self) -> int:
        """MESSAGE, QUESTION or TOPIC."""
        return self.entry & 3

    @property
    def id(self) -> int:
        """The id of the message, of the question, or of the chat."""
        return self.entry >> 2 & _IDS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What entries are to be like: of some weekly chats and none of the others, maybe of few chats.

    `people` are found where they are `called` so. Chats begin in minutes since 1970, from one up to but
    not another.
    """

    terms: tuple[str, ...]
    glyphs: tuple[str, ...]
    series: tuple[int, ...]
    others: tuple[int, ...] = ()
    chats: tuple[int, ...] | None = None
    people: tuple[int, ...] | None = None
    called: tuple[str, ...] = ()
    me: int | None = None
    number: int | None = None
    link: str = ""
    since: int = 0
    until: int = 1 << 26


def entries(
    database: sqlite3.Connection,
    audience: Audience,
    wanted: Wanted,
    most: int,
    *,
    below: int | None = None,
    but: Iterable[int] = (),
) -> list[Entry]:
    """The newest of what these readers may read and is wanted, of entries below one, but of some chats."""
    if not wanted.series or wanted.chats == ():
        return []
    values = {
        "since": wanted.since << _MINUTE_AT,
        "below": min(_LAST, wanted.until << _MINUTE_AT) if below is None else below,
        "most": most,
        **_looked_through(audience, wanted, but),
        **_given(wanted),
    }
    return [Entry(*row) for row in _statement(audience, frozenset(values)).plain(database, **values)]


def _looked_through(audience: Audience, wanted: Wanted, but: Iterable[int]) -> Mapping[str, object]:
    """By what the entries come: by what narrows it, or by signs where only the community would."""
    narrow = [*_narrowed(audience, wanted), *wanted.terms]
    broad = wanted.chats is None and len(wanted.others) < len(wanted.series)
    if wanted.glyphs and broad and len(narrow) == 1:
        return {"series": json.dumps(wanted.series), "but": json.dumps([*but])}
    return {"match": _match(wanted.terms, _narrowed(audience, wanted), but)}


def _given(wanted: Wanted) -> Mapping[str, object]:
    """The values of what is not in every question."""
    given: dict[str, object] = {f"sign{k}": one for k, one in enumerate(wanted.glyphs)}
    if long := [one for one in wanted.glyphs if len(one) >= _TRIGRAM]:
        given["glyphs"] = " AND ".join(map(_quoted, long))
    if wanted.people is not None:
        given |= {"people": json.dumps(wanted.people), **named_so(wanted.called)}
    if wanted.link:
        given["link"] = f'(?i)href="[^"]*{re.escape(escape(wanted.link))}'
    given |= {name: one for name in ("me", "number") if (one := getattr(wanted, name)) is not None}
    return given


@lru_cache(maxsize=256)
def _statement(audience: Audience, shape: frozenset[str]) -> Glance:
    """The question for these readers; each is made once, for making it takes longer than asking."""
    index = (_GLYPHS if "glyphs" in shape else _SIGNS) if "series" in shape else _WORDS
    where = _matching(shape) if index is _WORDS else _with_signs(index, shape)
    at = index.c.rowid
    span = at >= bindparam("since", type_=Integer()), at < bindparam("below", type_=Integer())
    found = select(at, index.c[1]).where(*where, *span, _readable(index, audience, shape))
    return Glance(found.order_by(at.desc()).limit(bindparam("most", type_=Integer())))


def _matching(shape: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    yield literal_column("search").op("MATCH")(bindparam("match", type_=Text()))
    if "glyphs" in shape:  # asked once: are there any at all?
        yield select(1).select_from(_GLYPHS).where(_GLYPHS_MATCH).exists()
    if signs := [*_signs(_SIGNS, shape)]:  # read, for to match both indexes for each entry takes long
        yield select(1).where(_SIGNS.c.rowid == _WORDS.c.rowid, *signs).correlate(_WORDS).exists()


def _with_signs(index: FromClause, shape: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    yield from _signs(index, shape)
    series, but = (select(func.json_each(bindparam(one)).table_valued("value").c.value) for one in _CHATS)
    yield index.c[1].in_(select(t.chat.c.id).where(t.chat.c.series_id.in_(series)))
    yield index.c[1].not_in(but)


def _signs(index: FromClause, shape: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    if index is _GLYPHS:
        yield _GLYPHS_MATCH
    signs = sorted(name for name in shape if name.startswith("sign"))
    yield from (func.instr(index.c[2], bindparam(name, type_=Text())) > 0 for name in signs)


def _readable(index: FromClause, audience: Audience, shape: frozenset[str]) -> ColumnElement[bool]:
    """Whether these readers may read what an entry is of, and it is what was asked for."""
    kind, own = index.c.rowid.op("&")(3), index.c.rowid.op(">>")(2).op("&")(_IDS)
    words = select(1).select_from(WORDS_OF_CHATS)
    words = words.where(t.message.c.id == own, listed_messages(audience), *_of_messages(shape))
    found: list[ColumnElement[bool]] = [and_(kind == MESSAGE, words.correlate(index).exists())]
    chats = t.chat.join(t.series, t.series.c.id == t.chat.c.series_id)
    if not shape & {"people", "me", "link"}:
        asked = select(1).select_from(t.question.join(chats, t.chat.c.id == t.question.c.chat_id))
        asked = asked.where(t.question.c.id == own, listed_chats(audience))
        if "number" in shape:
            asked = asked.where(t.question.c.position == bindparam("number", type_=Integer()))
        found.append(and_(kind == QUESTION, asked.correlate(index).exists()))
        if "number" not in shape:
            topics = select(1).select_from(chats).where(t.chat.c.id == own, listed_chats(audience))
            found.append(and_(kind == TOPIC, topics.correlate(index).exists()))
    return or_(*found)


def _of_messages(shape: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    m = t.message.c
    if "people" in shape:  # whoever answered without a name is found by none
        some = select(func.json_each(bindparam("people", type_=Text())).table_valued("value").c.value)
        name = select(t.person.c.name).where(t.person.c.id == m.person_id).correlate(t.message)
        shown = shown_name(name.scalar_subquery())
        ways = sum(one.startswith(_CALLED) for one in shape)
        yield and_(m.person_id.in_(some), m.anonymous.is_(False), called_so(shown, ways))
    if "me" in shape:
        yield m.person_id == bindparam("me", type_=Integer())
    if "link" in shape:
        yield m.body_html.regexp_match(bindparam("link", type_=Text()))
    if "number" in shape:
        under = t.filing.join(t.question, t.question.c.id == t.filing.c.question_id)
        filed = select(1).select_from(under).where(t.filing.c.message_id == m.id)
        yield filed.where(t.question.c.position == bindparam("number", type_=Integer())).exists()


def called_so(name: ColumnElement[str], ways: int) -> ColumnElement[bool]:
    """Whether a name has in it what somebody is called, in one of so many ways to write that."""
    typed = [func.lower(bindparam(f"{_CALLED}{k}", type_=Text())) for k in range(ways)]
    return or_(*(func.instr(func.lower(name), one) > 0 for one in typed))


def named_so(ways: Iterable[str]) -> Mapping[str, str]:
    """The values for that."""
    return {f"{_CALLED}{k}": one for k, one in enumerate(ways)}


# --- What FTS5 is asked ----------------------------------------------------------------------


def _match(terms: Iterable[str], narrow: Iterable[str], but: Iterable[int]) -> str:
    all_of = " AND ".join([*narrow, *(f"words : {one}" for one in terms)])
    without = _any("h", but)
    return f"({all_of}) NOT scope : {without}" if without else all_of


def _narrowed(audience: Audience, wanted: Wanted) -> Iterator[str]:
    """The fewer words there are to look at for each entry, the faster it is found."""
    if wanted.chats is not None:
        yield f"scope : {_any('h', wanted.chats)}"
    elif len(wanted.others) >= len(wanted.series):
        yield f"scope : {_any('s', wanted.series)}"
    elif wanted.others:
        yield f"(scope : c{audience.community_id} NOT scope : {_any('s', wanted.others)})"
    else:
        yield f"scope : c{audience.community_id}"
    if wanted.people is not None:
        yield f"scope : {_any('p', wanted.people)}"
    numbered = ("p", wanted.me), ("q", wanted.number)
    yield from (f"scope : {letter}{one}" for letter, one in numbered if one is not None)
    if wanted.link:
        yield "scope : link"


def _any(letter: str, numbers: Iterable[int]) -> str:
    some = [f"{letter}{one}" for one in numbers]
    return f"({' OR '.join(some)})" if some else ""


def terms_of(database: sqlite3.Connection, words: Iterable[Word]) -> tuple[str, ...]:
    """Words as FTS5 is asked for them, with all those that begin so."""
    return tuple(_term(database, word) for word in words)


def _term(database: sqlite3.Connection, word: Word) -> str:
    """A word for FTS5 in each of its spellings, always in quotes: whatever is in it means itself."""
    spelled = spellings(word.text, begins=not word.whole)
    found = dict.fromkeys(one for text in spelled for one in _endings(database, text, whole=word.whole))
    return f"({' OR '.join(found)})" if found else _quoted(word.text)


def _endings(database: sqlite3.Connection, text: str, *, whole: bool) -> Iterator[str]:
    """What a word begins, as far as the index holds it."""
    indexed = as_indexed(text)
    if whole or indexed is None or len(indexed) <= _TRIGRAM:
        yield _quoted(text) if whole else f"{_quoted(text)} *"
        return
    given = {"word": indexed, "most": _ENDINGS + 2}
    found = [term for (term,) in database.execute(_BEGINNING, given)]
    yield from map(_quoted, found) if len(found) <= _ENDINGS else [f"{_quoted(text)} *"]


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), "")}"'
