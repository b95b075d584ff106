"""Who may do what on Discord: every declared command, asked for by somebody and by a host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.declared import Command, Param
from bot.core import sentences
from bot.core.model import Role
from bot.platforms.discord.arguments import option_name, options, required
from bot.platforms.discord.mounting import CARD
from tests.platforms.discord.asked import Asked, asked
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.server import FakeDiscord

EXAMPLES = {"question": "1", "chat": "next", "number": 1, "minutes": "5", "when": "3 Dec 7 pm"}


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asked(fake, tmp_path) as made:
        await made.chat(await made.weekly(), asked=1)
        yield made


def given(here: Asked, command: Command) -> dict[str, Any]:
    """An option for each parameter that must be given."""

    def value(param: Param) -> Any:
        return here.ben.user if param.kind.name == "person" else EXAMPLES.get(param.kind.name, "some words")

    needed = [param for param in options(command) if required(command, param)]
    return {option_name(param): value(param) for param in needed}


async def stopped(here: Asked, who: Someone, command: Command) -> Role | None:
    """The role that a command was refused for the lack of; None when it was carried out or asked about."""
    answer = await who.slash(here.general, command.path or CARD, **given(here, command))
    assert not answer.failed, command.path
    assert answer.modal or (answer.text and answer.ephemeral), command.path
    assert sentences.WENT_WRONG not in answer.text, command.path
    refusals = {sentences.ONLY_HOSTS: Role.HOST, sentences.ONLY_OWNER: Role.OWNER}
    return refusals.get(answer.text)


@pytest.mark.slow
async def test_every_command_stops_everybody_whose_role_it_is_above(here: Asked) -> None:
    asking = {Role.ANYONE: here.ben, Role.HOST: here.ana}
    mounted = [command for command in here.tree.commands if command.role < Role.OWNER]
    found = {
        (role.name, command.path): await stopped(here, who, command)
        for role, who in asking.items()
        for command in mounted
    }
    assert found == {
        (role.name, command.path): command.role if command.role > role else None
        for role in asking
        for command in mounted
    }


async def test_a_button_of_hosts_does_nothing_for_others(here: Asked) -> None:
    card = await here.ana.slash(here.general, "edchat")
    assert "Next question" in card.buttons
    answer = await here.ben.clicks(card, "Next question")
    assert answer.text == sentences.ONLY_HOSTS


async def test_the_hosts_role_and_manage_events_in_the_channel_make_a_host(here: Asked) -> None:
    world, place = here.fake.world, await here.place()
    helpers = world.make_role(here.guild, "Chat hosts")
    cleo, dan = here.fake.person("Cleo", here.guild, (helpers,)), here.fake.person("Dan", here.guild)
    assert (await cleo.slash(here.general, "chat preview")).text == sentences.ONLY_HOSTS
    async with here.store.begin() as tx:
        await tx.set_host_role(place.community_id, str(helpers.id))
    assert "Homework" in (await cleo.slash(here.general, "chat preview")).text
    assert (await dan.slash(here.general, "chat preview")).text == sentences.ONLY_HOSTS
    world.set_overwrite(here.general, dan.user, allow=1 << 33)
    assert "Homework" in (await dan.slash(here.general, "chat preview")).text


async def test_a_guest_hosts_one_chat(here: Asked) -> None:
    await here.ana.slash(here.general, "host invite", person=here.ben)
    assert "Homework" in (await here.ben.slash(here.general, "chat preview")).text
    refused = await here.ben.slash(here.general, "series pause")
    assert refused.text == sentences.ONLY_HOSTS


async def test_nothing_is_listed_for_those_who_may_not_ask(here: Asked) -> None:
    assert await here.ben.autocompletes(here.general, "question edit", "number", "") == []
    assert len(await here.ana.autocompletes(here.general, "question edit", "number", "")) == 3
    listed = await here.ben.autocompletes(here.general, "answer", "number", "")
    assert [one.name for one in listed] == ["1. What worked?"]
