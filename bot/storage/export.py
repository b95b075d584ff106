"""All that the bot keeps for people, as one JSON document of one consistent snapshot."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.model import Chat, Community, Person, Series
from bot.storage.chats.chats import chat_of
from bot.storage.chats.plans import series_of
from bot.storage.forgetting.unsaying import OWN_WORDS
from bot.storage.json_stream import JsonStream, Write
from bot.storage.schema import tables as t
from bot.storage.shown_names import writers_consent
from bot.storage.store import Tx

FORMAT = "edchat-data"
VERSION = 1
_OWN = {"format": OWN_WORDS, "version": VERSION}
_AT_ONCE = 500


async def export(tx: Tx, write: Write, now: datetime | None = None) -> None:
    """Write every community with its chats, posts and messages, and the people; `tx` is the snapshot.

    What opens a door is left out of their words.
    """
    out = JsonStream(write, await tx.secret_hider(SystemClock().real()))
    with out.object_with({"format": FORMAT, "version": VERSION, "exported_at": now or SystemClock().now()}):
        with out.list_of("communities"):
            for community in await tx.communities():
                await _community(tx, out, community)
        with out.list_of("people"):
            await _people(tx, out)


async def own_words(tx: Tx, write: Write, person: Person, community: Community, now: datetime) -> None:
    """Write what is kept of one person in one community, and nothing of anybody else."""
    out = JsonStream(write)
    agreed = await tx.consent(person.id, community.id)
    who: dict[str, object] = {"platform": person.platform, "native_id": person.native_id}
    who |= {"name": person.name}
    before = await tx.former_names(person.id, community.id)
    who |= {"former_names": [*before]} if before else {}
    with out.object_with({**_OWN, "exported_at": now, "community": community.name}):
        out.value(who | (_consent(agreed) if agreed else {}), "person")
        out.value(await tx.hosted_by(person.id, community.id), "guest_host_of")
        with out.list_of("messages"):
            async for rows in tx.own_messages(person.id, community.id):
                await _own_messages(tx, out, rows)


async def _own_messages(tx: Tx, out: JsonStream, rows: Sequence[Row[Any]]) -> None:
    ids = [row.id for row in rows]
    filed, earlier = await tx.filings(ids), await tx.earlier_words(ids)
    for row in rows:
        was = [{"text": old.text, "until": old.replaced_at} for old in earlier.get(row.id, ())]
        chat = {"id": row.chat_id, "starts_at": row.starts_at, "topic": row.topic}
        where = {"chat": chat, "place": row.place_name, "earlier": was}
        out.value(_message(row, filed.get(row.id, ())) | where)


async def _community(tx: Tx, out: JsonStream, community: Community) -> None:
    about = {name: getattr(community, name) for name in ("id", "name", "zone", "language")}
    with out.object_with(about):
        with out.list_of("places"):
            for place in await tx.places_of_community(community.id):
                names = ("id", "platform", "native_id", "name")
                out.value({name: getattr(place, name) for name in names})
        with out.list_of("series"):
            ours = select(t.series).where(t.series.c.community_id == community.id)
            async for row in _each(tx, ours, t.series.c.id):
                await _series(tx, out, series_of(row), row.deleted_at)
        await _messages(tx, out, _of_no_chat(community.id))


async def _series(tx: Tx, out: JsonStream, series: Series, deleted_at: datetime | None) -> None:
    names = ("id", "title", "hashtag", "letters", "visibility", "publish_at_once", "welcome", "paused")
    lengths = {"minutes": series.length.total_seconds() / 60, "tail_days": series.tail.days}
    about = {name: getattr(series, name) for name in (*names, "asks", "days")}
    with out.object_with({**about, **lengths, "deleted_at": deleted_at}):
        with out.list_of("slots"):
            async for slot in _each(tx, select(t.slot).where(t.slot.c.series_id == series.id), t.slot.c.id):
                out.value(_some(slot, "id", "zone", "dtstart_local", "rrule", "exdates", "ended_at"))
        with out.list_of("chats"):
            async for row in _each(tx, select(t.chat).where(t.chat.c.series_id == series.id), t.chat.c.id):
                await _chat(tx, out, chat_of(row))


async def _chat(tx: Tx, out: JsonStream, chat: Chat) -> None:
    names = ("id", "occurrence_local", "zone", "starts_at", "ends_at", "state", "topic", "lead", "rehearsal")
    pages = ("slug", "told", "published_at")
    with out.object_with({name: getattr(chat, name) for name in (*names, *pages)}):
        with out.list_of("questions"):
            for question in await tx.questions(chat.id):
                about = {"number": question.position, "text": question.text, "state": question.state}
                out.value(about | {"asked_at": question.asked_at, "final": question.final})
        with out.list_of("posts"):
            async for row in _each(tx, _posts(chat.id), t.outbox.c.id):
                out.value({"place": row.place_id, "text": row.payload.get("text", ""), **_post(row)})
        await _messages(tx, out, t.message.c.chat_id == chat.id)


async def _messages(tx: Tx, out: JsonStream, which: ColumnElement[bool]) -> None:
    with out.list_of("messages"):
        async for rows in _some_at_once(tx, _said(which), t.message.c.id):
            filed = await tx.filings([row.id for row in rows])
            for row in rows:
                said = _message(row, filed.get(row.id, ()))
                out.value({"place": row.place_id, "author": _author(row), **said})


async def _people(tx: Tx, out: JsonStream) -> None:
    async for row in _each(tx, select(t.person), t.person.c.id):
        agreed = await tx.connection.execute(select(t.consent).where(t.consent.c.person_id == row.id))
        consents = [{"community": one.community_id, **_consent(one)} for one in agreed]
        out.value({**_some(row, "id", "platform", "native_id", "name"), "consents": consents})


def _of_no_chat(community_id: int) -> ColumnElement[bool]:
    """What was said in a community's places in chats of others that did not come here with it."""
    return and_(t.message.c.chat_id.is_(None), t.place.c.community_id == community_id)


def _said(which: ColumnElement[bool]) -> Select[Any]:
    place = t.message.join(t.place, t.place.c.id == t.message.c.place_id)
    whose = place.outerjoin(t.person, t.person.c.id == t.message.c.person_id)
    whose = whose.outerjoin(t.consent, writers_consent())
    names = (t.person.c.name, t.consent.c.pseudonym)
    return select(t.message, *names).select_from(whose).where(which)


def _posts(chat_id: int) -> Select[Any]:
    return select(t.outbox).where(t.outbox.c.chat_id == chat_id, t.outbox.c.action == Action.POST)


def _post(row: Row[Any]) -> Mapping[str, object]:
    return _some(row, "subject", "state", "sent_at", "platform_message_id")


def _author(row: Row[Any]) -> Mapping[str, object] | None:
    named = row.person_id and not row.anonymous
    return {"id": row.person_id, "name": row.pseudonym or row.name} if named else None


def _message(row: Row[Any], filed: Sequence[Row[Any]]) -> dict[str, object]:
    held = [int(number) for number in (row.held or "").split(",") if number]
    about = _some(row, "id", "platform_message_id", "by_host", "text", "kind", "attachments", "anonymous")
    times = _some(row, "said_at", "edited_at", "deleted_at", "picked_at")
    return {
        **about,
        **times,
        "hidden": row.hidden_at is not None,
        "hidden_why": row.hidden_why,
        "filed": [*map(_filed, filed)],
        "held": held,
    }


def _filed(row: Row[Any]) -> Mapping[str, object]:
    flags = [flag for flag in row.flags.split(",") if flag]
    return {"question": row.position, "how": row.how, "inferred": row.inferred, "flags": flags}


def _consent(row: Row[Any]) -> dict[str, object]:
    return _some(row, "pseudonym", "excluded_at", "forgotten_at")


def _some(row: Row[Any], *names: str) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}


async def _each(tx: Tx, query: Select[Any], key: Any) -> AsyncIterator[Row[Any]]:
    async for rows in _some_at_once(tx, query, key):
        for row in rows:
            yield row


async def _some_at_once(tx: Tx, query: Select[Any], key: Any) -> AsyncIterator[Sequence[Row[Any]]]:
    """The rows of a query, 500 at a time, in the order of their ids."""
    last = 0
    while rows := (await tx.connection.execute(query.where(key > last).order_by(key).limit(_AT_ONCE))).all():
        yield rows
        last = rows[-1].id
