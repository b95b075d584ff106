"""What is said of a bundle: how much it holds, and whose words it leaves behind."""

from __future__ import annotations

import pytest

from bot.core.sentences.exporting import bundle_written


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        ((), ""),
        (("hall",), " What was said in hall stays with that place's own community."),
        (
            ("hall", "den"),
            " What was said in hall and 1 more place stays with the communities of these places.",
        ),
        (
            ("hall", "den", "loft"),
            " What was said in hall and 2 more places stays with the communities of these places.",
        ),
    ],
)
def test_a_bundle_tells_how_much_it_holds_and_what_stays_behind(apart: tuple[str, ...], said: str) -> None:
    assert bundle_written("all.zip", 1, 1_200, apart) == f"Written to all.zip: 1 chat, 1,200 messages.{said}"
