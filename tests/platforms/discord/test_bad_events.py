"""Events that come twice, in the wrong order, all at once, or with something that has no words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.discord.hall import Hall, hall
from tests.support.bad_inputs import case
from tests.support.fake_discord.places import Message
from tests.support.fake_discord.server import FakeDiscord


@pytest.fixture
async def here(tmp_path: Path, fake: FakeDiscord) -> AsyncIterator[Hall]:
    async with hall(fake, tmp_path) as made:
        yield made


def told(here: Hall, words: str, **more: Any) -> dict[str, Any]:
    """A message of Ana's in the first thread as its event tells it, which nobody was told of yet."""
    world = here.fake.world
    return world._event(world.compose(here.threads[0], here.ana.user, words)) | more


async def test_what_is_told_twice_is_stored_once(here: Hall) -> None:
    assert case("B229").expect.startswith("stored once")
    event = told(here, "with songs")
    async with here.heard():
        for _ in range(3):
            here.fake.gateway.malformed("MESSAGE_CREATE", event)
        await here.has(1)
        await here.settled()
        assert await here.texts() == ["with songs"]


async def test_an_edit_and_a_deletion_that_come_before_the_message_have_the_last_word(here: Hall) -> None:
    assert case("B230").expect == "end state right: latest edit; tombstone wins"
    edited, gone = told(here, "with song"), told(here, "my secret")
    when = here.fake.world.now().isoformat()
    async with here.heard():
        later = edited | {"content": "with songs", "edited_timestamp": when}
        here.fake.gateway.malformed("MESSAGE_UPDATE", later)
        ids = {name: gone[name] for name in ("id", "channel_id", "guild_id")}
        here.fake.gateway.malformed("MESSAGE_DELETE", ids)
        for event in (edited, gone):
            here.fake.gateway.malformed("MESSAGE_CREATE", event)
        await here.has(1)
        await here.settled()
        assert await here.texts() == ["with songs"]


async def test_a_hundred_taken_away_at_once_are_all_gone(here: Hall) -> None:
    assert case("B232").expect.startswith("all hidden")
    async with here.heard():
        said: list[Message] = [here.ana.says(here.threads[0], f"number {one}") for one in range(100)]
        await here.has(100)
        here.fake.world.delete(*said)
        await here.has(0)


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"sticker_items": [{"id": "7", "name": "Wave", "format_type": 1}]}, "sticker Wave"),
        (
            {
                "poll": {
                    "question": {"text": "Tea?"},
                    "answers": [{"answer_id": 1, "poll_media": {"text": "Yes"}}],
                    "expiry": "2026-11-24T20:00:00+00:00",
                    "allow_multiselect": False,
                    "layout_type": 1,
                }
            },
            "poll: Tea?",
        ),
        (
            {
                "message_snapshots": [
                    {
                        "message": {
                            "type": 0,
                            "content": "hm",
                            "embeds": [],
                            "attachments": [],
                            "timestamp": "2026-11-24T20:00:00+00:00",
                            "edited_timestamp": None,
                            "flags": 0,
                            "mentions": [],
                            "mention_roles": [],
                        }
                    }
                ]
            },
            "a forwarded message",
        ),
    ],
    ids=["sticker", "poll", "forwarded"],
)
async def test_what_has_no_words_is_kept_by_what_it_is(here: Hall, more: dict[str, Any], kept: str) -> None:
    assert case("B197").expect.startswith("kept as typed placeholder")
    async with here.heard():
        here.fake.gateway.malformed("MESSAGE_CREATE", told(here, "", **more))
        [row] = await here.has(1)
    assert (row.attachments, row.filed) == (f'["{kept}"]', "1 thread")


async def test_a_file_alone_is_an_answer_in_a_thread_with_what_is_to_be_seen_on_it(here: Hall) -> None:
    assert case("B196").expect.startswith("kept as an answer in a Q thread")
    file = here.fake.world.attach("wall.png", b"x" * 31_000, "image/png", "Our wall of questions")
    async with here.heard():
        here.fake.gateway.malformed("MESSAGE_CREATE", told(here, "", attachments=[file.json()]))
        [row] = await here.has(1)
    assert (row.attachments, row.filed) == ('["wall.png (31 kB): Our wall of questions"]', "1 thread")
