"""What a homeserver tells, any JSON at all, in few shapes that can be relied on; nothing is decided here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.plain import storable
from bot.core.sentences import servers as sentences
from bot.platforms.digits import digit
from bot.platforms.matrix.structured import Invocation, invocation
from bot.platforms.matrix.wording import LONGEST, markdown, names_people, without_quote

TOLERANCE: Final = timedelta(minutes=5)
"""So far a server's claim of when something was said is believed beyond when we can have been told of it."""
_LONGEST_ID: Final = 255
_UNKEEPABLE: Final = frozenset(("\0", *map(chr, range(0xD800, 0xE000))))
_WORDS: Final = frozenset(("m.text", "m.notice", "m.emote"))
_FILES: Final = frozenset(("m.image", "m.file", "m.audio", "m.video"))
HTML: Final = "org.matrix.custom.html"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KB, _MB, _TB = 1_000, 1_000_000, 1_000_000_000_000
_LONGEST_NAME: Final = 100
_POLLS: Final = ("m.poll.start", "m.poll", "org.matrix.msc3381.poll.start")


@dataclass(frozen=True, slots=True)
class Between:
    """Between these two real instants we must have been told of something."""

    since: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Wrote:
    """A message; `notice` is how bots speak, `naming` its text with the whole names of whom it names.

    A program may have `asked` for a command part by part; the text is then for people.
    """

    id: str
    sender: str
    at: datetime
    text: str
    thread: str | None = None
    reply_to: str | None = None
    attachments: tuple[str, ...] = ()
    notice: bool = False
    naming: str = ""
    asked: Invocation | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody says that the message `about` has other words now."""

    id: str
    sender: str
    at: datetime
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Put:
    """Somebody put a sign on the message `about`."""

    id: str
    sender: str
    at: datetime
    about: str
    key: str

    @property
    def digit(self) -> int:
        """The number on a keycap from 1 to 9; 0 for anything else."""
        return digit(self.key)


@dataclass(frozen=True, slots=True)
class TookBack:
    """Somebody took the event `about` away: a message, an edit, a sign."""

    id: str
    sender: str
    at: datetime
    about: str


@dataclass(frozen=True, slots=True)
class Stands:
    """A piece of a room's state as it stands from now on."""

    kind: str
    key: str
    sender: str
    id: str = ""
    content: Mapping[str, Any] = field(default_factory=dict, hash=False)
    joined_before: bool | None = None
    """Of a membership: whether it was one before, so that nobody came; None where the server does not say."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing for us; `why` is what was wrong with it, if something was."""

    id: str = ""
    why: str = ""


Happening = Wrote | Changed | Put | TookBack | Stands | Passed


def read(event: object, between: Between) -> Happening:
    """What an event says, whatever was put into it."""
    if not isinstance(event, Mapping):
        return Passed(why="no event")
    kind, sender, content = event.get("type"), named(event.get("sender")), event.get("content")
    if not (isinstance(kind, str) and sender and isinstance(content, Mapping)):
        return Passed(named(event.get("event_id")), "no type, sender or content")
    if isinstance(key := event.get("state_key"), str):
        return Stands(kind, key, sender, named(event.get("event_id")), content, _joined_before(event))
    return _done(kind, named(event.get("event_id")), sender, event, between)


def _done(kind: str, id: str, sender: str, event: Mapping[str, Any], between: Between) -> Happening:
    """What somebody did who changed nothing of the room's state."""
    content, at = event["content"], instant(event.get("origin_server_ts"), between)
    if not id:
        return Passed(why="no id")
    if kind == "m.room.redaction":
        about = named(event.get("redacts")) or named(content.get("redacts"))
        return TookBack(id, sender, at, about) if about else Passed(id, "redacts nothing")
    if "redacted_because" in _part(event, "unsigned"):
        return Passed(id)
    if kind == "m.reaction":
        about, key = named(_relation(content).get("event_id")), _relation(content).get("key")
        good = about and isinstance(key, str)
        return Put(id, sender, at, about, str(key)) if good else Passed(id, "a sign on nothing")
    return (_said if kind == "m.room.message" else _wordless)(id, sender, at, content, kind)


def _wordless(id: str, sender: str, at: datetime, content: Mapping[str, Any], kind: str) -> Happening:
    """What says something without words is named."""
    name = _SHOWN.get(kind)
    if name is None:
        return Passed(id, "encrypted" if kind == "m.room.encrypted" else "")
    relation = _relation(content)
    return Wrote(id, sender, at, "", _thread(content), _replied_to(relation), (name(content),))


def _said(id: str, sender: str, at: datetime, content: Mapping[str, Any], _kind: str) -> Happening:
    """What somebody said, or says that they said."""
    relation = _relation(content)
    if relation.get("rel_type") == "m.replace":
        about, new = named(relation.get("event_id")), _part(content, "m.new_content")
        text = _text(new)
        known = about and text is not None
        return Changed(id, sender, at, about, text or "") if known else Passed(id, "an edit of nothing")
    replied, text = _replied_to(relation), _text(content)
    files = _files(content)
    if text is None and not files:
        odd = content.get("msgtype") in _WORDS or not isinstance(content.get("msgtype"), str)
        return Passed(id, "no words" if odd else "")
    words = without_quote(text or "") if replied else text or ""
    notice = content.get("msgtype") == "m.notice"
    naming = without_quote(_text(content, whole_names=True) or "") if _names_people(content) else ""
    return Wrote(id, sender, at, words, _thread(content), replied, files, notice, naming, invocation(content))


def instant(claimed: object, between: Between) -> datetime:
    """When something was said, as far as its sender's claim can be true."""
    if isinstance(claimed, bool) or not isinstance(claimed, int | float):
        return between.now
    if isinstance(claimed, float) and math.isnan(claimed):
        return between.now
    earliest, latest = between.since - TOLERANCE, between.now + TOLERANCE
    within = min(max(claimed, earliest.timestamp() * 1000), latest.timestamp() * 1000)
    return min(max(_EPOCH + timedelta(milliseconds=within), earliest), latest)


def named(id: object) -> str:
    """An id that somebody gave; nothing where it is none."""
    good = isinstance(id, str) and 0 < len(id) <= _LONGEST_ID and _UNKEEPABLE.isdisjoint(id)
    return str(id) if good else ""


def mapping(found: object) -> Mapping[str, Any]:
    """What should be an object; nothing where it is none."""
    return found if isinstance(found, Mapping) else {}


def listing(found: object) -> list[Any]:
    """What should be a list; nothing where it is none."""
    return found if isinstance(found, list) else []


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(whole.get(name))


def _relation(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return _part(content, "m.relates_to")


def _replied_to(relation: Mapping[str, Any]) -> str | None:
    """What somebody replied to; in a thread old clients are told of a reply that is none."""
    if relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True:
        return None
    return named(_part(relation, "m.in_reply_to").get("event_id")) or None


def _thread(content: Mapping[str, Any]) -> str | None:
    relation = _relation(content)
    return named(relation.get("event_id")) or None if relation.get("rel_type") == "m.thread" else None


def _names_people(content: Mapping[str, Any]) -> bool:
    html = content.get("formatted_body")
    return isinstance(html, str) and names_people(html)


def _text(content: Mapping[str, Any], *, whole_names: bool = False) -> str | None:
    """The words of a message or under a file, as Markdown; None where there are none."""
    kind, body, html = content.get("msgtype"), content.get("body"), content.get("formatted_body")
    if not isinstance(body, str) or kind not in _WORDS | _FILES:
        return None
    if kind in _FILES and content.get("filename") in (None, body):
        return None
    good = isinstance(html, str) and content.get("format") == HTML
    formatted = markdown(str(html), whole_names=whole_names) if good else ""
    return (formatted or body)[:LONGEST]


def _files(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The name and size of a file."""
    if content.get("msgtype") not in _FILES:
        return ()
    given = (content.get("filename"), content.get("body"))
    name = next((one for one in given if isinstance(one, str) and one.strip()), "file")
    size = _part(content, "info").get("size")
    name = storable(name, _LONGEST_NAME)
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < _TB:
        return (name,)
    return (f"{name} ({_size(size)})",)


def _size(count: int) -> str:
    if count < _KB:
        return f"{count} bytes"
    return f"{count / _KB:.0f} kB" if count < _MB else f"{count / _MB:.1f} MB"


def _joined_before(event: Mapping[str, Any]) -> bool | None:
    before = _part(event, "unsigned").get("prev_content", event.get("prev_content"))
    return mapping(before).get("membership") == "join" if isinstance(before, Mapping) else None


def _sticker(content: Mapping[str, Any]) -> str:
    return sentences.STICKER.format(name=_shown(content.get("body")))


def _poll(content: Mapping[str, Any]) -> str:
    """The question of a poll, as programs of before and after its standard write it."""
    poll = next((mapping(content[name]) for name in _POLLS if name in content), {})
    asked = poll.get("question")
    inside = mapping(asked)
    words = next(
        (inside[name] for name in ("m.text", "org.matrix.msc1767.text", "body") if name in inside), asked
    )
    return sentences.POLL.format(question=_shown(words))


def _shown(words: object) -> str:
    """Words that are plain, or given in several forms."""
    forms = listing(words)
    told = mapping(forms[0]).get("body") if forms else words
    return storable(told, _LONGEST_NAME) if isinstance(told, str) else ""


_SHOWN: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "m.sticker": _sticker,
    **dict.fromkeys(_POLLS, _poll),
}
"""What says something without words, and what stands for it."""
