"""The doctor on Discord: token, intents, servers and permissions, each with what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core.model import Refused
from bot.core.sentences import discord_check
from bot.hosting import care
from bot.settings import Settings, load
from tests.fake_discord.bots import pointed_at
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can


def settings_of(folder: Path, fake: FakeDiscord, **more: object) -> Settings:
    lines = {
        "DATA_DIR": folder / "data",
        "DISCORD_TOKEN": fake.token,
        "DISCORD_API_URL": fake.api_url,
        **more,
    }
    file = folder / "settings"
    file.write_text("".join(f"EDCHAT_{name}={value}\n" for name, value in lines.items()))
    return load(file)


async def look(settings: Settings, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[bool, str, str]]:
    """What the doctor prints, by what it looked at; it refuses when something is wrong."""
    refused = False
    try:
        await care.doctor(settings, as_json=True, discord=True)
    except Refused:
        refused = True
    found = {
        one["what"]: (one["fine"], one["found"], one["advice"]) for one in json.loads(capsys.readouterr().out)
    }
    assert refused is not all(fine for fine, *_ in found.values())
    return found


async def test_all_is_well_and_the_invite_link_asks_for_exactly_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with FakeDiscord() as fake:
        fake.guild("Lakeside")
        with pointed_at(fake):
            found = await look(settings_of(tmp_path, fake), capsys)
        assert found["server Lakeside"][:2] == (True, "all permissions")
        assert found["message content"][:2] == (True, "on")
        link = found["invite link"][1]
        assert "scope=bot+applications.commands" in link
        assert "permissions=" in link
        assert fake.violations == []


async def test_a_wrong_token_is_told_without_being_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with FakeDiscord() as fake:
        with pointed_at(fake):
            settings = settings_of(tmp_path, fake, DISCORD_TOKEN="wrong.token.here")
            found = await look(settings, capsys)
        assert list(found) == ["discord token"]
        assert "Reset Token" in found["discord token"][2]
        assert "wrong.token" not in str(found)
        assert [one.message for one in caplog.records if "intent" in one.message.casefold()] == []


async def test_a_network_that_cannot_be_reached_is_told_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with FakeDiscord() as fake:
        with pointed_at(fake):
            nowhere = "http://127.0.0.1:9/api/v10"
            found = await look(settings_of(tmp_path, fake, DISCORD_API_URL=nowhere), capsys)
    assert found == {"discord": (False, "does not answer", discord_check.TRY_LATER)}


async def test_missing_permissions_and_other_servers_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with FakeDiscord() as fake:
        lakeside, _hill = fake.guild("Lakeside"), fake.guild("Hill")
        fake.world.set_bot_permissions(lakeside, Can.VIEW_CHANNEL | Can.SEND_MESSAGES)
        with pointed_at(fake):
            found = await look(settings_of(tmp_path, fake, DISCORD_GUILDS=lakeside.id), capsys)
        fine, missing, advice = found["server Lakeside"]
        assert not fine
        assert "create private threads" in missing
        assert "send messages," not in missing
        assert "permissions=" in advice
        assert found["server Hill"][0] is False


async def test_a_server_that_is_down_is_no_wrong_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with FakeDiscord() as fake:
        fake.faults.on("GET", "/users/@me", times=None).status(503)
        with pointed_at(fake):
            found = await look(settings_of(tmp_path, fake), capsys)
        assert found["discord"][0] is False


async def test_without_a_token_it_says_where_one_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings"
    file.write_text(f"EDCHAT_DATA_DIR={tmp_path / 'data'}\n")
    found = await look(load(file), capsys)
    assert "developer page" in found["discord token"][2]
