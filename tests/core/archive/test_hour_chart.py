"""The hour as bars: what is drawn, and the sentence for who does not see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.archive.hour_chart import Hour, hour_chart, per_bar, small_chart

STARTS = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


def hour(*minutes: float, asked: tuple[float, ...] = (), length: float = 60) -> Hour:
    """An hour in New York with answers and questions at these minutes."""
    said = tuple(STARTS + timedelta(minutes=m) for m in minutes)
    questions = tuple((f"Q{k}", STARTS + timedelta(minutes=m)) for k, m in enumerate(asked, 1))
    return Hour(STARTS, STARTS + timedelta(minutes=length), "America/New_York", said, questions)


def test_each_answer_is_counted_in_its_minute() -> None:
    counts = per_bar(hour(0, 0.99, 1, 59.99))
    assert len(counts) == 60
    assert (counts[0], counts[1], counts[59], sum(counts)) == (2, 1, 1, 4)


def test_answers_before_and_after_the_hour_have_no_bar() -> None:
    assert sum(per_bar(hour(-1, 60, 4000))) == 0


def test_a_chat_of_a_whole_week_has_no_more_bars_than_fit() -> None:
    counts = per_bar(hour(0, 3000, 10079, length=7 * 24 * 60))
    assert len(counts) <= 90
    assert sum(counts) == 3


def test_the_busiest_minute_is_told_on_the_clock_of_the_chat() -> None:
    sentence = hour_chart(hour(5, 32, 32.5, 90)).sentence
    assert sentence == (
        "3 answers came during the hour. The busiest minute, 8:32 pm, had 2. 1 more came before or after it."
    )


def test_a_chat_that_starts_within_a_minute_has_bars_of_whole_minutes_of_the_clock() -> None:
    chart = hour_chart(
        Hour(
            STARTS + timedelta(seconds=40),
            STARTS + timedelta(seconds=40, minutes=90),
            "America/New_York",
            tuple(STARTS + timedelta(seconds=s) for s in (40, 65, 70, 90 * 60 + 30)),
            (("Q1", STARTS + timedelta(seconds=45)), ("Q2", STARTS + timedelta(seconds=130))),
        )
    )
    assert chart.rows == (("8:00 pm", 1, "Q1"), ("8:01 pm", 2, ""), ("8:02 pm", 0, "Q2"), ("9:30 pm", 1, ""))
    assert (chart.each, chart.times[0].label) == (1, "8:00 pm")
    assert chart.sentence == "4 answers came during the hour. The busiest minute, 8:01 pm, had 2."


def test_an_hour_without_answers_has_no_bars_and_says_so() -> None:
    chart = hour_chart(hour(asked=(5,)))
    assert chart.bars == ()
    assert chart.sentence == "No answers came during the hour."


def test_bars_stand_on_the_floor_and_the_highest_stays_below_the_labels() -> None:
    chart = hour_chart(hour(*[10] * 13, 20))
    for bar in chart.bars:
        assert float(bar.y) + float(bar.height) == pytest.approx(chart.floor, abs=0.11)
    assert min(float(bar.y) for bar in chart.bars) == 26
    assert len(chart.lines) == 2
    tall, low = (float(bar.height) for bar in chart.bars)
    assert tall / low == pytest.approx(13, rel=0.05)


def test_questions_are_marked_where_they_were_asked() -> None:
    chart = hour_chart(hour(asked=(15, 45)))
    assert [(mark.label, mark.at) for mark in chart.marks] == [("Q1", "25.00%"), ("Q2", "75.00%")]
    assert [mark.label for mark in chart.times] == ["8:00 pm", "8:15 pm", "8:30 pm", "8:45 pm", "9:00 pm"]


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (0.5, ["8:00 pm"]),
        (1.5, ["8:00 pm", "8:01 pm"]),
        (3, ["8:00 pm", "8:01 pm", "8:02 pm", "8:03 pm"]),
        (24 * 60, ["8:00 pm", "2:00 am", "8:00 am", "2:00 pm", "8:00 pm"]),
    ],
)
def test_a_short_chat_shows_no_time_twice(minutes: float, labels: list[str]) -> None:
    times = hour_chart(hour(0.1, length=minutes)).times
    assert [mark.label for mark in times] == labels
    assert (times[0].at, times[0].inner) == ("0.00%", False)


def test_the_table_has_a_row_for_each_bar_and_each_question_and_none_for_silence() -> None:
    chart = hour_chart(hour(5, 5.5, 32, asked=(4, 32.2, 32.8)))
    assert chart.rows == (("8:04 pm", 0, "Q1"), ("8:05 pm", 2, ""), ("8:32 pm", 1, "Q2, Q3"))
    assert chart.each == 1


def test_the_table_of_a_whole_week_says_the_day_too_and_how_long_a_row_lasts() -> None:
    chart = hour_chart(hour(5000, asked=(0, 1440), length=7 * 24 * 60))
    assert chart.rows == (
        ("17 Nov, 8:00 pm", 0, "Q1"),
        ("18 Nov, 6:24 pm", 0, "Q2"),
        ("21 Nov, 6:08 am", 1, ""),
    )
    assert chart.each == 112


def test_a_question_that_was_asked_after_the_hour_is_not_marked() -> None:
    assert hour_chart(hour(asked=(61,))).marks == ()


def test_a_small_chart_has_bars_and_questions_alone() -> None:
    chart = small_chart((0, 4, 2), (0.5, 1.2))
    assert [bar.height for bar in chart.bars] == ["30.0", "15.0"]
    assert [mark.at for mark in chart.marks] == ["50.00%"]
    assert chart.times == ()


def test_a_chat_of_a_whole_week_has_days_along_its_hour() -> None:
    chart = hour_chart(hour(5000, length=7 * 24 * 60))
    assert [mark.label for mark in chart.times] == ["17 Nov", "19 Nov", "21 Nov", "23 Nov", "24 Nov"]
    assert "The busiest 112 minutes, 21 Nov, had 1." in chart.sentence
