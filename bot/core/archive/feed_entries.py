"""What feeds say of a chat in the archive: an id for good, when it changed, and its questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from bot.core.archive.chat_page import Listed
from bot.core.archive.day_span import held_on
from bot.core.plain import storable
from bot.core.sentences.chat import letter
from bot.core.veils import masked

JSON_FEED = "https://jsonfeed.org/version/1.1"
_SINCE = 2026
"""The year of our tag URIs (RFC 4151): it never changes, whatever year it is."""
_BEYOND_XML = dict.fromkeys([*(n for n in range(32) if n not in (9, 10, 13)), 0xFFFE, 0xFFFF], "\ufffd")


@dataclass(frozen=True, slots=True)
class Entry:
    """One chat in a feed; its texts hold nothing that XML does not know."""

    id: str
    url: str
    title: str
    series: str
    when: str
    host: str
    questions: tuple[str, ...]
    published: datetime
    updated: datetime

    @property
    def html(self) -> str:
        """When it was, and the questions."""
        asked = "".join(f"<li>{escape(words)}</li>" for words in self.questions)
        return f"<p>{escape(self.series)}, {escape(self.when)}</p>" + (f"<ul>{asked}</ul>" if asked else "")

    def as_item(self) -> dict[str, object]:
        """The chat as JSON Feed writes it."""
        return {
            "id": self.id,
            "url": self.url,
            "title": self.title,
            "content_html": self.html,
            "date_published": stamp(self.published),
            "date_modified": stamp(self.updated),
            "tags": [self.series],
            **({"authors": [{"name": self.host}]} if self.host else {}),
        }


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries, the newest first; people read the same at `page`, programs at `feed`."""

    id: str
    title: str
    page: str
    feed: str
    language: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """When something in it changed last; long ago where it is empty."""
        return max((one.updated for one in self.entries), default=datetime(_SINCE, 1, 1, tzinfo=UTC))

    def as_document(self) -> dict[str, object]:
        """The feed as JSON Feed writes it."""
        return {
            "version": JSON_FEED,
            "title": self.title,
            "home_page_url": self.page,
            "feed_url": self.feed,
            "language": self.language,
            "items": [one.as_item() for one in self.entries],
        }


def entry(
    listed: Listed, url: str, host: str, updated: datetime, questions: Sequence[tuple[int, str]]
) -> Entry:
    """A chat as an entry; `host` is this installation's name on the network."""
    chat = listed.chat
    words = (f"{letter(listed.series)}{number}: {masked(text)}" for number, text in questions)
    return Entry(
        id=tag(host, f"chat-{chat.id}"),
        url=url,
        title=sound(listed.title),
        series=sound(listed.series.title),
        when=held_on(chat),
        host=sound(chat.lead),
        questions=tuple(map(sound, words)),
        published=chat.published_at or chat.starts_at,
        updated=updated,
    )


def tag(host: str, name: str) -> str:
    """An id that stays when titles, days and addresses change."""
    return f"tag:{host},{_SINCE}:{name}"


def sound(text: str) -> str:
    """Text without the characters that XML does not know."""
    return storable(text, len(text)).translate(_BEYOND_XML)


def stamp(at: datetime) -> str:
    """A moment as feeds write it (RFC 3339)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
