"""One place on Discord, followed: what could not be read is named as long as it was, and no longer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from bot.core.model import Place
from bot.platforms.discord.following import Again, Follower, Happened
from tests.platforms.discord.hall import until
from tests.support.ears import NotingEars

PLACE = Place(1, 1, "discord", "7", "general")


@dataclass(slots=True)
class Unreadable:
    """A place whose history is forbidden; notes since when something is missing each time."""

    since: list[int] = field(default_factory=list)

    async def read(self, place: Place, cursor: int, *, thoroughly: bool, since: int) -> int | None:
        """Give nothing."""
        self.since.append(since)
        return None


def there() -> Again:
    """The bot is there again."""
    event = asyncio.Event()
    event.set()
    return Again(event)


async def test_what_was_heard_after_a_gap_is_no_part_of_the_next_one() -> None:
    reader, ears = Unreadable(), NotingEars(PLACE)
    follower = Follower(PLACE, ears, reader, lambda: 100, begins=10)
    task = asyncio.create_task(follower.run())
    for id_ in (20, 30):
        follower.read_again(there())
        follower.bring(Happened(id=id_))
    follower.read_again(there())
    await until(lambda: len(reader.since) == 3)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert reader.since == [10, 20, 30]
    assert (follower.cursor, ears.cursors) == (10, {"7": "10"})
