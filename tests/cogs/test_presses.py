"""Very many hosts who press the same button at once: the chat moves on by one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.core.model import Role
from cogs import every_cog
from tests.support.bad_inputs import case
from tests.support.evening import evening


async def test_a_hundred_hosts_who_press_next_ask_one_question(tmp_path: Path) -> None:
    assert case("B394").expect == "one question per gap"
    async with evening(tmp_path, *every_cog()) as room:
        await room.until(7)
        line = f"chat next chat={room.chat.id} after=1"
        replies = await asyncio.gather(*[room.asks(f"mod{one}", line, Role.HOST) for one in range(100)])
        [asked] = await room.rows("SELECT count(*) AS n FROM question WHERE asked_at IS NOT NULL")
        posts = await room.rows("SELECT subject FROM outbox WHERE subject IN ('q1', 'q2', 'q3')")
    assert asked.n == 2
    assert sorted({row.subject for row in posts}) == ["q1", "q2"]
    assert len(replies) == 100
