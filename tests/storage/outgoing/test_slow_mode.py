"""Where people may write only now and then, the first words of a chat's hour say so."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from bot.storage.schema import tables as t
from cogs import every_cog
from tests.support.bad_inputs import case
from tests.support.evening import evening


async def test_people_are_told_of_slow_mode_as_the_chat_opens_and_the_bot_posts_through(
    tmp_path: Path,
) -> None:
    slow = int(case("B249").input.split()[2])
    async with evening(tmp_path, *every_cog()) as room:
        async with room.store.begin() as tx:
            await tx.connection.execute(
                update(t.place).where(t.place.c.id == room.place.id).values(slow=slow)
            )
        await room.until(15)
        said = {subject: text for (place, subject), text in room.posts.items() if place == room.place.id}
    told = "Slow mode is on here, so you can write only once in 6 h; the Answer button under each question"
    assert [subject for subject, text in said.items() if told in text] == ["open"]
    assert {"open", "q1", "q2"} <= said.keys()
