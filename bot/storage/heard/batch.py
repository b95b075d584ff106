"""A sweep of new messages made into rows, with ids given beforehand so that each table is written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bot.core.archive.web_addresses import without_secrets
from bot.core.filing import NOWHERE, Around, Filed, MessageKind
from bot.core.hearing import Said
from bot.core.listening import Attended, Kept, keep, said_at
from bot.core.model import How, Place, Role
from bot.core.plain import storable
from bot.storage.heard.pouring import Pour
from bot.storage.schema import tables as t

LONGEST = 65_536
"""The most characters of one message that are kept."""


class Hung(NamedTuple):
    """What others hang a message on: a question's post, or a stored message, also by its copy.

    `original` is the message of which it is a copy, `thread` the question in whose thread a message stands.
    """

    question_id: int | None = None
    chat_id: int = 0
    is_answer: bool = False
    original: str | None = None
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Somebody said which question their message before this one was for."""

    message_id: int
    person_id: int
    chat_id: int
    numbers: tuple[int, ...]


_NOTHING = Hung()

MESSAGES = Pour(
    t.message,
    "id",
    "place_id",
    "platform_message_id",
    "chat_id",
    "person_id",
    "by_host",
    "text",
    "kind",
    "why",
    "thread_question_id",
    "reply_to",
    "held",
    "attachments",
    "anonymous",
    "said_at",
    "heard_at",
)
FILINGS = Pour(t.filing, "message_id", "question_id", "how", "by_person_id", "inferred", "flags", "filed_at")


class Batch:
    """Rows for messages and filings; `ids` are the message ids by native id, `kept` the new ones."""

    def __init__(
        self, place: Place, attended: Sequence[Attended], now: datetime, known: Mapping[str, int]
    ) -> None:
        self.place, self.attended, self.now = place, attended, now
        self.ids = dict(known)
        self.messages: list[tuple[Any, ...]] = []
        self.filings: list[tuple[Any, ...]] = []
        self.corrections: list[Correction] = []
        self.labelled: list[tuple[str, int]] = []
        self._next_id = 0
        self._hung: dict[str, Hung] = {}

    def begin(self, first_id: int, hung: Mapping[str, Hung]) -> None:
        """Give the id of the first new message, and what the messages hang on."""
        self._next_id, self._hung = first_id, dict(hung)

    def take(self, one: Said, person_id: int) -> None:
        """Make rows of one message, if a chat keeps it."""
        around, chat_id = self._around(one) if one.thread or one.reply_to else (NOWHERE, 0)
        at, by_host = said_at(one.at, self.now), one.author.power >= Role.HOST
        text = kept_words(one.text)
        kept = keep(self.attended, text, by_host, at, around, chat_id, bool(one.attachments))
        if kept is not None:
            self._add(one, person_id, text, at, kept, around)

    def _around(self, one: Said) -> tuple[Around, int]:
        thread = self._hung.get(one.thread or "", _NOTHING)
        reply = self._replied(one, thread.chat_id)
        to_copy = reply.original is not None
        around = Around(thread.question_id, reply.question_id, reply.is_answer, one.by_form, to_copy)
        return around, thread.chat_id or reply.chat_id

    def _replied(self, one: Said, thread_chat: int) -> Hung:
        """What a message replies to; a reply to a chat that is over, or to another thread's, is new talk."""
        if not one.reply_to:
            return _NOTHING
        hung = self._hung.get(one.reply_to, _NOTHING)
        heard = {thread_chat} if thread_chat else {here.chat.id for here in self.attended}
        return hung if hung.chat_id in heard else _NOTHING

    def _add(self, one: Said, person_id: int, text: str, at: datetime, kept: Kept, around: Around) -> None:
        filed, message_id = kept.filed, self._next_id
        self._next_id, self.ids[one.id] = message_id + 1, message_id
        self._hung[one.id] = Hung(None, kept.chat.id, filed.kind is MessageKind.ANSWER)
        if filed.questions or filed.corrects:
            self._note_filing(one, message_id, person_id, kept, around)
        self.messages.append(
            (
                message_id,
                self.place.id,
                one.id,
                kept.chat.id,
                person_id,
                one.author.power >= Role.HOST and self._own(kept),
                text,
                filed.kind,
                filed.why,
                around.thread_question,
                self._hung.get(one.reply_to or "", _NOTHING).original or one.reply_to,
                ",".join(map(str, filed.held)) if filed.held else None,
                list(one.attachments) if one.attachments else None,
                one.anonymous and self._nameless(kept),
                *(at, self.now),
            )
        )

    def _own(self, kept: Kept) -> bool:
        return any(one.own for one in self.attended if one.chat.id == kept.chat.id)

    def _nameless(self, kept: Kept) -> bool:
        return any(one.nameless for one in self.attended if one.chat.id == kept.chat.id)

    def _note_filing(self, one: Said, message_id: int, person_id: int, kept: Kept, around: Around) -> None:
        filed = kept.filed
        by = person_id if filed.how is How.FORM else None
        for question_id in filed.questions:
            flags = ",".join(filed.flags)
            self.filings.append((message_id, question_id, filed.how, by, filed.inferred, flags, self.now))
        if filed.corrects:
            self.corrections.append(Correction(message_id, person_id, kept.chat.id, filed.corrects))
        if filed.questions and around is NOWHERE:
            self.labelled.append((one.id, kept.number))


def kept_words(text: str) -> str:
    """The words of a message as they are kept: storable, no blank lines around them, and no keys in them."""
    return without_secrets(storable(text, LONGEST).rstrip().lstrip("\r\n"))


def filing_row(
    message_id: int, question_id: int, filed: Filed, now: datetime, by: int | None = None
) -> dict[str, Any]:
    """The row that files a message under a question."""
    return {
        "message_id": message_id,
        "question_id": question_id,
        "how": filed.how,
        "by_person_id": by,
        "inferred": filed.inferred,
        "flags": ",".join(filed.flags),
        "filed_at": now,
    }
