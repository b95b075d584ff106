"""Which question a message belongs to, and why: label, then thread, then reply, else conversation."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from bot.core.labels.reading import Kind, Reading
from bot.core.model import How, Question, QuestionState


class MessageKind(StrEnum):
    """What a stored message is."""

    ANSWER = "answer"
    COMMENT = "comment"
    CONVERSATION = "conversation"


class Around(NamedTuple):
    """What a message hangs on: the ids of the thread's question and of the questions it replies to.

    Given `by_form` it answers the thread's question, whatever it says. A reply `to_copy` of an answer
    stands in a question's thread as the copy does, and is about that answer.
    """

    thread_question: int | None = None
    reply_question: int | None = None
    reply_is_answer: bool = False
    by_form: bool = False
    to_copy: bool = False


class Filed(NamedTuple):
    """Where a message went: question ids and how, or numbers that are held until they are asked.

    `corrects` are numbers for the sender's previous message.
    """

    kind: MessageKind
    questions: tuple[int, ...] = ()
    how: How | None = None
    inferred: bool = False
    flags: tuple[str, ...] = ()
    held: tuple[int, ...] = ()
    corrects: tuple[int, ...] = ()
    why: str = ""


NOWHERE: Final = Around()
TALK: Final = Filed(MessageKind.CONVERSATION, why="conversation")
_REPLY_TO_ANSWER: Final = Filed(MessageKind.COMMENT, why="reply to an answer")


def file(
    reading: Reading, questions: Mapping[int, Question], around: Around = NOWHERE, attached: bool = False
) -> Filed:
    """File one message; `questions` are the chat's, by number, `attached` tells that it brings a file.

    The clock never decides.
    """
    if around.by_form and around.thread_question is not None:
        return Filed(MessageKind.ANSWER, (around.thread_question,), How.FORM, why="given by form")
    if reading.kind is Kind.ANSWER:
        if "correction" in reading.flags:
            return Filed(MessageKind.CONVERSATION, corrects=reading.numbers, why="names the previous message")
        if reading.empty and not attached:
            return Filed(MessageKind.CONVERSATION, why="a label without an answer")
        if labelled := _by_label(reading, questions):
            return labelled
    if around is NOWHERE:
        return TALK
    return _by_place(around)


def _by_label(reading: Reading, questions: Mapping[int, Question]) -> Filed | None:
    asked, held = named(reading.numbers, questions)
    if not asked and not held:
        return None
    return Filed(MessageKind.ANSWER, asked, How.LABEL, flags=reading.flags, held=held, why="label")


def named(
    numbers: Sequence[int], questions: Mapping[int, Question]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids of those questions that were asked, and the numbers of those that are still to be asked."""
    meant = [questions[number] for number in numbers if number in questions]
    asked = tuple(q.id for q in meant if q.asked_at is not None)
    return asked, tuple(q.position for q in meant if q.state is QuestionState.DRAFTED)


def _by_place(around: Around) -> Filed:
    if around.to_copy and around.reply_is_answer:
        return _REPLY_TO_ANSWER
    if around.thread_question is not None:
        return Filed(
            MessageKind.ANSWER, (around.thread_question,), How.THREAD, why="in the question's thread"
        )
    if around.reply_question is not None:
        return Filed(
            MessageKind.ANSWER,
            (around.reply_question,),
            How.REPLY,
            inferred=True,
            why="reply to the question",
        )
    return _REPLY_TO_ANSWER if around.reply_is_answer else TALK
