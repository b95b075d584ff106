"""The gateway, heard by real discord.py: logins, breaks, what is told again and what is not."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.fake_discord.bots import Bot, logged_in, pointed_at
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild


def logins(fake: FakeDiscord) -> list[str]:
    return [name for name in fake.gateway.log if name in {"IDENTIFY", "RESUME"}]


async def test_a_login_is_told_its_guild_and_what_people_write(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        ann.says(general, "Hello all")
        await bot.until(lambda: bot.heard)
        assert bot.heard == ["Hello all"]
        assert [guild.name for guild in bot.guilds] == ["School"]
        assert bot.room(general.id).name == "general"
        assert bot.user is not None
        assert bot.user.id == fake.world.bot.id
    assert logins(fake) == ["IDENTIFY"]


@pytest.mark.parametrize(("code", "kept"), [(1000, 0), (4000, 1)])
async def test_who_says_goodbye_is_forgotten_and_who_is_cut_off_is_not(
    fake: FakeDiscord, code: int, kept: int
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 1, "properties": {}}})
        await socket.receive_json()
        assert fake.gateway.connected
        await socket.close(code=code)
    await asyncio.sleep(0.05)
    assert [one.wire for one in fake.gateway.sessions.values()] == [None] * kept


async def test_what_happens_during_a_break_is_told_again_in_order(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        ann.says(general, "before")
        await bot.until(lambda: bot.heard)
        with fake.gateway.away():
            for number in range(3):
                ann.says(general, f"meanwhile {number}")
        await bot.until(lambda: len(bot.heard) == 4)
        ann.says(general, "after")
        await bot.until(lambda: len(bot.heard) == 5)
        assert bot.heard == ["before", "meanwhile 0", "meanwhile 1", "meanwhile 2", "after"]
        assert "RESUMED" in bot.happened
    assert logins(fake) == ["IDENTIFY", "RESUME"]


async def test_a_refused_resume_loses_what_happened_and_logs_in_anew(
    fake: FakeDiscord, school: Guild
) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        fake.gateway.refuse_resume()
        with fake.gateway.away():
            ann.says(general, "never told")
        await bot.until(lambda: bot.happened.count("READY") == 2)
        ann.says(general, "told")
        await bot.until(lambda: bot.heard)
        assert bot.heard == ["told"]
    assert logins(fake) == ["IDENTIFY", "RESUME", "IDENTIFY"]


async def test_a_break_that_forgets_the_login_loses_what_happened(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        with fake.gateway.away(resumable=False):
            ann.says(general, "never told")
        await bot.until(lambda: bot.happened.count("READY") == 2)
        assert bot.heard == []
        assert [message.content async for message in bot.room(general.id).history()] == ["never told"]


async def test_silence_loses_events_though_the_connection_stands(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        with fake.gateway.silence():
            ann.says(general, "lost")
        ann.says(general, "heard")
        await bot.until(lambda: bot.heard)
        assert bot.heard == ["heard"]
    assert logins(fake) == ["IDENTIFY"]


async def test_op_7_makes_a_client_come_back_and_resume(fake: FakeDiscord, school: Guild) -> None:
    async with logged_in(fake) as bot:
        fake.gateway.reconnect()
        await bot.until(lambda: "RESUMED" in bot.happened)
    assert logins(fake) == ["IDENTIFY", "RESUME"]


@pytest.mark.parametrize(
    ("resumable", "then"), [(True, ["IDENTIFY", "RESUME"]), (False, ["IDENTIFY", "IDENTIFY"])]
)
async def test_op_9_makes_a_client_resume_or_log_in_anew(
    fake: FakeDiscord, school: Guild, resumable: bool, then: list[str]
) -> None:
    async with logged_in(fake) as bot:
        fake.gateway.invalidate(resumable=resumable)
        await bot.until(lambda: len(logins(fake)) == 2)
        await fake.gateway.ready()
    assert logins(fake) == then


@pytest.mark.parametrize(
    ("code", "then"),
    [(4000, ["IDENTIFY", "RESUME"]), (4009, ["IDENTIFY", "RESUME", "IDENTIFY"])],
)
async def test_after_some_close_codes_a_client_comes_back(
    fake: FakeDiscord, school: Guild, code: int, then: list[str]
) -> None:
    async with logged_in(fake) as bot:
        fake.gateway.close(code)
        await bot.until(lambda: logins(fake) == then)
        await fake.gateway.ready()


async def test_a_revoked_token_ends_the_client(fake: FakeDiscord, school: Guild) -> None:
    bot = Bot()
    with pointed_at(fake):
        async with bot:
            running = asyncio.create_task(bot.start(fake.token))
            await fake.gateway.ready()
            fake.gateway.close(4004)
            with pytest.raises(discord.ConnectionClosed, match="4004"):
                await asyncio.wait_for(running, 5)


async def test_an_intent_that_is_switched_off_closes_with_4014(fake: FakeDiscord, school: Guild) -> None:
    fake.world.message_content = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with logged_in(fake):
            pass


@pytest.mark.parametrize("said", [{"intents": 1 << 40}, {"intents": -1}, {"intents": "all"}, {}])
async def test_senseless_intents_close_with_4013(fake: FakeDiscord, said: dict[str, object]) -> None:
    login = {"op": 2, "d": {"token": fake.token, "properties": {}, **said}}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(fake.gateway_url + "/?v=10&encoding=json") as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json(login)
        await socket.receive()
        assert socket.close_code == 4013


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("no json", 4002),
        ('{"op": 99, "d": null}', 4001),
        ('{"op": 8, "d": {"guild_id": "1"}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 1}}', 4004),
    ],
)
async def test_a_wrong_first_word_is_closed_with_its_code(fake: FakeDiscord, said: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(fake.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(said)
        await socket.receive()
        assert socket.close_code == code


async def test_a_client_survives_handshakes_that_fail_later_on(fake: FakeDiscord, school: Guild) -> None:
    async with logged_in(fake) as bot:
        fake.gateway.fail_handshakes(1)
        fake.gateway.drop()
        await bot.until(lambda: "RESUMED" in bot.happened, within=10)
    assert fake.gateway.handshakes == 3


async def test_a_first_handshake_that_fails_is_felt(fake: FakeDiscord, school: Guild) -> None:
    fake.gateway.fail_handshakes(1)
    bot = Bot()
    with pointed_at(fake):
        async with bot:
            with pytest.raises(AttributeError):
                await asyncio.wait_for(bot.start(fake.token), 10)


async def test_a_broken_event_ends_the_client_as_it_does_in_life(fake: FakeDiscord, school: Guild) -> None:
    bot = Bot()
    with pointed_at(fake):
        async with bot:
            running = asyncio.create_task(bot.start(fake.token))
            await fake.gateway.ready()
            fake.gateway.malformed()
            with pytest.raises((KeyError, ValueError)):
                await asyncio.wait_for(running, 5)
