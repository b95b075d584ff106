"""Filing: label, then thread, then reply, else conversation; and which chat hears a message at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.filing import NOWHERE, Around, Filed, MessageKind, file, named
from bot.core.labels.reading import Letters, Voice, read
from bot.core.listening import Attended, in_hour, keep, said_at
from bot.core.model import Chat, ChatState, How, Question, QuestionState

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Question(11, 1, "What?", QuestionState.ASKED, START)
DRAFTED = Question(12, 2, "Why?")
SKIPPED = Question(13, 3, "Who?", QuestionState.SKIPPED)
QUESTIONS = {question.position: question for question in (ASKED, DRAFTED, SKIPPED)}


def filed(text: str, around: Around = NOWHERE, attached: bool = False) -> Filed:
    return file(read(text, Voice.PARTICIPANT, 3, Letters()), QUESTIONS, around, attached)


def test_a_label_wins_over_thread_and_reply() -> None:
    one = filed("A1: novels", Around(thread_question=12, reply_question=12, reply_is_answer=True))
    assert (one.kind, one.questions, one.how, one.inferred) == (MessageKind.ANSWER, (11,), How.LABEL, False)


@pytest.mark.parametrize(
    ("around", "kind", "questions", "how", "inferred"),
    [
        (NOWHERE, MessageKind.CONVERSATION, (), None, False),
        (Around(), MessageKind.CONVERSATION, (), None, False),
        (Around(thread_question=11, reply_question=12), MessageKind.ANSWER, (11,), How.THREAD, False),
        (Around(reply_question=12), MessageKind.ANSWER, (12,), How.REPLY, True),
        (Around(reply_is_answer=True), MessageKind.COMMENT, (), None, False),
    ],
)
def test_without_a_label_the_thread_then_the_reply_decides(
    around: Around, kind: MessageKind, questions: tuple[int, ...], how: How | None, inferred: bool
) -> None:
    one = filed("novels", around)
    assert (one.kind, one.questions, one.how, one.inferred) == (kind, questions, how, inferred)


def test_a_number_not_yet_asked_is_held() -> None:
    one = filed("A1/A2: novels")
    assert (one.questions, one.held, one.flags) == ((11,), (2,), ("multi",))


def test_a_question_left_out_takes_no_answer_by_label() -> None:
    assert filed("A3: novels").kind is MessageKind.CONVERSATION
    assert filed("A3: novels", Around(thread_question=11)).how is How.THREAD


def test_an_empty_label_is_an_answer_only_with_a_file() -> None:
    assert filed("A1").kind is MessageKind.CONVERSATION
    assert filed("A1", attached=True).questions == (11,)


def test_a_correction_is_talk_and_names_its_numbers() -> None:
    one = filed("sorry, this is A1", Around(thread_question=11))
    assert (one.kind, one.corrects) == (MessageKind.CONVERSATION, (1,))


def test_numbers_are_asked_or_waiting_or_nothing() -> None:
    assert named((1, 2, 3, 4), QUESTIONS) == ((11,), (2,))


def attended(chat_id: int, starts_at: datetime, state: ChatState) -> Attended:
    chat = Chat(chat_id, 1, "UTC", starts_at, starts_at + HOUR, state=state)
    return Attended.of(chat, tuple(QUESTIONS.values()), "Q/A")


NEW = attended(2, START + timedelta(days=6), ChatState.OPEN)
OLD = attended(1, START, ChatState.TAIL)


def test_the_chat_opened_last_hears_a_label_unless_thread_or_reply_decide() -> None:
    at = NEW.chat.starts_at + timedelta(minutes=5)
    kept = keep((NEW, OLD), "A1: novels", False, at)
    assert kept is not None
    assert (kept.chat.id, kept.number) == (2, 1)
    kept = keep((NEW, OLD), "A1: novels", False, at, thread_chat=1)
    assert kept is not None
    assert kept.chat.id == 1
    sealed = Around(thread_question=99)
    assert keep((NEW, OLD), "A1: novels", False, at, sealed, thread_chat=9) is None
    talk = keep((NEW, OLD), "I still like that", False, at, Around(reply_is_answer=True), thread_chat=9)
    assert talk is not None
    assert (talk.chat.id, talk.filed.kind) == (2, MessageKind.CONVERSATION)


def test_a_message_from_before_the_new_chat_belongs_to_the_old_one() -> None:
    kept = keep((NEW, OLD), "A1: novels", False, START + timedelta(days=1))
    assert kept is not None
    assert kept.chat.id == 1
    assert keep((NEW, OLD), "A1: novels", False, START - timedelta(days=1)) is None


def test_after_the_hour_only_what_is_filed_or_corrects_is_kept() -> None:
    late = START + timedelta(hours=2)
    assert keep((OLD,), "good night", False, late) is None
    assert keep((OLD,), "A1: novels", False, late) is not None
    assert keep((OLD,), "sorry, this is A1", False, late) is not None
    talk = keep((OLD,), "hello", False, START + timedelta(minutes=1))
    assert talk is not None
    assert (talk.filed.kind, talk.number) == (MessageKind.CONVERSATION, 0)


def test_a_moderators_question_label_is_no_answer() -> None:
    at = NEW.chat.starts_at
    host, guest = (keep((NEW,), "Q1: What do you read?", by_host, at) for by_host in (True, False))
    assert host is not None
    assert guest is not None
    assert (host.filed.kind, guest.filed.kind) == (MessageKind.CONVERSATION, MessageKind.ANSWER)


def test_an_hour_under_way_has_no_end() -> None:
    after = START + timedelta(hours=2)
    assert not in_hour(OLD.chat, after)
    assert in_hour(attended(1, START, ChatState.WRAPPING).chat, after)
    assert not in_hour(OLD.chat, START - timedelta(seconds=1))
    assert in_hour(OLD.chat, START + HOUR)


def test_a_time_is_believed_five_minutes_into_the_future() -> None:
    assert said_at(START + timedelta(minutes=4), START) == START + timedelta(minutes=4)
    assert said_at(START + timedelta(days=4), START) == START + timedelta(minutes=5)


def test_a_chat_without_questions_is_attended_too() -> None:
    assert Attended.of(OLD.chat, (), "F/A").count == 0


@pytest.mark.parametrize("text", ["A2: novels", "novels", "sorry, this is A2", "A2:"])
def test_a_form_answers_the_question_it_stands_under_whatever_it_says(text: str) -> None:
    one = filed(text, Around(thread_question=11, by_form=True))
    assert (one.kind, one.questions, one.how, one.why) == (
        MessageKind.ANSWER,
        (11,),
        How.FORM,
        "given by form",
    )
    assert (one.corrects, one.held) == ((), ())


def test_a_form_under_no_question_is_read_like_anything_said() -> None:
    assert filed("A1: novels", Around(by_form=True)).how is How.LABEL
    assert filed("novels", Around(by_form=True)).kind is MessageKind.CONVERSATION
