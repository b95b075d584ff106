"""Rows of the outbox that converge: a wish that waits is replaced by the next one of its subject."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, case, exists, func, null, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.actions import Action
from bot.core.effects import Card, Enter, Entry, Link, Moment, Wish
from bot.core.model import Chat, Offer, Place
from bot.storage.chats.runs import Runs
from bot.storage.schema import tables as t

WAITING, SENT, WITHDRAWN = "waiting", "sent", "withdrawn"
KEPT: Final = tuple(action for action in Action if action.kept)
_ENTRY = "entry"


class Keeping(Runs):
    """What the outbox is asked to keep so; `touched` are the places that got something to do."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.touched: set[int] = set()

    async def keep(self, chat: Chat, place: Place, kept: Card | Enter, now: datetime) -> None:
        """Keep a card, or the chat's entry in the network's calendar, as it says from now on.

        A card does not move between threads: one in another thread has another subject.
        """
        if isinstance(kept, Enter):
            payload: dict[str, Any] = {"entry": _plain(kept.entry)} if kept.entry else {}
            await self._keep(chat, place, Action.ENTRY, _ENTRY, payload, now)
            return
        on = await self._row_of(chat.id, place.id, kept.thread) if kept.thread else None
        if kept.thread and on is None:
            return
        payload = {"text": kept.text, "offers": shown_offers(kept.offers)} if kept.text else {}
        payload |= shown_moments(kept.moments) | ({"about": kept.about} if kept.text and kept.about else {})
        payload |= {"alone": True} if kept.text and kept.alone else {}
        await self._keep(chat, place, Action.CARD, kept.subject, payload, now, on)

    async def receipt(self, place: Place, target: str, text: str, now: datetime) -> None:
        """Wish for a reaction on somebody's message; an empty text takes it off."""
        subject = f"receipt.{place.id}.{target}"
        key, payload = f"{subject}.{now.timestamp()}", {"text": text, "target": target}
        await self._put(place, Action.RECEIPT, subject, key, payload, now)

    async def drop_entries(self, chat_id: int, now: datetime) -> None:
        """Take a chat's entries out of the networks' calendars when the chat itself goes."""
        mine = and_(_OUTBOX.chat_id == chat_id, _OUTBOX.action == Action.ENTRY, _OUTBOX.state == SENT)
        for row in await self._rows(select(t.outbox).where(mine, _OUTBOX.platform_message_id.is_not(None))):
            place, subject = await self.place(row.place_id), f"entry.{row.platform_message_id}"
            payload = {"target": row.platform_message_id}
            await self._put(place, Action.ENTRY, subject, f"{subject}.gone", payload, now)

    async def _keep(
        self,
        chat: Chat,
        place: Place,
        action: Action,
        subject: str,
        payload: dict[str, Any],
        now: datetime,
        on: int | None = None,
    ) -> None:
        this = {"chat": chat.id, "place": place.id, "about": subject}
        last = await self._row(_LAST, **this)
        before = (last.payload, last.depends_on) if last else ({}, on)
        if before == (payload, on):
            return
        await self._do(_GIVEN_UP, **this)
        await self._do(_EMPTIED, **this)
        made = await self._value(_MADE, **this)
        key = f"c{chat.id}.{subject}.p{place.id}.{made}"
        await self._put(place, action, subject, key, payload, now, chat_id=chat.id, depends_on=on)

    async def _wish(self, chat: Chat, place: Place, wish: Wish, key: str, now: datetime) -> None:
        this = {"chat": chat.id, "place": place.id, "about": wish.subject}
        [before] = await self._rows(_WISHED, **this, on=wish.on)
        made, on = before.made, before.post
        if made:
            await self._do(_GIVEN_UP, **this)
        if (wish.on and on is None) or (wish.instants and await self._by_a_person(on)):
            return
        payload = {"text": wish.text, "offers": shown_offers(wish.offers)} | shown_moments(wish.moments)
        await self._put(
            place, wish.action, wish.subject, f"{key}.{made}", payload, now, chat_id=chat.id, depends_on=on
        )

    async def _row_of(self, chat_id: int, place_id: int, subject: str) -> int | None:
        this = {"chat": chat_id, "place": place_id, "about": subject}
        found: int | None = await self._value(_POST_OF, **this)
        return found

    async def let_go_of_outdated(self, row_id: int) -> None:
        """Empty a card that went out, or never will, when something else was wished for meanwhile."""
        later = t.outbox.alias("later")
        newer = exists().where(_same_subject(later), later.c.id > _OUTBOX.id).correlate(t.outbox)
        mine = and_(_OUTBOX.id == row_id, _OUTBOX.action.in_(KEPT), _OUTBOX.state != WAITING, newer)
        await self._do(update(t.outbox).where(mine).values(payload={}))

    async def _by_a_person(self, row_id: int | None) -> bool:
        """Whether somebody's own message stands for a post, which only they can change."""
        row = await self._row(select(_OUTBOX.state, _OUTBOX.attempts).where(_OUTBOX.id == row_id))
        return row is not None and row.state == SENT and not row.attempts

    async def _put(
        self,
        place: Place,
        action: Action,
        subject: str,
        key: str,
        payload: dict[str, Any],
        now: datetime,
        **more: Any,
    ) -> None:
        values = {"place_id": place.id, "action": action, "subject": subject, "key": key, "payload": payload}
        self.touched.add(place.id)
        await self._do(_PUT, urgency=action.urgency, due_at=now, **values, **more)


_OUTBOX = t.outbox.c
_UNTRIED = and_(_OUTBOX.state == WAITING, _OUTBOX.first_attempt_at.is_(None))
_THIS = and_(
    _OUTBOX.chat_id == bindparam("chat"),
    _OUTBOX.place_id == bindparam("place"),
    _OUTBOX.subject == bindparam("about"),
)
_LIVE = and_(_THIS, _OUTBOX.state.in_((WAITING, SENT)))
_LAST = select(t.outbox).where(_LIVE).order_by(_OUTBOX.id.desc()).limit(1)
_POST_OF = select(_OUTBOX.id).where(_LIVE, _OUTBOX.action == Action.POST).order_by(_OUTBOX.id.desc())
_MADE = select(func.count()).select_from(t.outbox).where(_THIS)
_ON = t.outbox.alias("on_it")
_WISHED = select(
    _MADE.scalar_subquery().label("made"),
    select(_ON.c.id)
    .where(
        _ON.c.chat_id == bindparam("chat"),
        _ON.c.place_id == bindparam("place"),
        _ON.c.subject == bindparam("on"),
        _ON.c.state.in_((WAITING, SENT)),
        _ON.c.action == Action.POST,
    )
    .order_by(_ON.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("post"),
)
"""How often something was wished for, and the post on which it hangs."""
_GIVEN_UP = update(t.outbox).where(_THIS, _UNTRIED).values(state=WITHDRAWN)
_EMPTIED = update(t.outbox).where(_THIS, _OUTBOX.state != WAITING).values(payload={})
_PUT = insert(t.outbox).on_conflict_do_nothing(index_elements=["key"])


def kept_id() -> ColumnElement[Any]:
    """The native id of what a kept row keeps in step, if it is there."""
    earlier = t.outbox.alias("kept")
    found = select(earlier.c.platform_message_id).where(_same_subject(earlier), earlier.c.state == SENT)
    last = found.order_by(earlier.c.id.desc()).limit(1).correlate(t.outbox).scalar_subquery()
    return case((_OUTBOX.action.in_(KEPT), last), else_=null())


def kept_turn() -> ColumnElement[bool]:
    """Whether nothing attempted of the same subject stands before a kept row."""
    earlier = t.outbox.alias("turn")
    before = exists().where(_same_subject(earlier), earlier.c.state == WAITING, earlier.c.id < _OUTBOX.id)
    return _OUTBOX.action.not_in(KEPT) | ~before.correlate(t.outbox)


def _same_subject(earlier: FromClause) -> ColumnElement[bool]:
    return and_(*(earlier.c[name] == _OUTBOX[name] for name in ("chat_id", "place_id", "subject", "action")))


def shown_offers(offers: Sequence[Offer]) -> list[list[Any]]:
    """Buttons as a row keeps them."""
    return [
        [one.label, one.line, one.form, one.words, dict(one.values)]
        if one.words
        else [one.label, one.line, *([True] if one.form else [])]
        for one in offers
    ]


def shown_link(link: Link | None) -> dict[str, Any]:
    """What can be pressed to open an address, as a row keeps it."""
    return {"link": [link.label, link.url]} if link else {}


def shown_moments(moments: Sequence[Moment]) -> dict[str, Any]:
    """Instants as a row keeps them."""
    kept = [[one.words, one.at.isoformat(), *([True] if one.below else [])] for one in moments]
    return {"moments": kept} if kept else {}


def moments_of(kept: Sequence[Sequence[Any]]) -> tuple[Moment, ...]:
    """Instants from what a row keeps of them."""
    return tuple(Moment(words, datetime.fromisoformat(at), *below) for words, at, *below in kept)


def entry_of(kept: Mapping[str, Any] | None) -> Entry | None:
    """A calendar's entry from what a row keeps of it."""
    if not kept:
        return None
    begins, ends = (datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at"))
    return Entry(**{**kept, "starts_at": begins, "ends_at": ends})


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        **asdict(entry),
        "starts_at": entry.starts_at.isoformat(),
        "ends_at": entry.ends_at.isoformat(),
    }
