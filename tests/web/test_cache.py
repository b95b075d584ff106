"""Finished pages: made once for all who wait, kept until they change, forgotten when memory is wanted."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bot.web.cache import Cached, PageCache, finished, respond

PAGE = "<p>" + "answers " * 200


@pytest.fixture
async def cache() -> AsyncIterator[PageCache]:
    made = PageCache()
    yield made
    made.close()


class Press:
    """Makes pages, counts how often, and notes in which thread."""

    def __init__(self, text: str = PAGE) -> None:
        self.text, self.made = text, 0
        self.threads: set[int] = set()
        self.go = asyncio.Event()
        self.go.set()

    async def load(self) -> Callable[[], str]:
        await self.go.wait()
        return self._make

    def _make(self) -> str:
        self.made += 1
        self.threads.add(threading.get_ident())
        return f"{self.text}{self.made}"


def asked(**headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": named})


async def test_a_page_is_made_once_for_all_who_wait_for_it(cache: PageCache) -> None:
    press = Press()
    press.go.clear()
    waiting = [asyncio.create_task(cache.page("chat 1", 1, press.load)) for _ in range(50)]
    await asyncio.sleep(0)
    press.go.set()
    got = await asyncio.gather(*waiting)
    assert (press.made, len({page.etag for page in got})) == (1, 1)
    assert await cache.page("chat 1", 1, press.load) is got[0]


async def test_pages_are_made_in_one_thread_that_is_not_the_loops(cache: PageCache) -> None:
    press = Press()
    await asyncio.gather(*(cache.page(key, 1, press.load) for key in range(20)))
    assert len(press.threads) == 1
    assert threading.get_ident() not in press.threads


async def test_pages_are_read_and_made_one_after_the_other(cache: PageCache) -> None:
    first, second = Press(), Press()
    first.go.clear()
    waiting = [asyncio.create_task(cache.page(k, 1, one.load)) for k, one in enumerate((first, second))]
    await asyncio.sleep(0.05)
    assert second.made == 0
    first.go.set()
    await asyncio.gather(*waiting)
    assert (first.made, second.made) == (1, 1)


async def test_a_new_version_is_made_anew_and_the_old_one_let_go(cache: PageCache) -> None:
    press = Press()
    first, second = [await cache.page("chat 1", version, press.load) for version in (1, 2)]
    assert (first.body[-1:], second.body[-1:]) == (b"1", b"2")
    assert len(cache._kept) == 1


async def test_two_audiences_of_one_chat_have_a_page_each(cache: PageCache) -> None:
    press = Press()
    public = await cache.page((1, "public"), 1, press.load)
    assert await cache.page((1, "hosts"), 1, press.load) is not public
    assert await cache.page((1, "public"), 1, press.load) is public


async def test_a_page_that_fails_fails_for_all_who_wait_and_is_tried_again(cache: PageCache) -> None:
    async def broken() -> Callable[[], str]:
        await asyncio.sleep(0)
        return lambda: str(1 // 0)

    failed = await asyncio.gather(
        *(cache.page("chat 1", 1, broken) for _ in range(5)), return_exceptions=True
    )
    assert [type(one) for one in failed] == [ZeroDivisionError] * 5
    assert (await cache.page("chat 1", 1, Press().load)).body.endswith(b"1")


async def test_one_reader_who_leaves_takes_the_page_from_nobody_else(cache: PageCache) -> None:
    press = Press()
    press.go.clear()
    leaves, stays = (asyncio.create_task(cache.page("chat 1", 1, press.load)) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    press.go.set()
    assert (await stays).body.endswith(b"1")
    assert leaves.cancelled()


async def test_memory_is_bounded_and_what_was_wanted_longest_ago_goes_first() -> None:
    one = finished(PAGE + "1").size
    cache, press = PageCache(most_bytes=3 * one + 10), Press()
    for key in "abc":
        await cache.page(key, 1, press.load)
    await cache.page("a", 1, press.load)
    await cache.page("d", 1, press.load)
    assert list(cache._kept) == ["c", "a", "d"]
    assert cache._bytes <= cache.most_bytes
    cache.close()


async def test_a_page_that_is_larger_than_all_memory_is_given_and_not_kept() -> None:
    cache = PageCache(most_bytes=100)
    assert (await cache.page("a", 1, Press().load)).body
    assert (list(cache._kept), cache._bytes) == ([], 0)
    cache.close()


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), min_size=1, max_size=30),
    st.sampled_from([600, 2_000, 100_000]),
)
def test_whatever_is_asked_for_at_once_each_version_is_made_once_and_everybody_gets_theirs(
    wanted: list[tuple[str, int, bool]], memory: int
) -> None:
    made: Counter[tuple[str, int]] = Counter()

    async def asking() -> None:
        cache = PageCache(most_bytes=memory)

        async def one(key: str, version: int) -> Cached:
            async def load() -> Callable[[], str]:
                await asyncio.sleep(0)
                made[key, version] += 1
                return lambda: f"{key}{version}"

            return await cache.page(key, version, load)

        tasks = [asyncio.create_task(one(key, version)) for key, version, _ in wanted]
        await asyncio.sleep(0)
        for task, (_, _, leaves) in zip(tasks, wanted, strict=True):
            if leaves:
                task.cancel()
        got = await asyncio.gather(*tasks, return_exceptions=True)
        for (key, version, leaves), page in zip(wanted, got, strict=True):
            assert leaves or (isinstance(page, Cached) and page.body == f"{key}{version}".encode())
        assert sum(page.size for _, page in cache._kept.values()) == cache._bytes <= memory
        cache.close()

    asyncio.run(asking())
    assert set(made.values()) <= {1}


def test_who_has_the_page_already_is_told_so_whichever_way_it_was_packed() -> None:
    page = finished(PAGE)
    plain, packed = respond(asked(), page), respond(asked(accept_encoding="gzip, br"), page)
    assert plain.headers["etag"] != packed.headers["etag"]
    for tag in (plain.headers["etag"], packed.headers["etag"], f'"x", W/{plain.headers["etag"]}', "*"):
        again = respond(asked(if_none_match=tag), page)
        assert (again.status_code, again.body) == (304, b"")
        assert again.headers["etag"]
    assert respond(asked(if_none_match='"another"'), page).status_code == 200
    assert respond(asked(if_none_match=""), page).status_code == 200


@pytest.mark.parametrize(
    ("said", "packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("GZIP; q=0.0", False),
     ("identity", False), ("", False), ("x-gzip", False)],
)  # fmt: skip
def test_a_page_is_packed_for_those_who_can_unpack_it(said: str, packed: bool) -> None:
    answer = respond(asked(accept_encoding=said), finished(PAGE))
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    body = bytes(answer.body)
    assert (gzip.decompress(body) if packed else body) == PAGE.encode()
    assert answer.headers["content-length"] == str(len(body))


def test_a_short_page_is_not_packed() -> None:
    answer = respond(asked(accept_encoding="gzip"), finished("short"))
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding, Cookie"


def test_only_a_page_for_nobody_in_particular_may_be_kept_by_what_stands_between() -> None:
    page = finished(PAGE)
    assert respond(asked(), page).headers["cache-control"] == "no-cache"
    assert respond(asked(cookie="edchat=x"), page).headers["cache-control"] == "private, no-cache"


def test_the_same_words_have_the_same_tag_and_others_another() -> None:
    assert finished("a").etag == finished(b"a").etag != finished("b").etag
