"""What a homeserver left out is read to its end, also past what it does not show us, and never for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from aiohttp import web

from bot.platforms.matrix import asking
from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.filling import Page, backward, forward
from bot.platforms.matrix.homeserver import LONGEST_WAIT, MatrixRefused
from bot.platforms.matrix.rereading import before
from bot.platforms.matrix.translating import TOLERANCE, Between
from tests.platforms.matrix.answering import Answer, answering

NOW: Final = datetime(2026, 11, 22, 20, tzinfo=UTC)
SINCE: Final = Between(NOW, NOW)


def word(name: str, at: datetime = NOW) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": name}
    told = {"type": "m.room.message", "sender": "@a:b", "event_id": f"${name}", "content": content}
    return told | {"origin_server_ts": at.timestamp() * 1000}


def coming(name: str) -> dict[str, Any]:
    told = {"type": "m.room.member", "sender": f"@{name}:b", "state_key": f"@{name}:b"}
    return told | {"event_id": f"$comes-{name}", "content": {"membership": "join"}}


def page(end: str | None, *events: dict[str, Any]) -> dict[str, Any]:
    return {"chunk": events} | ({"end": end} if end else {})


def keeping(pages: Mapping[str, dict[str, Any]]) -> Answer:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(pages[request.query.get("from", "")])

    return answer


def names(pages: list[Page]) -> list[str]:
    return [str(one["event_id"])[1:] for each in pages for one in each.events]


@pytest.mark.parametrize("last", ["s4", "end", None])
async def test_a_page_of_which_we_are_shown_nothing_is_not_the_last(last: str | None) -> None:
    pages = {"s1": page("s2", word("one")), "s2": page("s3"), "s3": page("s4", word("two")), "s4": page(last)}
    async with answering(keeping(pages)) as home:
        assert names([one async for one in forward(home, "!r", "s1", "end")]) == ["one", "two"]


@pytest.mark.parametrize("last", ["s4", None])
async def test_nor_is_it_on_the_way_back(last: str | None) -> None:
    old = word("old", NOW - timedelta(hours=1))
    pages = {"s1": page("s2", word("two")), "s2": page("s3"), "s3": page("s4", word("one")), "s4": page(last)}
    async with answering(keeping(pages)) as home:
        assert names(await backward(home, "!r", "s1", before(SINCE))) == ["one", "two"]
    pages |= {"s3": page("s4", old), "s4": page("s5", word("never asked for"))}
    async with answering(keeping(pages)) as home:
        assert names(await backward(home, "!r", "s1", before(SINCE))) == ["old", "two"]


async def test_a_page_of_people_who_come_says_nothing_of_the_time() -> None:
    crowd = [coming(f"guest-{number}") for number in range(20)]
    pages = {"": page("s2", word("two")), "s2": page("s3", *crowd), "s3": page(None, word("one"))}
    async with answering(keeping(pages)) as home:
        found = names(await backward(home, "!r", None, before(SINCE)))
    assert (found[0], found[-1], len(found)) == ("one", "two", 22)


@pytest.mark.parametrize(("minutes", "enough"), [(0, False), (4, False), (6, True)])
def test_words_from_before_all_that_can_be_missed_are_enough(minutes: int, enough: bool) -> None:
    told = word("one", NOW - timedelta(minutes=minutes))
    assert before(SINCE)(Page((coming("guest"), told))) is enough
    assert timedelta(minutes=4) < TOLERANCE < timedelta(minutes=6)


# -- how long it waits --------------------------------------------------------------------------------------

WAITS: Final[list[tuple[object, str, float | None]]] = [
    (1500, "", 1.5),
    (0, "", 0.0),
    (-5, "9", 0.0),
    (10**400, "", LONGEST_WAIT),
    (86_400_000, "", LONGEST_WAIT),
    ("soon", "7", 7.0),
    (True, "7", 7.0),
    (None, "9" * 400, LONGEST_WAIT),
    (None, "Wed, 21 Oct 2026 07:28:00 GMT", None),
    (None, "", None),
]


@pytest.mark.parametrize(("told", "header", "seconds"), WAITS)
async def test_b255_a_server_is_asked_again_when_it_says_but_never_after_ages(
    told: object, header: str, seconds: float | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        said = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": told}
        return web.json_response(said, status=429, headers={"Retry-After": header})

    async with answering(answer) as home:
        with pytest.raises(MatrixRefused) as no:
            await home.ask("GET", "v3/sync")
    assert no.value.retry_after == seconds


async def test_a_server_that_asks_to_wait_for_no_time_is_not_asked_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "SHORTEST_WAIT", 0.05)
    asked: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(datetime.now(UTC).timestamp())
        said = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 0}
        return web.json_response(said, status=429 if len(asked) < 4 else 200)

    async with answering(answer) as home:
        await insist(home, "GET", "v3/sync")
    assert len(asked) == 4
    assert min(later - one for one, later in pairwise(asked)) >= 0.05
