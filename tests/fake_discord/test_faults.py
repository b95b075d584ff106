"""Each thing that can go wrong at Discord, as real discord.py meets it."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest
from aiohttp import web

from tests.fake_discord.bots import Bot, logged_in, pointed_at
from tests.support.fake_discord.faults import Handler, answer
from tests.support.fake_discord.server import FakeDiscord

POSTS = r"/channels/\d+/messages"


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    fake.guild("School")
    async with logged_in(fake) as made:
        yield made


@pytest.fixture
def general(bot: Bot) -> discord.TextChannel:
    return bot.guilds[0].text_channels[0]


def stored(fake: FakeDiscord, room: discord.TextChannel) -> list[str]:
    return [one.content for one in fake.world.messages[room.id].values()]


async def test_a_503_is_not_tried_again_and_stores_nothing(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    rule = fake.faults.on("POST", POSTS).status(503)
    with pytest.raises(discord.DiscordServerError):
        await general.send("Q1")
    assert (stored(fake, general), rule.hits, fake.faults.fired) == (
        [],
        1,
        [("POST", f"/channels/{general.id}/messages")],
    )
    await general.send("Q1 again")
    assert stored(fake, general) == ["Q1 again"]


async def test_a_502_is_tried_again_by_the_library(fake: FakeDiscord, general: discord.TextChannel) -> None:
    rule = fake.faults.on("POST", POSTS).status(502)
    await general.send("Q1")
    assert (stored(fake, general), rule.hits) == (["Q1"], 1)


async def test_a_reset_before_storing_leaves_nothing(fake: FakeDiscord, general: discord.TextChannel) -> None:
    fake.faults.on("POST", POSTS).reset()
    with pytest.raises(OSError, match="reset by peer"):
        await general.send("Q1")
    assert stored(fake, general) == []


async def test_a_reset_after_storing_leaves_the_message_and_its_nonce_finds_it(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).store_then_reset()
    with pytest.raises(OSError, match="reset by peer"):
        await general.send("Q1", nonce="edchat-1")
    assert stored(fake, general) == ["Q1"]
    again = await general.send("Q1", nonce="edchat-1")
    assert stored(fake, general) == ["Q1"]
    assert again.id in fake.world.messages[general.id]


async def test_a_status_after_storing_is_felt_and_the_message_stands(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).store_then_status(503)
    with pytest.raises(discord.DiscordServerError):
        await general.send("Q1")
    assert stored(fake, general) == ["Q1"]


async def test_a_hang_is_never_stored_when_the_client_leaves(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).hang(0.2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(general.send("Q1"), 0.05)
    await asyncio.sleep(0.3)
    assert stored(fake, general) == []


async def test_a_hang_after_storing_leaves_the_message(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).hang(60, stored=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(general.send("Q1"), 0.1)
    assert stored(fake, general) == ["Q1"]


async def test_who_waits_out_a_hang_is_served(fake: FakeDiscord, general: discord.TextChannel) -> None:
    fake.faults.on("POST", POSTS).hang(0.1)
    began = time.monotonic()
    await general.send("Q1")
    assert time.monotonic() - began >= 0.1
    assert stored(fake, general) == ["Q1"]


async def test_clearing_lets_go_of_who_is_kept_waiting(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).hang(60)
    sending = asyncio.create_task(general.send("Q1"))
    await asyncio.sleep(0.05)
    assert not sending.done()
    fake.faults.clear()
    assert (await asyncio.wait_for(sending, 2)).content == "Q1"


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_rate_limit_is_waited_for(
    fake: FakeDiscord, general: discord.TextChannel, scope: str
) -> None:
    rule = fake.faults.on("POST", POSTS)
    rule.rate_limit(0.2, "global" if scope == "global" else "shared" if scope == "shared" else "user")
    began = time.monotonic()
    await general.send("Q1")
    assert time.monotonic() - began >= 0.2
    assert (stored(fake, general), rule.hits) == (["Q1"], 1)


async def test_a_rate_limit_without_via_is_a_ban_at_the_door(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    fake.faults.on("POST", POSTS).rate_limit(0.2, via=False)
    with pytest.raises(discord.HTTPException, match="429"):
        await general.send("Q1")


async def test_a_long_rate_limit_is_an_error_where_the_client_says_how_long_it_waits(
    fake: FakeDiscord,
) -> None:
    guild = fake.guild("School")
    room = fake.world.channel_named(guild, "general")
    fake.faults.on("POST", r"/channels/\d+/messages/\d+/threads").rate_limit(280, "shared")
    async with logged_in(fake, Bot(max_ratelimit_timeout=30)) as bot:
        question = await bot.room(room.id).send("Q1")
        with pytest.raises(discord.RateLimited) as told:
            await question.create_thread(name="17 Nov Q1")
        assert told.value.retry_after == 280
        assert (await question.create_thread(name="17 Nov Q1")).id == question.id


async def test_a_revoked_token_is_refused_at_login(fake: FakeDiscord) -> None:
    fake.faults.on("GET", "/users/@me").status(401)
    bot = Bot()
    with pointed_at(fake):
        async with bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login(fake.token)


async def test_an_error_may_have_discords_own_code(fake: FakeDiscord, general: discord.TextChannel) -> None:
    fake.faults.on("POST", POSTS).status(403, 50001, "Missing Access")
    with pytest.raises(discord.Forbidden) as told:
        await general.send("Q1")
    assert (told.value.code, told.value.text) == (50001, "Missing Access")


async def test_a_fault_strikes_after_so_many_and_so_often(
    fake: FakeDiscord, general: discord.TextChannel
) -> None:
    rule = fake.faults.on("POST", POSTS, times=2, after=1).status(503)
    outcomes = []
    for number in range(4):
        try:
            await general.send(f"Q{number}")
            outcomes.append("sent")
        except discord.DiscordServerError:
            outcomes.append("failed")
    assert outcomes == ["sent", "failed", "failed", "sent"]
    assert (rule.hits, rule.over) == (2, True)


async def test_a_fault_may_look_at_what_is_said(fake: FakeDiscord, general: discord.TextChannel) -> None:
    fake.faults.on("POST", POSTS, where=lambda said: said["content"].startswith("Q2")).status(503)
    await general.send("Q1")
    with pytest.raises(discord.DiscordServerError):
        await general.send("Q2", file=discord.File(io.BytesIO(b"words"), "words.txt"))
    await general.send("Q2", file=discord.File(io.BytesIO(b"words"), "words.txt"))
    assert stored(fake, general) == ["Q1", "Q2"]


async def test_a_stopped_fault_strikes_no_more(fake: FakeDiscord, general: discord.TextChannel) -> None:
    rule = fake.faults.on("POST", POSTS, times=None).status(503)
    with pytest.raises(discord.DiscordServerError):
        await general.send("Q1")
    rule.stop()
    await general.send("Q1")
    assert rule.hits == 1


async def test_rest_that_is_down_at_the_start_ends_the_login(fake: FakeDiscord) -> None:
    bot = Bot()
    with pointed_at(fake):
        async with bot:
            with fake.faults.down() as rule, pytest.raises((OSError, aiohttp.ClientError)):
                await bot.login(fake.token)
            assert rule.hits > 0
        async with Bot() as later:
            await later.login(fake.token)


async def test_a_fault_may_be_of_ones_own(fake: FakeDiscord, general: discord.TextChannel) -> None:
    async def denied(request: web.Request, handler: Handler) -> web.StreamResponse:
        await handler(request)
        return answer(404, {"message": "Unknown Channel", "code": 10003})

    fake.faults.on("POST", POSTS).does(denied)
    with pytest.raises(discord.NotFound):
        await general.send("Q1")
    assert stored(fake, general) == ["Q1"]


async def outcomes(fake: FakeDiscord, room: int, times: int) -> list[int]:
    """Post a few times without a library that tries again, and give what came of each."""
    came = []
    headers = {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for number in range(times):
            url = f"{fake.api_url}/channels/{room}/messages"
            try:
                async with session.post(url, json={"content": f"A{number}"}) as response:
                    came.append(response.status)
            except aiohttp.ClientError:
                came.append(0)
    return came


async def test_faults_by_lot_fall_as_their_seed_says(fake: FakeDiscord) -> None:
    came = []
    for seed in (1, 1, 2):
        room = fake.world.channel_named(fake.guild("School"), "general")
        fake.faults.clear()
        rule = fake.faults.random(seed, 0.3, kinds=("status", "store_then_status", "rate_limit"))
        came.append(await outcomes(fake, room.id, 40))
        assert 4 <= rule.hits <= 24
        assert rule.hits == len([one for one in came[-1] if one != 200])
    assert came[0] == came[1] != came[2]
    assert {200, 429, 503} <= set(came[0])


async def test_faults_by_lot_break_connections_too(fake: FakeDiscord) -> None:
    room = fake.world.channel_named(fake.guild("School"), "general")
    rule = fake.faults.random(3, 0.5, kinds=("reset", "store_then_reset"))
    came = await outcomes(fake, room.id, 20)
    assert came.count(0) == rule.hits > 0
    assert 20 - rule.hits < len(fake.world.messages[room.id]) < 20
