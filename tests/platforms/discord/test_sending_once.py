"""Exactly once, whatever goes wrong on the way; and refusals in words that say what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.core.actions import Action
from bot.core.sentences import refusals as sentences
from bot.platform import Impossible, Later
from tests.platforms.discord.living import ready
from tests.platforms.discord.speaking import POSTS, THREADS, Speaking, speaking
from tests.support.bad_inputs import case
from tests.support.fake_discord.faults import Rule
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import BOT_NEEDS, Can
from tests.support.fake_discord.state import World
from tests.support.wishes import note_threadless


@pytest.fixture
async def room(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(fake, tmp_path) as made:
        yield made


FAULTS: dict[str, Callable[[Rule], Rule]] = {
    "500 as in B241": lambda rule: rule.status(500),
    "502": lambda rule: rule.status(502),
    "503": lambda rule: rule.status(503),
    "504": lambda rule: rule.status(504),
    "524": lambda rule: rule.status(524),
    "503 after it was stored": lambda rule: rule.store_then_status(503),
    "reset": Rule.reset,
    "reset after it was stored": Rule.store_then_reset,
    "hang as in B243": lambda rule: rule.hang(30),
    "hang after it was stored": lambda rule: rule.hang(30, stored=True),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", [Action.POST, Action.CARD])
async def test_under_one_key_there_is_one_message_whatever_happens_to_the_first_attempt(
    room: Speaking, fault: str, action: Action
) -> None:
    FAULTS[fault](room.fake.faults.on("POST", POSTS))
    out = room.out(action, "Q1: What works?")
    with pytest.raises((discord.HTTPException, OSError, TimeoutError)):
        async with asyncio.timeout(0.5):
            await room.life.platform.send(out)
    sent = await room.life.platform.send(out)
    assert [(str(one.id), one.content) for one in room.standing()] == [(sent, "Q1: What works?")]


async def test_two_keys_with_equal_words_are_two_messages(room: Speaking) -> None:
    assert len({await room.posts("Q1"), await room.posts("Q1")}) == 2
    assert room.texts() == ["Q1", "Q1"]


async def test_a_key_too_long_for_discord_still_posts_once(room: Speaking) -> None:
    outs = [room.out(Action.POST, "Q1", key=f"a-very-long-installation-name-{end}") for end in (1, 2)]
    ids = [await room.life.platform.send(out) for out in (*outs, *outs)]
    assert ids[:2] == ids[2:]
    assert len(room.standing()) == 2


async def test_when_discord_may_have_forgotten_the_key_our_own_post_is_found_first(room: Speaking) -> None:
    out = room.out(Action.POST, "Q1: What works?  ")
    sent = await room.life.platform.send(out)
    room.message(sent).nonce = None
    late = replace(out, first_attempt_at=room.ago(minutes=3))
    assert await room.life.platform.find(late) == sent
    assert await room.life.platform.send(late) == sent
    assert len(room.standing()) == 1


async def test_what_others_said_and_what_we_said_before_is_not_taken_for_it(room: Speaking) -> None:
    room.fake.person("ann", room.guild).says(room.channel, "Q1")
    out = room.out(Action.POST, "Q1", first_attempt_at=room.ago(minutes=3))
    assert await room.life.platform.find(out) is None
    old = discord.utils.time_snowflake(room.ago(hours=1))
    channel = room.channel
    world: World = room.fake.world
    message = world.post(channel, world.bot, "Q1")
    del world.messages[channel.id][message.id]
    message.id = old
    world.messages[channel.id][old] = message
    assert await room.life.platform.find(out) is None
    await room.life.platform.send(out)
    assert len(room.standing()) == 3


async def test_a_post_that_belongs_to_another_row_is_not_taken_for_it(room: Speaking) -> None:
    sent = await room.posts("Q1")
    async with room.store.begin() as tx:
        await tx.post(room.place, "Q1", (), "test.first", room.ago(minutes=3))
        row = await tx.waiting_in(room.place.id)
        while row is not None and row.text != "Q1":
            await tx.give_up(row, "dropped")
            row = await tx.waiting_in(room.place.id)
        assert row is not None
        await tx.confirm(row, sent, room.ago(minutes=3))
    again = room.out(Action.POST, "Q1", first_attempt_at=room.ago(minutes=3))
    assert await room.life.platform.find(again) is None
    assert await room.life.platform.send(again) != sent
    assert room.texts() == ["Q1", "Q1"]


# -- refusals -----------------------------------------------------------------------------------------------


async def refused(room: Speaking, action: Action, text: str = "2", **more: object) -> str:
    with pytest.raises(Impossible) as no:
        await room.does(action, text, **more)
    return str(no.value)


def take_away(room: Speaking, lost: Can) -> None:
    world = room.fake.world
    world.set_role_permissions(room.guild, room.guild.everyone, 0)
    world.set_bot_permissions(room.guild, BOT_NEEDS & ~int(lost))


NEEDED = {
    Action.POST: (Can.SEND_MESSAGES, "Send Messages"),
    Action.CARD: (Can.SEND_MESSAGES, "Send Messages"),
    Action.THREAD: (Can.CREATE_PUBLIC_THREADS, "Create Public Threads"),
    Action.PIN: (Can.PIN_MESSAGES, "Pin Messages"),
    Action.RECEIPT: (Can.ADD_REACTIONS, "Add Reactions"),
    Action.ROOM: (Can.CREATE_PRIVATE_THREADS, "Create Private Threads"),
}


@pytest.mark.parametrize("action", NEEDED)
async def test_a_missing_permission_is_named_with_the_way_to_give_it_and_asked_for_once(
    room: Speaking, action: Action
) -> None:
    said = str(room.fake.person("ann", room.guild).says(room.channel, "A1").id)
    lost, name = NEEDED[action]
    take_away(room, lost)
    await asyncio.sleep(0.1)
    target = None if action in (Action.CARD, Action.POST, Action.ROOM) else said
    why = await refused(room, action, target=target)
    assert name in why
    assert "allow it" in why
    for _ in range(30):
        assert await refused(room, action, target=target) == why
    assert room.refused() == 1
    room.fake.world.set_bot_permissions(room.guild, BOT_NEEDS)
    await room.life.until(lambda: not room.refusals._barred)
    assert await room.does(action, "2", target=target)


async def test_never_more_than_twenty_requests_are_refused_when_the_bot_is_shut_out(room: Speaking) -> None:
    said = str(room.fake.person("ann", room.guild).says(room.channel, "A1").id)
    await room.does(Action.THREAD, "Q1", target=said)
    take_away(room, Can.VIEW_CHANNEL)
    await asyncio.sleep(0.1)
    for _ in range(5):
        for action in (Action.POST, Action.CARD, Action.THREAD, Action.PIN, Action.RECEIPT, Action.EDIT):
            target = None if action in (Action.POST, Action.CARD) else said
            assert "View Channel is missing" in await refused(room, action, target=target)
        assert "View Channel" in await refused(room, Action.POST, target=said)
        assert "View Channel" in await refused(room, Action.CARD, thread=said)
    assert room.refused() <= 20


async def test_a_deleted_channel_is_told(room: Speaking) -> None:
    room.fake.world.delete_channel(room.channel)
    assert await refused(room, Action.POST) == "The channel #general was deleted."


async def test_a_locked_thread_is_told(room: Speaking) -> None:
    question = await room.posts("Q1")
    await room.does(Action.THREAD, "Q1", target=question)
    room.fake.world.set_role_permissions(
        room.guild, room.guild.everyone, BOT_NEEDS & ~int(Can.MANAGE_THREADS)
    )
    room.fake.world.set_bot_permissions(room.guild, BOT_NEEDS & ~int(Can.MANAGE_THREADS))
    room.fake.world.lock(room.fake.world.channels[int(question)])
    assert await refused(room, Action.POST, target=question) == sentences.THREAD_LOCKED


async def test_with_as_many_threads_as_there_can_be_it_says_so_and_how_answers_come_in_then(
    room: Speaking,
) -> None:
    assert case("B248").expect == "fallback to channel replies"
    room.fake.faults.on("POST", THREADS).status(400, code=160006, message="Maximum number of threads")
    question = await room.posts("Q1")
    assert await refused(room, Action.THREAD, target=question) == sentences.THREADS_FULL
    assert await room.does(Action.THREAD, "Q2", target=await room.posts("Q2"))


async def test_words_of_discords_own_are_passed_on(room: Speaking) -> None:
    room.fake.faults.on("POST", POSTS).status(400, code=50035, message="Invalid Form Body")
    assert await refused(room, Action.POST) == 'The network says no: "Invalid Form Body" (50035).'


async def test_b247_what_automod_stops_is_told_with_what_to_do_and_other_words_pass(room: Speaking) -> None:
    assert case("B247").expect.startswith("moderator told; question marked not posted")
    room.fake.faults.on("POST", POSTS, times=1).status(400, code=200000, message="Message was blocked")
    why = await refused(room, Action.POST, "Q1: Which phone?")
    assert "AutoMod" in why
    assert "`chat ask`" in why
    await room.posts("Q2: What do you carry?")
    assert room.texts() == ["Q2: What do you carry?"]


async def test_a_card_waits_for_a_thread_that_comes_late_but_not_for_one_that_never_comes(
    room: Speaking,
) -> None:
    question = await room.posts("Q1")
    with pytest.raises(Later):
        await room.does(Action.CARD, "ann: often", thread=question)
    assert "thread is gone" in await refused(
        room, Action.CARD, thread=question, first_attempt_at=room.ago(hours=2)
    )
    take_away(room, Can.CREATE_PUBLIC_THREADS)
    await asyncio.sleep(0.1)
    await refused(room, Action.THREAD, target=question)
    assert "thread is gone" in await refused(room, Action.CARD, thread=question)


@pytest.mark.parametrize("why", ["may not make it", "may not write there", "as many as there can be"])
async def test_an_answer_by_form_stands_in_the_room_where_its_question_has_no_thread(
    room: Speaking, why: str
) -> None:
    question = await room.posts("Q1")
    if why == "may not write there":
        await room.does(Action.THREAD, "Q1", target=question)
        take_away(room, Can.SEND_MESSAGES_IN_THREADS)
    elif why == "may not make it":
        take_away(room, Can.CREATE_PUBLIC_THREADS)
        await asyncio.sleep(0.1)
        await refused(room, Action.THREAD, target=question)
    else:
        await note_threadless(room.store, room.place, question, room.life.platform._clock.now())
    await asyncio.sleep(0.1)
    card = await room.does(Action.CARD, "ann: often", thread=question, alone=True)
    assert room.texts()[-1] == "ann: often"
    assert await room.does(Action.CARD, "ann: rare", thread=question, target=card, alone=True) == card
    assert room.texts() == ["Q1", "ann: rare"]
    assert await room.does(Action.CARD, "", thread=question, target=card) == ""
    assert room.texts() == ["Q1"]
    assert await refused(room, Action.CARD, thread=question, first_attempt_at=room.ago(hours=2))


async def test_after_a_refused_token_nothing_more_is_asked_in_this_life(room: Speaking) -> None:
    room.fake.faults.on("*", ".*", times=None).status(401)
    with pytest.raises((Impossible, discord.HTTPException)):
        await room.posts("Q1")
    for _ in range(25):
        with pytest.raises(Later):
            await room.posts("Q1")
    assert room.refused() == 1
    assert ready(room.life.platform)


# -- limits told by Discord ---------------------------------------------------------------------------------


async def test_a_long_limit_on_threads_delays_that_thread_alone(room: Speaking) -> None:
    question = await room.posts("Q1")
    room.fake.faults.on("POST", THREADS).rate_limit(280, "shared")
    with pytest.raises(Later) as later:
        await room.does(Action.THREAD, "Q1", target=question)
    assert later.value.seconds == pytest.approx(280, abs=1)
    async with asyncio.timeout(2):
        second = await room.posts("Q2")
        await room.does(Action.PIN, target=second)
        await room.does(Action.THREAD, "Q2", target=second)
        await room.does(Action.THREAD, "Q1", target=question)
    assert room.fake.world.channels[int(question)].name == "Q1"


async def test_a_short_limit_is_waited_for(room: Speaking) -> None:
    for scope in ("user", "shared", "global"):
        room.fake.faults.on("POST", POSTS).rate_limit(0.1, scope)
        await room.posts(scope)
    assert room.texts() == ["user", "shared", "global"]


@pytest.mark.slow
async def test_a_limit_of_the_whole_bot_does_not_outlive_an_attempt_that_was_given_up(room: Speaking) -> None:
    room.fake.faults.on("POST", POSTS).rate_limit(5, "global")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await room.posts("Q1")
    async with asyncio.timeout(12):
        await room.posts("Q2")
    assert room.texts() == ["Q2"]


async def test_b239_while_discord_takes_nothing_of_the_whole_bot_all_wait_and_keep_their_order(
    room: Speaking,
) -> None:
    assert case("B239").expect == "queue holds; order kept; late mark; no drop"
    other = room.fake.world.make_channel(room.guild, "other")
    elsewhere = replace(room.place, native_id=str(other.id))
    outs = [room.out(Action.POST, "Q1"), room.out(Action.POST, "Q2")]
    away = room.out(Action.POST, "Q1", place=elsewhere)
    room.fake.faults.on("POST", POSTS).rate_limit(60, "global")
    for out in (*outs, away, away):
        with pytest.raises(Later) as later:
            await room.life.platform.send(out)
        assert later.value.seconds == pytest.approx(60, abs=2)
    assert room.refused() == 1
    room.limits._shut_until = 0
    for out in (*outs, away):
        await room.life.platform.send(out)
    assert (room.texts(), room.texts(str(other.id))) == (["Q1", "Q2"], ["Q1"])


async def test_when_the_door_keeper_refuses_nothing_is_asked_for_a_while(room: Speaking) -> None:
    room.fake.faults.on("POST", POSTS).rate_limit(90, via=False)
    for _ in range(5):
        with pytest.raises(Later) as later:
            await room.posts("Q1")
        assert later.value.seconds == pytest.approx(90, abs=5)
    assert room.refused() == 1
    room.limits._shut_until = 0
    await room.posts("Q1")
    assert timedelta(seconds=room.limits._shut_for) == timedelta(minutes=1)


async def test_before_the_bot_is_ready_everything_waits(fake: FakeDiscord, tmp_path: Path) -> None:
    async with speaking(fake, tmp_path) as room:
        platform, out = room.life.platform, room.out(Action.POST, "Q1")
        platform._client, client = None, platform._client
        with pytest.raises(Later):
            await platform.send(out)
        platform._client = client
        await platform.send(out)
