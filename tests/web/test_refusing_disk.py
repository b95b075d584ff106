"""Somebody speaks in the browser while the disk takes nothing: they hear so, nothing is shown as said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.core.sentences import wellness as say
from bot.storage.heard.pouring import driver_of
from bot.storage.one_visit import Connection
from tests.support.bad_inputs import case
from tests.support.web_house import Browser, WebHouse, house_in_threads

LONG = "A1: " + "elephants " * 350
READ_ONLY = "a disk that became read-only", "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
FULL = "a disk that is full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"


@asynccontextmanager
async def refusing(house: WebHouse, begin: str, end: str) -> AsyncIterator[None]:
    """Let SQLite itself refuse what is written."""
    await tell(house, begin)
    try:
        yield
    finally:
        await tell(house, end)


async def tell(house: WebHouse, pragma: str) -> None:
    async with house.store._turn, house.store._writer.connect() as connection:
        await (await driver_of(connection)).execute_fetchall(pragma)


async def says(who: Browser, house: WebHouse, text: str, **headers: Any) -> tuple[int, str]:
    got = await who.post(f"/room/{house.place.native_id}/say", {"text": text}, **headers)
    return got.status, got.text


async def said(house: WebHouse) -> tuple[int, bool]:
    """How many messages stand in the room, and whether all that happened there is heard."""
    async with house.store.read() as tx:
        found = await tx.room_messages(house.place.id, viewer="", host=True)
        last = await tx.room_last_event(house.place.id)
    heard = int(await house.app.inbox.cursor(house.place) or 0) >= last
    return len([one for one in found if "elephants" in one.text]), heard


async def until(house: WebHouse, count: int) -> None:
    async with asyncio.timeout(20):
        while await said(house) != (count, True):  # noqa: ASYNC110 - asks the database
            await asyncio.sleep(0.02)


async def until_well(house: WebHouse) -> None:
    async with asyncio.timeout(20):
        while (await house.stranger().get("/healthz")).status != 200:  # noqa: ASYNC110 - asks the pages
            await asyncio.sleep(0.1)


async def refused_everywhere(house: WebHouse, who: Browser) -> None:
    """What somebody says is refused, on a page and to a script."""
    status, page = await says(who, house, LONG)
    assert (status, page.count(say.NOT_KEPT), LONG in page) == (503, 1, True)
    status, answer = await says(who, house, LONG, Accept="application/json")
    assert (status, answer) == (503, f'{{"refused":"{say.NOT_KEPT}"}}')


@pytest.mark.parametrize(("_what", "begin", "end"), [READ_ONLY, FULL], ids=["read-only", "full"])
async def test_b362_words_that_cannot_be_kept_are_given_back_and_shown_to_nobody(
    _what: str, begin: str, end: str, tmp_path: Path
) -> None:
    assert "commands answer with a clear sentence" in case("B362").expect
    async with house_in_threads(tmp_path, running=True) as house:
        ana, ben = await house.join("Ana"), await house.join("Ben")
        assert (await says(ana, house, LONG))[0] == 200
        await until(house, 1)
        with capture_logs() as logs:
            async with refusing(house, begin, end):
                await refused_everywhere(house, ana)
                seen = await ben.get(f"/room/{house.place.native_id}/")
                assert (seen.status, say.NOT_KEPT in seen.text) == (200, False)
                stranger = await house.stranger().get("/healthz")
                assert (stranger.status, say.UNWRITABLE in stranger.text) == (503, True)
                assert (await house.stranger().get("/metrics")).status == 200
                assert await said(house) == (1, True)
                await asyncio.sleep(1)  # in which something could go round in circles
        assert not [one for one in logs if "elephants" in str(one)]
        assert len(logs) < 60, "it floods its log"
        assert (await says(ana, house, LONG))[0] == 200
        await until(house, 2)
        await until_well(house)


async def test_b362_a_command_that_cannot_be_kept_is_not_carried_out(tmp_path: Path) -> None:
    async with house_in_threads(tmp_path, running=True) as house:
        mo = await house.host()
        async with refusing(house, *READ_ONLY[1:]):
            status, page = await says(mo, house, "!edchat series list")
            assert (status, say.NOT_KEPT in page) == (503, True)
        async with house.store.read() as tx:
            assert await tx.next_command() is None
        assert (await says(mo, house, "!edchat series list"))[0] == 200


async def test_whoever_joins_while_nothing_can_be_kept_gets_one_sentence(tmp_path: Path) -> None:
    async with house_in_threads(tmp_path) as house:
        link = await house.join_link()
        async with refusing(house, *READ_ONLY[1:]):
            got = await house.stranger().post(link, {"name": "Cleo"})
            assert (got.status, got.text) == (503, say.NOT_KEPT)
            assert got.headers["retry-after"] == "30"
        assert (await house.stranger().post(link, {"name": "Cleo"})).status == 200


async def test_a_disk_that_is_slow_to_write_keeps_nobody_from_reading_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_in_threads(tmp_path, running=True) as house:
        ana, ben = await house.join("Ana"), await house.join("Ben")
        await until(house, 0)
        commit = Connection.commit

        async def slowly(connection: Connection) -> None:
            await connection.on_thread(time.sleep, 0.6)
            await commit(connection)

        monkeypatch.setattr(Connection, "commit", slowly)
        saying = [asyncio.create_task(says(ana, house, f"A1: elephants {n}")) for n in range(3)]
        lags, waits = [], []
        while not all(task.done() for task in saying):
            begun = time.perf_counter()
            assert (await ben.get(f"/room/{house.place.native_id}/")).status == 200
            waits.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            await asyncio.sleep(0.01)
            lags.append(time.perf_counter() - begun)
        assert [task.result()[0] for task in saying] == [200, 200, 200]
        await until(house, 3)
        waits.sort()
        lags.sort()
        assert waits[len(waits) // 2] < 0.6, "readers wait for the disk"
        assert lags[len(lags) // 2] < 0.3, "the loop waits for the disk"
        monkeypatch.undo()


async def test_a_disk_that_takes_five_seconds_to_write_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.vitals.SLOW", 0.3)
    async with house_in_threads(tmp_path) as house:
        held = asyncio.Event()

        async def hold() -> None:
            async with house.store.begin():
                await held.wait()

        holding = asyncio.create_task(hold())
        await asyncio.sleep(0.05)
        got = await house.stranger().get("/healthz")
        assert (got.status, say.WRITES_SLOWLY in got.text) == (503, True)
        held.set()
        await holding
        await until_well(house)


async def test_queues_that_cannot_be_read_for_a_while_go_on_when_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.AFTER_A_FAULT", 0.05)
    async with house_in_threads(tmp_path, running=True) as house:
        await house.join("Ana")
        await until(house, 0)
        async with house.store.begin() as tx:
            await tx.post(house.place, "later", (), "later", house.site.clock.now() + timedelta(seconds=1))
            await tx.connection.exec_driver_sql("ALTER TABLE outbox RENAME TO away")
        await asyncio.sleep(0.5)
        async with house.store.begin() as tx:
            await tx.connection.exec_driver_sql("ALTER TABLE away RENAME TO outbox")
        async with asyncio.timeout(20):
            while "later" not in await texts(house):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.05)


async def texts(house: WebHouse) -> list[str]:
    async with house.store.read() as tx:
        return [one.text for one in await tx.room_messages(house.place.id, viewer="", host=True)]
