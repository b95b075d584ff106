"""What Discord is told of the commands: all of them, within its limits, translatable, when changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import Locale, app_commands

from bot.commands import CommandTree
from bot.core.model import Role
from bot.platforms.discord import desk
from bot.platforms.discord.client import Client
from bot.platforms.discord.mounting import CARD, mount
from bot.platforms.discord.syncing import fingerprint, payload
from bot.storage.store import Store
from cogs import every_cog
from tests.platforms.discord.asked import Asked, asked, at_the_desk
from tests.support.command_room import StoppedClock
from tests.support.fake_discord.server import FakeDiscord

SUB_COMMAND, SUB_GROUP, ATTACHMENT = 1, 2, 11
NAME = re.compile("[-_a-z0-9]{1,32}")
MENU = 3


@pytest.fixture
def tree(store: Store) -> CommandTree:
    return CommandTree(store, StoppedClock(), *every_cog())


@pytest.fixture
async def told(tree: CommandTree, store: Store) -> list[dict[str, Any]]:
    async with Client() as client:
        return await payload(mount(client, tree, store).slashes)


def walk(parts: list[dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command, with the words by which it is typed."""
    for one in parts:
        inside = [part for part in one.get("options", []) if part["type"] in (SUB_COMMAND, SUB_GROUP)]
        name = f"{above} {one['name']}".strip()
        if inside:
            yield from walk(inside, name)
        elif one.get("type") != MENU:
            yield name, one


async def test_every_command_that_somebody_there_may_use_is_a_slash_command(
    tree: CommandTree, told: list[dict[str, Any]]
) -> None:
    usable = [one for one in tree.commands if one.role < Role.OWNER]
    assert sorted(name for name, _ in walk(told)) == sorted(one.path or CARD for one in usable)
    assert {"house create", "house link"}.isdisjoint(name for name, _ in walk(told))
    assert len(usable) < len(tree.commands)


async def test_names_texts_and_numbers_are_within_discords_limits(told: list[dict[str, Any]]) -> None:
    slashes = [one for one in told if one.get("type") != MENU]
    assert len(slashes) <= 100
    for one in slashes:
        assert len(one.get("options", [])) <= 25
        assert sum(map(len, _words(one))) <= 8_000
    for name, one in walk(told):
        assert all(NAME.fullmatch(part) for part in name.split()), name
        assert 1 <= len(one["description"]) <= 100, name
        needed = [option["required"] for option in one["options"]]
        assert needed == sorted(needed, reverse=True), name
        for option in one["options"]:
            assert NAME.fullmatch(option["name"]), (name, option)
            assert 1 <= len(option["description"]) <= 100, (name, option)
            shown = option.get("choices", [])
            assert len(shown) <= 25
            assert all(1 <= len(each["name"]) <= 100 for each in shown)


def _words(one: dict[str, Any]) -> Iterator[str]:
    yield from (one["name"], one["description"])
    for option in one.get("options", []):
        yield from _words(option)
    for each in one.get("choices", []):
        yield from (each["name"], str(each["value"]))


async def test_commands_are_for_servers_only_and_for_everybody_to_see(told: list[dict[str, Any]]) -> None:
    for one in told:
        assert one["dm_permission"] is False, one["name"]
        assert one["default_member_permissions"] is None, one["name"]


async def test_options_are_of_their_kind(told: list[dict[str, Any]]) -> None:
    by_name = {name: {option["name"]: option for option in one["options"]} for name, one in walk(told)}
    days = by_name["series edit"]["tail-days"]
    assert (days["type"], days["min_value"], days["max_value"]) == (4, 1, 60)
    assert by_name["series edit"]["publish-at-once"]["type"] == 5
    assert by_name["host invite"]["person"]["type"] == 6
    assert by_name["chat plan"]["questions"]["type"] == ATTACHMENT
    assert [one["value"] for one in by_name["archive visibility"]["readers"]["choices"]] == [
        "off", "members", "link", "public",
    ]  # fmt: skip
    for name, option in (
        ("chat plan", "chat"),
        ("question edit", "number"),
        ("series show", "series"),
        ("series create", "zone"),
        ("series create", "place"),
    ):
        assert by_name[name][option]["autocomplete"] is True, (name, option)


async def test_what_only_buttons_carry_is_no_option(told: list[dict[str, Any]]) -> None:
    assert not [name for name, one in walk(told) if any(each["name"] == "after" for each in one["options"])]


class Shouting(app_commands.Translator):
    """Translates everything into capitals, into German alone; names stay small."""

    async def translate(self, string: app_commands.locale_str, locale: Locale, context: Any) -> str | None:
        """Shout."""
        if locale is not Locale.german:
            return None
        named = "name" in context.location.name
        return f"{string.message}-de" if named else string.message.upper()[:100]


async def test_every_name_and_description_can_be_translated(tree: CommandTree, store: Store) -> None:
    async with Client() as client:
        slashes = mount(client, tree, store).slashes
        await slashes.set_translator(Shouting())
        said = await payload(slashes)
    for name, one in walk(said):
        assert one["description_localizations"]["de"] == one["description"].upper(), name
        assert one["name_localizations"]["de"] == f"{one['name']}-de"
        for option in one["options"]:
            assert option["name_localizations"]["de"] == f"{option['name']}-de"
            assert option["description_localizations"]["de"] == option["description"].upper()
    assert all(one["name_localizations"]["de"] for one in said)


async def test_a_changed_word_changes_the_fingerprint(told: list[dict[str, Any]]) -> None:
    before = fingerprint(told, 1)
    assert before == fingerprint([*told], 1)
    assert before != fingerprint(told, 2)
    assert before != fingerprint([told[0] | {"description": "Another"}, *told[1:]], 1)


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asked(fake, tmp_path) as made:
        yield made


def puts(here: Asked) -> int:
    return len(here.fake.asked("PUT", f"/applications/{here.fake.world.application_id}/commands"))


async def test_discord_is_told_again_only_when_something_changed(here: Asked) -> None:
    assert puts(here) == 1
    await here.client.close()
    async with at_the_desk(here.fake, here.tree, here.store):
        assert puts(here) == 1
    fewer = CommandTree(here.store, StoppedClock(), *every_cog()[1:])
    async with at_the_desk(here.fake, fewer, here.store):
        assert puts(here) == 2


async def test_a_server_that_refuses_the_commands_is_told_again_after_a_while(
    here: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.client.close()
    monkeypatch.setattr(desk, "FIRST_WAIT", 0.01)
    fewer = CommandTree(here.store, StoppedClock(), *every_cog()[1:])
    here.fake.faults.on("PUT", r"/applications/\d+/commands", times=2).status(403)
    async with at_the_desk(here.fake, fewer, here.store), asyncio.timeout(5):
        while puts(here) < 4:  # noqa: ASYNC110 - the world tells nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
    assert puts(here) == 4
    assert "edchat" not in {one["name"] for one in here.fake.world.commands[None].values()}
