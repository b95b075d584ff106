"""What hosts last changed of messages: how each was before, so that it can be as it was again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, cast, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.filing import MessageKind
from bot.core.model import How, Question
from bot.storage.heard.refiling import Refiling
from bot.storage.schema import tables as t

_KEPT: Final = ("kind", "why", "held")
MOST_BACK: Final = 50
"""How many changes of one message can be taken back, the last one first."""


@dataclass(frozen=True, slots=True)
class AsItWas:
    """A message before a host changed it: where it was filed and why, and whether picked or hidden.

    What it was before that change, and whose that was, stands within under `earlier`.
    """

    message_id: int
    was: Mapping[str, Any]

    @property
    def hidden(self) -> bool:
        """Whether readers did not see it."""
        return bool(self.was["hidden"])

    @property
    def hidden_why(self) -> str | None:
        """Why it was hidden."""
        why: str | None = self.was["hidden_why"]
        return why

    @property
    def picked_at(self) -> datetime | None:
        """Since when it was one of the good bits."""
        return _moment(self.was["picked"])

    @property
    def kind(self) -> MessageKind:
        """What it was."""
        return MessageKind(self.was["kind"])

    @property
    def questions(self) -> tuple[int, ...]:
        """The ids of the questions it was under."""
        return tuple(int(one["question"]) for one in self.was["filed"])

    @property
    def reports(self) -> tuple[int, ...]:
        """What was reported of it and not settled."""
        return tuple(self.was["reports"])

    def filed_as(self, other: AsItWas) -> bool:
        """Whether it stood in the same place as another time, and came there in the same way."""
        return all(self.was[name] == other.was[name] for name in ("kind", "why", "held", "filed"))


class Sorting(Refiling):
    """What is asked when a host changes their mind."""

    async def as_it_is(self, message_id: int) -> AsItWas:
        """How a message stands now, before somebody changes it."""
        row = await self.message(message_id)
        if row is None:
            raise LookupError(f"no message {message_id}")
        filed = select(t.filing).where(t.filing.c.message_id == message_id)
        filings = await self._rows(filed.order_by(t.filing.c.question_id))
        was: dict[str, Any] = {name: getattr(row, name) for name in _KEPT}
        was |= {"filed": [_written(one) for one in filings], "hidden": row.hidden_at is not None}
        was |= {"hidden_why": row.hidden_why, "picked": row.picked_at and row.picked_at.isoformat()}
        was |= {"reports": await self._open_reports(message_id), "earlier": row.sorted_from}
        return AsItWas(message_id, was)

    async def remember(self, before: AsItWas, by: int, now: datetime) -> None:
        """Note how a message was before this host changed it."""
        change = update(t.message).where(t.message.c.id == before.message_id)
        sorted_from = _cut({"by": by, "at": now.isoformat(), **before.was})
        await self._do(change.values(sorted_from=sorted_from))

    async def last_sorted(self, chat_id: int, by: int) -> AsItWas | None:
        """The message of a chat that somebody changed last, and nobody since, as it was before."""
        m = t.message.c
        mine = m.chat_id == chat_id, m.deleted_at.is_(None), m.sorted_from["by"].as_integer() == by
        order = m.sorted_from["at"].as_string().desc(), m.id.desc()
        row = await self._row(select(m.id, m.sorted_from).where(*mine).order_by(*order).limit(1))
        return AsItWas(row.id, row.sorted_from) if row else None

    async def file_as_it_was(self, before: AsItWas, questions: Sequence[Question], now: datetime) -> None:
        """File a message where it was; what waited for a question that is out since is filed there."""
        number, known = before.message_id, {question.id for question in questions}
        held = {int(one) for one in (before.was["held"] or "").split(",") if one}
        due = [question for question in questions if question.position in held and question.asked_at]
        waits = held - {question.position for question in due}
        rows = [_read(number, one) for one in before.was["filed"] if one["question"] in known]
        rows += [_filed_now(number, question, now) for question in due]
        values = {name: before.was[name] for name in _KEPT}
        values |= {"held": ",".join(map(str, sorted(waits))) or None, "sorted_from": None}
        await self._do(delete(t.filing).where(t.filing.c.message_id == number))
        await self._do(update(t.message).where(t.message.c.id == number).values(**values))
        await self._do(upsert(t.filing).on_conflict_do_nothing(), rows)
        await self.changed([number])
        await self.room_filed([number], now)

    async def report_anew(self, before: AsItWas) -> bool:
        """Let what was reported of a message wait for hosts again; gives whether any of it was settled."""
        settled = and_(t.report.c.id.in_(before.reports), t.report.c.settled_at.is_not(None))
        return await self._do(update(t.report).where(settled).values(settled_at=None)) > 0

    async def taken_back(self, before: AsItWas) -> None:
        """Note that a message is as it was before; what hosts did to it earlier comes next."""
        change = update(t.message).where(t.message.c.id == before.message_id)
        await self._do(change.values(sorted_from=before.was.get("earlier")))

    async def _open_reports(self, message_id: int) -> list[int]:
        r = t.report.c
        query = select(r.id).where(r.message_id == message_id, r.settled_at.is_(None)).order_by(r.id)
        return [row.id for row in await self._rows(query)]

    async def forget_sorter(self, person_id: int, here: ColumnElement[bool]) -> None:
        """Let go of what somebody changed, and of what they filed before others did, among these messages."""
        noted = cast(t.message.c.sorted_from, Text).contains(f'"by": {person_id},')
        await self._do(update(t.message).where(and_(here, noted)).values(sorted_from=None))


def reasons_in(sorted_from: Mapping[str, Any] | None) -> Iterator[str]:
    """Why hosts hid a message, each time before somebody changed it."""
    while sorted_from:
        yield sorted_from["hidden_why"] or ""
        sorted_from = sorted_from.get("earlier")


def _cut(kept: dict[str, Any]) -> dict[str, Any]:
    """The same without what lies too many changes back: who presses to and fro fills no row."""
    last = kept
    for _back in range(MOST_BACK - 1):
        if not (earlier := last.get("earlier")):
            return kept
        last = earlier
    last["earlier"] = None
    return kept


def _written(row: Any) -> dict[str, Any]:
    """A filing as it is kept; `by` stands before others, where `forget_sorter` finds it."""
    about = {"question": row.question_id, "by": row.by_person_id, "how": row.how}
    return about | {"inferred": row.inferred, "flags": row.flags, "at": row.filed_at.isoformat()}


def _read(message_id: int, kept: Mapping[str, Any]) -> dict[str, Any]:
    about = {"message_id": message_id, "question_id": kept["question"], "by_person_id": kept["by"]}
    said = {name: kept[name] for name in ("how", "inferred", "flags")}
    return about | said | {"filed_at": _moment(kept["at"])}


def _filed_now(message_id: int, question: Question, now: datetime) -> dict[str, Any]:
    about = {"message_id": message_id, "question_id": question.id, "by_person_id": None}
    return about | {"how": How.LABEL, "inferred": False, "flags": "", "filed_at": now}


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
