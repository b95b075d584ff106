"""Whether a homeserver is in reach: an answer is one, also a no; its own disorder and silence are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused


@asynccontextmanager
async def serving(*statuses: int) -> AsyncIterator[str]:
    """A server that answers with these, one after another."""
    left = list(statuses)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({}, status=left.pop(0))

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("status", "reached"), [(403, True), (429, True), (502, False), (503, False)])
async def test_a_no_is_an_answer_and_disorder_is_none(status: int, reached: bool) -> None:
    async with serving(200, status, 200) as url, aiohttp.ClientSession() as session:
        home = Homeserver(session, url)
        await home.ask("GET", "v3/sync")
        with pytest.raises(MatrixRefused):
            await home.ask("GET", "v3/sync")
        assert home.reached is reached
        await home.ask("GET", "v3/sync")
        assert home.reached


async def test_a_server_that_is_gone_is_out_of_reach(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as session:
        home = Homeserver(session, f"http://127.0.0.1:{unused_tcp_port}")
        with pytest.raises(aiohttp.ClientError):
            await home.ask("GET", "v3/sync")
        assert not home.reached
