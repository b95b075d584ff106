"""The role that announcements call: chosen by a host, shown, taken back, and put on nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core import sentences
from bot.core.model import Role
from cogs import every_cog
from tests.support.evening import Evening, evening


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        yield opened


async def called(room: Evening) -> dict[str, str]:
    """The roles that posts call, by what the posts are about."""
    rows = await room.rows(
        "SELECT subject, payload ->> 'ping' AS ping FROM outbox WHERE payload ->> 'ping' IS NOT NULL"
    )
    return {row.subject: row.ping for row in rows}


async def test_a_chosen_role_is_called_by_the_announcement_and_by_nothing_else(room: Evening) -> None:
    reply = await room.asks("mod", 'series edit ping="<@&77>"', Role.HOST)
    assert "Announcements call <@&77>." in reply.text.splitlines()
    await room.asks("mod", "chat announce", Role.HOST)
    await room.until(70)
    assert await called(room) == {"announce": "77"}


async def test_none_takes_it_back_and_what_is_no_role_is_refused(room: Evening) -> None:
    await room.asks("mod", 'series edit ping="<@&77>"', Role.HOST)
    for wrong in ("@everyone", "everybody", "<@77>", "<@&77> <@&78>"):
        assert (await room.asks("mod", f'series edit ping="{wrong}"', Role.HOST)).text == sentences.CALL_WHOM
    reply = await room.asks("mod", "series edit ping=none", Role.HOST)
    assert "call" not in reply.text
    await room.asks("mod", "chat announce", Role.HOST)
    assert await called(room) == {}


async def test_where_there_are_no_roles_it_is_the_whole_room(room: Evening) -> None:
    reply = await room.asks("mod", "series edit ping=@room", Role.HOST)
    assert "Announcements call @room." in reply.text.splitlines()
    await room.asks("mod", "chat announce", Role.HOST)
    assert await called(room) == {"announce": "@room"}
