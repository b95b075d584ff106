"""An archive behind its pages: what strangers, members and hosts get of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.core.model import Chat, Visibility
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Store
from tests.support.archive_seed import NOW, Archive, sow
from tests.support.copied import copied
from tests.support.set_clock import SetClock
from tests.support.web_house import Browser, Got, WebHouse, founded, web_house


@dataclass(frozen=True, slots=True)
class ArchivePages:
    """A house with an archive in its second community."""

    web: WebHouse
    archive: Archive

    @property
    def clock(self) -> SetClock:
        """The clock, which is set by hand."""
        assert isinstance(self.web.site.clock, SetClock)
        return self.web.site.clock

    def at(self, rest: str = "") -> str:
        """The path of a page of the community."""
        return self.web.site.path(self.archive.community, rest)

    async def get(self, rest: str, browser: Browser | None = None, **asked: Any) -> Got:
        """A page of the community, for a stranger unless somebody's browser is given."""
        return await (browser or self.web.stranger()).get(self.at(rest), **asked)

    async def document(self, rest: str, browser: Browser | None = None) -> dict[str, Any]:
        """A JSON file of the community."""
        got = await self.get(rest, browser)
        assert got.status == 200, got.text
        found: dict[str, Any] = json.loads(got.body.decode("utf-8"))
        return found

    async def member(self, name: str = "Pat") -> Browser:
        """Somebody who joined the community's room."""
        return await self.web.join(name, self.archive.places[0])

    async def host(self, name: str = "Mo") -> Browser:
        """A host of the community."""
        async with self.web.store.begin() as tx:
            now, room = self.web.site.clock.real(), self.archive.community.hosts_place_id
            token = await tx.give_secret(SecretKind.HOST, self.archive.community.id, now, place_id=room)
        browser = self.web.stranger()
        got = await browser.post(f"/in/{token}", {"name": name}, follow=False)
        assert got.status == 303, got.text
        return browser

    async def chat(self, chat_id: int) -> Chat:
        """A chat as it stands."""
        async with self.web.store.read() as tx:
            found = await tx.chat(chat_id)
        assert found is not None
        return found

    async def page(self, chat_id: int) -> str:
        """The path of a chat's page within the community."""
        chat = await self.chat(chat_id)
        mine = chat.series_id == self.archive.series.id
        return f"{(self.archive.series if mine else self.archive.other).slug}/{chat.slug}/"

    async def change(self, query: str, **values: object) -> None:
        """Change rows behind the store's door; every page of the community is made anew."""
        async with self.web.store.begin() as tx:
            await tx.connection.execute(text(query), values)
            tx.stale_communities.add(self.archive.community.id)

    async def rows(self, query: str, **values: object) -> list[Mapping[str, Any]]:
        """Look behind the store's door."""
        async with self.web.store.read() as tx:
            return [dict(row) for row in (await tx.connection.execute(text(query), values)).mappings()]


@asynccontextmanager
async def archive_pages(
    folder: Path, *, answers: int = 24, visibility: Visibility = Visibility.PUBLIC, **house: Any
) -> AsyncIterator[ArchivePages]:
    """A house with an archive, on the evening on which one chat is in its hour."""

    async def sown(store: Store) -> Archive:
        await founded(store)
        return await sow(store, answers=answers, visibility=visibility)

    archive = await copied(folder, ("an archive", answers, visibility), sown)
    async with web_house(folder, SetClock(NOW), **house) as web:
        yield ArchivePages(web, archive)
