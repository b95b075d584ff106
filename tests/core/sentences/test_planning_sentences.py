"""What hosts who plan are told where nothing lies ahead, or much does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.core.model import Chat, Series
from bot.core.sentences import planning as sentences

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SERIES = Series(1, 1, "Weekly EdChat")
CHAT = Chat(7, 1, "Europe/London", NOW, NOW + timedelta(hours=1))


def test_a_planned_chat_without_a_new_date_can_only_be_cancelled() -> None:
    offers = sentences.still_planned_offers([(CHAT, None)])
    assert [offer.line for offer in offers] == ["chat cancel chat=7"]


def test_a_series_that_is_over_says_how_to_go_on() -> None:
    assert "`series edit` gives it a new time" in sentences.nothing_to_skip(SERIES, [])


def test_many_days_are_not_all_listed() -> None:
    days = [date(2026, 12, day) for day in range(1, 13)]
    assert sentences.left_out(SERIES, days).endswith("Tue 8 Dec 2026; 4 more.")


def test_offers_fit_a_button() -> None:
    long = Chat(999_999_999, 999_999_999, "Europe/London", NOW, NOW)
    offers = [*sentences.still_planned_offers([(long, NOW)]), *sentences.skip_offers([long])]
    assert max(len(offer.line) for offer in offers) <= 93
