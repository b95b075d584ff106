"""Where the words of a page come from: how many were said in each place, and how answers were filed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.core.archive.chat_page import ChatPage
from bot.core.model import How


@dataclass(frozen=True, slots=True)
class Sources:
    """Words by place, where there were several, and answers by how they found their question."""

    places: tuple[tuple[str, int], ...] = ()
    ways: tuple[tuple[How, int], ...] = ()


def sources(page: ChatPage) -> Sources:
    """What a page tells of where it comes from; places alphabetically, ways from the plainest on."""
    places = Counter(one.place for one in page.words if one.place)
    ways = Counter(one.how for one in page.answers if one.how)
    return Sources(tuple(sorted(places.items())), tuple((how, ways[how]) for how in How if ways[how]))
