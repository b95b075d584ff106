"""Who may read what, as conditions of a query: asked by page, feed, live view and export alike."""

from sqlalchemy import ColumnElement, FromClause, String, and_, cast, exists, false, func, or_, select, true

from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import ChatState, Visibility
from bot.storage.archive.addresses import BROWSER
from bot.storage.chats.chats import AHEAD, LIVE
from bot.storage.places.openness import OPENNESS, shut_away
from bot.storage.schema import tables as t

_FOR_MEMBERS = (Visibility.MEMBERS, Visibility.LINK, Visibility.PUBLIC)
_BY_LINK = (Visibility.LINK, Visibility.PUBLIC)
_FOR_ALL = (Visibility.PUBLIC,)
_SHOWN_KINDS = (MessageKind.ANSWER, MessageKind.COMMENT)
_TOLD = func.coalesce(t.chat.c.told, t.series.c.visibility)

_THERE = t.chat_place.alias("there")
_TOLD_THERE = func.coalesce(
    select(_THERE.c.told)
    .where(_THERE.c.chat_id == t.message.c.chat_id, _THERE.c.place_id == t.message.c.place_id)
    .correlate(t.message)
    .scalar_subquery(),
    _TOLD,
)
"""Who people were told may read them where they spoke; before places were told apart, as all were."""

_STANDS_THERE = exists().where(
    t.room_message.c.place_id == t.message.c.place_id,
    cast(t.room_message.c.id, String) == t.message.c.platform_message_id,
    t.room_message.c.deleted_at.is_(None),
    t.room_message.c.held_at.is_(None),
    t.room_message.c.only_for.is_(None),
)


def readable_chats(audience: Audience) -> ColumnElement[bool]:
    """Which chats these readers may read; for a query over `chat` joined to `series`."""
    theirs = _theirs(audience)
    if audience.reads is Reads.HOSTS:
        return theirs
    return and_(theirs, _out(audience), _open_to(audience), _seen_by(audience))


def listed_chats(audience: Audience) -> ColumnElement[bool]:
    """Which chats stand in these readers' lists, feeds and calendars: not those that will never be held."""
    resting = or_(t.series.c.deleted_at.is_not(None), t.series.c.paused)
    to_come = and_(t.chat.c.state.in_(AHEAD), resting)
    return and_(readable_chats(audience), t.chat.c.slug.is_not(None), ~to_come)


def indexed_chats(community_id: int) -> ColumnElement[bool]:
    """Which chats search engines may find: a sitemap's; over `chat` joined to `series`."""
    return and_(listed_chats(Audience(community_id)), t.series.c.indexable)


def readable_messages(audience: Audience) -> ColumnElement[bool]:
    """Which messages these readers may read.

    For a query over `message` joined to `place`, `chat` and `series`, and outer joined to its
    writer's `consent` in the place's community. Deleted and forgotten words are nobody's; hosts
    read the rest; others answers and comments that are neither hidden nor left out.
    """
    kept = _kept(t.message, t.consent)
    if audience.reads is Reads.HOSTS:
        return and_(readable_chats(audience), kept)
    shown = _shown(t.message, t.consent)
    # The place of the words says itself whether it is shut: the chat need not be asked, row after row.
    return and_(_theirs(audience), _out(audience), kept, shown, _open_to(audience, OPENNESS, _TOLD_THERE))


def listed_messages(audience: Audience) -> ColumnElement[bool]:
    """Which messages stand in these readers' lists, search and feeds; in those of hosts nothing hidden.

    For the same queries as `readable_messages`. What is hidden or left out is for hosts on its page alone.
    """
    return and_(readable_messages(audience), _shown(t.message, t.consent), t.chat.c.slug.is_not(None))


def readable_beside(audience: Audience, message: FromClause, consent: FromClause) -> ColumnElement[bool]:
    """Whether these readers may read another message of the same chat and place as one that they may read.

    For aliases of `message` and of its writer's `consent` in the place's community.
    """
    kept = _kept(message, consent)
    return kept if audience.reads is Reads.HOSTS else and_(kept, _shown(message, consent))


def in_rooms(audience: Audience) -> ColumnElement[bool]:
    """Which messages stand before these readers in rooms of their community, on whatever page or none.

    For the same queries as `readable_messages`. Strangers are in no room, and only hosts are in theirs.
    """
    if audience.reads is Reads.PUBLIC:
        return false()
    among = true() if audience.reads is Reads.HOSTS else t.place.c.hosts_room.is_(False)
    here = and_(t.place.c.community_id == audience.community_id, t.place.c.platform == BROWSER, among)
    kept = _kept(t.message, t.consent)
    said = and_(kept, t.message.c.hidden_at.is_(None), t.consent.c.excluded_at.is_(None))
    drawn = t.message.c.body_html.is_not(None)
    return and_(here, t.place.c.left_at.is_(None), _STANDS_THERE, said, drawn, of_chats())


def sorted_by_hosts(community_id: int) -> ColumnElement[bool]:
    """Which words of chats a community's hosts sort: those of its own chats, and of others those said there.

    For the same queries as `readable_messages`; what is erased or forgotten is for nobody.
    """
    theirs = or_(t.series.c.community_id == community_id, t.place.c.community_id == community_id)
    return and_(theirs, _kept(t.message, t.consent), t.chat.c.rehearsal.is_(False))


def of_chats() -> ColumnElement[bool]:
    """Which messages are words of a chat: answers and comments, and none of a rehearsal.

    For a query over `message` that is joined to `chat`.
    """
    return and_(t.message.c.kind.in_(_SHOWN_KINDS), t.chat.c.rehearsal.is_(False))


def _kept(message: FromClause, consent: FromClause) -> ColumnElement[bool]:
    """Whether words are somebody's still: neither deleted nor forgotten."""
    return and_(message.c.deleted_at.is_(None), consent.c.forgotten_at.is_(None))


def _shown(message: FromClause, consent: FromClause) -> ColumnElement[bool]:
    """Whether words are for readers: drawn answers and comments, neither hidden nor left out."""
    return and_(
        message.c.kind.in_(_SHOWN_KINDS),
        message.c.hidden_at.is_(None),
        message.c.body_html.is_not(None),
        consent.c.excluded_at.is_(None),
    )


def _theirs(audience: Audience) -> ColumnElement[bool]:
    return and_(t.series.c.community_id == audience.community_id, t.chat.c.rehearsal.is_(False))


def _seen_by(audience: Audience) -> ColumnElement[bool]:
    """Whether strangers are kept from none of it: a chat of shut channels is for holders of a link."""
    if audience.reads is Reads.MEMBERS:
        return true()
    return or_(~shut_away(), _linked(audience))


def _out(audience: Audience) -> ColumnElement[bool]:
    """Whether a chat has left its hosts' hands: after its hour it is published, and some are before."""
    state = t.chat.c.state
    at_once = and_(state.in_(LIVE), t.series.c.publish_at_once)
    return or_(
        state.in_((*AHEAD, ChatState.CANCELLED)),
        at_once,
        and_(state.not_in(LIVE), t.chat.c.published_at.is_not(None)),
        *([t.chat.c.id.in_(sorted(audience.early))] if audience.early else []),
    )


def _open_to(audience: Audience, *places: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the least open of weekly chat, what people were told, and places is open enough."""
    asked = (t.series.c.visibility, _TOLD, *places)
    if audience.reads is Reads.MEMBERS:
        return _all_among(asked, _FOR_MEMBERS)
    return or_(_all_among(asked, _FOR_ALL), and_(_linked(audience), _all_among(asked, _BY_LINK)))


def _linked(audience: Audience) -> ColumnElement[bool]:
    return t.series.c.id.in_(sorted(audience.series)) if audience.series else false()


def _all_among(
    columns: tuple[ColumnElement[str], ...], open_enough: tuple[Visibility, ...]
) -> ColumnElement[bool]:
    return and_(true(), *(column.in_(open_enough) for column in columns))
