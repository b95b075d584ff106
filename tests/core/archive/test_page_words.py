"""Times, places and counts as pages write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.archive import page_words
from bot.core.archive.chat_page import ChatPage, Where
from bot.core.audience import Audience
from bot.core.hearing import Stretch
from bot.core.model import Chat, ChatState, Community, Series

AT = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
CHAT = Chat(1, 1, "America/New_York", AT, AT + timedelta(hours=1))


@pytest.mark.parametrize(
    ("starts", "minutes", "zone", "said"),
    [
        (AT, 60, "America/New_York", ("8:00", "9:00 pm ET")),
        (AT - timedelta(hours=8, minutes=30), 60, "America/New_York", ("11:30 am", "12:30 pm ET")),
        (AT + timedelta(hours=3, minutes=30), 60, "America/New_York", ("11:30 pm", "18 Nov, 12:30 am ET")),
        (AT, 60, "Asia/Kolkata", ("6:30", "7:30 am IST")),
    ],
)
def test_hours_say_am_or_pm_once_where_that_is_enough(
    starts: datetime, minutes: int, zone: str, said: tuple[str, str]
) -> None:
    assert page_words.hours(starts, starts + timedelta(minutes=minutes), zone) == said


def test_what_was_over_within_a_minute_has_one_time() -> None:
    for seconds in (0, 40):
        ends = AT + timedelta(seconds=seconds)
        assert page_words.hours(AT, ends, "America/New_York") == ("8:00 pm ET", "")
        assert page_words.in_utc(AT, ends, "America/New_York") == "01:00 UTC, 18 Nov"


def test_utc_stands_beside_with_its_day_where_that_is_another_one() -> None:
    assert page_words.in_utc(AT, AT + timedelta(hours=1), "America/New_York") == "01:00–02:00 UTC, 18 Nov"
    assert page_words.in_utc(AT, AT + timedelta(hours=1), "Europe/Paris") == "01:00–02:00 UTC"
    assert page_words.in_utc(AT, AT + timedelta(hours=1), "UTC") == ""
    assert page_words.in_utc(AT, AT + timedelta(hours=1), "Europe/London") == "", "the clocks show the same"
    summer = datetime(2026, 7, 1, 19, tzinfo=UTC)
    assert page_words.in_utc(summer, summer + timedelta(hours=1), "Europe/London") == "19:00–20:00 UTC"


@pytest.mark.parametrize(
    ("later", "seen", "heard"),
    [
        (timedelta(minutes=5), "8:05", "8:05 pm"),
        (timedelta(hours=4, minutes=10), "12:10", "12:10 am on 18 Nov"),
        (timedelta(days=2), "19 Nov", "8:00 pm on 19 Nov"),
        (timedelta(minutes=-5), "7:55", "7:55 pm"),
    ],
)
def test_the_margin_has_the_time_of_that_evening_and_later_the_day(
    later: timedelta, seen: str, heard: str
) -> None:
    assert page_words.Margin(CHAT).both(AT + later) == (seen, heard)


def test_places_are_told_apart_by_network_or_by_name_and_one_place_not_at_all() -> None:
    room = Where(1, "edchat", "Browser", "edchat")
    lodge, other = Where(2, "#chat", "Discord"), Where(3, "#staff", "Discord")
    assert page_words.told_apart((room,)) == {}
    assert page_words.told_apart((room, lodge)) == {1: "Browser", 2: "Discord"}
    assert page_words.told_apart((room, lodge, other)) == {1: "Browser", 2: "#chat", 3: "#staff"}


def page(chat: Chat = CHAT, **values: object) -> ChatPage:
    """A page that holds nothing but what is said."""
    series, community = Series(1, 1, "Weekly"), Community(1, "House", "UTC")
    return replace(ChatPage(chat, series, community, Audience(1)), **values)  # type: ignore[arg-type] # see above


def test_late_answers_are_welcome_until_a_moment_on_the_chats_clock() -> None:
    late = page(late_until=AT + timedelta(days=7))
    assert page_words.standing(late) == ("Late answers are still welcome until Tue 24 Nov 2026, 8:00 pm ET.",)


def test_a_sealed_chat_is_complete_and_says_until_when_it_was_heard() -> None:
    sealed = page(replace(CHAT, state=ChatState.SEALED), seals_at=AT + timedelta(days=7))
    assert page_words.standing(sealed) == (
        "Complete: every place of the chat was heard until it was sealed on Tue 24 Nov 2026, 8:00 pm ET.",
    )
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.SEALED)))
    assert said.startswith("Complete:")


def test_a_chat_in_its_tail_is_complete_so_far_and_one_that_goes_on_says_nothing_of_it() -> None:
    tail = page(replace(CHAT, state=ChatState.TAIL))
    assert page_words.standing(tail) == ("Complete so far: every place of the chat is heard.",)
    assert page_words.standing(page(replace(CHAT, state=ChatState.OPEN))) == ()


def test_what_is_being_made_ready_is_not_complete() -> None:
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.TAIL), unseen=2))
    assert said == "2 answers are being made ready to be read."


def test_a_gap_is_named_and_nothing_is_called_complete() -> None:
    gone = Where(1, "edchat", "Discord", left_at=AT + timedelta(minutes=40))
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.SEALED), places=(gone,)))
    assert said == (
        "Not complete: the bot had to leave edchat at 8:40 pm ET; what was said there afterwards is missing."
    )


def test_a_place_that_was_left_while_late_answers_counted_lacks_those() -> None:
    gone = Where(1, "edchat", "Discord", left_at=AT + timedelta(days=3))
    late = page(replace(CHAT, state=ChatState.SEALED), places=(gone,), seals_at=AT + timedelta(days=7))
    (said,) = page_words.standing(late)
    assert said == (
        "Not complete: the bot had to leave edchat on Fri 20 Nov 2026, 8:00 pm ET;"
        " late answers given there afterwards are missing."
    )


def test_a_time_in_which_a_place_could_not_be_read_is_named_with_the_place() -> None:
    def minute(number: int) -> datetime:
        return AT + timedelta(minutes=number)

    there = Where(1, "edchat", "Discord", missed=(Stretch(minute(40)), Stretch(minute(5), minute(12))))
    past, now = page_words.standing(page(replace(CHAT, state=ChatState.SEALED), places=(there,)))
    assert past == (
        "Not complete: edchat could not be read from 8:05 pm ET to 8:12 pm ET;"
        " what was said there in that time is missing."
    )
    assert (
        now == "Not complete: edchat cannot be read since 8:40 pm ET; what was said there since is missing."
    )
    touching = replace(there, missed=(Stretch(minute(-30), minute(20)), Stretch(minute(20), minute(50))))
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.TAIL), places=(touching,)))
    assert said.startswith(
        "Not complete: edchat could not be read from Tue 17 Nov 2026, 7:30 pm ET to 8:50 pm"
    )


@pytest.mark.parametrize(
    ("since", "until"), [(-60, 0), (60, None), (-60, -30)], ids=["before", "after", "long before"]
)
def test_a_place_that_was_not_read_at_another_time_is_no_gap(since: int, until: int | None) -> None:
    ends = None if until is None else AT + timedelta(minutes=until)
    there = Where(1, "edchat", "Discord", missed=(Stretch(AT + timedelta(minutes=since), ends),))
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.TAIL), places=(there,)))
    assert said.startswith("Complete so far")


def test_a_place_that_was_left_is_named_once() -> None:
    left = AT + timedelta(minutes=40)
    gone = Where(1, "edchat", "Discord", left_at=left, missed=(Stretch(left),))
    (said,) = page_words.standing(page(replace(CHAT, state=ChatState.SEALED), places=(gone,)))
    assert "had to leave edchat at 8:40 pm ET" in said


def test_a_guest_that_went_out_of_the_chat_is_named_and_is_no_gap() -> None:
    guest = Where(2, "maths", "Matrix", community="Leeds", went_at=AT + timedelta(minutes=30))
    whole, went = page_words.standing(page(replace(CHAT, state=ChatState.TAIL), places=(guest,)))
    assert whole.startswith("Complete so far")
    assert went == "maths of Leeds took part until Tue 17 Nov 2026, 8:30 pm ET."


def test_a_place_that_was_left_after_the_chat_is_no_gap() -> None:
    gone = Where(1, "edchat", "Discord", left_at=AT + timedelta(days=40))
    for seals_at in (None, AT + timedelta(days=7)):
        assert page_words.standing(page(places=(gone,), seals_at=seals_at)) == ()


def test_people_who_keep_their_answers_out_are_counted_and_not_named() -> None:
    assert page_words.standing(page(kept_out=1)) == (
        "1 person took part and keeps their answers out of what is read here.",
    )
    assert "3 people took part and keep" in page_words.standing(page(kept_out=3))[0]


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "tomorrow"), (2, "in 2 days")])
def test_how_far_off_a_chat_is_counts_days_of_its_zone(days: int, said: str) -> None:
    late_evening = AT + timedelta(hours=3)
    assert page_words.away(late_evening, late_evening - timedelta(days=days), "America/New_York") == said


def test_a_few_hours_off_may_be_tomorrow() -> None:
    assert page_words.away(AT, AT - timedelta(hours=21), "America/New_York") == "tomorrow"


def test_numbers_have_their_word() -> None:
    assert page_words.counted(1, "answer") == "1 answer"
    assert page_words.counted(1204, "answer") == "1,204 answers"
    assert page_words.counted(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("Tue 17 Nov 2026, 8:00 pm ET", ["Tue", "17_Nov", "2026,", "8:00_pm_ET"]),
        ("Di., 17. Nov. 2026, 20:00 ET", ["Di.,", "17._Nov.", "2026,", "20:00_ET"]),
        ("4 Fragen, 1.204 Antworten", ["4_Fragen,", "1.204_Antworten"]),
    ],
)
def test_a_number_and_what_it_counts_are_one_piece(words: str, pieces: list[str]) -> None:
    assert [one.replace("\N{NO-BREAK SPACE}", "_") for one in page_words.unbroken(words).split(" ")] == pieces
