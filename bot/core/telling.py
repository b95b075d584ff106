"""What is told in every place of a chat, though not everywhere in the same words."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import timedelta
from typing import Final

from bot.core import sentences
from bot.core.effects import Moment, Say, Variant
from bot.core.model import Chat, Pace, Visibility
from bot.core.sentences import sharing
from bot.core.state import Running
from bot.core.times import clockface

OPENING: Final = "open"
"""The subject of the first words of a chat's hour."""


def announcing(state: Running) -> Say:
    """The announcement; the link into the room is not for guests' places, nor for people who are in it."""
    text, without = _announcement(state), _announcement(replace(state, links=replace(state.links, join="")))
    guests = (Variant(without, guests=True),) if state.owners else ()
    variants = (*guests, *((Variant(without, guests=False, inside=True),) if state.links.join else ()))
    offers, moments = sentences.reminder_offers(state.chat), (starting(state.chat),)
    until, ping = state.chat.starts_at, state.series.ping
    return Say("announce", text, until, offers=offers, moments=moments, variants=variants, ping=ping)


def opening(state: Running, late: timedelta | None = None) -> Say:
    """The welcome, which says in each place who reads afterwards what is said there."""
    offers, plain = sentences.welcome_offers(state.chat), sentences.welcome(state.chat, state.series, late)
    offers = (*sentences.reminder_offers(state.chat), *offers) if state.series.asks is Pace.DAILY else offers
    variants = () if state.chat.rehearsal else tuple(_welcomes(state, late))
    return Say(OPENING, plain, not_after=state.chat.ends_at, offers=offers, variants=variants)


def starting(chat: Chat) -> Moment:
    """When a chat starts, as sentences name it."""
    return Moment(clockface.moment(chat.starts_at, chat.zone), chat.starts_at)


def _announcement(state: Running) -> str:
    links = sentences.links_listed(*astuple(state.links))
    return sentences.announcement(state.chat, state.series, state.questions, links)


def _welcomes(state: Running, late: timedelta | None) -> Iterator[Variant]:
    """The welcome for each kind of reader that a place may have, and for guests."""
    for readers in Visibility:
        for guests in (False, True) if state.owners else (False,):
            said = sentences.READERS[readers.value]
            said = sharing.read_there(readers, state.owners) if guests else said
            page = "" if readers is Visibility.OFF else state.links.page
            together = sharing.held_together(state.owners, page, guests=guests) if state.owners else ""
            text = sentences.welcome(state.chat, state.series, late, said, together)
            yield Variant(text, guests, readers)
