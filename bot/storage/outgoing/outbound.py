"""The outbox: what must be said and done in each place, from wish to confirmation."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.actions import Action
from bot.core.confirming import confirmed_by_tick
from bot.core.effects import (
    Card,
    Effect,
    Enter,
    Say,
    Tell,
    Wish,
    Withdraw,
    for_guests,
)
from bot.core.model import Chat, Place
from bot.core.sentences.servers import slow_here
from bot.core.state import Running
from bot.core.telling import OPENING
from bot.storage.archive.addresses import BROWSER
from bot.storage.chats.plans import place_of
from bot.storage.outgoing.keeping import (
    SENT,
    WAITING,
    shown_link,
    shown_moments,
    shown_offers,
)
from bot.storage.outgoing.lagging import TAKEN_BACK, Lagging
from bot.storage.outgoing.queued import NEXT, Queued, queued_of
from bot.storage.schema import tables as t
from bot.storage.schema.columns import Instant

DROPPED, FAILED = "dropped", "failed"
REFUSAL = "refusal"
"""The subject of a reply that says no."""
SHOWS_WORDS = "shows words"
"""The subject of a reply that shows what people said, or may."""
REPLY = "reply."
"""What the key of every reply to a typed command begins with; its number in our books follows."""


class Outbound(Lagging):
    """What is asked of the outbox.

    `touched` are the places that got something to do; `settled` says that a row came to its end.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.settled = False

    async def perform(
        self, state: Running, effects: Sequence[Effect], now: datetime, only: Sequence[Place] | None = None
    ) -> None:
        """Queue what a change of a chat asks for, in every place it concerns, or in some `only`."""
        chat, places = state.chat, await self.places(state.chat) if only is None else only
        for effect in effects:
            if isinstance(effect, Withdraw):
                await self.withdraw(chat.id, effect.subject)
                if not effect.subject:
                    await self._expire(chat.id, now)
                continue
            for place in await self._homes(state, places, effect):
                if self._beyond(place.platform, effect):
                    continue
                await self._queue(state, place, effect, now)

    def _beyond(self, network: str, effect: Effect) -> bool:
        """Whether a network cannot do this at all."""
        action = Action.ENTRY if isinstance(effect, Enter) else getattr(effect, "action", None)
        if action in self.unable.get(network, ()):
            return True
        if isinstance(effect, Wish) and effect.instants and network in self.untimed:
            return True
        return _kept_only(effect) and network not in self.keeps

    async def withdraw(self, chat_id: int, subject: str = "") -> None:
        """Take back what was not attempted yet: one subject with all that hangs on it, or everything.

        What the hosts were to be told stays: it tells what happened, and that is not taken back. So do the
        copies of answers: whatever becomes of the chat, people said that.
        """
        mine = and_(
            t.outbox.c.chat_id == chat_id,
            t.outbox.c.state == WAITING,
            t.outbox.c.first_attempt_at.is_(None),
            ~t.outbox.c.key.startswith(f"c{chat_id}.hosts."),
        )
        if subject:
            named = t.outbox.alias("named")
            on_it = select(named.c.id).where(named.c.chat_id == chat_id, named.c.subject == subject)
            part = or_(t.outbox.c.subject == subject, t.outbox.c.subject.startswith(f"{subject}."))
            mine = and_(mine, or_(part, t.outbox.c.depends_on.in_(on_it)))
        else:
            mine = and_(mine, ~t.outbox.c.subject.startswith("copy."), ~_thread_of_sent(chat_id))
        await self._do(update(t.outbox).where(mine).values(**TAKEN_BACK))

    async def _expire(self, chat_id: int, now: datetime) -> None:
        """Let what was attempted and not confirmed go out now or not at all."""
        mine = and_(t.outbox.c.chat_id == chat_id, t.outbox.c.state == WAITING, t.outbox.c.not_after > now)
        await self._do(update(t.outbox).where(mine).values(not_after=now))

    async def places_with_waiting(self) -> tuple[int, ...]:
        """The places that have something to send."""
        rows = await self._rows(select(t.outbox.c.place_id).where(t.outbox.c.state == WAITING).distinct())
        return tuple(row.place_id for row in rows)

    async def waiting_in(self, place_id: int, but: Sequence[int] = ()) -> Queued | None:
        """The most urgent row of a place that may go now; posts of a place keep their order."""
        return (await self.waiting_in_each([place_id], but)).get(place_id)

    async def waiting_in_each(self, place_ids: Iterable[int], but: Iterable[int]) -> dict[int, Queued]:
        """The most urgent row of each of these places that has one which may go now."""
        given = {"places": json.dumps(sorted(place_ids)), "but": json.dumps(sorted(but))}
        return {row.place_id: await self._whole(row) for row in await self._rows(NEXT, **given)}

    async def _whole(self, row: Row[Any]) -> Queued:
        about = await self._sent_as(row.payload.get("about_row"))
        return replace(queued_of(row), about=about) if about else queued_of(row)

    async def _sent_as(self, row_id: int | None) -> str | None:
        """The native id of what came of a row."""
        if row_id is None:
            return None
        found: str | None = await self._value(
            select(t.outbox.c.platform_message_id).where(t.outbox.c.id == row_id)
        )
        return found

    async def claim(self, row: Queued, now: datetime) -> bool:
        """Note an attempt before it is made; False when the row was taken back meanwhile."""
        return bool(await self._do(_CLAIM, this=row.id, now=now))

    async def confirm(self, row: Queued, native_id: str, now: datetime) -> None:
        """Note what came of an attempt."""
        self.settled = True
        done: dict[str, Any] = {"state": SENT, "platform_message_id": native_id or None, "sent_at": now}
        if row.action is Action.WHISPER:  # meant for one person's eyes; nobody needs it here any more
            done["payload"] = _to_be_confirmed(row)
        await self._do(_CONFIRM, this=row.id, **done)
        if row.action.kept:
            await self.let_go_of_outdated(row.id)
        if row.action is Action.ROOM and native_id and row.target is None:
            await self.enter_hosts_room(row.place, native_id, row.text, now)

    async def give_up(self, row: Queued, state: str) -> None:
        """Note that a row will never be sent, and with it what hangs on it."""
        self.settled = True
        mine = or_(t.outbox.c.id == row.id, t.outbox.c.depends_on == row.id)
        await self._do(update(t.outbox).where(mine, t.outbox.c.state == WAITING).values(state=state))
        if row.action is Action.WHISPER:  # what nobody saw may hold what opens a door
            kept = update(t.outbox).where(t.outbox.c.id == row.id)
            await self._do(kept.values(payload={"person": row.person}))
        if row.action.kept:
            await self.let_go_of_outdated(row.id)

    async def said_by_person(
        self, chat_id: int, place_id: int, subject: str, native_id: str, now: datetime
    ) -> None:
        """Note that somebody's own message is a post that waits here: the rest hangs on it."""
        mine = and_(
            t.outbox.c.chat_id == chat_id, t.outbox.c.place_id == place_id, t.outbox.c.subject == subject
        )
        unsent = and_(mine, t.outbox.c.state == WAITING, t.outbox.c.action == Action.POST)
        values = {"state": SENT, "platform_message_id": native_id, "first_attempt_at": now, "sent_at": now}
        await self._do(update(t.outbox).where(unsent).values(**values))

    async def _homes(self, state: Running, places: Sequence[Place], effect: Effect) -> Sequence[Place]:
        if not (isinstance(effect, Tell) or (isinstance(effect, Card) and effect.hosts)):
            return places
        row = await self._row(_HOSTS_ROOM, community=state.series.community_id)
        return (place_of(row),) if row else ()

    async def _queue(
        self, state: Running, place: Place, effect: Say | Wish | Tell | Card | Enter, now: datetime
    ) -> None:
        chat, guests = state.chat, place.community_id != state.series.community_id
        if isinstance(effect, Card | Enter):
            await self.keep(chat, place, for_guests(effect, state.links.page) if guests else effect, now)
            return
        key = f"c{chat.id}.{'hosts.' if isinstance(effect, Tell) else ''}{effect.subject}.p{place.id}"
        if isinstance(effect, Wish):
            text = await self._text(chat, place, effect, guests=guests)
            await self._wish(chat, place, replace(effect, text=text), key, now)
            return
        payload: dict[str, Any] = {"text": effect.text, "offers": shown_offers(effect.offers)}
        payload |= shown_moments(effect.moments)
        more: dict[str, Any] = {"chat_id": chat.id}
        if isinstance(effect, Say):
            payload |= await self._words(chat, place, effect, guests=guests)
            more |= await self._about(state, place, effect, now)
            if effect.thread and more["depends_on"] is None:
                return
        await self._put(place, Action.POST, effect.subject, key, payload, now, **more)

    async def _about(self, state: Running, place: Place, said: Say, now: datetime) -> dict[str, Any]:
        """Which question a post is about, until when it may be posted, and whose thread it goes to."""
        asked = next((q.id for q in state.questions if q.position == said.question), None)
        if asked is not None:
            await self.let_pass(state, place, now)
        thread = await self._row_of(state.chat.id, place.id, said.thread) if said.thread else None
        return {"not_after": said.not_after, "question_id": asked, "depends_on": thread}

    async def _words(self, chat: Chat, place: Place, said: Say, *, guests: bool) -> dict[str, Any]:
        """What a post says in this place, and where it leads."""
        text = await self._text(chat, place, said, guests=guests)
        if said.subject == OPENING:
            slow = await self._value(select(t.place.c.slow).where(t.place.c.id == place.id))
            text += f"\n{slow_here(slow)}" if slow else ""
        words: dict[str, Any] = {"text": text} | shown_link(said.link)
        words |= {"ping": said.ping} if said.ping and not guests else {}
        if said.about:
            words["about_row"] = await self._row_of(chat.id, place.id, said.about)
        return words

    async def _text(self, chat: Chat, place: Place, said: Say | Wish, *, guests: bool) -> str:
        readers = await self.told_in(chat, place) if said.variants else None
        return said.said_in(guests=guests, readers=readers, inside=place.platform == BROWSER)


_CLAIM = (
    update(t.outbox)
    .where(t.outbox.c.id == bindparam("this"), t.outbox.c.state == WAITING)
    .values(
        first_attempt_at=func.coalesce(t.outbox.c.first_attempt_at, bindparam("now", type_=Instant)),
        attempts=t.outbox.c.attempts + 1,
    )
)
_CONFIRM = update(t.outbox).where(t.outbox.c.id == bindparam("this"))
_HOSTS_ROOM = (
    select(t.place)
    .where(t.place.c.community_id == bindparam("community"), t.place.c.hosts_room)
    .order_by(t.place.c.id)
    .limit(1)
)


def _kept_only(effect: Effect) -> bool:
    """Whether this is for networks that keep cards and show instants."""
    return isinstance(effect, Card | Enter) or (isinstance(effect, Wish) and effect.instants)


def _to_be_confirmed(row: Queued) -> dict[str, Any]:
    """What a sent whisper keeps: the offer that a tick of its person takes up."""
    offer = confirmed_by_tick(row.offers)
    return {"offers": shown_offers((offer,)), "person": row.person} if offer else {}


def _thread_of_sent(chat_id: int) -> ColumnElement[bool]:
    """Whether a row makes the thread of a question that is out: its answers belong there, also late ones."""
    post = t.outbox.alias("post")
    sent = select(post.c.id).where(post.c.chat_id == chat_id, post.c.state == SENT)
    return and_(t.outbox.c.action == Action.THREAD, t.outbox.c.depends_on.in_(sent))
