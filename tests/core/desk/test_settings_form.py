"""Which settings a form changes."""

from __future__ import annotations

from bot.core.desk.settings_form import changed, conflicting

WAS = {
    "title": "Maths",
    "minutes": "60",
    "ping": "none",
    "welcome": "Hi\nall",
    "published": "yes",
    "names": "no",
}
SENT = {"title": "Maths", "minutes": "60", "ping": "", "welcome": "Hi\r\nall", "published": "yes"}
TICKS = ("published", "names")


def test_what_was_left_alone_is_not_changed() -> None:
    assert changed(WAS, SENT, TICKS) == {}


def test_a_box_that_is_not_ticked_any_more_is_no_and_a_ticked_one_yes() -> None:
    sent = {**SENT, "names": "yes"}
    sent.pop("published")
    assert changed(WAS, sent, TICKS) == {"names": "yes", "published": "no"}


def test_what_was_emptied_is_none_where_it_may_be_and_else_left_alone() -> None:
    assert changed(WAS, SENT | {"welcome": " ", "title": ""}, TICKS) == {"welcome": "none"}


def test_a_field_that_was_empty_before_may_be_filled() -> None:
    assert changed(WAS, SENT | {"when": "every Friday 7 pm"}, TICKS) == {"when": "every Friday 7 pm"}


def test_only_a_setting_that_both_changed_is_in_conflict() -> None:
    now = WAS | {"title": "Sums"}
    assert conflicting(WAS, now, {"title": "Numbers"})
    assert not conflicting(WAS, now, {"minutes": "45"})
    assert not conflicting(WAS, WAS | {"ping": ""}, {"ping": "@T"})
