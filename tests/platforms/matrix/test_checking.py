"""The doctor on Matrix: homeserver, account, limit and rooms, each with what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.model import Refused
from bot.core.sentences import matrix, matrix_check
from bot.hosting import care
from bot.networks import LOGIN_FILE
from bot.platforms.matrix import checking
from bot.settings import Settings, load
from tests.platforms.matrix.speaking import ready, settings, until
from tests.platforms.matrix.test_login import living
from tests.platforms.opening import opened
from tests.support.synapse.people import PASSWORD, People, Person
from tests.support.synapse.proxy import FaultProxy


def settings_of(folder: Path, **given: str) -> Settings:
    lines = {"DATA_DIR": str(folder / "data"), **{f"MATRIX_{name}": one for name, one in given.items()}}
    file = folder / "settings"
    file.write_text("".join(f"EDCHAT_{name}={value}\n" for name, value in lines.items()))
    return load(file)


def of_bot(folder: Path, bot: Person, **more: str) -> Settings:
    return settings_of(folder, **({"HOMESERVER": bot.base, "USER": bot.user, "TOKEN": bot.token} | more))


async def look(given: Settings, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[bool, str, str]]:
    """What the doctor prints, by what it looked at; it refuses when something is wrong."""
    refused = False
    try:
        await care.doctor(given, as_json=True, matrix=True)
    except Refused:
        refused = True
    told = json.loads(capsys.readouterr().out)
    found = {one["what"]: (one["fine"], one["found"], one["advice"]) for one in told}
    assert refused is not all(fine for fine, *_ in found.values())
    return found


@pytest.fixture
async def bot(people: People) -> Person:
    return await people("EdChat")


async def test_all_is_well_and_the_limit_is_told_with_how_to_lift_it(
    tmp_path: Path, bot: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await bot.makes_room("Lakeside")
    found = await look(of_bot(tmp_path, bot), capsys)
    assert found["account"] == (True, matrix_check.comes_in_as(bot.user, bot.device), "")
    assert found["invitations"][1] == "accepted from localhost"
    assert found["room Lakeside"] == (True, "all powers", "")
    fine, _, advice = found["rate limit"]
    assert fine
    assert f"POST /_synapse/admin/v1/users/{bot.user}/override_ratelimit" in advice
    assert bot.token not in str(found)


async def test_what_a_room_lacks_is_told_each_with_how_to_give_it(
    tmp_path: Path, bot: Person, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    dana = await people("Dana")
    open_, shut = await dana.makes_room("Staff"), await dana.makes_room("Secrets")
    await dana.sets(shut, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    for room in (open_, shut):
        await bot.joins(room)
    found = await look(of_bot(tmp_path, bot), capsys)
    fine, _, advice = found["room Staff"]
    assert not fine
    assert "The power to pin messages is missing in Staff" in advice
    assert "Secrets is encrypted" in found["room Secrets"][2]


async def test_without_a_room_it_says_whom_to_invite(
    tmp_path: Path, bot: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (await look(of_bot(tmp_path, bot), capsys))["rooms"] == (
        False,
        "none",
        f"invite {bot.user} into a room",
    )


async def test_without_settings_it_says_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await look(settings_of(tmp_path), capsys)
    assert found == {"homeserver": (False, matrix_check.NO_ACCOUNT, matrix_check.MAKE_ACCOUNT)}


@pytest.mark.parametrize("wrong", ["token", "password"])
async def test_a_wrong_secret_is_told_without_being_shown(
    tmp_path: Path, bot: Person, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    given = {"TOKEN": "syt_wrong"} if wrong == "token" else {"TOKEN": "", "PASSWORD": "syt_wrong"}
    found = await look(of_bot(tmp_path, bot, **given), capsys)
    sentence = matrix.UNKNOWN_TO_SERVER if wrong == "token" else matrix.NOT_LET_IN
    assert found["account"] == (False, "refused", sentence)
    assert "syt_wrong" not in str(found)


async def test_a_look_by_password_leaves_no_device_behind(
    tmp_path: Path, bot: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await bot.makes_room("Lakeside")
    found = await look(of_bot(tmp_path, bot, TOKEN="", PASSWORD=PASSWORD), capsys)
    assert found["account"][0]
    told = await bot.ask("GET", "v3/devices")
    assert [one["device_id"] for one in told["devices"]] == [bot.device]


async def test_a_look_at_a_bot_that_runs_does_not_sign_it_out(tmp_path: Path, bot: Person) -> None:
    await bot.makes_room("Lakeside")
    given = replace(settings(bot, password=PASSWORD), login_file=tmp_path / LOGIN_FILE)
    async with opened(tmp_path) as store, living(store, given) as platform:
        await until(lambda: ready(platform))
        found = [one async for one in checking.examine(given, store)]
        assert all(one.fine for one in found)
        assert await platform.life.home.ask("GET", "v3/account/whoami")
        told = await bot.ask("GET", "v3/devices")
        assert len(told["devices"]) == 2


async def test_a_homeserver_that_is_down_or_is_none_is_told(
    tmp_path: Path, bot: Person, proxy: FaultProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy.down = True
    found = await look(of_bot(tmp_path, bot, HOMESERVER=proxy.url), capsys)
    assert found["homeserver"][1:] == (matrix_check.SILENT, matrix_check.ASK_LATER)
    proxy.down = False

    async def page(request: web.Request, handler: object) -> web.StreamResponse:
        return web.Response(text="<h1>Lakeside School</h1>", content_type="text/html")

    proxy.faults.on("GET", r"/_matrix/client/versions").does(page)
    found = await look(of_bot(tmp_path, bot, HOMESERVER=proxy.url), capsys)
    assert found == {
        "homeserver": (False, matrix_check.NO_HOMESERVER, matrix_check.ITS_OWN_ADDRESS),
    }
