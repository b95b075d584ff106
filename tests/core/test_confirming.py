"""What a tick takes up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.confirming import confirmed_by_tick
from bot.core.model import Offer

SURE = Offer("Delete #edchat", "series delete 3 sure=yes")
OTHER = Offer("Remind me", "chat remind")


@pytest.mark.parametrize(
    ("offers", "taken_up"),
    [
        ((), None),
        ((OTHER,), None),
        ((SURE,), SURE),
        ((SURE, OTHER), SURE),
        ((OTHER, SURE), None),
        ((replace(SURE, form=True),), None),
        ((Offer("Answer", "answer 1 sure=yesterday"),), None),
    ],
)
def test_a_tick_takes_up_the_first_offer_where_that_says_that_somebody_is_sure(
    offers: tuple[Offer, ...], taken_up: Offer | None
) -> None:
    assert confirmed_by_tick(offers) == taken_up
