"""Who may read what, as conditions of a query: asked by page, feed, live view and export alike."""

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import ChatState, Visibility
from bot.storage import tables as t
from bot.storage.chats import AHEAD, LIVE
from bot.storage.openness import OPENNESS

_FOR_MEMBERS = (Visibility.MEMBERS, Visibility.LINK, Visibility.PUBLIC)
_BY_LINK = (Visibility.LINK, Visibility.PUBLIC)
_FOR_ALL = (Visibility.PUBLIC,)
_SHOWN_KINDS = (MessageKind.ANSWER, MessageKind.COMMENT)
_TOLD = func.coalesce(t.chat.c.told, t.series.c.visibility)


def readable_chats(audience: Audience) -> ColumnElement[bool]:
    """Which chats these readers may read; for a query over `chat` joined to `series`."""
    theirs = and_(t.series.c.community_id == audience.community_id, t.chat.c.rehearsal.is_(False))
    if audience.reads is Reads.HOSTS:
        return theirs
    return and_(theirs, _out(), _open_to(audience))


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
    writer's `consent` in the series' community. Deleted and forgotten words are nobody's; hosts
    read the rest; others answers and comments that are neither hidden nor left out.
    """
    kept = and_(t.message.c.deleted_at.is_(None), t.consent.c.forgotten_at.is_(None))
    if audience.reads is Reads.HOSTS:
        return and_(readable_chats(audience), kept)
    shown = and_(
        t.message.c.kind.in_(_SHOWN_KINDS),
        t.message.c.hidden_at.is_(None),
        t.message.c.body_html.is_not(None),
        t.consent.c.excluded_at.is_(None),
    )
    return and_(readable_chats(audience), kept, shown, _open_to(audience, OPENNESS))


def _out() -> ColumnElement[bool]:
    """Whether a chat has left its hosts' hands: after its hour it is published, and some are before."""
    state = t.chat.c.state
    at_once = and_(state.in_(LIVE), t.series.c.publish_at_once)
    return or_(
        state.in_((*AHEAD, ChatState.CANCELLED)),
        at_once,
        and_(state.not_in(LIVE), t.chat.c.published_at.is_not(None)),
    )


def _open_to(audience: Audience, *places: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the least open of weekly chat, what people were told, and places is open enough."""
    asked = (t.series.c.visibility, _TOLD, *places)
    if audience.reads is Reads.MEMBERS:
        return _all_among(asked, _FOR_MEMBERS)
    linked = t.series.c.id.in_(sorted(audience.series)) if audience.series else false()
    return or_(_all_among(asked, _FOR_ALL), and_(linked, _all_among(asked, _BY_LINK)))


def _all_among(
    columns: tuple[ColumnElement[str], ...], open_enough: tuple[Visibility, ...]
) -> ColumnElement[bool]:
    return and_(true(), *(column.in_(open_enough) for column in columns))
