"""The lines of a transcript: one JSON object for each thing that people or the bot did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.actions import Action
from bot.core.hearing import Author, Deleted, Edited, Reacted, Said
from bot.core.model import Offer, Role
from bot.platform import Outgoing

Fields = dict[str, Any]
"""One line, before it is written and after it is read."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Something that the bot did; `id` is the line's own, whatever the action was done to."""

    id: str
    key: str
    action: Action
    text: str
    offers: tuple[Offer, ...]
    target: str | None
    person: str | None
    at: datetime


Event = Said | Edited | Deleted | Reacted | Posted
"""What a line can hold."""

MALFORMED: Final = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What `decode` raises for a line that no writer of ours has finished."""


def said(author: Author, text: str, at: datetime, thread: str | None, reply_to: str | None) -> Fields:
    """Make the line of a message."""
    what = {"text": text, "thread": thread, "reply_to": reply_to}
    return {"did": "said", **_author(author), **what, "at": _stamp(at)}


def edited(author: Author, message: str, text: str, at: datetime, said_at: datetime | None) -> Fields:
    """Make the line of a changed message."""
    what = {"message": message, "text": text}
    return {"did": "edited", **_author(author), **what, "at": _stamp(at), **_said_at(said_at)}


def deleted(message: str, at: datetime, said_at: datetime | None) -> Fields:
    """Make the line of a message taken back."""
    return {"did": "deleted", "message": message, "at": _stamp(at), **_said_at(said_at)}


def reacted(author: Author, message: str, number: int, at: datetime, removed: bool) -> Fields:
    """Make the line of a digit put on a message, or taken off."""
    what = {"message": message, "number": number, "removed": removed}
    return {"did": "reacted", **_author(author), **what, "at": _stamp(at)}


def posted(out: Outgoing, at: datetime) -> Fields:
    """Make the line of something the bot did."""
    offers = [[offer.label, offer.line, *([True] if offer.form else [])] for offer in out.offers]
    what = {"key": out.key, "action": str(out.action), "text": out.text, "offers": offers}
    return {"did": "post", **what, "target": out.target, "person": out.person, "at": _stamp(at)}


def encode(number: int, fields: Fields) -> bytes:
    """Write one line with its number, by which people and bot call what it holds, and with its end."""
    numbered = {"n": number, **fields}
    return json.dumps(numbered, ensure_ascii=False, separators=(",", ":")).encode(errors="replace") + b"\n"


def decode(raw: bytes) -> tuple[int, Event | None]:
    """Read one line's number and event; None is a kind of event that this version does not know."""
    fields = json.loads(raw)
    if not isinstance(fields, dict):
        raise TypeError("a line holds one object")
    number = fields["n"]
    if type(number) is not int or number < 1:
        raise TypeError("n is no line's number")
    read = _READERS.get(_words(fields, "did"))
    return number, read(str(number), fields) if read else None


def _author(author: Author) -> Fields:
    return {"who": author.native_id, "name": author.name, "host": author.power >= Role.HOST}


def _said_at(at: datetime | None) -> Fields:
    return {"said_at": _stamp(at)} if at else {}


def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("A time needs its zone.")
    return at.isoformat()


def _read_said(native_id: str, fields: Fields) -> Said:
    hangs_on = _words_or_none(fields, "thread"), _words_or_none(fields, "reply_to")
    return Said(native_id, _read_author(fields), _words(fields, "text"), _at(fields), *hangs_on)


def _read_edited(_native_id: str, fields: Fields) -> Edited:
    said_at = _at(fields, "said_at") if "said_at" in fields else None
    return Edited(
        _words(fields, "message"), _read_author(fields), _words(fields, "text"), _at(fields), said_at
    )


def _read_deleted(_native_id: str, fields: Fields) -> Deleted:
    said_at = _at(fields, "said_at") if "said_at" in fields else None
    return Deleted(_words(fields, "message"), _at(fields), said_at)


def _read_reacted(_native_id: str, fields: Fields) -> Reacted:
    number = fields["number"]
    if type(number) is not int:
        raise TypeError("number is no whole number")
    removed = bool(fields.get("removed"))
    return Reacted(_words(fields, "message"), _read_author(fields), number, _at(fields), removed)


def _read_posted(native_id: str, fields: Fields) -> Posted:
    return Posted(
        native_id,
        _words(fields, "key"),
        Action(_words(fields, "action")),
        _words(fields, "text"),
        tuple(Offer(str(label), str(line), bool(form)) for label, line, *form in fields["offers"]),
        _words_or_none(fields, "target"),
        _words_or_none(fields, "person"),
        _at(fields),
    )


_READERS: Final[dict[str, Callable[[str, Fields], Event]]] = {
    "said": _read_said,
    "edited": _read_edited,
    "deleted": _read_deleted,
    "reacted": _read_reacted,
    "post": _read_posted,
}


def _read_author(fields: Fields) -> Author:
    power = Role.HOST if fields.get("host") is True else Role.ANYONE
    return Author(_words(fields, "who"), _words(fields, "name"), power)


def _words(fields: Fields, name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    # Another program may escape half a character into its JSON, which no database takes.
    return value.encode(errors="replace").decode()


def _words_or_none(fields: Fields, name: str) -> str | None:
    return None if fields.get(name) is None else _words(fields, name)


def _at(fields: Fields, name: str = "at") -> datetime:
    at = datetime.fromisoformat(_words(fields, name))
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return at.astimezone(UTC)
