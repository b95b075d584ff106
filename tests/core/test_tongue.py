"""The language that is spoken: English by itself, another where a page chose it, English again in chats."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pytest
from babel import Locale
from babel.support import Translations

from bot.core.model import Chat, ChatState, Pace, Series
from bot.core.rooms.bar import bar
from bot.core.rooms.panel import panel
from bot.core.sentences import bar as say
from bot.core.sentences import nth_words
from bot.core.sentences.slow import days_words, lasts, series_length
from bot.core.times.recurrence import in_words, parse_recurrence
from bot.core.tongue import ENGLISH, English, _, in_english, marked, ngettext, speak, speaking, spoken
from bot.web.tongues import Translated, tongue_of
from tests.support.pure_week import begun

GERMAN: Final = tongue_of("de")
NOW: Final = datetime(2026, 11, 17, 12, tzinfo=UTC)
DAY: Final = date(2026, 11, 17)


class Shouting(English):
    """English in capitals."""

    def said(self, words: str) -> str:
        return words.upper()


def test_english_is_spoken_where_nobody_chose() -> None:
    assert spoken() is ENGLISH
    assert _("Hello") == "Hello"
    assert [ngettext("chat", "chats", count) for count in (0, 1, 2)] == ["chats", "chat", "chats"]
    assert marked("Hello") == "Hello"


def test_another_language_is_spoken_for_a_while() -> None:
    with speaking(Shouting()):
        assert _("Hello") == "HELLO"
    assert _("Hello") == "Hello"


async def test_what_one_task_speaks_no_other_does() -> None:
    async def said(tongue: English) -> str:
        speak(tongue)
        await asyncio.sleep(0)
        return _("Hello")

    assert list(await asyncio.gather(said(Shouting()), said(ENGLISH), said(Shouting()))) == [
        "HELLO",
        "Hello",
        "HELLO",
    ]
    assert spoken() is ENGLISH


async def test_what_is_done_in_english_leaves_the_language_as_it_was() -> None:
    @in_english
    async def act(words: str) -> str:
        await asyncio.sleep(0)
        return _(words)

    with speaking(Shouting()):
        assert await act("Hello") == "Hello"
        assert _("Hello") == "HELLO"


@pytest.mark.parametrize(
    ("language", "clock", "day", "count"),
    [
        ("en", "8:05 pm", "Tuesday 17 November 2026", "1,204"),
        ("de", "20:05", "Dienstag, 17. November 2026", "1.204"),
        ("de-CH", "20:05", "Dienstag, 17. November 2026", "1’204"),
    ],
)
def test_times_dates_and_numbers_follow_the_language_s_habit(
    language: str, clock: str, day: str, count: str
) -> None:
    tongue = tongue_of(language)
    assert (tongue.clock(time(20, 5)), tongue.long_day(DAY), tongue.number(1204)) == (clock, day, count)
    assert tongue.code == language


@pytest.mark.parametrize(("language", "other_way"), [("he", True), ("ar", True), ("de", False)])
def test_pages_of_some_languages_go_from_right_to_left(language: str, other_way: bool) -> None:
    assert Translated(Locale(language), Translations()).right_to_left is other_way
    assert not ENGLISH.right_to_left


@pytest.mark.parametrize("language", ["fr", "tlh", "", "../de", "de/../..", "x" * 500, "zh-Hant-TW"])
def test_a_language_without_a_catalogue_is_english(language: str) -> None:
    assert tongue_of(language) is ENGLISH


@pytest.mark.parametrize(
    ("rule", "german"),
    [
        ("every Tuesday 8 pm", "jeden Dienstag, 20:00 Berlin"),
        ("weekdays 05:30", "jeden Werktag, 05:30 Berlin"),
        ("every day 8 pm", "jeden Tag, 20:00 Berlin"),
        ("every 2 weeks on Thu 19:00", "alle 2 Wochen am Donnerstag, 19:00 Berlin"),
        ("1st and 3rd Thursday 21:00", "am 1. und 3. Donnerstag jedes Monats, 21:00 Berlin"),
        ("last Friday 21:00", "am letzten Freitag jedes Monats, 21:00 Berlin"),
        ("Mon to Sat 9 am", "jeden Montag bis Samstag, 09:00 Berlin"),
    ],
)
def test_rules_are_told_in_the_language_of_a_page(rule: str, german: str) -> None:
    found = parse_recurrence(rule, "Europe/Berlin", NOW)
    with speaking(GERMAN):
        assert in_words(found).replace(" (CET)", "") == german
    assert in_words(found).startswith(("every", "on the"))


def test_slow_chats_are_told_in_the_language_of_a_page() -> None:
    series = Series(1, 1, "Slow", asks=Pace.DAILY, days=(0, 1, 2))
    chat = Chat(1, 1, "Europe/Berlin", NOW, NOW + timedelta(days=3))
    with speaking(GERMAN):
        assert series_length(series) == "mehrtägig: jeden Tag eine Frage, Mo bis Mi"
        assert lasts(chat, series).startswith("bis Fr., 20. Nov.: jeden Tag eine Frage um 13:00")
    assert days_words((0, 1, 2)) == "Mon to Wed"


def test_the_bar_of_a_room_is_told_in_the_language_of_a_page() -> None:
    with speaking(GERMAN):
        assert bar(None, NOW).text == "Hier läuft kein Chat, und es kommt keiner."
        assert say.left(timedelta(minutes=4)) == "noch 4 Min."
        assert say.of_so_many("Q", 2, 6) == "Q2 von 6"
    assert bar(None, NOW).text == say.NOTHING_ON


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (13, "13th"),
        (22, "22nd"),
        (-1, "last"),
        (-2, "2nd last"),
    ],
)
def test_places_in_a_row_are_as_they_were(number: int, words: str) -> None:
    assert nth_words(number) == words


@pytest.mark.parametrize("stands", [ChatState.PLANNED, ChatState.OPEN])
def test_no_button_before_hosts_is_left_in_english(stands: ChatState) -> None:
    state = begun().state
    state = replace(state, chat=replace(state.chat, state=stands))
    english = {offer.line: offer.label for offer in panel(state)}
    with speaking(GERMAN):
        german = {offer.line: offer.label for offer in panel(state)}
    assert english.keys() == german.keys()
    assert [label for line, label in german.items() if label == english[line]] == []
