"""One chat with all that its page says, read in one visit to the database's thread."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from bot.core.archive.chat_page import SOMEBODY, Answer, ChatPage, Listed, Where
from bot.core.archive.page_words import network_name, told_apart
from bot.core.archive.threads import Native, Told, answered, unknown_parents
from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.hearing import Stretch
from bot.core.model import Chat, ChatState, Community, Question, Visibility
from bot.core.tongue import _
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.kept_links import REMOVED
from bot.storage.archive.rows import community_of, listed_of
from bot.storage.archive.statements import (
    AT_HOME,
    GUESTS,
    NOT_HEARD,
    OPENED,
    PARENT,
    QUESTIONS,
    chat_called,
    neighbour_chats,
    page_head,
    page_words,
)
from bot.storage.chats.chats import question_of
from bot.storage.people import person_of

_LOST_CLIMB = 5
_MARKS = tuple(product((False, True), repeat=4))
"""Whether a message was picked, is a host's, was edited and is hidden, by the number that says so."""
_KINDS = {str(kind): kind for kind in MessageKind}

Neighbours = tuple[Listed | None, Listed | None]


def read_page(database: sqlite3.Connection, chat_id: int, audience: Audience) -> ChatPage | None:
    """Everything the page of a chat says; None where these readers may not read it."""
    frame = read_frame(database, chat_id, audience)
    if frame is None:
        return None
    chat = frame.chat
    questions = tuple(map(question_of, QUESTIONS.seen(database, chat=chat_id)))
    told = _told(page_words(audience).plain(database, chat=chat_id), told_apart(frame.places))
    lost = _lost(database, unknown_parents(told))
    before, after = read_neighbours(database, chat, audience)
    return replace(
        frame,
        hosts=_hosts(database, frame),
        questions=answered(frame.series, questions, told, lost),
        ahead=_announced(chat, questions, audience),
        before=before,
        after=after,
        removed=frozenset(row.mark for row in REMOVED.seen(database, series=chat.series_id)),
    )


def read_frame(database: sqlite3.Connection, chat_id: int, audience: Audience) -> ChatPage | None:
    """A chat with what its page says of how far it is, and how complete: nothing of what was said."""
    heads = page_head(audience).seen(database, chat=chat_id)
    if not heads:
        return None
    listed, community = listed_of(heads[0]), community_of(heads[0])
    places, standing = _places(database, listed.chat), _standing(listed.chat, heads[0])
    return ChatPage(listed.chat, listed.series, community, audience, places=places, **standing)


def read_order(
    database: sqlite3.Connection, listed: Listed, community: Community, audience: Audience
) -> ChatPage:
    """A page of which only the order is read: what stands under which question, and not what it says."""
    chat = listed.chat.id
    questions = tuple(map(question_of, QUESTIONS.seen(database, chat=chat)))
    told = _told(page_words(audience, bare=True).plain(database, chat=chat), {})
    lost = _lost(database, unknown_parents(told))
    asked = answered(listed.series, questions, told, lost)
    return ChatPage(listed.chat, listed.series, community, audience, questions=asked)


def read_beside(
    database: sqlite3.Connection, audience: Audience, series: str, slug: str
) -> tuple[Listed, Neighbours] | None:
    """The chat at an address and its neighbours; None where these readers may not read it."""
    rows = chat_called(audience).seen(database, series=series, chat=slug)
    if not rows:
        return None
    found = listed_of(rows[0])
    return found, read_neighbours(database, found.chat, audience)


def read_neighbours(database: sqlite3.Connection, chat: Chat, audience: Audience) -> Neighbours:
    """The chat before and the chat after another in its weekly chat."""
    given = {"series": chat.series_id, "at": chat.starts_at, "chat": chat.id}
    before, after = (other.seen(database, **given) for other in neighbour_chats(audience))
    return (listed_of(before[0]) if before else None), (listed_of(after[0]) if after else None)


def _hosts(database: sqlite3.Connection, listed: Listed) -> tuple[str, ...]:
    guests = GUESTS.seen(database, chat=listed.chat.id, community=listed.series.community_id)
    names = (listed.chat.lead, *(person_of(row).shown for row in guests))
    return tuple(dict.fromkeys(name for name in names if name))


def _places(database: sqlite3.Connection, chat: Chat) -> tuple[Where, ...]:
    given = {"series": chat.series_id}
    rows = OPENED.seen(database, chat=chat.id, **given) or AT_HOME.seen(database, **given)
    missed = defaultdict[int, list[Stretch]](list)
    for one in NOT_HEARD.seen(database, chat=chat.id):
        missed[one.place_id].append(Stretch(one.since, one.until))
    return tuple(
        Where(
            row.id,
            row.name,
            network_name(row.platform),
            row.native_id if row.platform == BROWSER else "",
            row.left_at,
            row.guests,
            row.went_at,
            tuple(missed[row.id]),
            by_link=row.openness != Visibility.PUBLIC or row.join_secret is None,
        )
        for row in rows
    )


def _lost(database: sqlite3.Connection, parents: Sequence[Native]) -> dict[Native, tuple[int, ...]]:
    """Under which questions the unseen answers are filed that comments reply to; none where nobody knows."""
    lost: dict[Native, tuple[int, ...]] = {}
    for native in parents:
        above: Native | None = native
        for _step in range(_LOST_CLIMB):
            if above is None or native in lost:
                break
            rows = PARENT.seen(database, place=above[0], native=above[1])
            if filed := tuple(row.question_id for row in rows if row.question_id is not None):
                lost[native] = filed
            elif rows and rows[0].deleted_at and rows[0].kind == MessageKind.ANSWER:
                lost[native] = tuple(filter(None, (rows[0].thread_question_id,)))
            above = (above[0], rows[0].reply_to) if rows and rows[0].reply_to else None
    return lost


def _standing(chat: Chat, head: Any) -> dict[str, Any]:
    """What the page says of how far a chat is, and how complete."""
    return {
        "turn_ends": head.turn_ends if chat.state.live else None,
        "late_until": head.seals_at if chat.state.hears_late_answers else None,
        "seals_at": head.seals_at,
        "kept_out": head.kept_out,
        "unseen": head.unseen,
        "apart": tuple(json.loads(head.apart or "[]")),
    }


def _told(rows: Iterable[Sequence[Any]], places: Mapping[int, str]) -> tuple[Told, ...]:
    """The messages, each from its rows, one for each question it is filed under."""
    found: dict[int, Told] = {}
    filed: dict[int | None, tuple[int, ...]] = {None: ()}
    somebody = _(SOMEBODY)
    for question, kind, native, reply_to, place, number, word, name, who, html, at, marks, how in rows:
        if (known := found.get(number)) is not None:
            ways = (*(known.ways or (known.answer.how,)), how)
            found[number] = known._replace(questions=(*known.questions, question), ways=ways)
            continue
        picked, host, edited, hidden = _MARKS[marks]
        shown, where, hides = name or somebody, places.get(place, ""), not name
        answer = Answer(
            number, word, shown, who, where, html, at, picked, host, hides, edited, hidden, how=how
        )
        if (under := filed.get(question)) is None:
            under = filed[question] = (question,)
        found[number] = Told(answer, _KINDS[kind], (place, native), reply_to, under)
    return tuple(found.values())


def _announced(chat: Chat, questions: Iterable[Question], audience: Audience) -> tuple[Question, ...]:
    """The questions to come that these readers may know of already."""
    known = chat.state is ChatState.ANNOUNCED or audience.reads is Reads.HOSTS
    return tuple(q for q in questions if q.waiting and q.text) if known else ()
