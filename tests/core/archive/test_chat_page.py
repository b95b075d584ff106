"""What the page of a chat holds: answers under their questions, comments below them, names without counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.archive.chat_page import Answer, ChatPage, Where
from bot.core.archive.shared_links import shared_links, words_alone
from bot.core.archive.sources import sources
from bot.core.archive.threads import Told, answered, unknown_parents
from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import Chat, ChatState, Community, How, Question, QuestionState, Series, Visibility

AT = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
SERIES = Series(1, 1, "Weeknight Inquiry", slug="inquirychat", visibility=Visibility.PUBLIC, indexable=True)
CHAT = Chat(1, 1, "America/New_York", AT, AT + timedelta(hours=1), state=ChatState.SEALED, slug="2026-11-17")
Q1, Q2 = (Question(10 + k, k, f"Question {k}?", QuestionState.ASKED, AT) for k in (1, 2))


def answer(number: int, name: str = "Ana", **values: object) -> Answer:
    """An answer, said in the minute of its number."""
    at = AT + timedelta(minutes=number)
    whole = {"html": f"<p>{number}</p>", "said_at": at, "place": "", "person": hash(name)} | values
    return Answer(number, f"id{number}", name, **whole)  # type: ignore[arg-type] # the test says what it changes


def said(number: int, *questions: int, name: str = "Ana", **values: object) -> Told:
    """An answer filed under these questions' ids."""
    return Told(answer(number, name, **values), MessageKind.ANSWER, (1, f"n{number}"), None, questions)


def comment(number: int, on: int, name: str = "Ben") -> Told:
    """A comment on another message."""
    return Told(answer(number, name), MessageKind.COMMENT, (1, f"n{number}"), f"n{on}")


def page(*told: Told, chat: Chat = CHAT, series: Series = SERIES) -> ChatPage:
    """A page with two questions."""
    questions = answered(series, (Q1, Q2), told)
    return ChatPage(chat, series, Community(1, "House", "UTC"), Audience(1), questions=questions)


def ids(answers: tuple[Answer, ...]) -> list[int]:
    return [one.message_id for one in answers]


def test_answers_stand_under_their_question_in_the_order_in_which_they_were_said() -> None:
    shown = page(said(3, Q1.id), said(1, Q1.id), said(2, Q2.id))
    assert [(one.label, ids(one.answers)) for one in shown.questions] == [("Q1", [1, 3]), ("Q2", [2])]


def test_an_answer_to_two_questions_stands_under_both_and_counts_once() -> None:
    shown = page(said(1, Q1.id, Q2.id))
    assert [ids(one.answers) for one in shown.questions] == [[1], [1]]
    assert len(shown.answers) == 1


def test_a_comment_stands_below_its_answer_also_by_way_of_another_comment() -> None:
    shown = page(said(1, Q1.id), comment(4, 3), comment(3, 1))
    (only,) = shown.questions[0].answers
    assert ids(only.comments) == [3, 4]


def test_comments_that_reply_to_each_other_in_a_circle_belong_nowhere() -> None:
    assert page(comment(1, 2), comment(2, 1)).words == ()


def test_a_comment_on_an_answer_that_is_not_shown_stays_under_that_answers_question() -> None:
    told = (comment(2, 1),)
    assert unknown_parents(told) == ((1, "n1"),)
    first, second = answered(SERIES, (Q1, Q2), told, {(1, "n1"): (Q2.id,)})
    assert first.answers == ()
    (kept,) = second.answers
    assert kept.orphan
    assert kept.message_id == 2


def test_comments_on_an_answer_that_is_gone_for_good_stand_under_what_was_asked_last_before_them() -> None:
    later = Question(12, 2, "Question 2?", QuestionState.ASKED, AT + timedelta(minutes=3))
    told = (comment(2, 1), comment(4, 1), comment(5, 4), comment(6, 9))
    shown = answered(SERIES, (Q1, later), told, {(1, "n1"): ()})
    assert [ids(one.answers) for one in shown] == [[2], [4, 5]]
    assert all(one.orphan for asked in shown for one in asked.answers)
    known = answered(SERIES, (Q1, later), told, {(1, "n1"): (later.id,)})
    assert [ids(one.answers) for one in known] == [[], [2, 4, 5]]


def test_the_same_native_id_in_another_place_is_another_message() -> None:
    elsewhere = Told(answer(2), MessageKind.COMMENT, (2, "n2"), "n1")
    assert page(said(1, Q1.id), elsewhere).questions[0].answers[0].comments == ()


def test_a_question_that_was_never_asked_is_not_shown_and_one_taken_back_with_answers_is() -> None:
    drafted = Question(20, 3, "Not yet?")
    removed = Question(21, 4, "Was it?", QuestionState.REMOVED, AT)
    bare = Question(22, 5, "Nobody?", QuestionState.REMOVED, AT)
    shown = answered(SERIES, (Q1, drafted, removed, bare), (said(1, 21),))
    assert [one.label for one in shown] == ["Q1", "Q4"]


def test_people_are_alphabetical_whatever_their_case_and_say_nothing_of_how_much_they_said() -> None:
    told = [
        said(1, Q1.id, name="zoe"),
        said(2, Q1.id, name="Ana"),
        said(3, Q1.id, name="zoe"),
        comment(4, 2, "Ben"),
    ]
    assert page(*told).people == ("Ana", "Ben", "zoe")


def test_one_person_with_two_names_stands_under_both_and_counts_once() -> None:
    shown = page(said(1, Q1.id, person=7), said(2, Q1.id, name="Quiet Heron", person=7))
    assert shown.people == ("Ana", "Quiet Heron")
    assert shown.count_people == 1


def test_what_hosts_picked_is_parted_from_the_rest_and_without_picks_there_is_no_rest() -> None:
    shown = page(said(1, Q1.id), said(2, Q1.id, picked=True), said(3, Q2.id))
    assert [tuple(map(ids, one.parted)) for one in shown.questions] == [([2], [1]), ([3], [])]


def test_it_tells_how_many_answers_found_their_question_in_which_way_and_words_by_place() -> None:
    told = (said(1, Q1.id, how="form", place="Matrix"), said(2, Q1.id, how="label", place="Browser"))
    found = sources(page(*told, said(3, Q2.id, how="form", place="Matrix"), comment(4, 3)))
    assert found.ways == ((How.LABEL, 1), (How.FORM, 2))
    assert found.places == (("Browser", 1), ("Matrix", 2))


def test_who_answered_without_a_name_is_counted_and_not_listed() -> None:
    shown = page(said(1, Q1.id), said(2, Q1.id, name="Somebody", anonymous=True))
    assert shown.people == ("Ana",)
    assert shown.count_people == 2
    assert shown.questions[0].answerers == 2


def test_who_only_commented_is_not_among_those_from_whom_a_question_has_answers() -> None:
    asked = page(said(1, Q1.id, name="zoe"), comment(2, 1, "Ben")).questions[0]
    assert asked.answerers == 1


def test_a_page_is_as_open_as_what_people_were_told_even_when_the_series_opens_up() -> None:
    told = Chat(1, 1, "UTC", AT, AT, told=Visibility.MEMBERS)
    assert page(chat=told).open_to is Visibility.MEMBERS
    assert not page(chat=told).indexable
    assert page().indexable


def test_questions_go_by_the_letter_of_their_series() -> None:
    shown = page(series=Series(1, 1, "Friday", letters="F/A"))
    assert [one.label for one in shown.questions] == ["F1", "F2"]


def test_each_link_is_shared_once_by_who_shared_it_first() -> None:
    link = '<p>see <a href="https://a.example/x?a=1&amp;b=2" rel="nofollow">the card</a></p>'
    bare = '<p><a href="https://b.example/y/" rel="nofollow">https://b.example/y/</a></p>'
    shown = page(said(1, Q1.id, name="Zoe", html=link), said(2, Q1.id, html=link), said(3, Q2.id, html=bare))
    found = [(one.url, one.title, one.host, one.name, one.label) for one in shared_links(shown)]
    assert found == [
        ("https://a.example/x?a=1&b=2", "the card", "a.example", "Zoe", "Q1"),
        ("https://b.example/y/", "b.example/y", "b.example", "Ana", "Q2"),
    ]


def test_addresses_of_letters_are_no_shared_links() -> None:
    html = '<p><a href="mailto:a@b.example" rel="nofollow">write</a></p>'
    assert shared_links(page(said(1, Q1.id, html=html))) == ()


def test_words_alone_leave_out_what_is_veiled_whatever_stands_under_the_veil() -> None:
    under = '<span class="mention">@Ann</span> <em>it was</em> <span class="host">Mo</span>'
    html = f'<p>a <span class="spoiler" tabindex="0">{under}</span> <span class="mention">@Bo</span> z</p>'
    assert words_alone(html) == "a [spoiler] @Bo z"


def test_words_alone_have_neither_marks_nor_escapes() -> None:
    assert words_alone("<p>1 &lt; 2 <em>and</em><br>\n3</p>\n") == "1 < 2 and 3"


def test_readers_are_led_into_a_room_of_the_chats_own_community_alone() -> None:
    left, own = Where(1, "hall", "Browser", "hall", left_at=AT), Where(3, "edchat", "Browser", "edchat")
    guests = Where(2, "den", "Browser", "den", community="Club")
    assert replace(page(), places=(left, guests, own)).room == "edchat"
    assert replace(page(), places=(left, guests)).room == ""


def test_a_room_that_needs_its_link_is_offered_to_no_stranger() -> None:
    shut, open_to_all = (
        Where(1, "staff", "Browser", "staff", by_link=True),
        Where(2, "hall", "Browser", "hall"),
    )
    member = Audience(1, Reads.MEMBERS)
    assert replace(page(), places=(shut,)).room == ""
    assert replace(page(), places=(shut, open_to_all)).room == "hall"
    assert replace(page(), places=(shut,), audience=member).room == "staff"
