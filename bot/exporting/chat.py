"""`edchat export chat`: one chat as Markdown, JSON, a table or a page that stands by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.app import kept_clock, written_url
from bot.commands import CommandTree
from bot.core import sentences
from bot.core.archive.chat_document import Head
from bot.core.audience import Audience, Reads
from bot.core.model import Chat, Community, Refused, Series
from bot.core.sentences import exporting as said
from bot.exporting.document import need, written_to
from bot.exporting.single import single_page
from bot.settings import Settings
from bot.storage.archive.chat_export import as_json, as_markdown, as_table, head_of
from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from bot.web.site import Site
from cogs import every_cog

Writer = Callable[[Tx, Chat, Head, Audience], AsyncIterator[str]]

WRITERS: Final[dict[str, Writer]] = {"md": as_markdown, "json": as_json, "csv": as_table}
PAGE: Final = "html"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which chat is wanted, as what, for whose eyes."""

    series: str
    day: str
    form: str
    readers: str
    community: str | None = None


async def export_chat(settings: Settings, wish: Wish, file: Path | None) -> None:
    """Write one chat, to a new file or to standard output."""
    if not (wish.series and wish.day):
        raise Refused(said.EXPORT_CHAT)
    if wish.form not in (*WRITERS, PAGE):
        raise Refused(said.FORMAT_UNKNOWN.format(named=wish.form))
    if wish.readers not in tuple(Reads):
        raise Refused(said.READERS_UNKNOWN.format(named=wish.readers))
    url = database_url(written_url(settings), settings.data_dir)
    need(Path(str(url.database)), file)
    async with Store(url) as store, _opened(settings, store, wish) as pieces:
        first = await anext(pieces, "")  # what cannot be written leaves no empty file
        with written_to(file, Path(str(url.database))) as out:
            out.write(first)
            async for piece in pieces:
                out.write(piece)


@asynccontextmanager
async def _opened(settings: Settings, store: Store, wish: Wish) -> AsyncIterator[AsyncIterator[str]]:
    """The file, to be read in pieces while one snapshot lasts."""
    async with store.read() as tx:
        community, series = await _series(tx, wish)
        audience = Audience(community.id, Reads(wish.readers))
        found = await tx.chat_meant(audience, series.slug, wish.day)
        if found is None:
            raise Refused(said.NO_CHAT_TO_EXPORT.format(series=series.title, day=wish.day))
        clock = kept_clock(settings.data_dir)
        known = settings.web_base_url or await tx.installed("address") or ""
        site = Site(store, clock, CommandTree(store, clock, *every_cog()), known, settings.web_prefix)
        if wish.form == PAGE:
            yield _page(site, found.chat, audience)
        else:
            head = await head_of(tx, found.chat, site.url(site.path(community, found.address)), audience)
            yield WRITERS[wish.form](tx, found.chat, head, audience)
        site.pages.close()


async def _page(site: Site, chat: Chat, audience: Audience) -> AsyncIterator[str]:
    yield single_page(site, chat.id, audience)


async def _series(tx: Tx, wish: Wish) -> tuple[Community, Series]:
    """The weekly chat meant: by its address, its title or its hashtag."""
    every = await tx.communities()
    here = [one for one in every if wish.community is None or wish.community in (one.name, one.slug)]
    if wish.community is not None and not here:
        raise Refused(sentences.which_community(wish.community, [one.name for one in every]))
    eyes = [(one, Audience(one.id, Reads(wish.readers))) for one in here]
    known = [(one, series) for one, audience in eyes for series in await tx.series_listed(audience)]
    found = [one for one in known if _is_called(one[1], wish.series)]
    if not found:
        there = ", ".join(series.slug for _, series in known) or "none"
        raise Refused(said.NO_SERIES_TO_EXPORT.format(named=wish.series, there=there))
    if len(found) > 1:
        raise Refused(said.TWO_SERIES.format(named=wish.series))
    return found[0]


def _is_called(series: Series, named: str) -> bool:
    words = {series.slug, series.title, series.hashtag, series.hashtag.removeprefix("#")}
    return named.casefold() in {word.casefold() for word in words if word}
