"""Taking a name, or words that were taken back, out of what the bot and others said of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, String, Table, and_, cast, exists, or_, select, update

from bot.core import sentences
from bot.core.actions import Action
from bot.core.collected import copied, thread_of_copy
from bot.core.effects import Card
from bot.core.erasure import Erased
from bot.core.masking import Mask
from bot.core.mentioning import Mentions, Quotes
from bot.core.model import Person, Question
from bot.core.names import names_of
from bot.core.rooms.words import in_language, language_of
from bot.markup import render
from bot.storage.archive.addresses import BROWSER
from bot.storage.doors.members import Members
from bot.storage.forgetting.replies import Replies
from bot.storage.heard.inbound import COPY
from bot.storage.heard.refiling import erasure_of
from bot.storage.outgoing.keeping import SENT, WAITING
from bot.storage.rooms.views import goes_on
from bot.storage.schema import tables as t

OWN_WORDS = "edchat-own-words"
"""What a copy of somebody's own words calls itself."""
TYPED = "typed.{message}"
"""The key of what hosts are shown of a question that a moderator typed."""
_AT_ONCE = 500
_O, _M = t.outbox.c, t.room_message.c


class Unsaying(Members, Replies):
    """What is asked when words or names go: whoever repeated them falls silent too."""

    async def erase(self, message_ids: Sequence[int], now: datetime) -> None:
        """Take words, earlier words and filings of messages away, and wherever the bot quoted them."""
        query = select(t.message.c.id, t.message.c.text, t.message.c.place_id, t.message.c.chat_id)
        rows = await self._rows(query.where(t.message.c.id.in_(message_ids)))
        await super().erase(message_ids, now)
        await self._let_copies_go(message_ids, now)
        await self.drop_reports(message_ids, now)
        await self._drop_typed(message_ids, now)
        await self._take_copies_away(rows, now)
        await self._stop_quoting(rows, now)

    async def _drop_typed(self, message_ids: Sequence[int], now: datetime) -> None:
        """Empty what hosts were shown of questions that moderators typed themselves."""
        told = t.outbox.c.key.in_([TYPED.format(message=one) for one in message_ids])
        for row in await self._rows(select(t.outbox, t.place.c.platform).join(t.place).where(told)):
            await self._empty_post(row, now)

    async def hide(self, message_id: int, now: datetime, why: str | None = None) -> None:
        """Hide a message from readers, with a reason for hosts."""
        await self._show_or_not(message_id, Erased.HIDDEN, now, why)

    async def show(self, message_id: int, now: datetime) -> None:
        """Show a hidden message again."""
        await self._show_or_not(message_id, Erased.SHOWN, now, None)

    async def hide_in_room(self, message_id: int, now: datetime) -> None:
        """Let only its writer and hosts see words that were reported in a room, and readers of no page."""
        row = await self._row(select(_M.place_id).where(_M.id == message_id))
        heard = t.message.c.place_id == (row.place_id if row else None)
        query = select(t.message.c.id).where(heard, t.message.c.platform_message_id == str(message_id))
        if (known := await self._value(query)) is not None:
            await self.hide(known, now)
            await self.settle_reports(known, now)
        else:
            await self.room_veil(message_id, now, veiled=True)
        await self.settle_in_room(message_id, now)

    async def _show_or_not(self, message_id: int, what: Erased, now: datetime, why: str | None) -> None:
        row = await self.message(message_id)
        if row is None:
            return
        values = {"hidden_at": now if what is Erased.HIDDEN else None, "hidden_why": why}
        await self._do(update(t.message).where(t.message.c.id == message_id).values(**values))
        await self.changed([message_id])
        place = await self.place(row.place_id)
        if place.platform == BROWSER and row.platform_message_id.isdecimal():
            await self.room_veil(int(row.platform_message_id), now, veiled=what is Erased.HIDDEN)
        if what is Erased.HIDDEN:
            await self.let_replies_go([row], now)
        self.erasures.append(erasure_of(what, place, row.platform_message_id, now))

    async def hold_writer(self, message_id: int, community_id: int, now: datetime) -> bool:
        """Let hosts see first what a message's writer says next, who is no host; gives whether namelessly."""
        row = await self.message(message_id)
        if row is not None and row.person_id is not None:
            await self.need_holdable(community_id, row.person_id, row.anonymous)
            if row.anonymous:
                await self.hold_for(community_id, row.person_id, row.platform_message_id)
            else:
                await self.hold(community_id, row.person_id, now)
        return row is not None and row.anonymous

    async def unname(
        self, person: Person, community_id: int, now: datetime, *, instead: str = sentences.SOMEBODY
    ) -> None:
        """Take somebody's name out of what others said to and of them; what is quoted stays."""
        mentions = Mentions(person, instead)
        said = and_(
            or_(t.message.c.person_id.is_(None), t.message.c.person_id != person.id),
            or_(
                t.message.c.place_id.in_(places_of(community_id)),
                t.message.c.chat_id.in_(together(community_id)),
            ),
        )
        for row, words in await self._renamed(t.message, t.message.c.text, said, mentions):
            drawn = {"text": words, "body_html": render(words), "render_version": 0}
            await self._do(update(t.message).where(t.message.c.id == row.id).values(**drawn))
            self.stale |= {row.chat_id} - {None}  # a guest's words come in without their chat
        there = and_(_M.place_id.in_(places_of(community_id)), _M.person_id.is_not(None))
        others = and_(there, _M.person_id != person.id)
        for row, words in await self._renamed(t.room_message, _M.text, others, mentions):
            await self._set_in(row, {"text": words, "html": render(words)}, now)
        await self._unname_plans(mentions, community_id)

    async def _unname_plans(self, mentions: Mentions, community_id: int) -> None:
        """The same in earlier words, in questions and in topics."""
        mine = select(t.message.c.id).where(t.message.c.place_id.in_(places_of(community_id)))
        ours = chats_of(community_id)
        plans: tuple[tuple[Table, Column[Any], ColumnElement[bool]], ...] = (
            (t.message_revision, t.message_revision.c.text, t.message_revision.c.message_id.in_(mine)),
            (t.question, t.question.c.text, t.question.c.chat_id.in_(ours)),
            (t.chat, t.chat.c.topic, t.chat.c.id.in_(ours)),
        )
        for table, column, where in plans:
            for row, words in await self._renamed(table, column, where, mentions):
                await self._do(update(table).where(table.c.id == row.id).values({column: words}))
                if table is not t.message_revision:
                    self.stale.add(row.id if table is t.chat else row.chat_id)

    async def mask_of(self, person: Person, community_id: int) -> Mask:
        """What takes somebody's names out of our posts here; where these ask a question they say the same."""
        named = or_(*(t.question.c.text.contains(name, autoescape=True) for name in names_of(person)))
        here = or_(t.series.c.community_id == community_id, t.chat.c.id.in_(together(community_id)))
        query = select(t.question, t.chat.c.series_id).select_from(t.question.join(t.chat).join(t.series))
        lines, mentions, bare = list[str](), Mentions(person), Mask(person)
        for row in await self._rows(query.where(here, named)) if names_of(person) else ():
            if mentions.words(row.text) != row.text or not bare.finds(row.text):
                continue  # it will not say the same, or says no name: many words begin with "Ed"
            series, asked = await self.series(row.series_id), Question(row.id, row.position, row.text)
            lines += [sentences.question(series, asked), sentences.next_is_out(series, asked)]
            chat = await self.chat(row.chat_id)
            lines += [sentences.thread_name(chat, series, asked)] if chat else []
        return Mask(person, lines)

    async def mask_posts(self, person: Person, community_id: int, now: datetime) -> None:
        """Take a name, and the quotes beside it, out of what the bot said in this community and its chats."""
        mask = await self.mask_of(person, community_id)
        places = places_of(community_id)
        of_them = and_(_O.chat_id.in_(together(community_id)), _O.place_id.not_in(places))
        await self._mask_where_posted(of_them, mask, now)
        ours = or_(_O.place_id.in_(places), of_them)
        await self._change_posts(ours, lambda payload: _masked(payload, mask))
        to_them = _O.payload["person"].as_string() == person.native_id
        whispers = and_(_O.action == Action.WHISPER, to_them, _O.state != "waiting", _O.place_id.in_(places))
        await self._do(update(t.outbox).where(whispers).values(payload={"text": "", "offers": []}))

    async def _mask_where_posted(self, posts: ColumnElement[bool], mask: Mask, now: datetime) -> None:
        """Take a name out of the bot's posts where they stand in rooms of its own."""
        sent = exists().where(
            posts, _O.place_id == _M.place_id, _O.platform_message_id == cast(_M.id, String)
        )
        await self.mask_in_rooms(mask, sent, now)

    async def _renamed(
        self, table: Table, column: Column[Any], where: ColumnElement[bool], mentions: Mentions
    ) -> list[tuple[Row[Any], str]]:
        """The rows whose words name somebody, with what they say when they do not."""
        named = [column.contains(sign, autoescape=True) for sign in ("@", ">")]
        named += [column.icontains(name, autoescape=True) for name in mentions.names if " " in name]
        found: list[tuple[Row[Any], str]] = []
        last = 0
        while True:
            query = select(table, column.label("words")).where(where, or_(*named), table.c.id > last)
            rows = await self._rows(query.order_by(table.c.id).limit(_AT_ONCE))
            if not rows:
                return found
            found += [(row, new) for row in rows if (new := mentions.words(row.words)) != row.words]
            last = rows[-1].id

    async def _stop_quoting(self, rows: Sequence[Row[Any]], now: datetime) -> None:
        """Take quotes of messages out of what hosts were told and offered; replies that show them go."""
        await self.let_replies_go(rows, now)
        ids, quotes = {row.id for row in rows}, Quotes(row.text for row in rows)

        def unquoted(payload: dict[str, Any]) -> dict[str, Any]:
            return _unquoted(payload, ids, quotes)

        chats = {row.chat_id for row in rows if row.chat_id}
        await self._change_posts(_O.chat_id.in_(chats), unquoted)
        here = select(t.place.c.community_id).where(t.place.c.id.in_({row.place_id for row in rows}))
        owners = select(t.series.c.community_id).join(t.chat).where(t.chat.c.id.in_(chats))
        rooms = select(t.place.c.id).where(t.place.c.community_id.in_(here.union(owners)))
        bots = and_(_M.place_id.in_(rooms), _M.person_id.is_(None), _M.deleted_at.is_(None))
        quoting = and_(_M.text.contains("“"), or_(_M.only_for.is_not(None), t.place.c.hosts_room))
        query = select(t.room_message).join(t.place).where(bots, or_(_M.offers.is_not(None), quoting))
        for row in await self._rows(query):
            new = unquoted({"text": row.text, "offers": row.offers or []})
            if new["text"] != row.text or len(new["offers"]) != len(row.offers or []):
                html = in_language(render(new["text"]), language_of(row.html))
                values = {"text": new["text"], "html": html, "offers": new["offers"] or None}
                await self._set_in(row, values, now)

    async def _take_copies_away(self, rows: Sequence[Row[Any]], now: datetime) -> None:
        """Take answers out of their questions' threads, also where no network is reached just now."""
        ids, chats = {row.id for row in rows}, {row.chat_id for row in rows if row.chat_id}
        copies = and_(_O.chat_id.in_(chats), _O.subject.startswith(COPY), _O.state.in_((WAITING, SENT)))
        standing = select(_O.chat_id, _O.place_id, _O.subject).where(
            copies, _O.payload["text"].as_string() != ""
        )
        for row in await self._rows(standing.distinct()):
            chat = await self.chat(row.chat_id) if copied(row.subject) in ids else None
            if chat is not None:
                gone = Card(row.subject, "", thread=thread_of_copy(row.subject))
                await self.keep(chat, await self.place(row.place_id), gone, now)

    async def _let_copies_go(self, message_ids: Sequence[int], now: datetime) -> None:
        """Empty the whispers in which the writers of messages were given all their words."""
        writers = select(t.person.c.native_id).join(t.message).where(t.message.c.id.in_(message_ids))
        begun = t.room_message.alias("begun")
        its = begun.c
        first = and_(its.only_for.in_(writers), its.text.contains(f'"{OWN_WORDS}"'))
        whole = or_(_M.id == its.id, goes_on(its.key))
        copies = and_(_M.deleted_at.is_(None), whole, _M.only_for == its.only_for)
        standing = select(t.room_message).join(begun, and_(first, copies))
        await self._erase_in_room(await self._rows(standing), now)

    async def _change_posts(
        self, where: ColumnElement[bool], change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        for row in await self._rows(select(_O.id, _O.payload).where(where)):
            new = change(row.payload)
            if new != row.payload:
                await self._do(update(t.outbox).where(_O.id == row.id).values(payload=new))


def places_of(community_id: int) -> Any:
    """The ids of a community's places."""
    return select(t.place.c.id).where(t.place.c.community_id == community_id)


def chats_of(community_id: int) -> Any:
    """The ids of a community's chats."""
    return select(t.chat.c.id).join(t.series).where(t.series.c.community_id == community_id)


def together(community_id: int) -> Any:
    """The ids of the chats that were held in a community's places, with words from elsewhere in them."""
    return select(t.chat_place.c.chat_id).where(t.chat_place.c.place_id.in_(places_of(community_id)))


def held_in(community_id: int) -> Any:
    """The ids of the chats that are held in a community's places, or will be."""
    home = select(t.series_place.c.series_id).where(t.series_place.c.place_id.in_(places_of(community_id)))
    return select(t.chat.c.id).where(
        or_(t.chat.c.id.in_(together(community_id)), t.chat.c.series_id.in_(home))
    )


def _masked(payload: dict[str, Any], mask: Mask) -> dict[str, Any]:
    if payload.get("entry"):
        entry = payload["entry"]
        return {
            **payload,
            "entry": {**entry, **{name: mask.words(entry[name]) for name in ("title", "about")}},
        }
    if "text" not in payload:
        return payload
    offers = [offer for offer in payload.get("offers", ()) if not mask.finds_on(offer[0], offer[1])]
    return {**payload, "text": mask.words(payload["text"]), "offers": offers}


def _unquoted(payload: dict[str, Any], ids: set[int], quotes: Quotes) -> dict[str, Any]:
    if "text" not in payload:
        return payload
    marks = {f"m{one}" for one in ids}
    offers = [offer for offer in payload.get("offers", ()) if not _is_about(offer[1], marks)]
    return {**payload, "text": quotes.out_of(payload["text"]), "offers": offers}


def _is_about(line: str, marks: set[str]) -> bool:
    """Whether a line is for hosts to do something with one of the messages that go by these marks."""
    group, *words = line.split()
    return group == "answers" and not marks.isdisjoint(words)
