"""The socket file: whoever asks badly, too long, or not at all, hinders nobody else and not the bot's end."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import control
from bot.core import sentences
from bot.core.model import Refused
from bot.storage.engine import StorageFull


async def echo(request: control.Request) -> dict[str, Any]:
    return {"text": request["text"]}


async def refuse(request: control.Request) -> dict[str, Any]:
    raise Refused("Not today.")


async def full(request: control.Request) -> dict[str, Any]:
    raise StorageFull("The disk is full.")


async def fail(request: control.Request) -> dict[str, Any]:
    raise ZeroDivisionError(request["text"])


HANDLERS = {"echo": echo, "refuse": refuse, "full": full, "fail": fail}


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    async with control.served(tmp_path, HANDLERS):
        yield tmp_path


async def sent(folder: Path, raw: bytes, *, hang_up: bool = False) -> bytes:
    """What is answered to these bytes."""
    reader, writer = await asyncio.open_unix_connection(folder / "edchat.sock")
    writer.write(raw)
    if hang_up:
        writer.transport.abort()
        return b""
    with suppress(ConnectionError):
        writer.write_eof()
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


async def test_what_is_asked_is_answered_and_only_this_user_may_ask(folder: Path) -> None:
    assert await control.ask(folder, "echo", text="hé\nllo") == {"text": "hé\nllo"}
    assert stat.S_IMODE((folder / "edchat.sock").stat().st_mode) == 0o600


async def test_where_nobody_runs_nobody_answers(tmp_path: Path) -> None:
    assert await control.ask(tmp_path, "echo") is None
    async with control.served(tmp_path, HANDLERS):
        pass
    assert await control.ask(tmp_path, "echo") is None
    assert not (tmp_path / "edchat.sock").exists()


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        ("refuse", "Not today."),
        ("full", "The disk is full."),
        ("fail", sentences.WENT_WRONG),
        ("fly", sentences.NO_ANSWER),
    ],
)
async def test_what_cannot_be_done_is_a_sentence_and_the_next_is_answered(
    folder: Path, do: str, sentence: str
) -> None:
    with capture_logs() as logs, pytest.raises(Refused) as no:
        await control.ask(folder, do, text="secret words")
    assert str(no.value) == sentence
    assert [line["event"] for line in logs] == (["request_failed"] if do == "fail" else [])
    assert await control.ask(folder, "echo", text="still here") == {"text": "still here"}


@pytest.mark.parametrize(
    "rubbish",
    [b"\n", b"hello\n", b"[]\n", b'"echo"\n', b"{}\n", b'{"do": {}}\n', b"\xff\xfe\n", b"[" * 9_999 + b"\n",
     b"x" * (control.LONGEST_REQUEST + 9) + b"\n"],
    ids=["empty", "words", "list", "text", "nothing", "no name", "no text", "deep", "long"],
)  # fmt: skip
async def test_rubbish_is_refused_without_a_fault_and_hinders_nobody(folder: Path, rubbish: bytes) -> None:
    with capture_logs() as logs:
        answer = await sent(folder, rubbish)
    assert b"refused" in answer or rubbish[:9] == b"x" * 9  # its end may come before the answer is read
    assert logs == []
    assert await control.ask(folder, "echo", text="still here") == {"text": "still here"}


@pytest.mark.parametrize("begun", [b"", b'{"do": "ec', b'{"do": "echo", "text": "x"}\n'])
async def test_who_hangs_up_hinders_nobody(
    folder: Path, begun: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logs:
        for _ in range(20):
            await sent(folder, begun, hang_up=True)
        await asyncio.sleep(0.1)
        assert await control.ask(folder, "echo", text="still here") == {"text": "still here"}
    assert (logs, caplog.records) == ([], [])


async def test_who_connects_and_asks_nothing_is_let_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE", 0.1)
    reader, writer = await asyncio.open_unix_connection(folder / "edchat.sock")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


@pytest.mark.parametrize("answer", [b"", b'{"text": "cut o'])
async def test_a_bot_that_ends_while_it_is_asked_is_told_in_a_sentence(tmp_path: Path, answer: bytes) -> None:
    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        writer.close()

    async with await asyncio.start_unix_server(dies, tmp_path / "edchat.sock"):
        with pytest.raises(Refused) as no:
            await control.ask(tmp_path, "echo", text="hello?")
    assert str(no.value) == sentences.NO_ANSWER
