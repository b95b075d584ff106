"""The bot as a whole with an account on Matrix: how it is set up, and how it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import opened
from bot.clock import ScaledClock, SystemClock
from bot.core.confirming import TICK
from bot.core.model import Refused
from bot.core.sentences.matrix import REACT_TO_CONFIRM
from bot.platform import Ability
from tests.platforms.matrix.speaking import until
from tests.platforms.matrix.whole import Whole, given
from tests.platforms.matrix.whole import whole as running
from tests.support.synapse.people import People, Person

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
async def bot(people: People) -> Person:
    return await people("EdChat")


async def test_with_an_account_the_bot_is_on_matrix_and_able_there(tmp_path: Path, bot: Person) -> None:
    async with opened(given(tmp_path, bot), SystemClock()) as app:
        matrix = app.platforms["matrix"]
        assert {Ability.THREADS, Ability.TOPICS, Ability.PRIVATE_ROOMS} <= matrix.abilities
        assert matrix.abilities.isdisjoint({Ability.ENTRIES, Ability.COLLECTING, Ability.MOMENTS})
        assert "matrix" in app.store.keeps
        assert "matrix" in app.store.untimed


async def test_without_one_it_is_not(tmp_path: Path, bot: Person) -> None:
    settings = given(tmp_path, bot, HOMESERVER="", USER="", TOKEN="")
    async with opened(settings, SystemClock()) as app:
        assert "matrix" not in app.platforms


async def test_a_fast_clock_does_not_go_together_with_other_peoples_server(
    tmp_path: Path, bot: Person
) -> None:
    fast = ScaledClock(NOON, NOON, 60)
    with pytest.raises(Refused, match="faster clock"):
        async with opened(given(tmp_path, bot, HOMESERVER="https://matrix.example.org"), fast):
            pass
    async with opened(given(tmp_path, bot), fast) as app:
        assert "matrix" in app.platforms


@pytest.fixture
async def whole(tmp_path: Path, bot: Person, people: People) -> AsyncIterator[Whole]:
    async with running(tmp_path, bot, people) as made:
        yield made


async def test_a_command_is_answered_where_it_was_typed_also_one_that_is_wrong(whole: Whole) -> None:
    _, made = await whole.types('series create "Lake chat" when="every Tuesday 8 pm" zone=ET')
    assert "Lake chat" in made
    assert "Did you mean" in (await whole.types("serios list"))[1]
    _, how = await whole.types("series create")
    assert "It goes like this: `!edchat series create title" in how


async def test_what_cannot_be_undone_is_confirmed_by_the_askers_own_tick_alone(
    whole: Whole, people: People
) -> None:
    await whole.types('series create "Lake chat" when="every Tuesday 8 pm" zone=ET')
    confirmation, words = await whole.types('series delete "Lake chat"')
    assert words.endswith(REACT_TO_CONFIRM)
    eve = await people("Eve")
    await eve.joins(whole.room)
    await eve.reacts(whole.room, confirmation, TICK)
    assert "Lake chat" in (await whole.types("series list"))[1]
    await whole.dana.reacts(whole.room, confirmation, TICK)
    assert "Lake chat" in (await whole.answer(confirmation))[1]
    assert "Lake chat" not in (await whole.types("series list"))[1]
    assert len(await whole.answers(confirmation)) == 1


async def test_what_is_private_is_answered_in_a_room_of_two(whole: Whole) -> None:
    asked = await whole.dana.says(whole.room, "!edchat privacy show")

    async def invited() -> Any:
        told = await whole.dana.ask("GET", "v3/sync", timeout=0)
        return (told.get("rooms") or {}).get("invite")

    (there,) = await until(invited, 20)
    await whole.dana.joins(there)

    async def letters() -> list[str]:
        events = await whole.dana.events(there, "m.room.message")
        return [one["content"]["body"] for one in events]

    assert "Readers see you as Dana." in (await until(letters, 20))[0]
    assert await whole.answers(asked) == []
