"""Answers given elsewhere, kept in their question's thread on the networks that collect them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from bot.core import collected
from bot.core.collected import Given
from bot.core.model import ChatState, Collecting
from bot.core.sentences.collecting import WITHOUT_NAME
from bot.storage.heard.inbound import BY_FORM
from bot.storage.outgoing.keeping import SENT, WAITING
from bot.storage.outgoing.outbound import Outbound
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name, writers_consent

_OPEN = (ChatState.OPEN, ChatState.WRAPPING, ChatState.CLOSED, ChatState.TAIL)


class Copies(Outbound):
    """What is asked of copies."""

    async def collect(self, now: datetime) -> None:
        """Bring the copies of answers that were worded or filed anew in step."""
        if not (self.collects and self.recollect):
            return
        rows = await self._rows(_given(self.recollect, self.collects))
        filed = await self._filed([row.id for row in rows])
        before = await self._copied([row.chat_id for row in rows])
        for row in rows:
            given, subjects = _answer(row, filed[row.id]), before[row.id]
            # Whatever else changes, nobody wakes threads for it in which no answers count any more.
            if row.state in _OPEN or (given.gone and subjects):
                await self._bring_in_step(row, given, frozenset(subjects), now)

    async def _bring_in_step(
        self, row: Row[Any], given: Given, subjects: frozenset[str], now: datetime
    ) -> None:
        chat, place = await self.chat(row.chat_id), await self.place(row.place_id)
        if chat is None:
            return
        heard = {one.id for one in await self.places(chat)}
        for card in collected.cards(given, subjects, Collecting(row.collecting)):
            if place.id in heard or not card.text:  # in a muted place nothing is posted, but words still go
                await self.keep(chat, place, card, now)

    async def copy_of(self, place_id: int, native_id: str) -> int | None:
        """The message whose copy this is, if it is one."""
        o = t.outbox.c
        query = select(o.subject).where(o.place_id == place_id, o.platform_message_id == native_id)
        subject = await self._value(query.where(o.subject.startswith("copy.")).limit(1))
        return int(subject.split(".")[1]) if subject else None

    async def _filed(self, message_ids: Sequence[int]) -> defaultdict[int, set[int]]:
        query = select(t.filing.c.message_id, t.question.c.position).join(
            t.question, t.question.c.id == t.filing.c.question_id
        )
        found: defaultdict[int, set[int]] = defaultdict(set)
        for row in await self._rows(query.where(t.filing.c.message_id.in_(message_ids))):
            found[row.message_id].add(row.position)
        return found

    async def _copied(self, chat_ids: Sequence[int]) -> defaultdict[int, set[str]]:
        """The subjects of the copies that stand or are to stand, by message."""
        o, found = t.outbox.c, defaultdict[int, set[str]](set)
        live = and_(o.chat_id.in_(set(chat_ids)), o.state.in_((WAITING, SENT)))
        for row in await self._rows(select(o.subject).where(live, o.subject.startswith("copy.")).distinct()):
            found[int(row.subject.split(".")[1])].add(row.subject)
        return found


_JOINED = (
    t.message.join(t.place, t.place.c.id == t.message.c.place_id)
    .join(t.chat, t.chat.c.id == t.message.c.chat_id)
    .join(t.series, t.series.c.id == t.chat.c.series_id)
    .outerjoin(t.question, t.question.c.id == t.message.c.thread_question_id)
    .outerjoin(t.person, t.person.c.id == t.message.c.person_id)
    .outerjoin(t.consent, writers_consent())
)
_SHOWN = shown_name().label("shown")
_LEFT_OUT = (t.consent.c.excluded_at.is_not(None) | t.consent.c.forgotten_at.is_not(None)).label("left_out")


def _given(message_ids: set[int], collects: frozenset[str]) -> Select[Any]:
    m = t.message.c
    columns = (
        *(m.id, m.chat_id, m.place_id, m.platform_message_id, m.text, m.kind, m.anonymous, m.deleted_at),
        *(
            m.hidden_at,
            t.chat.c.state,
            t.series.c.collecting,
            t.question.c.position,
            t.consent.c.pseudonym,
            _SHOWN,
            _LEFT_OUT,
        ),
    )
    mine = and_(m.id.in_(message_ids), t.place.c.platform.in_(collects))
    return select(*columns).select_from(_JOINED).where(mine, t.chat.c.rehearsal.is_(False))


def _answer(row: Row[Any], filed: set[int]) -> Given:
    by_form = row.platform_message_id.startswith(BY_FORM)
    nameless = row.anonymous or not row.shown
    return Given(
        message_id=row.id,
        name=WITHOUT_NAME if nameless else row.shown,
        text=row.text,
        # No link from a chosen name to the message that shows the other one.
        native_id="" if by_form or nameless or row.pseudonym else row.platform_message_id,
        thread=0 if by_form else row.position or 0,
        filed=frozenset(filed) if row.kind == "answer" else frozenset(),
        gone=bool(row.deleted_at or row.hidden_at or row.left_out or not row.text),
        by_form=by_form,
    )
