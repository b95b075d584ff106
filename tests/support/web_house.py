"""The bot with its pages, served over a real socket in the test's own loop, and people with browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from re import search
from typing import Any, Final, ParamSpec

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector
from yarl import URL

from bot.app import App
from bot.clock import Clock, SystemClock
from bot.core.model import Community, Person, Place
from bot.platforms.local import Local
from bot.storage.doors.secrets import SecretKind
from bot.storage.engine import database_url
from bot.storage.store import Store
from bot.web.app import web_app
from bot.web.limits import Limits
from bot.web.serving import address, listener, serve
from bot.web.site import Site
from tests.support.copied import copied
from tests.support.inline_database import inline_database

P = ParamSpec("P")

FROM_A_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that came from a page of the same site."""


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: bytes
    path: str


@dataclass(slots=True)
class Browser:
    """One person's browser, with its cookies; it follows no redirect unless told to."""

    session: ClientSession
    base: str
    name: str = ""
    back: str = ""

    async def get(self, path: str, *, follow: bool = True, **headers: str) -> Got:
        """Open a page; `headers` are written with underscores."""
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self._url(path), encoded=True)
        async with self.session.get(url, headers=asked, allow_redirects=follow) as answer:
            return await _got(answer)

    async def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, follow: bool = True, **headers: str
    ) -> Got:
        """Send a form from a page of the site."""
        asked = FROM_A_PAGE | {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self._url(path), encoded=True)
        async with self.session.post(url, data=form or {}, headers=asked, allow_redirects=follow) as answer:
            return await _got(answer)

    @property
    def cookies(self) -> dict[str, str]:
        """What this browser keeps for the site."""
        return {one.key: one.value for one in self.session.cookie_jar}

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path


@dataclass(slots=True)
class WebHouse:
    """A bot whose rooms are in the browser, its pages, and those who open them."""

    app: App
    site: Site
    community: Community
    place: Place
    hosts: Place
    base: str
    """Where the pages are served, without a slash at its end."""
    _browsers: list[ClientSession] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The bot's database."""
        return self.app.store

    def stranger(self) -> Browser:
        """Somebody whose browser was never here."""
        jar = CookieJar(unsafe=True)  # of an address without a name, too
        session = ClientSession(cookie_jar=jar, connector=TCPConnector(limit=0), auto_decompress=True)
        self._browsers.append(session)
        return Browser(session, self.base)

    async def join(self, name: str, place: Place | None = None, browser: Browser | None = None) -> Browser:
        """Somebody who joined a room by its link."""
        browser = browser or self.stranger()
        got = await browser.post(await self.join_link(place), {"name": name})
        assert got.status == 200, got.text
        browser.name, browser.back = name, _link_in(got.text)
        return browser

    async def host(self, name: str = "Mo") -> Browser:
        """Somebody who became a host by a one-time link."""
        browser = self.stranger()
        got = await browser.post(await self.host_link(), {"name": name}, follow=False)
        assert got.status == 303, got.text
        browser.name = name
        return browser

    async def join_link(self, place: Place | None = None) -> str:
        """The path of a room's own link."""
        async with self.store.begin() as tx:
            return f"/join/{await tx.join_secret((place or self.place).id)}"

    async def host_link(self) -> str:
        """The path of a new one-time link for a host."""
        return await self.secret_link(SecretKind.HOST, place_id=self.hosts.id)

    async def secret_link(self, kind: SecretKind, **whose: Any) -> str:
        """The path of a new personal link."""
        async with self.store.begin() as tx:
            now = self.site.clock.real()
            return f"/in/{await tx.give_secret(kind, self.community.id, now, **whose)}"

    async def person(self, name: str) -> Person:
        """A member, by name."""
        async with self.store.read() as tx:
            return next(one for one, _ in await tx.members(self.community.id) if one.name == name)

    async def close(self) -> None:
        """Shut every browser."""
        for session in self._browsers:
            await session.close()


@asynccontextmanager
async def house_in_threads(
    folder: Path,
    clock: Clock | None = None,
    *,
    limits: Limits | None = None,
    base_url: str | None = None,
    prefixed: bool = True,
    trusted_proxies: tuple[str, ...] = (),
    running: bool = False,
) -> AsyncIterator[WebHouse]:
    """A house with its pages on a free port of this machine; with `running` the whole bot works behind them.

    Without `limits` nobody is too fast. A folder with a database already has a house, as `founded` makes it.
    """
    clock = clock or SystemClock()
    if not (folder / "edchat.sqlite").exists():
        await copied(folder, "a house", founded)
    async with Store(database_url("", folder)) as store:
        async with store.read() as tx:
            community = await tx.community(1)
            places = await tx.places_of_community(1)
        app = App(store, clock, [Local(store, clock)], "test")
        bound = listener("127.0.0.1", 0)
        site = Site(store, clock, app.tree, base_url or address(bound, None), prefixed)
        site.power = app.power
        site.vitals = app.vitals
        pages = web_app(site, limits or Limits(lift_loopback=True), trusted_proxies)
        room, hosts = (
            next(p for p in places if (p.id == community.hosts_place_id) is is_) for is_ in (False, True)
        )
        house = WebHouse(app, site, community, room, hosts, address(bound, None))
        work = [asyncio.create_task(serve(pages, site, bound), name="pages")]
        work += [asyncio.create_task(app.run(), name="the bot")] if running else []
        try:
            yield house
        finally:
            await house.close()
            await _stop(work)
            site.pages.close()


def _inline(
    make: Callable[P, AbstractAsyncContextManager[WebHouse]],
) -> Callable[P, AbstractAsyncContextManager[WebHouse]]:
    @asynccontextmanager
    async def made(*given: P.args, **named: P.kwargs) -> AsyncIterator[WebHouse]:
        with inline_database():
            async with make(*given, **named) as house:
                yield house

    return made


web_house = _inline(house_in_threads)
"""The same house, whose database works where it is asked: that takes a quarter less of the processor."""


async def founded(store: Store) -> None:
    """Found the first community."""
    async with store.begin() as tx:
        await tx.install("name", "test")
        await tx.add_house("Maths Chat", "Europe/London")


async def _stop(work: list[asyncio.Task[None]]) -> None:
    for task in work:
        task.cancel()
    for task in work:
        with suppress(asyncio.CancelledError):
            await task


async def _got(answer: ClientResponse) -> Got:
    body = await answer.read()
    text = body.decode(answer.get_encoding(), "replace")
    return Got(answer.status, answer.headers, text, body, answer.url.raw_path_qs)


def _link_in(page: str) -> str:
    found = search(r'href="[^"]*(/in/[\w-]+)"', page)
    assert found is not None, page
    return found[1]
