"""Words that a webhook says for somebody, as bridges and PluralKit do: heard under that person's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from tests.platforms.discord.hall import Hall, hall
from tests.support.bad_inputs import case
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import User
from tests.support.fake_discord.state_messages import Extras
from tests.support.talking import everything

HOOK: Final = 700_000_000_000_000_001
FOLLOWED: Final = 1 << 1
"""The flag of what another server publishes here."""


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(fake, tmp_path) as made:
        yield made


def through(here: Hall, channel: Channel, name: str, words: str, *, flags: int = 0) -> Message:
    """Let one webhook, which belongs to another application, say words under a name."""
    extras = Extras(webhook_id=HOOK, application_id=HOOK + 1, flags=flags)
    return here.fake.world.post(channel, User(HOOK, name, None, bot=True), words, extras=extras)


async def test_b199_what_a_webhook_says_for_people_is_theirs_by_name_and_never_the_bots(here: Hall) -> None:
    assert case("B199").expect == "author name from webhook; never credited to the bot"
    async with here.heard():
        said = through(here, here.general, "Robin (they)", "A1 Small groups.")
        through(here, here.threads[1], "Kit", "We draw first.")
        through(here, here.general, "Robin (they)", "A2 Pairs.")
        here.fake.world.edit(said, "A2 Small groups.")
        await here.see(lambda rows: "A2 Small groups." in [row.text for row in rows])
        rows = await here.has(3)
    assert [(row.name, row.text, row.filed, row.by_host) for row in rows] == [
        ("Robin (they)", "A2 Small groups.", "2 label", 0),
        ("Kit", "We draw first.", "2 thread", 0),
        ("Robin (they)", "A2 Pairs.", "2 label", 0),
    ]
    people = await here.rows("SELECT count(DISTINCT person_id) AS n FROM message")
    assert people[0].n == 2


async def test_what_a_webhook_said_for_somebody_is_forgotten_by_their_name_down_to_the_bytes(
    here: Hall,
) -> None:
    async with here.heard():
        through(here, here.general, "Robin (they)", "A1 armadillos in pairs")
        through(here, here.general, "Kit", "A1 we draw first")
        await here.has(2)
        async with here.store.begin() as tx:
            robin, kit = await tx.spoken_for(here.place)
            assert (robin.name, kit.name) == ("Robin (they)", "Kit")
            assert await tx.forget(robin, here.place.community_id, SystemClock().now()) == 1
        through(here, here.general, "Robin (they)", "A2 armadillos again")
        through(here, here.general, "Kit", "A2 and then we write")
        rows = await here.see(lambda rows: "A2 and then we write" in [row.text for row in rows])
        assert [row.name for row in rows] == ["Kit", "Kit"]
    assert await here.store.scrub()
    left = everything(Path(str(here.store.url.database)).parent)
    assert b"Kit" in left
    assert b"Robin" not in left
    assert b"armadillo" not in left


async def test_what_a_webhook_said_and_changed_while_the_bot_was_away_is_found(here: Hall) -> None:
    async with here.heard():
        before = through(here, here.general, "Kit", "A1 before")
        await here.has(1)
    here.fake.world.edit(before, "A2 before")
    through(here, here.general, "Robin", "A1 meanwhile")
    here.ana.says(here.general, "A1 I was here too")
    async with here.heard():
        rows = await here.has(3)
    assert [(row.name, row.text, row.filed) for row in rows] == [
        ("Kit", "A2 before", "2 label"),
        ("Robin", "A1 meanwhile", "1 label"),
        ("Ana", "A1 I was here too", "1 label"),
    ]


async def test_what_is_taken_back_to_be_said_by_a_webhook_stands_once(here: Hall) -> None:
    async with here.heard():
        typed = here.ana.says(here.general, "A1 Small groups.")
        await here.has(1)
        here.fake.world.delete(typed)
        through(here, here.general, "Robin", "A1 Small groups.")
        rows = await here.see(lambda rows: [row.name for row in rows] == ["Robin"])
    assert [row.filed for row in rows] == ["1 label"]


async def test_webhooks_command_nothing_and_what_other_servers_publish_is_nobodys(here: Hall) -> None:
    async with here.heard():
        through(here, here.general, "Robin", "!edchat chat end")
        through(here, here.general, "Newsroom #all", "A1 News of the week", flags=FOLLOWED)
        robot = here.fake.world.user("robot", "Robot", bot=True)
        asked = Extras(application_id=robot.id)
        here.fake.world.post(here.general, robot, "A1 as you asked", extras=asked)
        through(here, here.general, "Kit", "A1 heard")
        await here.has(1)
        await here.settled()
    assert await here.texts() == ["A1 heard"]
    assert await here.rows("SELECT 1 FROM handled_command") == []
