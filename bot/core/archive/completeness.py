"""How complete what is kept of a chat is: all of it, all of it so far, or with gaps of places and times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.archive.chat_page import ChatPage, Where
from bot.core.hearing import Stretch
from bot.core.model import ChatState


class Whole(StrEnum):
    """How much of a chat is there once its hour is over."""

    COMPLETE = "complete"
    SO_FAR = "so_far"
    GAPS = "gaps"


class Why(StrEnum):
    """Why something that was said is not there: nobody heard it, or the bot had left, or it stayed apart."""

    UNHEARD = "unheard"
    LEFT = "left"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Gap:
    """What may be missing of a place: from when, and until when where that is known."""

    place: str
    why: Why
    since: datetime | None = None
    until: datetime | None = None
    network: str = ""

    def as_row(self) -> dict[str, object]:
        """The values that the JSON file has of it."""
        about = {"place": self.place, "network": self.network or None, "why": self.why}
        return {**about, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a chat is, what is missing, and how many people keep their answers to themselves.

    `whole` is None before the end of the hour, and while answers are being made ready.
    """

    whole: Whole | None = None
    gaps: tuple[Gap, ...] = ()
    kept_out: int = 0

    def as_row(self) -> dict[str, object]:
        """The values that the JSON file has of it."""
        return {
            "state": self.whole,
            "gaps": [one.as_row() for one in self.gaps],
            "kept_out": self.kept_out,
        }


def completeness(page: ChatPage) -> Completeness:
    """How complete a chat's page is."""
    gaps = tuple(_gaps(page))
    return Completeness(_whole(page, gaps), gaps, page.kept_out)


def heard_until(page: ChatPage) -> datetime:
    """Until when answers count."""
    return max(page.chat.ends_at, page.seals_at or page.chat.ends_at)


def _whole(page: ChatPage, gaps: tuple[Gap, ...]) -> Whole | None:
    if gaps:
        return Whole.GAPS
    if page.unseen:
        return None
    if page.chat.state is ChatState.SEALED:
        return Whole.COMPLETE
    return Whole.SO_FAR if page.chat.state.hears_late_answers else None


def _gaps(page: ChatPage) -> Iterator[Gap]:
    for place in page.places:
        yield from _missing(place, page)
    for name in page.apart:
        yield Gap(name, Why.APART)


def _missing(place: Where, page: ChatPage) -> Iterator[Gap]:
    """When something that was said in a place may not stand on the page."""
    left, until = _left_early(place, page), min(filter(None, (heard_until(page), place.went_at)))
    for one in _together(place.missed):
        gone = left and place.left_at is not None and one.since >= place.left_at
        if not gone and one.since < until and (one.until is None or one.until > page.chat.starts_at):
            yield Gap(place.name, Why.UNHEARD, one.since, one.until, place.network)
    if left:
        yield Gap(place.name, Why.LEFT, place.left_at, network=place.network)


def _left_early(place: Where, page: ChatPage) -> bool:
    return place.left_at is not None and page.chat.starts_at <= place.left_at < heard_until(page)


def _together(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches in order, those that touch as one."""
    last: Stretch | None = None
    for one in sorted(stretches, key=lambda one: one.since):
        if last is not None and (last.until is None or one.since <= last.until):
            ends = None if last.until is None or one.until is None else max(last.until, one.until)
            last = Stretch(last.since, ends)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
