"""What could not be heard in a place is kept with its time, and goes once it was read after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.hearing import Stretch
from bot.core.model import Chat, ChatState, Place, Series
from bot.storage.schema import tables as t
from bot.storage.store import Tx

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def place(tx: Tx) -> Place:
    return await tx.add_place(1, "matrix", "!hall", "hall")


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


async def held(tx: Tx, place: Place, begins: datetime, state: ChatState) -> int:
    """A chat of an hour in this place."""
    series = await tx.add_series(Series(0, place.community_id, "Chat"), place.id, (), begins)
    chat = await tx.add_chat(Chat(0, series.id, "UTC", begins, begins + series.length))
    row = {"chat_id": chat.id, "place_id": place.id, "opened_at": begins}
    await tx.connection.execute(t.chat_place.insert(), row)
    await tx.connection.execute(t.chat.update().where(t.chat.c.id == chat.id).values(state=state))
    return chat.id


async def test_what_goes_on_is_one_stretch_with_its_earliest_beginning(tx: Tx, place: Place) -> None:
    await tx.note_missed(place.id, minute(5))
    await tx.note_missed(place.id, minute(9))
    assert await tx.missed(place.id) == (Stretch(minute(5)),)
    await tx.note_missed(place.id, minute(2))
    assert await tx.missed(place.id) == (Stretch(minute(2)),)
    await tx.note_missed(place.id, minute(12), minute(15))
    assert await tx.missed(place.id) == (Stretch(minute(2), minute(15)),)


async def test_a_longer_stretch_takes_in_the_shorter_and_none_is_empty(tx: Tx, place: Place) -> None:
    await tx.note_missed(place.id, minute(5), minute(5))
    assert await tx.missed(place.id) == ()
    await tx.note_missed(place.id, minute(5), minute(6))
    await tx.note_missed(place.id, minute(20), minute(21))
    await tx.note_missed(place.id, minute(5), minute(8))
    assert await tx.missed(place.id) == (Stretch(minute(5), minute(8)), Stretch(minute(20), minute(21)))


async def test_what_was_read_up_is_missed_no_more_and_only_that(tx: Tx, place: Place) -> None:
    await tx.note_missed(place.id, minute(1), minute(4))
    await tx.note_missed(place.id, minute(10))
    await tx.note_caught_up(place.id, minute(3))
    assert await tx.missed(place.id) == (Stretch(minute(1), minute(3)),)


async def test_pages_of_chats_held_there_are_made_anew_and_only_when_something_changed(
    tx: Tx, place: Place
) -> None:
    chat = await held(tx, place, NOON, ChatState.OPEN)
    tx.stale.clear()
    await tx.note_missed(place.id, minute(5))
    assert tx.stale == {chat}
    tx.stale.clear()
    await tx.note_missed(place.id, minute(6))
    assert tx.stale == set()
    await tx.note_caught_up(place.id, NOON)
    assert tx.stale == {chat}
    tx.stale.clear()
    await tx.note_caught_up(place.id, NOON)
    assert tx.stale == set()


async def test_pages_of_chats_that_heard_nothing_any_more_stay_as_they_are(tx: Tx, place: Place) -> None:
    await held(tx, place, NOON - timedelta(days=100), ChatState.SEALED)
    late = await held(tx, place, NOON - timedelta(days=50), ChatState.TAIL)
    tx.stale.clear()
    await tx.note_missed(place.id, minute(5))
    assert tx.stale == {late}
    tx.stale.clear()
    await tx.note_missed(place.id, minute(7), minute(9))
    await tx.note_caught_up(place.id, minute(6))
    assert tx.stale == {late}


async def test_a_place_that_is_left_is_not_heard_from_then_on_and_whoever_comes_back_may_catch_up(
    tx: Tx, place: Place
) -> None:
    await tx.leave_channel(place.id, minute(7))
    assert await tx.missed(place.id) == (Stretch(minute(7)),)
    assert await tx.places_not_heard("matrix") == ()
    await tx.connection.execute(t.place.update().where(t.place.c.id == place.id).values(left_at=None))
    assert [(one.id, since) for one, since in await tx.places_not_heard("matrix")] == [(place.id, minute(7))]


@pytest.mark.parametrize(
    ("state", "until", "counts"),
    [
        (ChatState.TAIL, 30, True),
        (ChatState.TAIL, -30, False),
        (ChatState.SEALED, 30, False),
        (ChatState.SEALED, None, True),
    ],
)
async def test_gaps_are_counted_on_every_network_as_long_as_a_chat_may_need_them(
    tx: Tx, place: Place, state: ChatState, until: int | None, counts: bool
) -> None:
    await held(tx, place, NOON, state)
    await tx.note_missed(place.id, minute(-60), None if until is None else minute(until))
    assert await tx.gaps_on_each() == ({"matrix": 1} if counts else {})
    await tx.leave_channel(place.id, NOON)
    assert await tx.gaps_on_each() == {}
