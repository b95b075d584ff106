"""The people's ledger notices what the bot loses, doubles, keeps stale or does not forget."""

from typing import Any

import pytest

from bot.core import sentences
from bot.demo.ledger import Comparison, Ledger, answers

FIRST, SECOND = "A1: One (simulated 0)", "Two (simulated 1)"


def row(message: str, text: str, **more: Any) -> dict[str, Any]:
    """Give one message as a host reads it in the chat's data."""
    plain: dict[str, Any] = {"kind": "conversation", "filed": [], "deleted_at": None, "edited_at": None}
    return {"platform_message_id": message, "text": text, **plain, **more}


def compared(ledger: Ledger, *rows: dict[str, Any]) -> Comparison:
    return ledger.compare(document(*rows))


def document(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(rows), "posts": []}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.said("0", FIRST)
    ledger.said("90", SECOND)
    return ledger


def test_what_is_kept_as_it_was_said_is_right(ledger: Ledger) -> None:
    filed = {"filed": [{"question": 1, "how": "label"}], "kind": "answer"}
    kept = compared(ledger, row("0", FIRST, **filed), row("90", SECOND))
    assert (kept.sent, kept.stored, kept.conversation) == (2, 2, 1)
    assert (kept.lost, kept.doubled) == ((), ())
    assert kept.filed == {"label": 1, "thread": 0, "reply": 0, "form": 0, "reaction": 0, "moderator": 0}


def test_a_lost_message_is_noticed(ledger: Ledger) -> None:
    assert compared(ledger, row("0", FIRST)).lost == ("90",)


def test_words_under_another_message_are_no_loss_but_other_words_are(ledger: Ledger) -> None:
    assert compared(ledger, row("edchat:0", FIRST), row("90", SECOND)).lost == ()
    assert compared(ledger, row("0", "A1: On"), row("90", SECOND)).lost == ("0",)


def test_a_doubled_message_is_noticed(ledger: Ledger) -> None:
    twice = compared(ledger, row("0", FIRST), row("90", SECOND), row("90", SECOND))
    again = compared(ledger, row("0", FIRST), row("90", SECOND), row("180", SECOND))
    assert (twice.doubled, again.doubled) == (("90",), ("90",))


def test_a_stale_edit_is_noticed(ledger: Ledger) -> None:
    better = "Three (simulated 1, edited)"
    ledger.edited("90", better)
    stale = compared(ledger, row("0", FIRST), row("90", SECOND))
    fresh = compared(ledger, row("0", FIRST), row("90", better, edited_at="2021-04-16T01:05:00Z"))
    assert (stale.lost, fresh.lost, fresh.edited) == (("90",), (), 1)


def test_a_deletion_needs_its_tombstone_and_no_words(ledger: Ledger) -> None:
    ledger.deleted("0")
    gone = row("0", "", deleted_at="2021-04-16T01:05:00Z")
    assert compared(ledger, gone, row("90", SECOND)).lost == ()
    assert compared(ledger, gone, row("90", SECOND)).deleted == 1
    assert compared(ledger, row("90", SECOND)).lost == ("0",)
    assert compared(ledger, row("0", FIRST), row("90", SECOND)).lost == ("0",)
    assert compared(ledger, row("0", ""), row("90", SECOND)).lost == ("0",)


def test_what_the_end_of_the_hour_overtook_is_no_loss_and_is_kept_right_or_not_at_all(ledger: Ledger) -> None:
    ledger.said("180", "Bye", overtaken=True)
    kept = row("0", FIRST), row("90", SECOND)
    without, within = compared(ledger, *kept), compared(ledger, *kept, row("180", "Bye"))
    assert (without.lost, without.sent, within.lost, within.sent) == ((), 2, (), 3)
    assert compared(ledger, *kept, row("180", "By")).lost == ("180",)


def test_words_taken_back_may_stand_nowhere_else(ledger: Ledger) -> None:
    ledger.deleted("0")
    gone = row("0", "", deleted_at="2021-04-16T01:05:00Z")
    assert compared(ledger, gone, row("90", SECOND), row("180", FIRST)).lost == ("0",)


def test_answers_are_counted_by_question() -> None:
    both = [{"question": 1, "how": "label"}, {"question": 2, "how": "label"}]
    rows = row("0", FIRST, filed=both), row("90", SECOND, filed=both[:1])
    assert answers(document(*rows)) == {1: 2, 2: 1}


def test_what_was_done_up_to_now_is_said_without_words_of_ours() -> None:
    assert sentences.demo_so_far(12, 1, 0, 12) == "so far 12 messages, 1 changed, 0 taken back; kept: 12"
    assert sentences.demo_so_far(1, 0, 0, 1).startswith("so far 1 message, ")
