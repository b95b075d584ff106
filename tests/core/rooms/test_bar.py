"""What stands on top of a room when its chat is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.core.model import Chat, ChatState, Series, Visibility
from bot.core.rooms.bar import Bar, bar
from bot.core.rooms.words import of_tabs
from bot.core.sentences import chat
from bot.core.state import Running

AT: Final = datetime(2026, 11, 24, 20, tzinfo=UTC)
SERIES: Final = Series(1, 1, "EdChat", slug="edchat", visibility=Visibility.MEMBERS)
OVER: Final = Chat(
    1, 1, "Europe/London", AT, AT + timedelta(hours=1), topic="practice: asking questions",
    state=ChatState.TAIL, slug="2026-11-24", published_at=AT,
)  # fmt: skip


def after(chat: Chat, series: Series = SERIES) -> Bar:
    return bar(Running(chat, series), AT + timedelta(hours=2))


def test_a_topic_stands_in_quotes_when_the_hour_is_over() -> None:
    said = "“practice: asking questions”: the hour is over, and late answers count until Tue 1 Dec."
    assert after(OVER).text == said


def test_a_page_that_is_out_is_led_to_and_one_that_nobody_may_read_is_not() -> None:
    assert after(OVER).page == "edchat/2026-11-24/"
    assert after(replace(OVER, published_at=None)).page == ""
    assert after(replace(OVER, told=Visibility.OFF)).page == ""
    assert after(OVER, replace(SERIES, visibility=Visibility.OFF)).page == ""


def test_a_chat_that_comes_soon_says_in_how_many_minutes() -> None:
    ahead = replace(OVER, state=ChatState.ANNOUNCED, published_at=None)
    said = {
        minutes: bar(Running(ahead, SERIES), AT - timedelta(minutes=minutes)).left
        for minutes in (300, 100, 5, 0, -2)
    }
    now = "begins now"
    assert said == {300: "", 100: "begins in 100 min", 5: "begins in 5 min", 0: now, -2: now}
    assert bar(Running(ahead, SERIES), AT - timedelta(hours=5)).due == AT


def test_what_is_said_of_threads_is_said_of_tabs_in_a_room() -> None:
    said = chat.HOW_TO_ANSWER.format(answer="A"), chat.LATE_HOW.format(answer="A")
    here = of_tabs("Welcome!\n{}\nSix days: {}".format(*said))
    assert "thread" not in here
    assert here.count("tab") == 2
    assert ("A1: in the conversation" in here, here.startswith("Welcome!\nTap Answer, or")) == (True, True)
    assert of_tabs("Write in the question's thread.") == "Write in the question's thread."


def test_of_a_rehearsal_nothing_is_promised_when_it_is_over() -> None:
    found = after(replace(OVER, rehearsal=True))
    assert (found.text, found.page) == ("The rehearsal of “practice: asking questions” is over.", "")
