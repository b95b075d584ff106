"""A seeded archive with its pages on a free port, and readers who open them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector
from sqlalchemy import text

from bot.commands import CommandTree
from bot.core.model import Visibility
from bot.storage.doors.secrets import SecretKind
from bot.storage.engine import database_url
from bot.storage.store import Store
from bot.web.app import web_app
from bot.web.limits import Limits
from bot.web.serving import address, listener, serve
from bot.web.site import Site
from tests.support.archive_seed import NOW, Archive, sow
from tests.support.copied import copied
from tests.support.set_clock import SetClock


@dataclass(slots=True)
class ReadingRoom:
    """The pages of an archive; `base` is where they are served."""

    store: Store
    site: Site
    clock: SetClock
    archive: Archive
    base: str
    session: ClientSession

    @property
    def home(self) -> str:
        """The path of the front page."""
        return f"/{self.archive.community.slug}/"

    @property
    def held(self) -> str:
        """The path of the chat that was held."""
        return f"{self.home}inquirychat/2026-11-17/"

    @property
    def live(self) -> str:
        """The path of the chat in its hour."""
        return f"{self.home}firstyears/2026-11-22/"

    async def get(self, path: str, status: int = 200, **headers: str) -> str:
        """A page's text; the status is what is expected."""
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(self.base + path, headers=asked, allow_redirects=False) as answer:
            assert answer.status == status, (path, answer.status, await answer.text())
            return await answer.text()

    async def leads(self, path: str) -> str:
        """Where a path leads on to for good; no browser keeps it, since that may change again."""
        async with self.session.get(self.base + path, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (308, "no-store"), path
            return answer.headers["Location"]

    async def change(self, change: str, chat: int | None = None, **values: Any) -> None:
        """Change something behind the pages' back, and say that a chat's page is another one now."""
        async with self.store.begin() as tx:
            await tx.connection.execute(text(change), values)
            if chat is not None:
                tx.stale.add(chat)
            else:
                tx.stale_communities.add(self.archive.community.id)

    async def sign_in(self, host: bool = False) -> str:
        """The cookie of a member, or of a host."""
        community = self.archive.community.id
        async with self.store.begin() as tx:
            place = next(p for p in self.archive.places if p.platform == "browser")
            person = await tx.join(place, "Host Ness" if host else "Mem Ber", self.clock.real())
            if host:
                await tx.make_community_host(community, person.id)
            token = await tx.give_secret(
                SecretKind.SESSION, community, self.clock.real(), person_id=person.id
            )
        return f"edchat={token}"


@asynccontextmanager
async def reading_room(
    folder: Path,
    *,
    answers: int = 40,
    visibility: Visibility = Visibility.PUBLIC,
    now: datetime = NOW,
) -> AsyncIterator[ReadingRoom]:
    """An archive with its pages."""

    async def sown(store: Store) -> Archive:
        return await sow(store, answers=answers, now=now, visibility=visibility)

    clock = SetClock(now)
    archive = await copied(folder, ("a reading room", answers, visibility, now), sown)
    async with Store(database_url("", folder)) as store:
        bound = listener("127.0.0.1", 0)
        site = Site(store, clock, CommandTree(store, clock), address(bound, None))
        serving = asyncio.create_task(serve(web_app(site, Limits(lift_loopback=True)), site, bound))
        try:
            async with ClientSession(connector=TCPConnector(limit=0)) as session:
                yield ReadingRoom(store, site, clock, archive, site.base_url, session)
        finally:
            serving.cancel()
            await asyncio.wait({serving})
            site.pages.close()
