"""Readers in a process of their own, so that their work does not count as the bot's."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_MARK: Final = re.compile(rb"tick(\d{6})")
_LONGEST_MARK: Final = 10
_LAST_CHUNK: Final = b"0\r\n\r\n"
_HERE: Final = Path(__file__).parents[1]


async def asked(port: int, path: str, readers: int, seconds: float) -> dict[str, float]:
    """So many readers ask for a page again and again: how many a second, how long one took, its bytes."""
    return await _apart({"do": "ask", "port": port, "path": path, "readers": readers, "seconds": seconds})


async def followed(port: int, path: str, cookies: Sequence[str], **talk: Any) -> dict[str, float]:
    """One reader for each cookie follows live while things are said in bursts: how soon each saw each."""
    return await _apart({"do": "follow", "port": port, "path": path, "cookies": cookies, **talk})


async def _apart(wish: Mapping[str, Any]) -> dict[str, float]:
    program = [sys.executable, "-m", "benchmarks.readers"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe, cwd=_HERE)
    try:
        said, _ = await process.communicate(json.dumps(wish).encode())
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RuntimeError("the readers gave up")
    found: dict[str, float] = json.loads(said)
    return found


class _Asker(asyncio.Protocol):
    """One connection that asks for the same page until the time is up."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request, self._until = request, until
        self._head, self._tail, self._began = b"", b"", 0.0
        self._got, self._ended, self._chunked = 0, False, False
        self.length = 0
        self.took: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        if not self._ended:
            data = self._head_read(data)
        self._got += len(data)
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        whole = self._tail == _LAST_CHUNK if self._chunked else self._got >= self.length
        if self._ended and whole:
            self.took.append(time.perf_counter() - self._began)
            self.length = self._got
            self._ask()

    def _head_read(self, data: bytes) -> bytes:
        """Read the head of an answer; gives what is there of its body."""
        self._head += data
        head, ended, body = self._head.partition(b"\r\n\r\n")
        if ended and not head.startswith(b"HTTP/1.1 200"):
            self._transport.close()
            self.done.set_exception(ValueError(head.decode()))
            return b""
        found = _LENGTH.search(head)
        self._ended, self._chunked = bool(ended), found is None
        self.length = int(found[1]) if found else 0
        return body if ended else b""

    def _ask(self) -> None:
        self._head, self._tail, self._got, self._ended = b"", b"", 0, False
        self._began = time.perf_counter()
        if self._began < self._until:
            self._transport.write(self._request)
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


async def _ask(wish: Mapping[str, Any]) -> dict[str, float]:
    began = time.perf_counter()
    request = _request(wish["port"], "GET", wish["path"], "Accept-Encoding: gzip")
    makes = [
        _connected(wish["port"], _Asker(request, began + wish["seconds"])) for _ in range(wish["readers"])
    ]
    askers = await asyncio.gather(*makes)
    await asyncio.gather(*(asker.done for asker in askers))
    took = sorted(seconds for asker in askers for seconds in asker.took)
    a_second = len(took) / (time.perf_counter() - began)
    late = {f"p{share} ms": at(took, share) * 1e3 for share in (95, 99)}
    return {"a second": a_second, "bytes": askers[0].length, **late}


async def _connected(port: int, asker: _Asker) -> _Asker:
    await asyncio.get_running_loop().create_connection(lambda: asker, "127.0.0.1", port)
    return asker


class _Follower(asyncio.Protocol):
    """One live reader: notes when each mark came, from its first connection on."""

    def __init__(self, request: bytes) -> None:
        self._request, self._rest = request, b""
        self.seen: dict[int, float] = {}
        self.bytes = 0
        self.lost = False
        self.welcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.welcome.done():
            self.welcome.set_result(data.startswith(b"HTTP/1.1 200"))
        self.bytes += len(data)
        data = self._rest + data
        for mark in _MARK.findall(data):
            self.seen.setdefault(int(mark), now)
        self._rest = data[1 - _LONGEST_MARK :]


async def _follow(wish: Mapping[str, Any]) -> dict[str, float]:
    loop, port, began = asyncio.get_running_loop(), wish["port"], time.perf_counter()
    followers = []
    for cookie in wish["cookies"]:
        asks = _request(port, "GET", wish["path"], "Accept: text/event-stream", *_cookie(cookie))
        followers.append(_Follower(asks))
        await loop.create_connection(lambda: followers[-1], "127.0.0.1", port)
    welcome = await asyncio.wait_for(asyncio.gather(*(one.welcome for one in followers)), 60)
    if not all(welcome):
        raise ValueError(f"{welcome.count(False)} readers were turned away")
    came = time.perf_counter() - began
    await asyncio.sleep(1)
    sent = await _talk(wish)
    await asyncio.sleep(2)
    late = sorted(one.seen[n] - at_ for one in followers for n, at_ in sent.items() if n in one.seen)
    return {
        "p50 ms": at(late, 50) * 1e3,
        "p99 ms": at(late, 99) * 1e3,
        "worst ms": late[-1] * 1e3,
        "missed": len(sent) * len(followers) - len(late),
        "coming, each ms": came / len(followers) * 1e3,
        "hung up": sum(one.lost for one in followers),
        "kB each": sum(one.bytes for one in followers) / len(followers) / 1000,
    }


async def _talk(wish: Mapping[str, Any]) -> dict[int, float]:
    """Bursts of answers, each from a person of its own; gives when each was sent off."""
    sent: dict[int, float] = {}
    for burst in range(wish["bursts"]):
        began = time.perf_counter()
        numbers = [wish["first"] + burst * wish["each"] + k for k in range(wish["each"])]
        await asyncio.gather(*(_say(wish, number, sent) for number in numbers))
        await asyncio.sleep(max(0.0, began + wish["apart"] - time.perf_counter()))
    return sent


async def _say(wish: Mapping[str, Any], number: int, sent: dict[int, float]) -> None:
    port, cookie = wish["port"], wish["talkers"][number % len(wish["talkers"])]
    words = f"A1 I let them ask first, then we look for the pattern together. tick{number:06}"
    form = f"text={quote(words)}&thread=room&once=tick{number}"
    heads = (
        f"Origin: http://127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
        "Accept: application/json",
        "Connection: close",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent[number] = time.perf_counter()
    writer.write(_request(port, "POST", wish["say"], *heads, *_cookie(cookie)) + form.encode())
    status = await reader.readline()
    await reader.read()
    writer.close()
    if b" 200 " not in status:
        raise ValueError(status.decode())


def _request(port: int, method: str, path: str, *heads: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *heads)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def _cookie(said: str) -> tuple[str, ...]:
    return (f"Cookie: {said}",) if said else ()


def at(ordered: Sequence[float], k: int) -> float:
    """The k-th percentile of what is in order."""
    return ordered[min(len(ordered) - 1, len(ordered) * k // 100)]


def main() -> None:
    """Read a wish, do it, print what came of it."""
    wish = json.load(sys.stdin)
    print(json.dumps(asyncio.run({"ask": _ask, "follow": _follow}[wish["do"]](wish))))


if __name__ == "__main__":
    main()
