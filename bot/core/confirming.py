"""Which offer somebody takes up by a tick: the first one, where it says that they are sure."""

from collections.abc import Sequence
from typing import Final

from bot.core.model import Offer

TICK: Final = "✅"
_SURE: Final = "sure=yes"


def confirmed_by_tick(offers: Sequence[Offer]) -> Offer | None:
    """The offer that does what was asked, once somebody is sure; None where nothing is to be confirmed."""
    first = offers[0] if offers else None
    if first is None or first.form:  # a form asks for words, which no tick says
        return None
    return first if _SURE in first.line.split() else None
