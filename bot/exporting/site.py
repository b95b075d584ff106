"""`edchat export site`: the public archive as files, made by the pages' own application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.app import kept_clock
from bot.commands import CommandTree
from bot.core import sentences
from bot.core.audience import Audience
from bot.core.model import Community, Refused
from bot.core.sentences import exporting as said
from bot.core.times.clockface import local
from bot.core.tongue import speak
from bot.exporting.crawling import Crawl
from bot.exporting.folder import Folder, may_write, replaced
from bot.exporting.places import file_of
from bot.exporting.searching import make_search
from bot.exporting.snapshot import snapshot
from bot.settings import Settings
from bot.storage.store import Store
from bot.web.site import Site
from bot.web.tongues import tongue_of
from cogs import every_cog

_AT_THE_ROOT: Final = ("/robots.txt", "/sitemap.xml")


async def export_site(settings: Settings, folder: Path, named: str | None, address: str | None) -> str:
    """Write the whole public archive into a folder; gives what to say of it."""
    clock = kept_clock(settings.data_dir)
    may_write(folder)
    with replaced(folder, clock.real()) as made:
        async with snapshot(settings) as store:
            communities = await _public(store, named)
            site = Site(store, clock, CommandTree(store, clock, *every_cog()), "", settings.web_prefix)
            site.base_url = address or await _address(settings, store)
            pages = await _written(site, made, communities, only=named is not None)
            site.pages.close()
    return said.site_written(str(folder), pages, Folder(folder).files)


async def _written(site: Site, made: Folder, communities: list[Community], *, only: bool) -> int:
    crawl = Crawl(site, made)
    with _progress() as step:
        for community in communities:
            speak(tongue_of(community.language))
            site.copied = local(site.clock.now(), community.zone).date()
            crawl.search_page(community)
            await crawl.follow(site.path(community), step)
            for address in await _left(site, community):
                await crawl.follow(address, step)
        if only:
            crawl.lead("/", site.path(communities[0]))
        else:
            await crawl.follow("/", step)
            for path in _AT_THE_ROOT:
                await crawl.follow(path, step)
        await crawl.mend()
        for community in communities:
            step("Making the search")
            top = file_of(site.path(community)).removesuffix("index.html")
            await make_search(made, top, community.language)
    return crawl.pages


async def _public(store: Store, named: str | None) -> list[Community]:
    """The communities that show something to everybody: the named one, or all."""
    async with store.read() as tx:
        every = await tx.communities()
        found = [one for one in every if named is None or named in (one.name, one.slug)]
        if named is not None and len(found) != 1:
            raise Refused(sentences.which_community(named, [one.name for one in every]))
        public = [one for one in found if await tx.series_listed(Audience(one.id))]
    if not public:
        raise Refused(said.NOTHING_PUBLIC)
    return public


async def _left(site: Site, community: Community) -> list[str]:
    """Where chats stood before they were moved: links from elsewhere may lead there."""
    async with site.store.read() as tx:
        return [site.path(community, quote(left)) for left in await tx.left_addresses(Audience(community.id))]


async def _address(settings: Settings, store: Store) -> str:
    """Where readers reach the archive that is copied."""
    async with store.read() as tx:
        known = await tx.installed("address")
    return settings.web_base_url or known or f"http://127.0.0.1:{settings.web_port}"


class _Steps:
    """Says on a terminal how far an export is; elsewhere nothing."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = SpinnerColumn(), TextColumn("{task.completed} {task.description}"), TimeElapsedColumn()
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._progress.add_task("pages", total=None)

    def __enter__(self) -> Callable[[str], None]:
        self._progress.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _step(self, what: str) -> None:
        self._progress.update(self._task, advance=1, description=what)


def _progress() -> _Steps:
    return _Steps()
