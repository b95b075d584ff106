"""The simulated people's own record of what they said, and how it compares with what the bot kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.model import How

Row = Mapping[str, Any]
"""One message as a host may read it in the chat's data."""


@dataclass(slots=True)
class Entry:
    """A message as its author knows it; `before` are the words it no longer has.

    One that the end of the hour overtook on its way may be in the chat or not.
    """

    id: str
    text: str
    deleted: bool = False
    overtaken: bool = False
    before: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the people said and what the bot kept of it; `lost` and `doubled` name messages by their ids."""

    sent: int
    stored: int
    filed: Mapping[str, int]
    conversation: int
    edited: int
    deleted: int
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


class Ledger:
    """What the people did, written down as they did it."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def said(self, message: str, text: str, *, overtaken: bool = False) -> None:
        """Note a new message."""
        self.entries[message] = Entry(message, text, overtaken=overtaken)

    def edited(self, message: str, text: str) -> None:
        """Note that a message has new words."""
        entry = self.entries[message]
        entry.before.append(entry.text)
        entry.text = text

    def deleted(self, message: str) -> None:
        """Note that a message was taken back."""
        self.edited(message, "")
        self.entries[message].deleted = True

    def compare(self, document: Mapping[str, Any]) -> Comparison:
        """Hold this record against the chat's data: each message there once, in its newest words, or gone."""
        rows = list(messages(document))
        kept = _Kept(rows)
        found = {entry.id: kept.of(entry) for entry in self.entries.values()}
        entries = [entry for entry in self.entries.values() if found[entry.id] or not entry.overtaken]
        return Comparison(
            sent=len(entries),
            stored=len(rows),
            filed=_filed(rows),
            conversation=sum(not row["filed"] and not row["deleted_at"] for row in rows),
            edited=sum(bool(entry.before) and not entry.deleted for entry in entries),
            deleted=sum(entry.deleted for entry in entries),
            lost=tuple(entry.id for entry in entries if not kept.right(entry, found[entry.id])),
            doubled=tuple(message for message, there in found.items() if len(there) > 1),
        )


class _Kept:
    """The messages by native id and by words."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_id: dict[str, list[Row]] = {}
        self._by_text: dict[str, list[Row]] = {}
        for row in rows:
            self._by_id.setdefault(row["platform_message_id"], []).append(row)
            self._by_text.setdefault(row["text"], []).append(row)

    def of(self, entry: Entry) -> list[Row]:
        """Every row that holds this message."""
        same_words = [
            row for text in (entry.text, *entry.before) if text for row in self._by_text.get(text, ())
        ]
        rows = [*self._by_id.get(entry.id, ()), *same_words]
        return list({id(row): row for row in rows}.values())

    def right(self, entry: Entry, rows: Sequence[Row]) -> bool:
        """Whether the message is kept as its author left it, and its earlier words are nowhere."""
        stale = any(text in self._by_text for text in entry.before)
        return not stale and any(
            row["text"] == entry.text and bool(row["deleted_at"]) == entry.deleted for row in rows
        )


def messages(document: Mapping[str, Any]) -> Iterator[Row]:
    """Every message of a chat's data."""
    yield from document["messages"]


def answers(document: Mapping[str, Any]) -> Counter[int]:
    """How many answers each question has, by its number."""
    return Counter(filed["question"] for row in messages(document) for filed in row["filed"])


def _filed(rows: Iterable[Row]) -> dict[str, int]:
    count = Counter(filed["how"] for row in rows for filed in row["filed"])
    return {how.value: count[how] for how in How}
