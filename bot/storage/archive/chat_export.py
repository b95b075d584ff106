"""One chat's files, written piece by piece from one snapshot: as JSON, as a table, as Markdown."""

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from bot.core.actions import Action
from bot.core.archive import chat_markdown, chat_rows
from bot.core.archive.chat_document import Asked, Head, Line, Whence, shown_questions, without_native_ids
from bot.core.archive.completeness import Completeness, completeness
from bot.core.archive.page_words import network_name
from bot.core.archive.parts import MOST
from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import Chat
from bot.core.sentences.chat import letter
from bot.storage.archive.glance import visit
from bot.storage.archive.lists import words_in
from bot.storage.archive.page import read_frame
from bot.storage.archive.readable import readable_beside, readable_messages
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.json_stream import JsonStream
from bot.storage.schema import tables as t
from bot.storage.shown_names import writers_consent, writers_name
from bot.storage.store import Tx

_AT_ONCE = 100
_IDS_AT_ONCE = 2_000
_parent = t.message.alias("parent")
_parents = t.consent.alias("parents")
_parent_filing = t.filing.alias("parent_filing")
_WHENCE = (
    t.place.c.name.label("where_name"),
    t.place.c.platform.label("where_platform"),
    t.community.c.name.label("where_community"),
)
_BY_TIME = (t.message.c.said_at, t.message.c.id)
_A_COMMENT = t.message.c.kind == MessageKind.COMMENT
_ANSWERED_BY_TIME = tuple(case((_A_COMMENT, column)) for column in (_parent.c.said_at, _parent.c.id))


async def head_of(tx: Tx, chat: Chat, url: str, audience: Audience) -> Head:
    """What a chat's files begin with."""
    series = await tx.series(chat.series_id)
    community = await tx.community(series.community_id)
    return Head(
        url=url,
        community=community.name,
        community_slug=community.slug,
        series=series.title,
        series_slug=series.slug,
        hashtag=series.hashtag,
        day=chat.slug or "",
        topic=chat.topic,
        starts_at=chat.starts_at,
        ends_at=chat.ends_at,
        zone=chat.zone,
        state=chat.state,
        lead=chat.lead,
        published_at=chat.published_at,
        questions=await _questions(tx, chat, audience),
        letter=letter(series),
        places=await _places(tx, chat),
        completeness=await _completeness(tx, chat, audience),
        many=await words_in(tx, chat.id) > MOST,
    )


async def _questions(tx: Tx, chat: Chat, audience: Audience) -> tuple[Asked, ...]:
    asked = tuple(Asked(q.position, q.text, q.state, q.asked_at) for q in await tx.questions(chat.id))
    return shown_questions(asked, audience, chat.state)


async def _completeness(tx: Tx, chat: Chat, audience: Audience) -> Completeness:
    frame = await visit(tx.connection, partial(read_frame, chat_id=chat.id, audience=audience))
    return completeness(frame) if frame else Completeness()


async def _places(tx: Tx, chat: Chat) -> tuple[Whence, ...]:
    """Where the chat was held, or will be."""
    opened = select(*_WHENCE).join(t.community, t.community.c.id == t.place.c.community_id)
    opened = opened.join(t.chat_place, t.chat_place.c.place_id == t.place.c.id)
    rows = await tx.connection.execute(opened.where(t.chat_place.c.chat_id == chat.id).order_by(t.place.c.id))
    found = tuple(map(_whence, rows))
    return found or tuple(
        [
            Whence(place.name, network_name(place.platform), (await tx.community_of(place)).name)
            for place in await tx.places(chat)
        ]
    )


def _whence(row: Any) -> Whence:
    return Whence(row.where_name, network_name(row.where_platform), row.where_community)


async def as_json(tx: Tx, chat: Chat, head: Head, audience: Audience) -> AsyncIterator[str]:
    """The JSON file, in pieces."""
    written: list[str] = []
    out = JsonStream(written.append)
    with out.object_with(head.as_row(audience)):
        with out.list_of("messages"):
            async for lines in _lines(tx, chat, audience, await _ids(tx, _all(chat, audience))):
                for line in lines:
                    out.value(line.as_row(head))
                yield _taken(written)
        if audience.reads is Reads.HOSTS:
            out.value(await _posts(tx, chat), "posts")
    yield _taken(written) + "\n"


async def as_table(tx: Tx, chat: Chat, head: Head, audience: Audience) -> AsyncIterator[str]:
    """The table, in pieces."""
    for_hosts = audience.reads is Reads.HOSTS
    yield chat_rows.heading(for_hosts)
    async for lines in _lines(tx, chat, audience, await _ids(tx, _all(chat, audience))):
        yield chat_rows.table_of(head, lines, for_hosts)


async def as_markdown(tx: Tx, chat: Chat, head: Head, audience: Audience) -> AsyncIterator[str]:
    """The Markdown file, in pieces: each question with its answers and their comments, then the rest."""
    yield chat_markdown.opening(head)
    told: set[int] = set()
    for asked in head.questions:
        yield chat_markdown.question(head, asked)
        ids = await _ids(tx, _under(chat, audience, asked.number))
        told.update(ids)
        async for lines in _lines(tx, chat, audience, ids):
            yield "".join(chat_markdown.message(head, line) for line in lines)
    rest = [one for one in await _ids(tx, _readable(chat, audience)) if one not in told]
    if rest:
        yield chat_markdown.besides()
    async for lines in _lines(tx, chat, audience, rest):
        yield "".join(chat_markdown.message(head, line) for line in lines)


def _taken(written: list[str]) -> str:
    piece = "".join(written)
    written.clear()
    return piece


async def _ids(tx: Tx, query: Select[Any]) -> list[int]:
    """Every id, fetched some thousand at a time, so that others have their turn meanwhile."""
    ids: list[int] = []
    async with tx.connection.stream(query) as found:
        async for some in found.scalars().partitions(_IDS_AT_ONCE):
            ids += some
    return ids


def _over_messages(query: Select[Any]) -> Select[Any]:
    """A query over messages with all that decides who may read them, and the message each replies to."""
    replied = and_(
        _parent.c.place_id == t.message.c.place_id,
        _parent.c.platform_message_id == t.message.c.reply_to,
        _parent.c.chat_id == t.message.c.chat_id,
    )
    return query.select_from(WORDS_OF_CHATS.outerjoin(_parent, replied))


def _readable(chat: Chat, audience: Audience) -> Select[Any]:
    """The ids of the messages that these readers may read, oldest first."""
    query = _over_messages(select(t.message.c.id)).where(t.message.c.chat_id == chat.id)
    return query.where(readable_messages(audience)).order_by(*_BY_TIME)


def _all(chat: Chat, audience: Audience) -> Select[Any]:
    """The same, for hosts with what was taken back, so that everything keeps its place."""
    if audience.reads is Reads.HOSTS:
        return select(t.message.c.id).where(t.message.c.chat_id == chat.id).order_by(*_BY_TIME)
    return _readable(chat, audience)


def _under(chat: Chat, audience: Audience, number: int) -> Select[Any]:
    """The ids of a question's answers, each followed by its comments."""
    filed, parents = _filed_under(t.message, t.filing, number), _filed_under(_parent, _parent_filing, number)
    comments = and_(_A_COMMENT, parents)
    under = [func.coalesce(above, own) for above, own in zip(_ANSWERED_BY_TIME, _BY_TIME, strict=True)]
    return _readable(chat, audience).where(or_(filed, comments)).order_by(None).order_by(*under, *_BY_TIME)


def _filed_under(message: Any, filing: Any, number: int) -> ColumnElement[bool]:
    query = select(filing.c.message_id).join(t.question, t.question.c.id == filing.c.question_id)
    named = query.where(t.question.c.position == number, filing.c.message_id == message.c.id)
    return named.correlate(message).exists()


async def _lines(tx: Tx, chat: Chat, audience: Audience, ids: Sequence[int]) -> AsyncIterator[Sequence[Line]]:
    """Messages in the order of these ids, 100 at a time."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = {row.id: row for row in await tx.connection.execute(_whole(audience, some))}
        filed = await tx.filings(some)
        edits = await tx.earlier_words(some) if audience.reads is Reads.HOSTS else {}
        yield [
            _line(rows[one], filed.get(one, ()), edits.get(one, ()), audience) for one in some if one in rows
        ]


def _whole(audience: Audience, ids: Sequence[int]) -> Select[Any]:
    names = (writers_name().label("shown"), t.place.c.native_id.label("place_native_id"), *_WHENCE)
    answered = case((readable_beside(audience, _parent, _parents), _parent.c.public_id)).label("answered")
    readable = readable_messages(audience).label("readable")
    query = _over_messages(select(t.message, *names, answered, readable))
    query = query.join(t.community, t.community.c.id == t.place.c.community_id)
    query = query.outerjoin(_parents, writers_consent(_parents, _parent))
    return query.outerjoin(t.person, t.person.c.id == t.message.c.person_id).where(t.message.c.id.in_(ids))


def _line(row: Row[Any], filed: Sequence[Row[Any]], edits: Sequence[Row[Any]], audience: Audience) -> Line:
    for_hosts, gone = audience.reads is Reads.HOSTS, not row.readable
    return Line(
        id=row.public_id,
        kind=MessageKind(row.kind),
        questions=tuple(one.position for one in filed),
        author=None if gone else row.shown or None,
        by_host=row.by_host and not gone and not row.anonymous,
        said_at=row.said_at,
        edited_at=row.edited_at,
        text="" if gone else row.text if for_hosts else without_native_ids(row.text),
        reply_to=row.answered,
        gone=gone,
        whence=_whence(row),
        picked=row.picked_at is not None and not gone,
        known=_known(row, filed, edits) if for_hosts else {},
    )


def _known(row: Row[Any], filed: Sequence[Row[Any]], edits: Sequence[Row[Any]]) -> Mapping[str, object]:
    """What only hosts are told of a message."""
    held = [int(number) for number in (row.held or "").split(",") if number]
    return {
        "place": row.place_native_id,
        "platform_message_id": row.platform_message_id,
        "filed": [*map(_filed, filed)],
        "held": held,
        "edits": [edit.replaced_at for edit in edits],
        "anonymous": row.anonymous,
        "hidden": row.hidden_at is not None,
        "hidden_why": row.hidden_why,
        "deleted_at": row.deleted_at,
        "picked_at": row.picked_at,
        "attachments": row.attachments if row.readable and row.attachments else [],
    }


def _filed(row: Row[Any]) -> Mapping[str, object]:
    flags = [flag for flag in row.flags.split(",") if flag]
    return {"question": row.position, "how": row.how, "inferred": row.inferred, "flags": flags}


async def _posts(tx: Tx, chat: Chat) -> list[dict[str, object]]:
    """What the bot said in the chat."""
    o = t.outbox.c
    text = func.coalesce(o.payload["text"].as_string(), "").label("text")
    where = t.place.c.native_id.label("place")
    query = select(o.subject, text, where, o.state, o.sent_at, o.platform_message_id).join(t.place)
    mine = query.where(o.chat_id == chat.id, o.action == Action.POST).order_by(o.id)
    return [dict(row) for row in (await tx.connection.execute(mine)).mappings()]
