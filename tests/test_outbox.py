"""What is said goes out once and in order, whatever the network does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.core.actions import Action
from bot.core.effects import Say, Wish, Withdraw
from bot.outbox import PATIENCE
from bot.platform import ROOM_ABILITIES, Ability, Impossible, Later, Platform
from tests.support.desk import Desk, Moody
from tests.support.house import housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
EIGHT = NOON.replace(hour=20)
FOUND = "SELECT platform_message_id FROM outbox WHERE subject = 'a'"
RESET = ConnectionResetError(104, "connection reset by peer")


Told = Callable[[Desk], Awaitable[None]]


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[Told], None]:
    """Sit at the desk of a running house."""

    async def sit(tell: Told) -> None:
        with inline_database():
            async with housed(tmp_path, wrap=Moody) as house:
                chat_id = await house.add_chat(await house.add_series(), EIGHT + timedelta(days=3))
                await tell(Desk(house, chat_id))

    return lambda tell: run_virtual(sit(tell), NOON)


def test_later_is_waited_for_and_the_order_is_kept(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Later(5))
        await at.queue(Say("a", "first"), Say("b", "second"))
        await asyncio.sleep(4)
        assert at.house.posts() == ()
        await asyncio.sleep(2)
        assert at.house.posts() == ("first", "second")
        assert [line.at for line in at.lines()] == [NOON + timedelta(seconds=5.2)] * 2

    desk(tell)


def test_a_whisper_passes_a_post_that_waits(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Later(60))
        await at.queue(Say("a", "first"))
        await asyncio.sleep(1)
        async with at.house.store.begin() as tx:
            await tx.whisper(at.house.place, "ana", "for you", (), "w1", at.house.clock.now())
        await asyncio.sleep(1)
        assert [seen.text for seen in at.house.network.whispers("ana")] == ["for you"]
        assert at.house.posts() == ()

    desk(tell)


@pytest.mark.parametrize("moods", [[RESET], [RESET] * 4, ["lost"], ["silent"], ["lost", RESET, "silent"]])
def test_an_unknown_outcome_is_tried_again_under_the_same_key(
    desk: Callable[[Told], None], moods: list[Exception | str]
) -> None:
    async def tell(at: Desk) -> None:
        at.moods(*moods)
        await at.queue(Say("a", "only once"))
        await asyncio.sleep(len(moods) * (PATIENCE + 10))
        assert at.house.posts() == ("only once",)
        assert at.states("a") == ["sent"]
        assert len({out.key for out in at.network.tried}) == 1
        assert len(at.network.tried) == len(moods) + 1
        firsts = {out.first_attempt_at for out in at.network.tried[1:]}
        assert firsts == {NOON + timedelta(seconds=0.2)}

    desk(tell)


def test_waits_grow_to_half_a_minute(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(*[RESET] * 9)
        await at.queue(Say("a", "at last"))
        await asyncio.sleep(0.5 + 1 + 2 + 4 + 8 + 16 + 30 + 30 + 29)
        assert at.house.posts() == ()
        await asyncio.sleep(2)
        assert at.house.posts() == ("at last",)

    desk(tell)


def test_what_is_impossible_is_left_out_and_told_and_takes_along_what_hangs_on_it(
    desk: Callable[[Told], None],
) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Impossible("no right to speak"))
        await at.queue(Say("a", "not here"), Wish("a.pin", Action.PIN, on="a"), Say("b", "this one"))
        await asyncio.sleep(5)
        assert (at.states("a"), at.states("a.pin"), at.states("b")) == (["failed"], ["failed"], ["sent"])
        assert at.house.posts() == ("this one",)
        (told,) = at.house.posts(at.house.hosts)
        assert "no right to speak" in told
        assert "not here" in told

    desk(tell)


def test_a_hosts_room_that_is_shut_is_not_told_of_itself(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Impossible("no"))
        at.moods(*[Impossible("no")] * 9, place=at.house.hosts)
        await at.queue(Say("a", "not here"))
        await asyncio.sleep(60)
        assert len(at.network.tried) == 2
        assert at.house.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]

    desk(tell)


def test_what_is_of_no_chat_fails_without_a_word(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Impossible("no"))
        async with at.house.store.begin() as tx:
            await tx.post(at.house.place, "hello", (), "k", at.house.clock.now())
        await asyncio.sleep(5)
        assert at.states("k") == ["failed"]
        assert at.house.posts(at.house.hosts) == ()

    desk(tell)


def test_long_text_goes_in_parts_and_each_part_once(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.network.text_limit = 20
        at.moods("", "lost", "", RESET)
        await at.queue(Say("a", "one two three\nfour five six\nseven"), Say("b", "next"))
        await asyncio.sleep(60)
        assert at.house.posts() == ("one two three", "four five six\nseven", "next")
        keys = [line.key for line in at.lines()][:2]
        assert keys[1] == f"{keys[0]}.1"
        assert at.house.rows(FOUND) == [(at.lines()[0].id,)]

    desk(tell)


def test_what_comes_too_late_is_dropped_and_told_but_a_line_in_a_thread_is_not(
    desk: Callable[[Told], None],
) -> None:
    async def tell(at: Desk) -> None:
        until = at.house.clock.now() + timedelta(seconds=30)
        await at.queue(Say("q1", "Q1: here"))
        await asyncio.sleep(1)
        at.moods(Later(60))
        await at.queue(Say("q2", "Q2: late", until), Say("q2.line", "Q2 is out", until, thread="q1"))
        await asyncio.sleep(70)
        assert (at.states("q2"), at.states("q2.line")) == (["dropped"], ["dropped"])
        (told,) = at.house.posts(at.house.hosts)
        assert "could not be posted in time" in told
        assert at.house.posts() == ("Q1: here",)

    desk(tell)


def test_what_did_arrive_before_it_was_too_late_is_found(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods("lost", Later(60))
        await at.queue(Say("a", "it stands there", at.house.clock.now() + timedelta(seconds=30)))
        await asyncio.sleep(90)
        assert at.states("a") == ["sent"]
        assert at.house.posts(at.house.hosts) == ()
        assert at.house.rows(FOUND) == [(at.lines()[0].id,)]

    desk(tell)


def test_what_was_taken_back_before_its_claim_is_not_sent(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(Later(60))
        await at.queue(Say("a", "first"), Say("b", "taken back"))
        await asyncio.sleep(1)
        async with at.house.store.begin() as tx:
            waiting = await tx.waiting_in(at.house.place.id)
            assert waiting is not None
            await tx.withdraw(at.chat_id, "b")
        ((row_id,),) = at.house.rows("SELECT id FROM outbox WHERE subject = 'b'")
        await at.house.app.outbox.deliver(replace(waiting, id=row_id))
        assert len(at.network.tried) == 1
        assert at.states("b") == ["withdrawn"]

    desk(tell)


def test_taking_everything_back_leaves_what_was_attempted_no_more_time(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods(RESET, RESET)
        await at.queue(Say("a", "attempted", at.house.clock.now() + timedelta(hours=1)), Say("b", "not yet"))
        await asyncio.sleep(1)
        await at.queue(Withdraw())
        await asyncio.sleep(10)
        assert (at.states("a"), at.states("b")) == (["dropped"], ["withdrawn"])
        assert at.house.posts() == ()

    desk(tell)


def test_of_several_wishes_only_the_latest_is_carried_out(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        await at.queue(Wish("topic", Action.TOPIC, "one"), Wish("topic", Action.TOPIC, "two"))
        await at.queue(Wish("topic", Action.TOPIC, "three"))
        await asyncio.sleep(5)
        assert at.house.network.topic() == "three"
        topics = [line.text for line in at.lines() if line.action is Action.TOPIC]
        assert topics[-1] == "three"
        assert "one" not in topics

    desk(tell)


def test_what_a_network_cannot_do_is_left_out_quietly(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.network.abilities = frozenset()
        await at.queue(Say("a", "said"), Wish("a.thread", Action.THREAD, "name", on="a"))
        await at.queue(Wish("topic", Action.TOPIC, "none"))
        await asyncio.sleep(5)
        assert (at.states("a"), at.states("a.thread"), at.states("topic")) == (
            ["sent"],
            ["dropped"],
            ["dropped"],
        )
        assert at.house.posts(at.house.hosts) == ()

    desk(tell)


def test_what_a_network_cannot_do_is_not_even_wished_for(tmp_path: Path) -> None:
    def without_topics(inner: Platform, clock: Clock) -> Platform:
        return Moody(inner, clock, abilities=ROOM_ABILITIES - {Ability.TOPICS})

    async def sit() -> None:
        with inline_database():
            async with housed(tmp_path, wrap=without_topics) as house:
                at = Desk(house, await house.add_chat(await house.add_series(), EIGHT + timedelta(days=3)))
                await at.queue(
                    Say("a", "said"), Wish("topic", Action.TOPIC, "none"), Wish("pin", Action.PIN, on="a")
                )
                await asyncio.sleep(5)
                assert (at.states("a"), at.states("pin"), at.states("topic")) == (["sent"], ["sent"], [])

    run_virtual(sit(), NOON)


def test_a_place_on_a_network_that_is_not_here_is_left_out(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        async with at.house.store.begin() as tx:
            far = await tx.add_place(1, "telegraph", "far", "far")
            await tx.post(far, "hello", (), "k", at.house.clock.now())
        await asyncio.sleep(5)
        assert at.states("k") == ["dropped"]

    desk(tell)


def test_what_was_attempted_before_a_fall_is_sent_again_under_its_key(desk: Callable[[Told], None]) -> None:
    async def tell(at: Desk) -> None:
        at.moods("lost")
        await at.queue(Say("a", "only once"), Say("b", "after it"))
        await asyncio.sleep(1)
        await at.house.fall()
        await at.house.get_up()
        await asyncio.sleep(5)
        assert at.house.posts() == ("only once", "after it")
        assert at.states("a") == at.states("b") == ["sent"]

    desk(tell)
