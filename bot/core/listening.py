"""Which chat a message in a place belongs to, and whether it is kept at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.filing import NOWHERE, Around, Filed, MessageKind, file
from bot.core.labels import reading as labels
from bot.core.model import Chat, Question

CLAIM_TOLERANCE = timedelta(minutes=5)
"""A platform's time for a message is believed this far into the future."""


@dataclass(frozen=True, slots=True)
class Attended:
    """One chat that a place listens for: its questions by number, and its label letters.

    `nameless` says whether it takes answers without a name, `own` whether it is the place's community's:
    whoever hosts there is a participant like any other where the place is a guest.
    """

    chat: Chat
    questions: Mapping[int, Question]
    letters: labels.Letters
    count: int
    nameless: bool = False
    own: bool = True

    @staticmethod
    def of(
        chat: Chat, questions: Sequence[Question], letters: str, nameless: bool = False, own: bool = True
    ) -> "Attended":
        """A chat with what filing needs."""
        numbered = {q.position: q for q in questions}
        read = labels.Letters.parse(letters)
        return Attended(chat, numbered, read, max(numbered, default=0), nameless, own)


class Kept(NamedTuple):
    """A message that is stored: the chat it belongs to and where it was filed."""

    chat: Chat
    filed: Filed
    number: int = 0


def said_at(claimed: datetime, heard: datetime) -> datetime:
    """The time shown for a message: the platform's claim, but never far in the future."""
    return min(claimed, heard + CLAIM_TOLERANCE)


def keep(
    attended: Sequence[Attended],
    text: str,
    by_host: bool,
    at: datetime,
    around: Around = NOWHERE,
    thread_chat: int = 0,
    attached: bool = False,
) -> Kept | None:
    """The chat that hears this message, and its filing; None when no chat listens.

    In its hour a chat keeps everything; afterwards only what is filed. `attended` is in the order
    in which the chats opened, latest first; a thread or reply decides for its own chat; only
    a reply which that one does not keep, as talk about last week's answer, belongs to tonight's hour.
    """
    for one, near in _meant(attended, at, around, thread_chat):
        voice = labels.Voice.MODERATOR if by_host and one.own else labels.Voice.PARTICIPANT
        filed = file(labels.read(text, voice, one.count, one.letters), one.questions, near, attached)
        if in_hour(one.chat, at) or filed.kind is not MessageKind.CONVERSATION or filed.corrects:
            return Kept(one.chat, filed, _number(one, filed))
    return None


def in_hour(chat: Chat, at: datetime) -> bool:
    """Whether a moment lies in the chat's hour; while it runs the hour has no end."""
    return chat.starts_at <= at and (at <= chat.ends_at or not chat.state.hears_late_answers)


def may_be_heard_yet(attended: Sequence[Attended], said: datetime | None) -> bool:
    """Whether a chat would keep words said then, should they come yet; those before every chat never."""
    return any(said is None or one.chat.starts_at <= said for one in attended)


def _number(one: Attended, filed: Filed) -> int:
    if not filed.questions:
        return 0
    return next((number for number, q in one.questions.items() if q.id in filed.questions), 0)


def _meant(
    attended: Sequence[Attended], at: datetime, around: Around, thread_chat: int
) -> Iterator[tuple[Attended, Around]]:
    own = next((one for one in attended if one.chat.id == thread_chat), None)
    here = next((one for one in attended if one.chat.starts_at <= at), None)
    if own is not None:
        yield own, around
    if here is not None and here is not own and not (thread_chat and around.thread_question):
        yield here, NOWHERE if thread_chat else around
