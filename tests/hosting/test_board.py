"""How things stand with a bot, as its host sees it: as JSON, as lines, as a table, and as one to watch."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import sentences
from bot.core.sentences.status import status_rows
from bot.hosting.standing import lateness, standing
from tests.support import started
from tests.support.hosted import edchat, environment, hosted
from tests.support.house import housed

TABLE = "│"


@contextmanager
def on_a_terminal(folder: Path, *words: str) -> Iterator[tuple[started.Started, int]]:
    """A command whose output is a terminal's."""
    ours, theirs = pty.openpty()
    bot = started.start(*words, env=environment(folder, TERM="xterm", COLUMNS="120"), stdout=theirs)
    os.close(theirs)
    try:
        yield bot, ours
    finally:
        bot.kill()
        os.close(ours)


def shown(terminal: int, until: str, times: int = 1, within: float = 40.0) -> str:
    """What came to stand on a terminal, up to when something stood there so often."""
    end, seen = time.monotonic() + within, b""
    while seen.decode(errors="replace").count(until) < times and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            with suppress(OSError):  # it ended
                seen += os.read(terminal, 65536)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode(errors="replace"))


async def test_an_open_chat_is_shown_with_its_question_and_the_minutes_left(tmp_path: Path) -> None:
    async with housed(tmp_path, rooms="browser", readers=4) as house:
        series = await house.add_series("#edchat", length=timedelta(minutes=60))
        await house.add_chat(series, house.clock.now() + timedelta(seconds=1), topic="Homework")
        await house.add_chat(series, house.clock.now() + timedelta(days=7), topic="Rain")
        async with asyncio.timeout(30):
            while not (found := await standing(house.app))["open"]:  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.05)
        [chat] = found["open"]
        assert (chat["chat"], chat["asked"], chat["questions"], chat["paused"]) == (
            "#edchat: Homework", 0, 4, False,
        )  # fmt: skip
        assert 5 <= chat["minutes_left"] <= 7
        assert [one["topic"] for one in found["coming"]] == ["Rain"]
        assert [one["name"] for one in found["networks"]] == ["browser"]
        assert found["networks"][0]["connected"]
        assert found["disk_free_mb"] > 0
        assert found["unwell"] == []
        async with asyncio.timeout(30):
            while not (found := await standing(house.app))["lateness"]["posts"]:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        assert found["lateness"]["p50_ms"] <= found["lateness"]["p99_ms"] <= found["lateness"]["max_ms"]
        assert json.loads(json.dumps(found)) == found
        rows = dict(status_rows(found))
        assert rows["Live"].startswith("#edchat: Homework, no question yet, ")
        assert rows["Wrong"] == sentences.ALL_FINE


def test_lateness_is_that_of_the_half_and_of_nearly_all() -> None:
    assert lateness([]) == {"posts": 0, "p50_ms": None, "p99_ms": None, "max_ms": None}
    assert lateness([0.001 * one for one in range(200)]) == {
        "posts": 200, "p50_ms": 100.0, "p99_ms": 198.0, "max_ms": 199.0,
    }  # fmt: skip


def answer(**changes: object) -> dict[str, object]:
    """What a running bot says of itself when nothing happens."""
    quiet = {"running": True, "series": 1, "messages": 2, "open": [], "next": [], "waiting_to_be_sent": 0}
    quiet |= {"oldest_waiting_seconds": 0.0, "networks": [], "lateness": lateness([]), "last_backup": None}
    return quiet | {"disk_free_mb": None, "unwell": []} | changes


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"last_backup": "2026-11-22 03:30 UTC"}, "Last copy: 2026-11-22 03:30 UTC"),
        ({}, "Last copy: none yet"),
        ({"disk_free_mb": 12345}, "Disk: 12.1 GB free"),
        ({"disk_free_mb": 345}, "Disk: 345 MB free"),
        ({"unwell": ["One.", "Two."]}, "Wrong: One.\nWrong: Two."),
        ({"waiting_to_be_sent": 1}, "To be sent: 1 post waits, the oldest for 0.0 s"),
        ({"waiting_to_be_sent": 2}, "To be sent: 2 posts wait, the oldest for 0.0 s"),
        ({"lateness": lateness([0.01])}, "Lateness: of the last post half within 10.0 ms, 99 %"),
        ({}, "Lateness: nothing was sent yet"),
    ],
)  # fmt: skip
def test_each_row_says_one_thing(changes: dict[str, object], row: str) -> None:
    assert f"\n{row}" in sentences.status(answer(**changes))


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"connected": True}, "Discord: connected since noon"),
        ({"connected": False}, "Discord: out of reach since noon"),
        ({"connected": True, "gaps": 1}, "Discord: connected since noon, 1 place not read up to now yet"),
        ({"connected": True, "gaps": 3}, "Discord: connected since noon, 3 places not read up to now yet"),
        ({"connected": True, "refused": "It refuses."}, "Discord: It refuses."),
    ],
)
def test_a_network_is_shown_as_it_stands(network: dict[str, object], said: str) -> None:
    one = {"name": "discord", "since": "noon", "refused": "", "gaps": 0} | network
    assert f"\n{said}" in sentences.status(answer(networks=[one]))


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        ({"asked": 2, "minutes_left": 3.5}, "#edchat, question 2 of 6, 3.5 min left"),
        ({"asked": 2, "minutes_left": 2664.2}, "#edchat, question 2 of 6, 44 h left"),
        ({"asked": 2, "paused": True}, "#edchat, question 2 of 6, paused"),
        ({"asked": 6}, "#edchat, question 6 of 6, about to end"),
    ],
)
def test_an_open_chat_is_one_row(chat: dict[str, object], said: str) -> None:
    one = {"chat": "#edchat", "questions": 6, "paused": False, "minutes_left": None} | chat
    assert f"Live: {said}\n" in sentences.status(answer(open=[one]))


def test_a_bot_that_does_not_run_says_only_what_its_database_says() -> None:
    told = sentences.status(answer(running=False))
    assert told == f"{sentences.NOT_RUNNING}\nWeekly chats: 1. Messages kept: 2."


def test_a_terminal_shows_a_table_once_or_for_as_long_as_it_is_watched(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with hosted(folder) as bot:
        bot.line()
        with on_a_terminal(folder, "status") as (once, terminal):
            table = shown(terminal, "└")
            assert (sentences.RUNNING in table, TABLE in table, "Browser" in table) == (True, True, True)
            assert once.wait(20) == 0
        with on_a_terminal(folder, "status", "-w") as (watching, terminal):
            seen = shown(terminal, "└", times=2)
            assert seen.count("Browser") >= 2
            assert watching.poll() is None
            watching.send_signal(signal.SIGINT)
            assert watching.wait(20) == 130
        lines = edchat(folder, "status", "--watch").stdout
        assert (lines.startswith(sentences.RUNNING), TABLE in lines) == (True, False)
        assert json.loads(edchat(folder, "status", "--json").stdout)["running"] is True
