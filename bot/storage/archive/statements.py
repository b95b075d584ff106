"""The statements behind pages; each is made once for every kind of reader."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from bot.core.audience import Audience
from bot.core.filing import MessageKind
from bot.core.model import ChatState, StepKind
from bot.storage.archive.glance import Glance
from bot.storage.archive.readable import listed_chats, readable_chats, readable_messages
from bot.storage.schema import tables as t
from bot.storage.shown_names import writers_consent, writers_name

KINDS = (MessageKind.ANSWER, MessageKind.COMMENT)
SERIES = tuple(column.label(f"its_series_{column.name}") for column in t.series.c)

APART = "apart."
"""Begins the note of a chat that was brought here without the words of some places; its number follows."""
NOTED_APART = APART + cast(t.chat.c.id, String)
_APART = (
    select(t.installation.c.value)
    .where(t.installation.c.name == NOTED_APART)
    .correlate(t.chat)
    .scalar_subquery()
    .label("apart")
)

QUESTIONS = Glance(
    select(t.question).where(t.question.c.chat_id == bindparam("chat")).order_by(t.question.c.position)
)
QUESTIONS_ASKED = Glance(
    select(t.question)
    .where(t.question.c.chat_id == bindparam("chat"), t.question.c.asked_at.is_not(None))
    .order_by(t.question.c.asked_at.desc(), t.question.c.position.desc())
    .limit(1)
)
_SAID = writers_consent()
WORDS_OF_CHATS = (
    t.message.join(t.place, t.place.c.id == t.message.c.place_id)
    .join(t.chat, t.chat.c.id == t.message.c.chat_id)
    .join(t.series, t.series.c.id == t.chat.c.series_id)
    .outerjoin(t.consent, _SAID)
)
SHARED_LINKS = (
    t.shared_link.join(t.message, t.message.c.id == t.shared_link.c.message_id)
    .join(t.place, t.place.c.id == t.message.c.place_id)
    .join(t.chat, t.chat.c.id == t.message.c.chat_id + 0)
    .join(t.series, t.series.c.id == t.chat.c.series_id)
    .outerjoin(t.consent, _SAID)
)
"""The same by the links in them: `+ 0` keeps SQLite from looking through all words of a chat for the few."""
_THERE = t.consent.alias("there")
_HELD_THERE = exists().where(
    t.chat.c.id == bindparam("chat"),
    t.series_place.c.series_id == t.chat.c.series_id,
    t.place.c.id == t.series_place.c.place_id,
    t.place.c.community_id == _THERE.c.community_id,
    t.place.c.community_id != bindparam("community"),
)
_SAID_THERE = and_(_THERE.c.person_id == t.person.c.id, _HELD_THERE)
_CALLED_THERE = select(func.min(_THERE.c.pseudonym)).where(_SAID_THERE).correlate(t.person).scalar_subquery()
_LEFT_OUT_THERE = exists().where(_SAID_THERE, _THERE.c.excluded_at.is_not(None)).correlate(t.person)
"""What a guest host asked for in a community of their own, where the chat is held too."""
GUESTS = Glance(
    select(t.person, func.coalesce(t.consent.c.pseudonym, _CALLED_THERE).label("pseudonym"))
    .join(t.chat_host, t.chat_host.c.person_id == t.person.c.id)
    .outerjoin(
        t.consent,
        and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == bindparam("community")),
    )
    .where(t.chat_host.c.chat_id == bindparam("chat"), t.consent.c.forgotten_at.is_(None), ~_LEFT_OUT_THERE)
    .order_by(t.chat_host.c.invited_at)
)
_OWN = exists().where(t.series.c.id == bindparam("series"), t.series.c.community_id == t.place.c.community_id)
_GUESTS = case((_OWN, ""), else_=t.community.c.name).label("guests")
OPENED = Glance(
    select(t.place, _GUESTS, t.chat_place.c.left_at.label("went_at"))
    .join(t.chat_place)
    .join(t.community, t.community.c.id == t.place.c.community_id)
    .where(t.chat_place.c.chat_id == bindparam("chat"))
    .order_by(t.place.c.id)
)
AT_HOME = Glance(
    select(t.place, _GUESTS, null().label("went_at"))
    .join(t.series_place)
    .join(t.community, t.community.c.id == t.place.c.community_id)
    .where(
        t.series_place.c.series_id == bindparam("series"),
        t.series_place.c.accepted_at.is_not(None),
        t.series_place.c.muted.is_(False),
        t.place.c.left_at.is_(None),
    )
    .order_by(t.place.c.id)
)
NOT_HEARD = Glance(
    select(t.missed.c.place_id, t.missed.c.since, t.missed.c.until)
    .join(t.chat_place, t.chat_place.c.place_id == t.missed.c.place_id)
    .where(t.chat_place.c.chat_id == bindparam("chat"))
    .order_by(t.missed.c.since)
)
PARENT = Glance(
    select(
        *(t.message.c.reply_to, t.message.c.kind, t.message.c.deleted_at, t.message.c.thread_question_id),
        t.filing.c.question_id,
    )
    .outerjoin(t.filing, t.filing.c.message_id == t.message.c.id)
    .where(t.message.c.place_id == bindparam("place"), t.message.c.platform_message_id == bindparam("native"))
)


def chats_of(readable: ColumnElement[bool]) -> Select[Any]:
    """Chats with their weekly chats, for `listed_of`."""
    return select(t.chat, *SERIES).join(t.series, t.series.c.id == t.chat.c.series_id).where(readable)


@lru_cache(maxsize=64)
def chat_called(audience: Audience) -> Glance:
    """The chat at the words of an address."""
    here = and_(t.series.c.slug == bindparam("series"), t.chat.c.slug == bindparam("chat"))
    return Glance(chats_of(readable_chats(audience)).where(here))


def of_series(query: Select[Any], series_id: int | None) -> Select[Any]:
    """Only those of one weekly chat, where one is named."""
    return query if series_id is None else query.where(t.chat.c.series_id == series_id)


# A statement is made once for each audience: making it takes longer than running it.
@lru_cache(maxsize=64)
def page_head(audience: Audience) -> Glance:
    """A chat with its weekly chat and community, and what its page says beside the words."""
    step = t.step.c
    steps = select(func.min(step.due_at)).where(step.chat_id == t.chat.c.id)
    turn = steps.where(step.state == "planned", step.kind.in_((StepKind.ASK, StepKind.WRAP)))
    m = t.message.c
    words = select(func.count(m.person_id.distinct())).select_from(
        t.message.join(t.place, t.place.c.id == m.place_id).join(t.consent, _KEPT_OUT)
    )
    told = and_(m.chat_id == t.chat.c.id, m.kind.in_(KINDS), m.deleted_at.is_(None))
    return Glance(
        select(
            t.chat,
            *SERIES,
            *(column.label(f"its_community_{column.name}") for column in t.community.c),
            turn.scalar_subquery().label("turn_ends"),
            steps.where(step.kind == StepKind.SEAL).scalar_subquery().label("seals_at"),
            words.where(told).correlate(t.chat, t.series).scalar_subquery().label("kept_out"),
            _unseen(told).label("unseen"),
            _APART,
        )
        .join(t.series, t.series.c.id == t.chat.c.series_id)
        .join(t.community, t.community.c.id == t.series.c.community_id)
        .where(readable_chats(audience), t.chat.c.id == bindparam("chat"))
    )


def _unseen(told: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many of such words are not made ready to be read."""
    undrawn = t.message.c.body_html.is_(None), t.message.c.text != ""
    return select(func.count()).where(told, *undrawn).scalar_subquery()


_KEPT_OUT = and_(_SAID, t.consent.c.excluded_at.is_not(None), t.consent.c.forgotten_at.is_(None))


_MARKS = (
    case((t.message.c.picked_at.is_not(None), 8), else_=0)
    + case((and_(t.message.c.by_host, not_(t.message.c.anonymous)), 4), else_=0)
    + case((t.message.c.edited_at.is_not(None), 2), else_=0)
    + case((or_(t.message.c.hidden_at.is_not(None), t.consent.c.excluded_at.is_not(None)), 1), else_=0)
)
# In the order in which `page.py` unpacks them, and few: a page has hundreds of rows.
_WORDS = (
    t.filing.c.question_id,
    t.message.c.kind,
    t.message.c.platform_message_id,
    t.message.c.reply_to,
    t.message.c.place_id,
    t.message.c.id,
    t.message.c.public_id,
    writers_name().label("name"),
    t.message.c.person_id,
    t.message.c.body_html,
    t.message.c.said_at,
    _MARKS.label("marks"),
    t.filing.c.how,
)
_BARE = (*_WORDS[:7], *(literal("").label(name) for name in ("name", "person_id", "body_html")), *_WORDS[10:])


@lru_cache(maxsize=64)
def page_words(audience: Audience, *, bare: bool = False) -> Glance:
    """The answers and comments of a chat, one row for each question that they are filed under.

    In no order: a page sorts them under each question anyway. `bare` ones have neither words nor names.
    """
    m, needed = t.message.c, _BARE if bare else _WORDS
    return Glance(
        select(*needed)
        .select_from(
            WORDS_OF_CHATS.outerjoin(t.person, t.person.c.id == m.person_id).outerjoin(
                t.filing, t.filing.c.message_id == m.id
            )
        )
        .where(m.chat_id == bindparam("chat"), m.kind.in_(KINDS), m.public_id.is_not(None))
        .where(readable_messages(audience), m.body_html.is_not(None))
    )


@lru_cache(maxsize=64)
def neighbour_chats(audience: Audience) -> tuple[Glance, Glance]:
    """The statements for the chat before another and for the chat after it."""
    at, number = t.chat.c.starts_at, t.chat.c.id
    given: BindParameter[Any] = bindparam("at", type_=at.type)
    mine: BindParameter[int] = bindparam("chat")
    others = chats_of(listed_chats(audience)).where(
        t.chat.c.series_id == bindparam("series"), t.chat.c.state != ChatState.CANCELLED
    )
    before = others.where(or_(at < given, and_(at == given, number < mine))).order_by(
        at.desc(), number.desc()
    )
    after = others.where(or_(at > given, and_(at == given, number > mine))).order_by(at, number)
    return Glance(before.limit(1)), Glance(after.limit(1))
