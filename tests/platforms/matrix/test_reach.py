"""Whether a homeserver is in reach: an answer is one, also a no; its own disorder and silence are none."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from tests.platforms.matrix.answering import Answer, answering


def with_(*statuses: int) -> Answer:
    """Answer with these, one after another."""
    left = list(statuses)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({}, status=left.pop(0))

    return answer


@pytest.mark.parametrize(("status", "reached"), [(403, True), (429, True), (502, False), (503, False)])
async def test_a_no_is_an_answer_and_disorder_is_none(status: int, reached: bool) -> None:
    async with answering(with_(200, status, 200)) as home:
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
