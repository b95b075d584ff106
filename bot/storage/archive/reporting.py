"""Reports of answers: what readers find wrong, and how hosts are told once and it is let go of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, or_, select, update

from bot.core import sentences
from bot.core.actions import Action
from bot.core.audience import Audience
from bot.core.model import Chat, Community, Offer, Series
from bot.core.sentences import sharing
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.readable import in_rooms, readable_messages
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.outgoing.keeping import SENT, WAITING, WITHDRAWN
from bot.storage.outgoing.outbound import Outbound
from bot.storage.rooms.posts import Rooms
from bot.storage.rooms.views import goes_on
from bot.storage.schema import tables as t
from bot.storage.shown_names import writers_name

ONE_A = timedelta(days=1)
"""In such a time one person is heard once about one answer."""
MOST_BY_STRANGERS = 5
"""So many reports of one answer are taken in that time from readers who are not signed in."""

_NUMBER = (
    select(func.min(t.question.c.position))
    .select_from(t.filing.join(t.question))
    .where(t.filing.c.message_id == t.message.c.id)
    .correlate(t.message)
    .scalar_subquery()
)
_WHICH = select(
    *(t.message.c.id, t.message.c.body_html, t.place.c.community_id, _NUMBER.label("number")),
    t.place.c.name.label("place"),
    case((t.place.c.platform == BROWSER, t.place.c.native_id), else_="").label("room"),
    writers_name().label("name"),
).select_from(WORDS_OF_CHATS.outerjoin(t.person, t.person.c.id == t.message.c.person_id))
_BEGUN = t.room_message.alias("begun")


@dataclass(frozen=True, slots=True)
class Reportable:
    """An answer that somebody may read and so may report; `about` says which one, `name` who said it.

    It stands on a page of its `owners`, and if it was said in the browser in a `room`; this reader may
    read it `on_page`, or in that room alone.
    """

    message_id: int
    html: str
    name: str
    about: str
    owners: Community
    room: str
    on_page: bool


class Reporting(Outbound, Rooms):
    """What is asked of reports."""

    async def report(
        self, message_id: int, about: str, reason: str, by: int | None, now: datetime, *, there: str = ""
    ) -> bool:
        """Store a report and tell the hosts' rooms; False where enough was said of this answer today.

        `about` says which answer it is, and `there` to hosts of the place that joined where it was said.
        """
        if await self._said_enough(message_id, by, now):
            return False
        report_id = await self._add(t.report, message_id=message_id, by_person_id=by, reason=reason, at=now)
        chat, series = await self._reported(message_id)
        owners, joined = await self.community(series.community_id), await self._community_said_in(message_id)
        offers, (key, key_there) = _choices(message_id, chat), _keys(report_id)
        await self._report_to(owners, sentences.reported(about, reason), offers, key, now)
        if joined.id != owners.id:  # they hide what was said in their place; the page is not theirs to keep
            told = sentences.reported(there or about, reason)
            await self._report_to(joined, told, offers[:1], key_there, now)
        return True

    async def reportable(self, audience: Audience, public_id: str) -> Reportable | None:
        """The words with this id, if these readers may read them on a page or in a room of theirs."""
        found = _WHICH.where(t.message.c.public_id == public_id)
        row = await self._row(found.where(readable_messages(audience)))
        on_page = row is not None
        row = row or await self._row(found.where(in_rooms(audience)))
        if row is None:
            return None
        chat, series = await self._reported(row.id)
        owners = await self.community(series.community_id)
        about = sentences.about_answer(chat, series, row.number)
        if row.community_id != owners.id:
            about = sharing.about_words_there(about, row.place, (await self.community(row.community_id)).name)
        return Reportable(row.id, row.body_html or "", row.name or "", about, owners, row.room, on_page)

    async def settle_reports(self, message_id: int, now: datetime) -> int:
        """Note that hosts decided about an answer; gives how many reports that settles."""
        open_ones = and_(t.report.c.message_id == message_id, t.report.c.settled_at.is_(None))
        return await self._do(update(t.report).where(open_ones).values(settled_at=now))

    async def drop_reports(self, message_ids: Sequence[int], now: datetime) -> None:
        """Let go of what was reported of messages that are gone."""
        about = t.report.c.message_id.in_(message_ids)
        for row in await self._rows(select(t.report.c.id).where(about)):
            await self._take_back(row.id, now)
        await self._do(delete(t.report).where(about))

    async def forget_reporter(self, person_id: int, community_id: int, now: datetime) -> None:
        """Let go of the words with which somebody reported others; that there was a report stays."""
        concerned = or_(t.place.c.community_id == community_id, t.series.c.community_id == community_id)
        there = select(t.message.c.id).select_from(WORDS_OF_CHATS).where(concerned)
        theirs = and_(t.report.c.by_person_id == person_id, t.report.c.message_id.in_(there))
        for row in await self._rows(select(t.report.c.id).where(theirs)):
            await self._take_back(row.id, now)
        await self._do(update(t.report).where(theirs).values(reason="", by_person_id=None))

    async def _said_enough(self, message_id: int, by: int | None, now: datetime) -> bool:
        today = and_(t.report.c.message_id == message_id, t.report.c.at > now - ONE_A)
        whose = t.report.c.by_person_id == by if by is not None else t.report.c.by_person_id.is_(None)
        said = await self._value(select(func.count()).where(today, whose))
        return bool(said >= (1 if by is not None else MOST_BY_STRANGERS))

    async def _reported(self, message_id: int) -> tuple[Chat, Series]:
        found = await self._value(select(t.message.c.chat_id).where(t.message.c.id == message_id))
        chat = await self.chat(found)
        if chat is None:
            raise LookupError(f"no chat of message {message_id}")
        return chat, await self.series(chat.series_id)

    async def _community_said_in(self, message_id: int) -> Community:
        """In whose place something was said."""
        query = select(t.place.c.community_id).join(t.message).where(t.message.c.id == message_id)
        return await self.community(await self._value(query))

    async def _report_to(
        self, community: Community, text: str, offers: Sequence[Offer], key: str, now: datetime
    ) -> None:
        if community.hosts_place_id is not None:
            await self.post(await self.place(community.hosts_place_id), text, offers, key, now)

    async def _take_back(self, report_id: int, now: datetime) -> None:
        """Empty what the hosts' rooms were told of one report."""
        mine = t.outbox.c.key.in_(_keys(report_id))
        for row in await self._rows(select(t.outbox, t.place.c.platform).join(t.place).where(mine)):
            await self._empty_post(row, now)

    async def _empty_post(self, row: Row[Any], now: datetime) -> None:
        """Empty one of our posts in the outbox, and where it stands: in our room, or on another network."""
        state = WITHDRAWN if row.state == WAITING else row.state
        empty = {"payload": {"text": "", "offers": []}, "state": state}
        await self._do(update(t.outbox).where(t.outbox.c.id == row.id).values(**empty))
        if row.platform == BROWSER and (row.platform_message_id or "").isdecimal():
            await self._erase_in_room(await self._rows(_shown(row)), now)
        elif row.state == SENT and row.action == Action.POST:
            place, said = await self.place(row.place_id), {"text": sentences.POST_GONE, "offers": []}
            key, subject = f"{row.key}.gone", f"{row.subject}.edit"
            await self._put(place, Action.EDIT, subject, key, said, now, depends_on=row.id)


def _shown(row: Row[Any]) -> Any:
    # Without `+ 0` SQLite would look through the whole room.
    here: ColumnElement[bool] = t.room_message.c.place_id + 0 == row.place_id
    standing, first = and_(here, t.room_message.c.deleted_at.is_(None)), int(row.platform_message_id)
    key = select(_BEGUN.c.key).where(_BEGUN.c.id == first).scalar_subquery()
    return select(t.room_message).where(standing, or_(t.room_message.c.id == first, goes_on(key)))


def _choices(message_id: int, chat: Chat) -> tuple[Offer, Offer]:
    return (
        Offer(sentences.HIDE_IT, f"answers hide m{message_id} chat={chat.id}"),
        Offer(sentences.KEEP_IT, f"answers keep m{message_id} chat={chat.id}"),
    )


def _keys(report_id: int) -> tuple[str, str]:
    """Under which the owners' hosts are told, and those of the place that joined."""
    return f"report.{report_id}", f"report.{report_id}.there"
