"""A community that was set up, its weekly chat with questions, and the room in which it is held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.clock import ScaledClock
from bot.core.model import Place
from bot.web.limits import Limits
from tests.journeys.visitors import DESK, Visitor, Visitors
from tests.support.web_house import WebHouse, house_in_threads

SUNDAY: Final = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
QUESTIONS: Final = ("What worked this week?", "What did not?", "What will you try?")
HOME: Final = "/maths-chat/"


@dataclass(slots=True)
class Evening:
    """The bot, and people who come to its room."""

    house: WebHouse
    come: Visitors
    room: str

    async def host(self, name: str = "Mo", width: int = DESK, *, scripts: bool = True) -> Visitor:
        """A host, in the room."""
        host = await self.come(self.house.base, width, scripts=scripts)
        await host.becomes_host(await self.house.host_link(), name)
        await host.opens(self.room)
        return host

    async def guest(self, name: str, width: int = DESK, *, scripts: bool = True) -> Visitor:
        """Somebody who joined by the link."""
        guest = await self.come(self.house.base, width, scripts=scripts)
        await guest.joins(await self.house.join_link(), name)
        return guest

    async def reader(self, width: int = DESK, *, scripts: bool = True) -> Visitor:
        """A stranger who reads."""
        return await self.come(self.house.base, width, scripts=scripts)

    async def says(self, line: str, place: Place | None = None) -> str:
        """Give the bot a command, as the person does who runs it."""
        reply = await self.house.app.say(line, place or self.house.hosts, "owner")
        assert not reply.refused, reply.text
        return reply.text


@asynccontextmanager
async def evening(
    folder: Path, come: Visitors, *, rate: float = 1.0, minutes: int = 60, limits: Limits | None = None
) -> AsyncIterator[Evening]:
    """A weekly chat that everybody may read, planned for Tuesday with three questions."""
    clock = ScaledClock(datetime.now(UTC), SUNDAY, rate)
    async with house_in_threads(folder, clock, limits=limits, running=True) as house:
        made = Evening(house, come, f"/room/{house.place.native_id}/")
        where = house.place.native_id
        await made.says(f"setup where={where} readers=public")
        weekly = f'series create "Weekly EdChat" when="every Tuesday 8 pm" minutes={minutes} place={where}'
        await made.says(weekly)
        await made.says("\n".join(['chat plan topic="Homework"', *QUESTIONS]), house.place)
        try:
            yield made
        finally:
            await come.leave()
