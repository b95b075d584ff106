"""Commands typed on the machine go where they are meant; only what cannot be told is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.core.model import Refused
from bot.hosting.whereto import said
from tests.support.house import settings

TUESDAYS = 'series create "Tuesday chat" when="every Tuesday 20:00" zone=Europe/London place={}'
MATHS = 'series create "Maths Chat" when="every Friday 19:00" zone=Europe/London place={}'


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with opened(settings(tmp_path, rooms="browser")) as made:
        yield made


async def says(app: App, text: str, place: str | None = None) -> str:
    """The answer to a command; a refusal is one too."""
    return (await said(app, "owner", text, place))[0].text


async def another_house(app: App) -> None:
    async with app.store.begin() as tx:
        await tx.add_house("Maths", "Europe/London")


async def test_with_one_room_it_is_meant_there(app: App) -> None:
    assert "Tuesday chat is set" in await says(app, TUESDAYS.format("here"))
    assert "Tuesday chat" in await says(app, "series list")


async def test_with_several_rooms_of_one_community_all_of_them_are_meant(app: App) -> None:
    async with app.store.begin() as tx:
        await tx.add_room(1, "staff", "Staff")
    await says(app, TUESDAYS.format("edchat"))
    await says(app, MATHS.format("Staff"))
    for words in (
        "series list",
        "series show Tuesday",
        "series show Maths",
        "help",
        "chat preview chat=next",
    ):
        assert "--place" not in await says(app, words), words
    listed = await says(app, "series list")
    assert ("Tuesday chat" in listed, "Maths Chat" in listed) == (True, True)
    # What only one room can be meant with is asked for, with the rooms there are.
    unsure = await says(app, 'series create Third when="every Monday 20:00"')
    assert ("place=edchat" in unsure, "place=Staff" in unsure) == (True, True), unsure


async def test_with_several_communities_it_is_meant_where_what_it_names_is_held(app: App) -> None:
    await another_house(app)
    await says(app, TUESDAYS.format("here"), "edchat")
    assert "Tuesday chat is paused" in await says(app, "series pause"), "there is but one"
    await says(app, MATHS.format("here"), "maths")
    assert "Maths Chat is paused" in await says(app, "series pause Maths")
    with pytest.raises(Refused, match=r"--place with its name: edchat, hosts, maths, maths-hosts\.$"):
        await says(app, "series show")
    assert "Maths Chat" in await says(app, "series show", "maths")


async def test_what_may_be_meant_in_a_community_without_a_hosts_room_is_asked(app: App) -> None:
    async with app.store.begin() as tx:
        server = await tx.add_community("Server", "Europe/London")
        for word in ("den", "loft"):
            await tx.add_place(server.id, "browser", word, word)
    await says(app, TUESDAYS.format("here"), "edchat")
    await says(app, MATHS.format("here"), "den")
    for words in ("series pause", "series pause Maths"):
        with pytest.raises(Refused, match="--place"):
            await says(app, words)
    assert "Tuesday chat is paused" in await says(app, "series pause Tuesday")
    assert "Maths Chat is paused" in await says(app, "series pause", "den")


async def test_what_only_looks_looks_everywhere_and_what_needs_no_place_asks_for_none(app: App) -> None:
    await another_house(app)
    await says(app, TUESDAYS.format("here"), "edchat")
    await says(app, MATHS.format("here"), "maths")
    head, tail = (await says(app, "series list")).split("\n\n")
    assert (head.splitlines()[0], tail.splitlines()[0]) == ("EdChat:", "Maths:")
    assert ("Tuesday chat" in head, "Maths Chat" in tail) == (True, True)
    assert "--place" not in await says(app, "help")
    assert "--place" not in await says(app, "nonsense"), (
        "what there is no such command is no question of where"
    )
    with pytest.raises(Refused, match="--place"):
        await says(app, "room people")


async def test_what_is_offered_next_leads_to_the_same_room(app: App) -> None:
    await another_house(app)
    await says(app, TUESDAYS.format("here"), "edchat")
    assert (await said(app, "owner", "series show Tuesday", None))[1] == "edchat"
