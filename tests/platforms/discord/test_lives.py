"""One life after another: whatever ends the bot's connection, it comes back, unless Discord refuses it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from structlog.testing import capture_logs

from bot.app import App
from bot.app import opened as app_on
from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.model import Place
from bot.core.sentences import servers as sentences
from bot.hosting.reaching import with_pages
from bot.platform import Ability, Later, Outgoing
from bot.platforms.discord.redirect import redirect
from bot.platforms.discord.supervisor import supervise
from bot.platforms.discord.timing import ahead
from bot.settings import Settings, load
from bot.storage.store import Store
from tests.platforms.discord.living import Living, living, ready, seen, settings
from tests.support.bad_inputs import case
from tests.support.fake_discord.intents import Intent
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild


async def lives(life: Living, guild: Guild) -> None:
    """See a new channel, as only a bot that is there can."""
    life.fake.world.make_channel(guild, f"seen-{life.fake.world.snowflake()}")
    name = life.rooms(guild)[-1].name
    await life.place(guild, name)


async def test_a_bot_asks_to_hear_no_more_than_it_needs(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store) as life:
        await life.until(lambda: ready(life.platform))
        (session,) = fake.gateway.sessions.values()
        wanted = Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.GUILD_REACTIONS | Intent.MESSAGE_CONTENT
        assert session.intents == wanted
        assert "REQUEST_MEMBERS" not in " ".join(fake.gateway.log)
        client = life.platform.client
        mentions = client.allowed_mentions
        assert mentions is not None
        assert dict(mentions.to_dict()) == {"parse": []}
        guild = client.get_guild(school.id)
        assert guild is not None
        assert [member.id for member in guild.members] == [fake.world.bot.id]
        assert list(client.cached_messages) == []


async def first_handshakes_fail(fake: FakeDiscord) -> None:
    fake.gateway.fail_handshakes(1)


async def requests_fail_at_the_start(fake: FakeDiscord) -> None:
    fake.faults.on("GET", r"/users/@me", times=2).status(503)


async def connections_are_reset_at_the_start(fake: FakeDiscord) -> None:
    fake.faults.on("GET", r"/users/@me", times=2).reset()


@pytest.mark.parametrize(
    "fault", [first_handshakes_fail, requests_fail_at_the_start, connections_are_reset_at_the_start]
)
async def test_a_bad_start_is_tried_again(
    fault: Callable[[FakeDiscord], Awaitable[None]], fake: FakeDiscord, school: Guild, store: Store
) -> None:
    await fault(fake)
    async with living(fake, store) as life:
        await lives(life, school)


def malformed(fake: FakeDiscord) -> None:
    fake.gateway.malformed()


def closed(code: int) -> Callable[[FakeDiscord], None]:
    return lambda fake: fake.gateway.close(code)


@pytest.mark.parametrize(
    "ends", [malformed, closed(4013), closed(4011), closed(4012)], ids=["malformed", "4013", "4011", "4012"]
)
async def test_a_life_that_ends_is_followed_by_another(
    ends: Callable[[FakeDiscord], None], fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store) as life:
        await lives(life, school)
        client = life.platform.client
        ends(fake)
        await life.until(lambda: ready(life.platform) and life.platform.client is not client)
        await lives(life, school)


async def test_a_dropped_connection_is_taken_up_again_in_the_same_life(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store) as life:
        await lives(life, school)
        client = life.platform.client
        fake.gateway.reconnect()
        await life.until(lambda: "RESUME" in fake.gateway.log)
        await lives(life, school)
        assert life.platform.client is client


@pytest.mark.parametrize("refused", ["at login", "at the gateway"])
async def test_a_refused_token_is_said_once_and_not_tried_again(
    refused: str, fake: FakeDiscord, school: Guild, store: Store
) -> None:
    given = settings(fake, token="wrong") if refused == "at login" else settings(fake)
    with capture_logs() as logged:
        async with living(fake, store, given) as life:
            if refused == "at the gateway":
                await lives(life, school)
                fake.gateway.close(4004)
            await life.until(lambda: life.platform.unwell)
            assert life.platform.unwell == sentences.REFUSED
            asked = len(fake.requests)
            await asyncio.sleep(0.3)
            assert len(fake.requests) == asked
            with pytest.raises(Later):
                _ = life.platform.client
    said = [one for one in logged if one["log_level"] == "error"]
    assert [(one["event"], one["do"]) for one in said] == [("discord_refused", sentences.REFUSED)]


async def test_without_the_message_content_intent_the_bot_lives_on_and_says_so(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    fake.world.message_content = False
    async with living(fake, store) as life:
        place = await life.use(school)
        assert not life.platform.client.reads
        known = await life.server(school, lambda one: one.places[place.native_id].lacking)
        assert known.places[place.native_id].lacking == (sentences.CONTENT_OFF,)
        assert life.platform.unwell == sentences.CONTENT_OFF
    fake.world.message_content = True
    async with living(fake, store) as life:
        await life.server(school, lambda one: not one.places[place.native_id].lacking)
        assert life.platform.unwell == ""
        assert [(one.lacking, one.goes_on) for one in life.barred(place)] == [((), True)]


async def test_nothing_is_sent_before_the_bot_is_there(fake: FakeDiscord, store: Store) -> None:
    out = Outgoing("a-1", Place(1, 1, "discord", "1", "general"), Action.POST, "Q1")
    async with living(fake, store, settings(fake, token="wrong")) as life:
        with pytest.raises(Later):
            await life.platform.send(out)
        with pytest.raises(Later):
            await life.platform.find(out)
        async with store.begin():
            with pytest.raises(RuntimeError):
                await life.platform.send(out)
        assert Ability.TOPICS not in life.platform.abilities
        assert life.platform.text_limit == 2000


async def test_waits_between_lives_grow() -> None:
    begun: list[float] = []
    loop = asyncio.get_running_loop()

    async def live(reads: bool) -> None:
        begun.append(loop.time())
        if len(begun) == 5:
            raise asyncio.CancelledError
        raise OSError

    with pytest.raises(asyncio.CancelledError):
        await supervise(live, 0.02)
    waits = [later - earlier for earlier, later in pairwise(begun)]
    least = (0.02, 0.04, 0.08, 0.16)
    assert [wait for wait, at_least in zip(waits, least, strict=True) if wait < 0.9 * at_least] == []


def test_addresses_that_are_not_given_stay_discords_own() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    redirect("", "")
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    redirect("http://127.0.0.1:1/api", "ws://127.0.0.1:1/gw")
    assert (Route.BASE, str(DiscordWebSocket.DEFAULT_GATEWAY)) == (
        "http://127.0.0.1:1/api", "ws://127.0.0.1:1/gw",
    )  # fmt: skip


def on_discord(folder: Path, fake: FakeDiscord, token: str) -> Settings:
    env = folder / ".env"
    lines = {"DATA_DIR": folder, "DISCORD_TOKEN": token, "WEB_PORT": 0}
    lines |= {"DISCORD_API_URL": fake.api_url, "DISCORD_GATEWAY_URL": fake.gateway_url}
    env.write_text("".join(f"EDCHAT_{name}={value}\n" for name, value in lines.items()))
    return load(env)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[App, str]]:
    """Run the whole bot with its pages; gives their address too."""
    async with app_on(settings) as app:
        site = await with_pages(app, settings)
        task = asyncio.create_task(app.run())
        try:
            yield app, site.base_url
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_token_in_the_settings_puts_the_whole_bot_on_discord(
    tmp_path: Path, fake: FakeDiscord, school: Guild
) -> None:
    async with running(on_discord(tmp_path, fake, fake.token)) as (app, _):
        assert sorted(app.platforms) == ["browser", "discord"]
        assert await seen(lambda: _servers(app.store)) == {str(school.id): "School"}
        assert await app.vitals.faults() == ()


async def test_b244_a_revoked_token_stops_discord_alone_and_turns_health_red(
    tmp_path: Path, fake: FakeDiscord, school: Guild
) -> None:
    assert case("B244").expect.startswith("stop requests to Discord, health red")
    async with running(on_discord(tmp_path, fake, fake.token)) as (app, address):
        await seen(lambda: _servers(app.store))
        assert await asked(f"{address}/healthz") == (200, {"status": "ok"})
        fake.world.token = "another"
        fake.gateway.close(4004)
        red = {"status": "failing", "reason": sentences.REFUSED}
        assert await seen(lambda: _when(asked(f"{address}/healthz"), 503)) == (503, red)
        requests = len(fake.requests)
        room = await app.place("edchat")
        assert not (await app.say("help", room, "owner")).refused
        await asyncio.sleep(0.3)
        assert len(fake.requests) == requests
        assert await _servers(app.store) == {str(school.id): "School"}


async def asked(address: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.json()


async def _when(asking: Awaitable[tuple[int, object]], status: int) -> tuple[int, object] | None:
    got = await asking
    return got if got[0] == status else None


@pytest.mark.parametrize(("hours", "warned"), [(24, [86400]), (0, [])])
async def test_b371_a_clock_that_is_wrong_is_warned_of_once(
    hours: int, warned: list[int], fake: FakeDiscord, school: Guild, store: Store
) -> None:
    assert case("B371").input == "clock 1 day wrong"
    clock = Shifted(SystemClock(), timedelta(hours=hours))
    with capture_logs() as logged:
        async with living(fake, store, clock=clock) as life:
            await lives(life, school)
    said = [one["seconds_ahead"] for one in logged if one["event"] == "clock_wrong"]
    assert [round(one, -2) for one in said] == [round(one, -2) for one in warned]


def test_an_answer_that_names_no_time_proves_nothing() -> None:
    assert [ahead(SystemClock(), headers) for headers in ({}, {"Date": "soon"})] == [None, None]


@dataclass(frozen=True)
class Shifted:
    """The machine's clock, wrong by some time."""

    true: SystemClock
    by: timedelta
    rate: float = 1.0

    def now(self) -> datetime:
        return self.true.now() + self.by

    def real(self) -> datetime:
        return self.true.real() + self.by

    def to_real(self, due: datetime) -> datetime:
        return due


async def test_what_a_newer_discord_says_is_passed_over(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store) as life:
        await lives(life, school)
        client = life.platform.client
        assert case("B246").expect.startswith("ignored")
        fake.gateway.malformed("PARADE_CREATE", {"id": "1"})
        strange = fake.world.channel_named(school, "general").json() | {"id": "77", "type": 99}
        fake.gateway.malformed("CHANNEL_CREATE", strange)
        await lives(life, school)
        assert life.platform.client is client


async def _servers(store: Store) -> dict[str, str]:
    async with store.read() as tx:
        return {native_id: one.name for native_id, one in (await tx.known_servers("discord")).items()}


LOADED = """
import asyncio, json, sys
from pathlib import Path
from bot.app import opened
from bot.settings import load
async def main():
    async with opened(load(Path(sys.argv[1]))) as app:
        print(json.dumps([sorted(app.platforms), "discord" in sys.modules]))
asyncio.run(main())
"""


def test_without_a_token_the_library_is_never_loaded(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(f"EDCHAT_DATA_DIR={tmp_path}\n")
    ran = subprocess.run([sys.executable, "-c", LOADED, str(env)], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [["browser"], False]
