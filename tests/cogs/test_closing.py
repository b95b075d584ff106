"""What leads to the archive when the hour is over: for everybody, and for hosts to share."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import Role, Series, Visibility
from cogs import every_cog
from tests.support.evening import Evening, evening

ADDRESS = "https://edchat.example"


async def house(folder: Path, **about: Any) -> AsyncIterator[Evening]:
    series = Series(0, 1, "Thursday Chat", "#edchat", visibility=Visibility.PUBLIC, **about)
    async with evening(folder, *every_cog(), series=series) as opened:
        async with opened.store.begin() as tx:
            await tx.install("address", ADDRESS)
        await opened.until(15)
        yield opened


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async for opened in house(tmp_path):
        yield opened


async def closing(room: Evening) -> dict[str, Any]:
    [row] = await room.rows("SELECT payload FROM outbox WHERE subject = 'close'")
    said: dict[str, Any] = json.loads(row.payload)
    return said


async def page(room: Evening) -> str:
    async with room.store.read() as tx:
        state = await tx.running(room.chat.id)
        return await tx.page_of(state.chat, state.series)


async def test_the_closing_opens_the_archive_and_hosts_get_words_to_share(room: Evening) -> None:
    await room.until(70)
    at, said = await page(room), await closing(room)
    assert at.startswith(f"{ADDRESS}/")
    assert said["text"].endswith(f"\nRead it all again: {at}")
    assert said["link"] == ["Open the archive", at]
    assert f"To share: That was Thursday Chat #edchat. Read it: {at}" in room.posts[room.hosts.id, "panel"]


async def test_an_hour_that_hosts_end_early_leads_to_the_archive_as_well(room: Evening) -> None:
    await room.asks("mod", "chat end sure=yes", Role.HOST)
    await room.until(16)
    assert (await closing(room))["link"] == ["Open the archive", await page(room)]


async def test_a_page_that_hosts_keep_back_is_not_led_to(tmp_path: Path) -> None:
    async for room in house(tmp_path, publish_at_once=False):
        await room.until(70)
        said = await closing(room)
        assert "link" not in said
        assert ADDRESS not in said["text"]
        assert ADDRESS not in room.posts[room.hosts.id, "panel"]
