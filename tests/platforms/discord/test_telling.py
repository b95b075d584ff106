"""Whoever hosts the bot is told what is wrong with it: on Discord while that works, else in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.app import App, opened
from bot.core.sentences import servers as sentences
from bot.core.sentences import wellness as say
from bot.hosting.doctor import examine
from bot.hosting.reaching import with_alarm, with_copies, with_pages
from bot.hosting.standing import standing
from bot.settings import Settings, load
from bot.storage.heard.pouring import driver_of
from tests.platforms.discord.living import seen
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild

BACKUP = "No copy of the database could be made."
REFUSES = "PRAGMA query_only = ON"
TAKES_AGAIN = "PRAGMA query_only = OFF"
_TOLD = say.host_told(["."], []).partition("\n")[0], say.host_told([], ["."]).partition("\n")[0]


@dataclass
class Hosting:
    """The whole bot on Discord and in the browser, as its host has it."""

    app: App
    base: str

    async def until(self, *parts: str, person: Someone | None = None) -> list[str]:
        """Wait until the host was told something of each of these; gives all they were told."""

        async def found() -> list[str] | None:
            told = await self.told(person)
            return told if all(any(part in one for one in told) for part in parts) else None

        return await seen(found, within=20)

    async def told(self, person: Someone | None = None) -> list[str]:
        """What the host was told so far, on Discord or else in the browser's hosts' room."""
        if person is not None:
            return person.letters
        async with self.app.store.read() as tx:
            found = await tx.first_host()
            assert found is not None
            room = await tx.room_messages(found[0].id, viewer=found[1].native_id, host=True)
        return [one.text for one in room if one.text.startswith(_TOLD)]

    async def health(self) -> int:
        """What the health check answers."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.base}/healthz") as answer:
            return answer.status

    async def database(self, pragma: str) -> None:
        """Have the database refuse what is written, or take it again."""
        async with self.app.store._turn, self.app.store._writer.connect() as connection:
            await (await driver_of(connection)).execute_fetchall(pragma)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute be a moment."""
    for name, seconds in (("LASTS", 0.0), ("CALM", 0.3), ("APART", 0.2)):
        monkeypatch.setattr(f"bot.core.alarming.{name}", timedelta(seconds=seconds))
    monkeypatch.setattr("bot.health.alarm.EVERY", 0.05)
    monkeypatch.setattr("bot.health.vitals.AT_MOST_EVERY", 0.05)
    monkeypatch.setattr("bot.nightly.LONGEST_SLEEP", 0.1)


@pytest.fixture
def keeper(fake: FakeDiscord, school: Guild) -> Someone:
    return fake.person("Keeper", school)


@asynccontextmanager
async def hosting(folder: Path, fake: FakeDiscord, *people: str) -> AsyncIterator[Hosting]:
    settings = on_discord(folder, fake, *people)
    async with opened(settings) as app:
        site = await with_pages(app, settings)
        with_copies(app, settings)
        with_alarm(app, settings)
        if await the_first(app) is None:
            await come_in(app)
        task = asyncio.create_task(app.run())
        try:
            yield Hosting(app, site.base_url)
            assert not task.done(), "the bot died"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def on_discord(folder: Path, fake: FakeDiscord, *people: str) -> Settings:
    env = folder / ".env"
    if env.exists():  # a start with what was set before
        return load(env)
    lines = {"DATA_DIR": folder, "DISCORD_TOKEN": fake.token, "WEB_PORT": 0, "TELL": ", ".join(people)}
    lines |= {"DISCORD_API_URL": fake.api_url, "DISCORD_GATEWAY_URL": fake.gateway_url}
    env.write_text("".join(f"EDCHAT_{name}={value}\n" for name, value in lines.items()))
    return load(env)


async def the_first(app: App) -> object:
    async with app.store.read() as tx:
        return await tx.first_host()


async def come_in(app: App) -> None:
    """Somebody comes in by the link for the first host."""
    async with app.store.begin() as tx:
        [community] = await tx.communities()
        hosts = await tx.place(community.hosts_place_id or 0)
        person = await tx.join(hosts, "Mo", app.clock.real())
        await tx.make_community_host(community.id, person.id)


async def seen_on_discord(bot: Hosting) -> None:
    """Wait until the bot is on Discord and knows the server's channels."""

    async def there() -> bool:
        working = {one.name for one in (await bot.app.vitals.look()).networks if one.works()}
        async with bot.app.store.read() as tx:
            return "discord" in working and await tx.sound_place("discord") is not None

    await seen(there)


async def happened(so: Callable[[], object]) -> None:
    """Wait until something can be seen outside the bot."""

    async def look() -> object:
        return so()

    await seen(look)


async def no_more_copies(kept: Path) -> Path:
    """Have copies fail once the first was made; gives where that is."""
    await happened(lambda: list(kept.glob("edchat-*")))
    return _blocked(kept)


def _blocked(kept: Path) -> Path:
    """Have a file stand where a folder was; gives where that is now."""
    away = kept.rename(kept.with_name("away"))
    kept.write_text("a file stands here")
    return away


async def test_a_refused_token_is_told_once_where_something_still_works(
    tmp_path: Path, fake: FakeDiscord, keeper: Someone
) -> None:
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as bot:
        await seen_on_discord(bot)
        fake.world.token = "another"
        fake.gateway.close(4004)
        told = await bot.until(sentences.REFUSED)
        assert await bot.health() == 503
        await asyncio.sleep(1)
        assert await bot.told() == told
        assert len(told) == 1
        assert keeper.letters == []
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as again:
        await asyncio.sleep(1)
        assert await again.told() == told  # a start is no news


async def test_a_backup_that_fails_is_told_on_discord_and_so_is_its_end(
    tmp_path: Path, fake: FakeDiscord, keeper: Someone
) -> None:
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as bot:
        await seen_on_discord(bot)
        kept = tmp_path / "backups"
        away = await no_more_copies(kept)
        told = await bot.until(BACKUP, person=keeper)
        assert (len(told), await bot.health()) == (1, 200)
        kept.unlink()
        away.rename(kept)
        told = await bot.until(BACKUP, "That is over", person=keeper)
        assert len(told) == 2
        assert await bot.told() == []


async def test_where_a_direct_message_is_refused_somebody_else_is_told(
    tmp_path: Path, fake: FakeDiscord, keeper: Someone
) -> None:
    refused = fake.faults.on("POST", "/users/@me/channels").status(403, 50007)
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as bot:
        await seen_on_discord(bot)
        await no_more_copies(tmp_path / "backups")
        await bot.until(BACKUP)
        assert (refused.hits, keeper.letters) == (1, [])
        await asyncio.sleep(0.5)
        assert len(await bot.told()) == 1
        assert say.UNTOLD not in [one.sentence for one in await bot.app.vitals.faults()]


async def test_a_host_who_cannot_be_told_at_all_finds_that_in_the_status_until_they_can(
    tmp_path: Path, fake: FakeDiscord, keeper: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.platforms.discord.test_telling.the_first", _somebody)
    refused = fake.faults.on("POST", "/users/@me/channels").status(403, 50007)
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as bot:
        await seen_on_discord(bot)
        away = await no_more_copies(tmp_path / "backups")
        await seen(lambda: _untold(bot, so=True))
        [found] = [one for one in await examine(on_discord(tmp_path, fake)) if one.what == "alarms"]
        assert (found.fine, found.found) == (False, say.UNTOLD)
        refused.stop()
        (tmp_path / "backups").unlink()
        away.rename(tmp_path / "backups")
        await bot.until("That is over", person=keeper)
        await seen(lambda: _untold(bot, so=False))


async def _somebody(app: App) -> object:
    """Pretend that somebody came in: nobody hosts in the browser then."""
    return app


async def _untold(bot: Hosting, *, so: bool) -> bool:
    wrong = (await standing(bot.app))["unwell"]
    return (say.UNTOLD in wrong) is so


async def test_a_database_that_takes_nothing_is_told_all_the_same(
    tmp_path: Path, fake: FakeDiscord, keeper: Someone
) -> None:
    async with hosting(tmp_path, fake, f"discord:{keeper.user.id}") as bot:
        await seen_on_discord(bot)
        await bot.database(REFUSES)
        told = await bot.until(say.UNWRITABLE, person=keeper)
        assert (len(told), await bot.health()) == (1, 503)
        await asyncio.sleep(0.5)
        assert keeper.letters == told
        await bot.database(TAKES_AGAIN)
        told = await bot.until(say.UNWRITABLE, "That is over", person=keeper)
        assert (len(told), await bot.health()) == (2, 200)


async def test_where_nobody_can_be_told_the_log_and_the_health_check_say_it(
    tmp_path: Path, fake: FakeDiscord, school: Guild
) -> None:
    with capture_logs() as logs:
        async with hosting(tmp_path, fake) as bot:
            await seen_on_discord(bot)
            await bot.database(REFUSES)
            await happened(lambda: any(one["event"] == "alarm_not_sent" for one in logs))
            assert await bot.health() == 503
    events = [one["event"] for one in logs]
    assert events.count("alarm_not_sent") == 1
    assert {"fault": "database", "reason": say.UNWRITABLE}.items() <= next(
        one for one in logs if one["event"] == "not_well"
    ).items()


async def test_health_stays_green_while_a_network_connects_again_and_turns_red_when_it_stays_away(
    tmp_path: Path, fake: FakeDiscord, school: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosting(tmp_path, fake) as bot:
        await seen_on_discord(bot)
        fake.gateway.fail_handshakes(1)
        fake.gateway.close(4000)
        await seen(partial(_discord, bot, connected=False))
        assert await bot.health() == 200
        await seen(partial(_discord, bot, connected=True), within=30)
        assert await bot.health() == 200
        fake.gateway.fail_handshakes(1_000)
        fake.gateway.close(4000)
        await seen(partial(_discord, bot, connected=False))
        monkeypatch.setattr("bot.core.wellness.AWAY", timedelta(seconds=0.2))
        await asyncio.sleep(0.3)
        assert await bot.health() == 503
        [told] = await bot.until("Discord is out of reach since")
        assert "token" not in told


async def _discord(bot: Hosting, *, connected: bool) -> bool:
    reading = await bot.app.vitals.look()
    return connected in {one.connected for one in reading.networks if one.name == "discord"}
