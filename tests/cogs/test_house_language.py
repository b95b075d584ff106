"""In which language a community's pages are: its hosts say so, on every network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.model import Role, Series
from cogs import every_cog
from tests.support.evening import Evening, evening


@pytest.fixture
async def room(rooms: str, tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), series=Series(0, 1, "EdChat"), rooms=rooms) as opened:
        yield opened


async def spoken(room: Evening) -> str:
    [row] = await room.rows("SELECT language FROM community WHERE id = 1")
    return str(row.language)


@pytest.mark.parametrize(
    ("said", "tag"),
    [("de", "de"), ("German", "de"), ("deutsch", "de"), ("Français", "fr"), ("pt_br", "pt-BR"), ("HE", "he")],
)
async def test_a_host_says_in_which_language_people_write(room: Evening, said: str, tag: str) -> None:
    reply = await room.asks("mo", f'house edit language="{said}"', Role.HOST)
    assert not reply.refused, reply.text
    assert await spoken(room) == tag


@pytest.mark.parametrize("said", ["Klingon", "xx", "../de", "x" * 300])
async def test_a_language_that_nobody_knows_is_refused_in_a_sentence(room: Evening, said: str) -> None:
    reply = await room.asks("mo", f'house edit language="{said}"', Role.HOST)
    assert reply.refused
    assert reply.text.startswith("I know no language called")
    assert await spoken(room) == "en"


async def test_only_hosts_say_it(room: Evening) -> None:
    assert (await room.asks("mo", "house edit language=de", Role.ANYONE)).refused
    assert await spoken(room) == "en"
