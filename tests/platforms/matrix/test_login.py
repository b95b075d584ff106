"""How the bot comes in at a homeserver, comes in again as the same device, and stops where that is no use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.sentences import matrix as sentences
from bot.networks import LOGIN_FILE, MatrixSettings
from bot.platform import Later, Outgoing
from bot.platforms.matrix import Matrix, supervisor
from bot.platforms.matrix.kept_login import read_login
from bot.platforms.matrix.login import DEVICE, LOGIN
from bot.storage.store import Store
from tests.platforms.matrix.speaking import place_of, ready, settings, until
from tests.support.bad_inputs import case
from tests.support.ears import NotingEars, listening
from tests.support.synapse.people import PASSWORD, People, Person
from tests.support.synapse.proxy import FaultProxy, refused, too_many

LOGS_IN = r"/_matrix/client/v3/login"
ALL = r"/_matrix/.*"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "KNOCKS_APART", 0.05)


@pytest.fixture
async def bot(people: People) -> Person:
    return await people("EdChat")


def beside(store: Store, given: MatrixSettings) -> MatrixSettings:
    """The settings of a bot whose data folder is that of its database."""
    return replace(given, login_file=Path(str(store.url.database)).with_name(LOGIN_FILE))


@asynccontextmanager
async def living(store: Store, given: MatrixSettings) -> AsyncIterator[Matrix]:
    """Let a bot with these settings live."""
    platform = Matrix(beside(store, given), store, SystemClock(), first_wait=0.02)
    async with listening(platform, NotingEars()):
        yield platform


async def there(platform: Matrix) -> None:
    await until(lambda: ready(platform))


async def unwell(platform: Matrix) -> str:
    async def told() -> str:
        return platform.unwell

    return await until(told)


def kept(store: Store) -> list[str]:
    """Homeserver, name, token, device and time, as they are kept for the next start."""
    found = read_login(file_of(store))
    return list(astuple(found)) if found else []


def file_of(store: Store) -> Path:
    file = beside(store, MatrixSettings("", "")).login_file
    assert file is not None
    return file


async def devices(bot: Person) -> list[str]:
    told = await bot.ask("GET", "v3/devices")
    return [one["device_id"] for one in told["devices"] if one["device_id"] != bot.device]


async def test_with_a_token_it_never_logs_in(store: Store, bot: Person, proxy: FaultProxy) -> None:
    async with living(store, settings(bot, proxy.url)) as platform:
        await there(platform)
        assert platform.life.home.device == bot.device
    assert proxy.asked("POST", "/login") == []
    assert kept(store) == []


async def test_with_a_password_it_logs_in_once_and_is_the_same_device_for_ever(
    store: Store, bot: Person, proxy: FaultProxy
) -> None:
    given = settings(bot, proxy.url, password=PASSWORD)
    found = set()
    for _ in range(3):
        async with living(store, given) as platform:
            await there(platform)
            found.add(platform.life.home.device)
    async with store.read() as tx:
        name = await tx.installed("name")
    assert found == {f"{DEVICE}{name}"}
    assert await devices(bot) == [*found]
    assert len(proxy.asked("POST", "/login")) == 1


async def test_what_was_given_for_the_password_is_in_a_file_for_its_owner_and_in_no_copy(
    store: Store, bot: Person, tmp_path: Path
) -> None:
    async with living(store, settings(bot, password=PASSWORD)) as platform:
        await there(platform)
    secret, file = kept(store)[2], file_of(store)
    assert file.stat().st_mode & 0o777 == 0o600
    await store.backup(tmp_path / "copy.sqlite")
    assert files_with(secret, tmp_path) == [file.name]


def files_with(secret: str, folder: Path) -> list[str]:
    every = [one for one in folder.rglob("*") if one.is_file()]
    return [one.name for one in every if secret.encode() in one.read_bytes()]


async def test_what_an_earlier_version_kept_in_the_database_is_moved_and_still_holds(
    store: Store, bot: Person, proxy: FaultProxy, tmp_path: Path
) -> None:
    given = settings(bot, proxy.url, password=PASSWORD)
    async with living(store, given) as platform:
        await there(platform)
    before = kept(store)
    file_of(store).unlink()
    async with store.begin() as tx:
        await tx.install(LOGIN, json.dumps(before))
    for _ in range(2):
        async with living(store, given) as platform:
            await there(platform)
        assert kept(store) == before
        async with store.read() as tx:
            assert not await tx.installed(LOGIN)
    await store.backup(tmp_path / "copy.sqlite")
    assert before[2].encode() not in (tmp_path / "copy.sqlite").read_bytes()
    assert len(proxy.asked("POST", "/login")) == 1


@pytest.mark.parametrize("found", ["", "[]", '{"token": 7', '{"homeserver": "a"}'])
async def test_a_file_that_says_nothing_is_made_anew_as_the_same_device(
    store: Store, bot: Person, found: str
) -> None:
    given = settings(bot, password=PASSWORD)
    async with living(store, given) as platform:
        await there(platform)
    device = kept(store)[3]
    file_of(store).write_text(found)
    async with living(store, given) as platform:
        await there(platform)
        assert platform.life.home.device == device
    assert kept(store)[3] == device


async def test_a_folder_that_cannot_be_written_is_no_reason_to_fall(store: Store, bot: Person) -> None:
    file_of(store).with_name(f"{LOGIN_FILE}.partial").mkdir()
    async with living(store, settings(bot, password=PASSWORD)) as platform:
        await there(platform)
        assert platform.unwell == ""
    assert kept(store) == []


async def test_another_account_in_the_settings_logs_in_anew(
    store: Store, bot: Person, people: People, proxy: FaultProxy
) -> None:
    other = await people("Other")
    for one in (bot, other):
        async with living(store, settings(one, proxy.url, password=PASSWORD)) as platform:
            await there(platform)
            assert platform.life.home.user == one.user
    assert len(proxy.asked("POST", "/login")) == 2


async def test_neither_token_nor_password_stands_in_the_log(
    store: Store, bot: Person, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")  # whatever an earlier test set up
    async with living(store, settings(bot, password=PASSWORD)) as platform:
        await there(platform)
    login = kept(store)
    told = "".join((*capsys.readouterr(), caplog.text))
    assert "matrix" in told, "something was logged that could have held them"
    assert (login[2] in told, PASSWORD in told) == (False, False)


@pytest.mark.parametrize("soft", [False, True])
async def test_b254_a_dead_token_stops_the_bot_and_says_so(
    store: Store, bot: Person, people: People, proxy: FaultProxy, soft: bool
) -> None:
    assert case("B254").expect.startswith("401: stop that account")
    room = await bot.makes_room("Lakeside")
    place = await place_of(store, room)
    async with living(store, settings(bot, proxy.url)) as platform:
        await there(platform)
        if soft:
            proxy.faults.on("*", ALL, times=None).does(unknown_token(soft=True))
        else:
            await bot.ask("POST", "v3/logout", {})
        before = len(proxy.requests)
        for number in range(20):
            with pytest.raises(Later):
                await platform.send(Outgoing(f"k{number}", place, Action.POST, "Q1"))
        assert await unwell(platform) == sentences.UNKNOWN_TO_SERVER
        with pytest.raises(Later) as later:
            await platform.send(Outgoing("k", place, Action.POST, "Q1"))
        assert later.value.seconds >= 60
        await asyncio.sleep(0.5)
        assert len(proxy.requests) - before <= 3


def unknown_token(*, soft: bool) -> Any:
    async def effect(request: Any, handler: Any) -> Any:
        from aiohttp import web

        body = {"errcode": "M_UNKNOWN_TOKEN", "error": "Soft logged out", "soft_logout": soft}
        return web.json_response(body, status=401)

    return effect


async def test_with_a_password_it_comes_in_once_more_as_the_same_device(
    store: Store, bot: Person, proxy: FaultProxy
) -> None:
    async with living(store, settings(bot, proxy.url, password=PASSWORD)) as platform:
        await there(platform)
        platform._door._fresh = False  # it was let in long ago
        _, _, token, device, _ = kept(store)
        await Person(bot.base, bot.session, bot.user, token).ask("POST", "v3/logout", {})

        async def anew() -> bool:
            login = kept(store)
            return bool(login) and login[2] != token and await ready(platform)

        await until(anew)
        assert platform.life.home.device == device
        assert platform.unwell == ""
        assert platform.life.since is not None
    assert len(proxy.asked("POST", "/login")) == 2


async def test_a_server_that_forgets_each_token_at_once_is_not_asked_for_ever(
    store: Store, bot: Person, proxy: FaultProxy
) -> None:
    proxy.faults.on("GET", ALL, times=None).does(refused(401, "M_UNKNOWN_TOKEN"))
    async with living(store, settings(bot, proxy.url, password=PASSWORD)) as platform:
        assert await unwell(platform) == sentences.TURNED_OUT
        await asyncio.sleep(0.3)
    assert len(proxy.requests) <= 10


@pytest.mark.parametrize("wrong", ["token", "password", "name", "deactivated"])
async def test_what_the_server_refuses_is_told_in_a_sentence(
    store: Store, bot: Person, people: People, proxy: FaultProxy, wrong: str
) -> None:
    other = await people("Other")
    expected = {
        "token": (settings(bot, proxy.url, token="syt_nonsense"), sentences.UNKNOWN_TO_SERVER),
        "password": (settings(bot, proxy.url, password="wrong"), sentences.NOT_LET_IN),
        "name": (
            replace(settings(bot, proxy.url), user=other.user),
            sentences.another_account(bot.user, other.user),
        ),
        "deactivated": (settings(bot, proxy.url, password=PASSWORD), sentences.NOT_LET_IN),
    }
    given, sentence = expected[wrong]
    if wrong == "deactivated":
        auth = {"type": "m.login.password", "user": bot.user, "password": PASSWORD}
        await bot.ask("POST", "v3/account/deactivate", {"auth": auth})
    async with living(store, given) as platform:
        assert await unwell(platform) in (sentence, sentences.DEACTIVATED)
    assert len(proxy.requests) <= 2


async def test_a_server_without_passwords_is_told(store: Store, bot: Person, proxy: FaultProxy) -> None:
    proxy.faults.on("POST", LOGS_IN).does(refused(400, "M_UNKNOWN", "Unknown login type"))
    async with living(store, settings(bot, proxy.url, password=PASSWORD)) as platform:
        assert await unwell(platform) == sentences.NOT_BY_LOGIN


async def test_a_server_that_is_down_or_asks_for_patience_is_waited_for(
    store: Store, bot: Person, proxy: FaultProxy
) -> None:
    proxy.down = True
    given = replace(settings(bot, proxy.url, password=PASSWORD), token=None)
    async with living(store, given) as platform:
        await asyncio.sleep(0.2)
        place = await place_of(store, await bot.makes_room("Lakeside"))
        with pytest.raises(Later):
            await platform.send(Outgoing("k", place, Action.POST, "Q1"))
        proxy.faults.on("POST", LOGS_IN).does(too_many(0.1))
        proxy.faults.on("POST", LOGS_IN).status(502)
        proxy.down = False
        await there(platform)
        assert await platform.send(Outgoing("k", place, Action.POST, "Q1"))


async def test_a_server_that_goes_and_comes_again_is_spoken_to_again(
    store: Store, bot: Person, proxy: FaultProxy
) -> None:
    async with living(store, settings(bot, proxy.url)) as platform:
        await there(platform)
        place = await place_of(store, await bot.makes_room("Lakeside"))
        out = Outgoing("k", place, Action.POST, "Q1")
        proxy.down = True
        with pytest.raises((OSError, Later)):
            await platform.send(out)
        proxy.down = False
        await there(platform)
        assert await platform.send(out)


def test_the_secret_is_hidden() -> None:
    given = MatrixSettings("https://a.org", "@b:a.org", SecretStr("syt_x"))
    assert "syt_x" not in f"{given} {given!r}"
