"""The outbox: what must be said and done in each place, from wish to confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.actions import Action
from bot.core.effects import Card, Effect, Enter, Entry, Link, Moment, Say, Tell, Wish, Withdraw
from bot.core.model import Chat, Offer, Place
from bot.core.state import Running
from bot.storage import tables as t
from bot.storage.keeping import (
    SENT,
    WAITING,
    WITHDRAWN,
    entry_of,
    kept_id,
    kept_turn,
    moments_of,
    shown_link,
    shown_moments,
    shown_offers,
)
from bot.storage.talking import Talking

DROPPED, FAILED = "dropped", "failed"
REFUSAL = "refusal"
"""The subject of a reply that says no."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One row of the outbox, ready to be tried."""

    id: int
    place: Place
    action: Action
    subject: str
    text: str
    offers: tuple[Offer, ...]
    target: str | None
    person: str | None
    thread: str | None
    entry: Entry | None
    about: str | None
    moments: tuple[Moment, ...]
    link: Link | None
    chat_id: int | None
    due_at: datetime
    not_after: datetime | None
    first_attempt_at: datetime | None


class Outbound(Talking):
    """What is asked of the outbox.

    `touched` are the places that got something to do; `settled` says that a row came to its end.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.settled = False

    async def perform(self, state: Running, effects: Sequence[Effect], now: datetime) -> None:
        """Queue what a change of a chat asks for, in every place it concerns."""
        chat, places = state.chat, await self.places(state.chat)
        for effect in effects:
            if isinstance(effect, Withdraw):
                await self.withdraw(chat.id, effect.subject)
                if not effect.subject:
                    await self._expire(chat.id, now)
                continue
            for place in await self._homes(chat, places, effect):
                if _kept_only(effect) and place.platform not in self.keeps:
                    continue
                await self._queue(state, place, effect, now)

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
        await self._do(
            update(t.outbox).where(mine).values(state=WITHDRAWN, key=t.outbox.c.key + ".w" + _own_id())
        )

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
        earlier_post = select(func.min(_FIRST.c.id)).where(
            _FIRST.c.place_id == place_id, _FIRST.c.state == WAITING, _FIRST.c.action.in_(_IN_ORDER)
        )
        in_turn = or_(t.outbox.c.action.not_in(_IN_ORDER), t.outbox.c.id == earlier_post.scalar_subquery())
        query = _QUEUED.where(t.outbox.c.place_id == place_id, in_turn, t.outbox.c.id.not_in(but))
        row = await self._row(query.order_by(t.outbox.c.urgency, t.outbox.c.id).limit(1))
        if row is None:
            return None
        about = await self._sent_as(row.payload.get("about_row"))
        return replace(_queued_of(row), about=about) if about else _queued_of(row)

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
        first = func.coalesce(t.outbox.c.first_attempt_at, now)
        change = update(t.outbox).where(t.outbox.c.id == row.id, t.outbox.c.state == WAITING)
        return bool(await self._do(change.values(first_attempt_at=first, attempts=t.outbox.c.attempts + 1)))

    async def confirm(self, row: Queued, native_id: str, now: datetime) -> None:
        """Note what came of an attempt."""
        self.settled = True
        done: dict[str, Any] = {"state": SENT, "platform_message_id": native_id or None, "sent_at": now}
        if row.action is Action.WHISPER:  # meant for one person's eyes; nobody needs it here any more
            done["payload"] = {}
        await self._do(update(t.outbox).where(t.outbox.c.id == row.id).values(**done))
        await self.let_go_of_outdated(row.id)
        if row.action is Action.ROOM and native_id:
            await self.enter_hosts_room(row.place, native_id, row.text, now)

    async def give_up(self, row: Queued, state: str) -> None:
        """Note that a row will never be sent, and with it what hangs on it."""
        self.settled = True
        mine = or_(t.outbox.c.id == row.id, t.outbox.c.depends_on == row.id)
        await self._do(update(t.outbox).where(mine, t.outbox.c.state == WAITING).values(state=state))
        await self.let_go_of_outdated(row.id)

    async def nobody_was_asked(self, chat_id: int) -> bool:
        """Whether posts of a chat wait in every one of its places."""
        mine = and_(t.outbox.c.chat_id == chat_id, t.outbox.c.action == Action.POST, _ASKS)
        rows = select(t.outbox.c.place_id, func.sum(t.outbox.c.state == WAITING).label("waiting")).where(mine)
        waiting = [row.waiting for row in await self._rows(rows.group_by(t.outbox.c.place_id))]
        return bool(waiting) and all(waiting)

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

    async def _homes(self, chat: Chat, places: Sequence[Place], effect: Effect) -> Sequence[Place]:
        if not (isinstance(effect, Tell) or (isinstance(effect, Card) and effect.hosts)):
            return places
        series = await self.series(chat.series_id)
        community = await self.community(series.community_id)
        return (await self.place(community.hosts_place_id),) if community.hosts_place_id else ()

    async def _queue(
        self, state: Running, place: Place, effect: Say | Wish | Tell | Card | Enter, now: datetime
    ) -> None:
        chat = state.chat
        if isinstance(effect, Card | Enter):
            await self.keep(chat, place, effect, now)
            return
        key = f"c{chat.id}.{'hosts.' if isinstance(effect, Tell) else ''}{effect.subject}.p{place.id}"
        if isinstance(effect, Wish):
            await self._wish(chat, place, effect, key, now)
            return
        payload: dict[str, Any] = {"text": effect.text, "offers": shown_offers(effect.offers)}
        more: dict[str, Any] = {"chat_id": chat.id}
        if isinstance(effect, Say):
            asked = next((q.id for q in state.questions if q.position == effect.question), None)
            more |= {"not_after": effect.not_after, "question_id": asked}
            payload |= shown_link(effect.link)
        payload |= shown_moments(effect.moments)
        if isinstance(effect, Say) and effect.about:
            payload["about_row"] = await self._row_of(chat.id, place.id, effect.about)
        if isinstance(effect, Say) and effect.thread:
            more["depends_on"] = await self._row_of(chat.id, place.id, effect.thread)
            if more["depends_on"] is None:
                return
        await self._put(place, Action.POST, effect.subject, key, payload, now, **more)


def _kept_only(effect: Effect) -> bool:
    """Whether this is for networks that keep cards and show instants."""
    return isinstance(effect, Card | Enter) or (isinstance(effect, Wish) and effect.instants)


_IN_ORDER = (Action.POST,)
_FIRST = t.outbox.alias("first")
_ASKS = or_(t.outbox.c.question_id.is_not(None), t.outbox.c.subject == "open")


def _thread_of_sent(chat_id: int) -> ColumnElement[bool]:
    """Whether a row makes the thread of a question that is out: its answers belong there, also late ones."""
    post = t.outbox.alias("post")
    sent = select(post.c.id).where(post.c.chat_id == chat_id, post.c.state == SENT)
    return and_(t.outbox.c.action == Action.THREAD, t.outbox.c.depends_on.in_(sent))


def _own_id() -> ColumnElement[str]:
    return func.cast(t.outbox.c.id, t.outbox.c.key.type)


def _queued() -> Select[Any]:
    """Rows that wait and whose forerunner, if any, was sent."""
    before = t.outbox.alias("before")
    ready = and_(t.outbox.c.state == WAITING, or_(t.outbox.c.depends_on.is_(None), before.c.state == SENT))
    joined = t.outbox.outerjoin(before, before.c.id == t.outbox.c.depends_on).join(
        t.place, t.place.c.id == t.outbox.c.place_id
    )
    columns = [c for c in t.outbox.c if c.name != "place_id"]
    named = (
        t.place.c.id.label("place_id"),
        t.place.c.community_id,
        t.place.c.platform,
        t.place.c.native_id,
        t.place.c.name,
    )
    return (
        select(
            *columns,
            *named,
            before.c.platform_message_id.label("on_native_id"),
            kept_id().label("kept_native_id"),
        )
        .select_from(joined)
        .where(ready, kept_turn())
    )


# Made once: it is asked before each sending, and making it takes longer than running it.
_QUEUED = _queued()


def _queued_of(row: Row[Any]) -> Queued:
    payload, action = row.payload, Action(row.action)
    return Queued(
        id=row.id,
        place=Place(row.place_id, row.community_id, row.platform, row.native_id, row.name),
        action=action,
        subject=row.subject,
        text=payload.get("text", ""),
        offers=tuple(Offer(*offer) for offer in payload.get("offers", ())),
        target=row.kept_native_id or payload.get("target")
        if action.kept
        else row.on_native_id or payload.get("target"),
        person=payload.get("person"),
        thread=row.on_native_id if action.kept else None,
        entry=entry_of(payload.get("entry")),
        about=payload.get("about"),
        moments=moments_of(payload.get("moments", ())),
        link=Link(*payload["link"]) if payload.get("link") else None,
        chat_id=row.chat_id,
        due_at=row.due_at,
        not_after=row.not_after,
        first_attempt_at=row.first_attempt_at,
    )
