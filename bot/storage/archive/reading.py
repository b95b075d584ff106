"""What pages ask: one chat with all that its page says, and the lists that lead to chats."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Row, Select, and_, exists, select

from bot.core.archive.chat_page import (
    SOMEBODY,
    Answer,
    ChatPage,
    Listed,
    Native,
    Told,
    Where,
    answered,
    unknown_parents,
)
from bot.core.archive.page_words import network_name, told_apart
from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import Chat, ChatState, Community, Question, Series
from bot.storage import tables as t
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.glance import Glance
from bot.storage.archive.readable import listed_chats
from bot.storage.archive.statements import (
    AT_HOME,
    GUESTS,
    OPENED,
    PARENT,
    QUESTIONS,
    QUESTIONS_ASKED,
    chat_called,
    chats_of,
    neighbour_chats,
    of_series,
    page_head,
    page_words,
)
from bot.storage.chats import AHEAD, LIVE, Chats, chat_of, question_of
from bot.storage.people import People, person_of
from bot.storage.plans import series_of

_LOST_CLIMB = 5
_KINDS = {str(kind): kind for kind in MessageKind}


class Reading(Chats, People):
    """What is asked by pages; every answer depends on who reads."""

    async def chat_at(self, audience: Audience, series: str, slug: str) -> Listed | None:
        """The chat at an address, if these readers may read it."""
        rows = await self._glance(chat_called(audience), series=series, chat=slug)
        return listed_of(rows[0]) if rows else None

    async def series_by_slug(self, audience: Audience, slug: str) -> Series | None:
        """The weekly chat at an address, if these readers may read any chat of it."""
        found = [one for one in await self.series_listed(audience) if one.slug == slug]
        return found[0] if found else None

    async def series_listed(self, audience: Audience) -> tuple[Series, ...]:
        """The weekly chats that these readers may know of, by title."""
        one_of_its = exists().where(t.chat.c.series_id == t.series.c.id, listed_chats(audience))
        query = select(t.series).where(one_of_its.correlate(t.series), t.series.c.deleted_at.is_(None))
        rows = await self._rows(query.order_by(t.series.c.title))
        return tuple(series_of(row) for row in rows)

    async def coming_on(
        self, audience: Audience, since: datetime, until: datetime, series_id: int | None = None
    ) -> tuple[Listed, ...]:
        """The chats that begin in a span of time, whatever became of them, in time order."""
        query = chats_of(listed_chats(audience)).where(
            t.chat.c.starts_at >= since, t.chat.c.starts_at < until
        )
        return await self._listed(of_series(query, series_id).order_by(t.chat.c.starts_at, t.chat.c.id))

    async def next_chat(
        self, audience: Audience, now: datetime, series_id: int | None = None
    ) -> Listed | None:
        """The next chat to begin."""
        ahead = and_(t.chat.c.state.in_(AHEAD), t.chat.c.ends_at > now)
        query = of_series(chats_of(listed_chats(audience)).where(ahead), series_id)
        return await self._one_listed(query.order_by(t.chat.c.starts_at, t.chat.c.id).limit(1))

    async def coming_after(
        self, audience: Audience, now: datetime, series_id: int, most: int
    ) -> tuple[Listed, ...]:
        """The next chats of a weekly chat to begin."""
        ahead = and_(t.chat.c.state.in_(AHEAD), t.chat.c.ends_at > now)
        query = of_series(chats_of(listed_chats(audience)).where(ahead), series_id)
        return await self._listed(query.order_by(t.chat.c.starts_at, t.chat.c.id).limit(most))

    async def live_now(self, audience: Audience) -> tuple[Listed, ...]:
        """The chats in their hour."""
        live = t.chat.c.state.in_(LIVE)
        query = chats_of(listed_chats(audience)).where(live)
        return await self._listed(query.order_by(t.chat.c.starts_at))

    async def current_question(self, chat_id: int) -> Question | None:
        """The question of a chat that was asked last."""
        rows = await self._glance(QUESTIONS_ASKED, chat=chat_id)
        return question_of(rows[0]) if rows else None

    async def neighbours(self, chat: Chat, audience: Audience) -> tuple[Listed | None, Listed | None]:
        """The chat before and the chat after this one in its weekly chat."""
        others = neighbour_chats(audience)
        given = {"series": chat.series_id, "at": chat.starts_at, "chat": chat.id}
        before = await self._glance(others[0], **given)
        after = await self._glance(others[1], **given)
        return (listed_of(before[0]) if before else None), (listed_of(after[0]) if after else None)

    async def chat_page(self, chat_id: int, audience: Audience) -> ChatPage | None:
        """Everything the page of a chat says; None where these readers may not read it."""
        rows = await self._glance(page_head(audience), chat=chat_id)
        if not rows:
            return None
        listed = listed_of(rows[0])
        chat, questions = listed.chat, await self._page_questions(chat_id)
        before, after = await self.neighbours(chat, audience)
        places = await self._where(chat)
        told = await self.told(chat_id, audience, told_apart(places))
        return ChatPage(
            chat,
            listed.series,
            _community_of(rows[0]),
            audience,
            hosts=await self._hosts(listed),
            places=places,
            questions=answered(listed.series, questions, told, await self._lost(unknown_parents(told))),
            ahead=_announced(chat, questions, audience),
            before=before,
            after=after,
            **_standing(chat, rows[0]),
        )

    async def told(self, chat_id: int, audience: Audience, places: dict[int, str]) -> tuple[Told, ...]:
        """The answers and comments of a chat that these readers may read, in time order."""
        rows = await self._glance(page_words(audience), chat=chat_id)
        return tuple(_told(list(same), places) for _, same in groupby(rows, key=_message_id))

    async def _page_questions(self, chat_id: int) -> tuple[Question, ...]:
        return tuple(question_of(row) for row in await self._glance(QUESTIONS, chat=chat_id))

    async def _hosts(self, listed: Listed) -> tuple[str, ...]:
        rows = await self._glance(GUESTS, chat=listed.chat.id, community=listed.series.community_id)
        names = (listed.chat.lead, *(person_of(row).shown for row in rows))
        return tuple(dict.fromkeys(name for name in names if name))

    async def _where(self, chat: Chat) -> tuple[Where, ...]:
        rows = await self._glance(OPENED, chat=chat.id) or await self._glance(AT_HOME, series=chat.series_id)
        return tuple(
            Where(
                row.id,
                row.name,
                network_name(row.platform),
                row.native_id if row.platform == BROWSER else "",
                row.left_at,
            )
            for row in rows
        )

    async def _lost(self, parents: Sequence[Native]) -> dict[Native, tuple[int, ...]]:
        """Under which questions the unseen answers are filed that comments reply to."""
        lost: dict[Native, tuple[int, ...]] = {}
        for native in parents:
            above: Native | None = native
            for _ in range(_LOST_CLIMB):
                if above is None or native in lost:
                    break
                rows = await self._glance(PARENT, place=above[0], native=above[1])
                if filed := tuple(row.question_id for row in rows if row.question_id is not None):
                    lost[native] = filed
                above = (above[0], rows[0].reply_to) if rows and rows[0].reply_to else None
        return lost

    async def _glance(self, glance: Glance, **values: object) -> list[Any]:
        return await glance.rows(self.connection, **values)

    async def _listed(self, query: Select[Any]) -> tuple[Listed, ...]:
        return tuple(listed_of(row) for row in await self._rows(query))

    async def _one_listed(self, query: Select[Any]) -> Listed | None:
        row = await self._row(query)
        return listed_of(row) if row else None


class _Of:
    """A joined row seen as a row of one of its tables."""

    def __init__(self, row: Row[Any], table: str) -> None:
        self._row, self._table = row, table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"{self._table}_{name}")


def listed_of(row: Row[Any]) -> Listed:
    """A chat for a list from its row joined to its series'."""
    return Listed(chat_of(row), series_of(cast("Row[Any]", _Of(row, "its_series"))))


def _community_of(row: Row[Any]) -> Community:
    one = _Of(row, "its_community")
    return Community(one.id, one.name, one.zone, one.language, slug=one.slug or "", about=one.about)


def _standing(chat: Chat, head: Row[Any]) -> dict[str, Any]:
    """What the page says of how far a chat is, and how complete."""
    return {
        "turn_ends": head.turn_ends if chat.state.live else None,
        "late_until": head.late_until if chat.state.hears_late_answers else None,
        "kept_out": head.kept_out,
        "unseen": head.unseen,
    }


def _message_id(row: Row[Any]) -> int:
    return int(row.id)


def _told(rows: Sequence[Row[Any]], places: dict[int, str]) -> Told:
    """One message from its rows, one for each question it is filed under."""
    row = rows[0]
    answer = Answer(
        row.id,
        row.public_id,
        SOMEBODY if row.anonymous else row.name or SOMEBODY,
        row.person_id,
        places.get(row.place_id, ""),
        row.body_html,
        row.said_at,
        picked=row.picked,
        by_host=row.by_host and not row.anonymous,
        anonymous=row.anonymous or not row.name,
        edited=row.edited,
        hidden=row.hidden,
    )
    questions = tuple(one.question_id for one in rows if one.question_id is not None)
    native = (row.place_id, row.platform_message_id)
    return Told(answer, _KINDS[row.kind], native, row.reply_to, questions)


def _announced(chat: Chat, questions: Iterable[Question], audience: Audience) -> tuple[Question, ...]:
    """The questions to come that these readers may know of already."""
    known = chat.state is ChatState.ANNOUNCED or audience.reads is Reads.HOSTS
    return tuple(q for q in questions if q.waiting and q.text) if known else ()
