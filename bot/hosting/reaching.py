"""How readers and hosts reach a running bot: its pages, their address, and the link for the first host."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.app import App, listed
from bot.core import sentences
from bot.core.model import Community, Refused
from bot.erasures import Copies
from bot.health.alarm import Alarm
from bot.networks import named
from bot.nightly import Nightly
from bot.settings import Settings
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from bot.web.app import web_app
from bot.web.limits import Limits
from bot.web.serving import address, listener, serve
from bot.web.site import Site


async def with_pages(app: App, settings: Settings, limits: Limits | None = None) -> Site:
    """Let the bot serve its pages while it runs; gives what they need, with their address."""
    bound = listener(settings.web_host, settings.web_port)
    site = Site(app.store, app.clock, app.tree, address(bound, settings.web_base_url), settings.web_prefix)
    site.power, site.vitals, site.metrics_token = app.power, app.vitals, settings.metrics_token
    async with app.store.begin() as tx:
        await tx.install("address", site.base_url)
    proxies = [one.strip() for one in (settings.web_trusted_proxies or "").split(",") if one.strip()]
    pages = web_app(site, limits or Limits(), proxies)
    app.beside += [lambda: serve(pages, site, bound), app.vitals.run]
    return site


def with_copies(app: App, settings: Settings) -> None:
    """Let the bot copy its database every night while it runs, and older copies forget what it forgot."""
    folder, database = settings.data_dir / "backups", Path(str(app.store.url.database))
    held = Copies(database, folder, listed(settings), app.clock)
    nights = Nightly(app.store, app.clock, folder, settings.backups, settings.zone, held.tidy)
    app.vitals.copies = nights
    app.beside.append(nights.run)


def with_alarm(app: App, settings: Settings) -> None:
    """Let the person who hosts the bot be told of what is wrong with it."""
    alarm = Alarm(app.store, app.clock, app.vitals, app.platforms, named(settings.tell or ""))
    app.beside.append(alarm.run)


async def first_host_link(app: App) -> str | None:
    """A fresh one-time link for the first host of a bot that none has entered yet, or None."""
    async with app.store.begin() as tx:
        communities = await tx.communities_without_hosts()
        return await host_link(tx, communities[0], app.clock.real()) if communities else None


async def link_for(app: App, named: str | None) -> str:
    """A one-time link for one more host of a community: the one named, or the only one."""
    async with app.store.begin() as tx:
        every = await tx.communities()
        found = [c for c in every if named is None or named in (c.name, c.slug)]
        if len(found) != 1:
            raise Refused(sentences.which_community(named, [community.name for community in every]))
        return await host_link(tx, found[0], app.clock.real())


async def host_link(tx: Tx, community: Community, now: datetime) -> str:
    """A one-time link that makes its opener a host."""
    secret = await tx.give_secret(SecretKind.HOST, community.id, now, place_id=community.hosts_place_id)
    return f"{await tx.installed('address') or ''}/in/{secret}"
