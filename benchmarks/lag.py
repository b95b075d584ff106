"""How late a loop calls while something else goes on in it: the lag that the bot's own work would feel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

EVERY = 0.005


@asynccontextmanager
async def lag() -> AsyncIterator[list[float]]:
    """Milliseconds by which a short alarm was late, again and again, in order once it is over."""
    late: list[float] = []
    watching = asyncio.create_task(_watch(late))
    try:
        yield late
    finally:
        watching.cancel()
        late.sort()


async def _watch(late: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY
        await asyncio.sleep(EVERY)
        late.append((loop.time() - due) * 1000)
