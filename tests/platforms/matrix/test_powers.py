"""What a Matrix room lets somebody do, as the homeserver told last."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import opened
from bot.clock import SystemClock
from bot.core.model import Person as PersonOf
from bot.core.model import Role
from bot.platform import Absent
from tests.platforms.matrix.lives import seen
from tests.platforms.matrix.whole import given
from tests.support.synapse.people import People, Person


async def test_power_goes_with_the_rooms_levels_and_with_who_is_in_it(
    tmp_path: Path, bot: Person, people: People
) -> None:
    dana, ben = await people("Dana"), await people("Ben")
    room = await dana.makes_room("Lakeside", invited=(bot.user, ben.user))
    await ben.joins(room)
    async with opened(given(tmp_path, bot), SystemClock()) as app:
        running = asyncio.create_task(app.run())

        async def power(who: Person, wanted: Role | type[Absent]) -> bool | None:
            async with app.store.read() as tx:
                places = [one for one in await tx.places_on("matrix") if one.native_id == room]
            if not places:
                return None
            try:
                found = await app.power(places[0], PersonOf(0, "matrix", who.user, ""))
            except Absent:
                return wanted is Absent or None
            return found is wanted or None

        try:
            await seen(lambda: power(dana, Role.HOST))
            await seen(lambda: power(ben, Role.ANYONE))
            await dana.gives_power(room, ben.user, 50)
            await seen(lambda: power(ben, Role.HOST))
            await ben.acts_on(room, "leave")
            await seen(lambda: power(ben, Absent))
        finally:
            running.cancel()
