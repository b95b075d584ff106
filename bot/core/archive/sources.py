"""Where the words of a page come from: how many were said in each place, and how answers were filed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

from bot.core.archive.chat_page import ChatPage
from bot.core.model import How

_PLACE, _HOW = attrgetter("place"), attrgetter("how")


@dataclass(frozen=True, slots=True)
class Sources:
    """Words by place, where there were several, and answers by how they found their question."""

    places: tuple[tuple[str, int], ...] = ()
    ways: tuple[tuple[How, int], ...] = ()


def sources(page: ChatPage) -> Sources:
    """What a page tells of where it comes from; places alphabetically, ways from the plainest on."""
    places, ways = Counter(map(_PLACE, page.words)), Counter(map(_HOW, page.answers))
    told = tuple(sorted((place, many) for place, many in places.items() if place))
    return Sources(told, tuple((how, ways[how]) for how in How if ways[how]))
