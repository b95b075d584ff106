"""Nothing is passed over: gaps are filled, in order, and how far we heard is noted only when it is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, delete, select, update

from bot.clock import SystemClock
from bot.core.hearing import Commanded, Edited, Heard, Said, Stretch
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.matrix import filling
from bot.platforms.matrix.homeserver import MatrixRefused
from bot.platforms.matrix.syncing import LIMIT
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.platforms.matrix.lives import in_its_hour, inbox, living, open_chat, seen, until
from tests.support.ears import NotingEars
from tests.support.synapse.people import Person
from tests.support.synapse.proxy import FaultProxy, changed, refused, too_many

SYNC = r".*/sync"
MANY = LIMIT + 10
"""More than one answer of the server holds."""


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what was left out be read in several pages."""
    monkeypatch.setattr(filling, "PAGE", 20)


async def says_many(ana: Person, room: str, first: int, count: int) -> list[str]:
    return [await ana.says(room, f"A1: {number}") for number in range(first, first + count)]


def said(ears: NotingEars) -> list[str]:
    return [one.id for one in ears.heard() if isinstance(one, Said)]


async def test_what_was_said_before_the_first_life_is_not_heard(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    await says_many(ana, room, 0, 3)
    async with living(bot, store) as life:
        await life.place(room)
        new = await ana.says(room, "A1: now")
        assert [one.id for one in await life.hears(Said)] == [new]


async def test_what_was_said_before_the_bot_came_to_a_room_is_not_heard(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        other = await ana.makes_room("Other")
        await ana.says(other, "!edchat chat next")
        await bot.joins(other)
        await life.place(other)
        await life.is_through(ana, other)
        assert life.heard(Commanded) == []
        assert len(life.heard(Said)) == 1


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("count", [7, MANY])
async def test_what_was_said_between_two_lives_is_heard_in_order(
    bot: Person, ana: Person, room: str, store: Store, count: int
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
    missed = await says_many(ana, room, 0, count)
    async with living(bot, store) as life:
        new = await ana.says(room, "A1: now")
        heard = await life.hears(Said, count + 1)
    assert [one.id for one in heard] == [*missed, new]


@pytest.mark.usefixtures("_by_proxy")
async def test_a_burst_beyond_one_answer_is_heard_whole_and_in_order(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    ears = NotingEars()
    async with living(bot, store, ears) as life:
        await life.place(room)
        ears.open.clear()
        burst = await says_many(ana, room, 0, MANY)
        ears.open.set()
        await life.hears(Said, MANY)
    assert list(dict.fromkeys(said(ears))) == burst


@pytest.mark.usefixtures("_small_pages")
async def test_a_room_is_heard_from_our_coming_on_however_much_was_said_until_we_were_told_of_it(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
    other = await ana.makes_room("Other")
    await says_many(ana, other, 0, 5)
    await bot.joins(other)
    since = await says_many(ana, other, 5, MANY)
    async with living(bot, store) as life:
        await life.hears(Said, MANY)
        assert [one.id for one in life.heard(Said)] == since


@pytest.mark.parametrize(("status", "code"), [(401, "M_UNKNOWN_TOKEN"), (404, "")])
@pytest.mark.usefixtures("_by_proxy")
async def test_a_gap_that_a_life_could_not_read_is_read_by_the_next(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy, status: int, code: str
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
    missed = await says_many(ana, room, 0, MANY)
    proxy.faults.on("GET", ".*/messages", times=1).does(refused(status, code))
    with pytest.raises(MatrixRefused):
        async with living(bot, store) as life:
            await until(life.task.done)
    async with living(bot, store) as life:
        await life.hears(Said, MANY)
        assert said(life.ears) == missed


async def test_two_rooms_with_gaps_are_each_filled(bot: Person, ana: Person, room: str, store: Store) -> None:
    other = await ana.makes_room("Other")
    await bot.joins(other)
    async with living(bot, store) as life:
        await life.place(room)
        await life.place(other)
    await asyncio.gather(*(says_many(ana, one, 0, MANY) for one in (room, other)))
    async with living(bot, store) as life:
        await life.hears(Said, 2 * MANY)
        assert [len(life.heard(Said, one)) for one in (room, other)] == [MANY, MANY]


@pytest.mark.usefixtures("_small_pages")
async def test_b252_a_point_that_the_server_does_not_know_is_made_up_for(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        before = await ana.says(room, "A1: before")
        await life.hears(Said)
        kept = json.loads(await seen(life.kept))
    missed = await says_many(ana, room, 0, MANY)
    async with store.begin() as tx:
        await tx.install(f"matrix.since.{bot.user}", json.dumps(kept | {"since": "garbage"}))
    async with living(bot, store) as life:
        new = await ana.says(room, "A1: now")
        await until(lambda: new in said(life.ears))
        heard = said(life.ears)
    assert [one for one in heard if one != before] == [*missed, new]


async def test_what_is_older_than_the_point_that_was_forgotten_is_not_heard_again(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        await says_many(ana, room, 0, 60)
        await life.hears(Said, 60)
    later = (SystemClock().now() + timedelta(minutes=10)).isoformat()
    async with store.begin() as tx:
        point = json.dumps({"since": "garbage", "at": later})
        await tx.install(f"matrix.since.{bot.user}", point)
    async with living(bot, store) as life:
        new = await ana.says(room, "A1: now")
        assert [one.id for one in await life.hears(Said)] == [new]


class Cut(NotingEars):
    """Ears that hear, and whose bot dies before it can note how far."""

    died: asyncio.Event

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Note what was heard, and die."""
        await super().hear(place, heard, cursor)
        self.died.set()
        await asyncio.Event().wait()


async def test_b253_a_fall_between_hearing_and_noting_it_loses_nothing(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        noted = await life.kept()
    missed = await says_many(ana, room, 0, 3)
    # The first answer of a life is what is heard here: it is never noted, so it comes again.
    ears = await fallen(bot, store)
    async with store.read() as tx:
        assert await tx.installed(f"matrix.since.{bot.user}") == noted
    async with living(bot, store) as life:
        assert [one.id for one in await life.hears(Said, 3)] == missed == said(ears)


async def test_an_edit_that_was_taken_back_after_a_fall_leaves_the_words_before_it(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await open_chat(store, await life.place(room))
        words = await ana.says(room, "A1: one")
        await life.has_noted(ana, room)
    edit = await ana.edits(room, words, "A1: two")
    heard = (await fallen(bot, store)).heard()
    assert [one.text for one in heard if isinstance(one, Edited)] == ["A1: two"]
    await ana.redacts(room, edit)
    async with living(bot, store) as life:
        assert [(one.id, one.text) for one in await life.hears(Edited)] == [(words, "A1: one")]


async def fallen(bot: Person, store: Store) -> Cut:
    """Let the bot live until it heard something, and give what that was."""
    ears = Cut()
    ears.died = asyncio.Event()
    dying = asyncio.create_task(_live(bot, store, ears))
    await asyncio.wait_for(ears.died.wait(), 20)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    return ears


async def _live(bot: Person, store: Store, ears: Ears) -> None:
    async with living(bot, store, ears):
        await asyncio.Event().wait()


async def test_what_cannot_be_stored_is_offered_again_before_anything_else(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    ears = NotingEars()
    async with living(bot, store, ears) as life:
        await life.place(room)
        ears.failures = 2
        spoken = await says_many(ana, room, 0, 3)
        await life.hears(Said, 3)
    assert said(ears) == spoken


@pytest.mark.parametrize("seconds", [0.3, 120.0])
@pytest.mark.usefixtures("_by_proxy")
async def test_b255_a_server_that_asks_to_wait_is_asked_later(
    bot: Person,
    ana: Person,
    room: str,
    store: Store,
    proxy: FaultProxy,
    seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    asleep = asyncio.sleep

    async def sleep(wait: float) -> None:
        waited.append(wait)
        await asleep(min(wait, 0.3))

    async with living(bot, store) as life:
        await life.place(room)
        monkeypatch.setattr("bot.platforms.matrix.asking.asyncio.sleep", sleep)
        proxy.faults.on("GET", SYNC, times=1).does(too_many(seconds))
        spoken = await says_many(ana, room, 0, 2)
        assert [one.id for one in await life.hears(Said, 2)] == spoken
    assert seconds in waited


@pytest.mark.usefixtures("_by_proxy")
async def test_a_server_that_is_away_is_asked_again_and_again(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.matrix.asking.FIRST_WAIT", 0.05)
    async with living(bot, store) as life:
        await life.place(room)
        proxy.faults.on("GET", SYNC, times=2).status(502)
        spoken = await says_many(ana, room, 0, 2)
        assert [one.id for one in await life.hears(Said, 2)] == spoken


async def test_b273_what_is_told_twice_is_stored_once(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (life, place):
        noted = await seen(life.kept)
        first = await says_many(ana, room, 0, 10)
        await stored(store, place, 10)
    async with store.begin() as tx:
        await tx.install(f"matrix.since.{bot.user}", noted)
    async with inbox(store) as ears, living(bot, store, ears):
        await ana.says(room, "A1: now")
        rows = await stored(store, place, 11)
    assert [row.platform_message_id for row in rows[:10]] == first


@pytest.mark.usefixtures("_by_proxy")
async def test_b273_what_stands_twice_in_one_answer_is_stored_once(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:

    def twice(told: Any) -> None:
        for one in told.get("rooms", {}).get("join", {}).values():
            one["timeline"]["events"] *= 2

    async with in_its_hour(bot, store, room) as (_, place):
        pass
    spoken = await says_many(ana, room, 0, 3)
    doubled = proxy.faults.on("GET", SYNC, times=None).does(changed(twice))
    async with inbox(store) as ears, living(bot, store, ears):
        spoken.append(await ana.says(room, "A1: now"))
        rows = await stored(store, place, 4)
    assert doubled.hits
    assert [row.platform_message_id for row in rows] == spoken


async def test_the_span_of_a_chat_is_read_once_more_after_its_end(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (_, place):
        spoken = await says_many(ana, room, 0, 5)
        await stored(store, place, 5)
        async with store.begin() as tx:
            await tx.connection.execute(delete(t.filing))
            await tx.connection.execute(delete(t.message).where(t.message.c.text == "A1: 2"))
            await tx.connection.execute(update(t.chat).values(state="tail"))
        rows = await stored(store, place, 5)
        assert sorted(row.platform_message_id for row in rows) == sorted(spoken)

        async def noted() -> bool:
            async with store.read() as tx:
                return not await tx.spans_to_read("matrix")

        await seen(noted)


async def test_what_was_taken_back_while_the_bot_was_out_of_the_room_is_erased_by_then(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (life, place):
        spoken = await says_many(ana, room, 0, 2)
        await stored(store, place, 2)
        await ana.acts_on(room, "kick", bot.user)
        await life.channel(room, lambda one: one.left)
        await ana.redacts(room, spoken[0])
        await bot.joins(room)
        await life.channel(room, lambda one: not one.left)
        async with store.begin() as tx:
            await tx.connection.execute(update(t.chat).values(state="tail"))

        async def erased() -> bool:
            first, second = await stored(store, place, 2)
            return bool(first.deleted_at and not first.text and second.text == "A1: 1")

        await seen(erased)


async def stored(store: Store, place: Place, count: int) -> Sequence[Row[Any]]:
    """Wait until so many messages are stored, and give them in their order."""

    async def found() -> Sequence[Row[Any]] | None:
        async with store.read() as tx:
            query = select(t.message).where(t.message.c.place_id == place.id).order_by(t.message.c.id)
            rows = (await tx.connection.execute(query)).all()
        assert len(rows) <= count
        return rows if len(rows) == count else None

    return await seen(found)


async def test_what_was_said_while_the_bot_was_out_of_the_room_stays_a_gap_until_it_came_back(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (life, place):
        await says_many(ana, room, 0, 2)
        await stored(store, place, 2)
        await ana.acts_on(room, "kick", bot.user)
        await life.channel(room, lambda one: one.left)
        (left,) = await missed(store, place)
        assert left.until is None
        await says_many(ana, room, 2, 2)
        await bot.joins(room)

        async def over() -> tuple[Stretch, ...]:
            gaps = await missed(store, place)
            return gaps if all(one.until for one in gaps) else ()

        (gap,) = await seen(over)
        await says_many(ana, room, 4, 1)
        await stored(store, place, 3)
        assert await missed(store, place) == (gap,)
        assert gap.since <= left.since


@pytest.mark.usefixtures("_by_proxy")
async def test_what_the_server_would_not_tell_is_missing_until_it_does(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:
    async with inbox(store) as ears:
        async with living(bot, store, ears) as life:
            place = await life.place(room)
            await open_chat(store, place)
            await says_many(ana, room, 0, 1)
            await stored(store, place, 1)
        await says_many(ana, room, 1, MANY)
        proxy.faults.on("GET", ".*/messages", times=1).does(refused(403, "M_FORBIDDEN"))
        async with living(bot, store, ears):
            await stored(store, place, 1 + MANY)

            async def read_up() -> bool:
                return not await missed(store, place)

            await seen(read_up)


async def test_b257_what_is_said_in_secret_is_missing_from_then_on(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (_, place):
        began = SystemClock().now()
        await ana.sets(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})

        async def noted() -> tuple[Stretch, ...]:
            return await missed(store, place)

        (gap,) = await seen(noted)
        assert gap.until is None
        assert abs(gap.since - began) < timedelta(seconds=60)


async def missed(store: Store, place: Place) -> tuple[Stretch, ...]:
    async with store.read() as tx:
        return await tx.missed(place.id)
