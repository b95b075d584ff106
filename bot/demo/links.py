"""Where the demo's room, its hosts' door and its archive are found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.app import App
from bot.core import sentences
from bot.core.model import Place, Refused
from bot.core.state import Running
from bot.core.which import Which
from bot.hosting.reaching import link_for
from bot.storage.store import Store
from bot.web.site import Site


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses to open; `data` is the path of all that the chat holds, for its hosts."""

    base: str
    room: Place
    running: Running
    host: str
    participant: str
    archive: str
    data: str


async def links(app: App, site: Site) -> Links:
    """Look up, or make, what the demo's visitors open."""
    place = await app.place(None)
    async with app.store.begin() as tx:
        joining = await tx.join_secret(place.id)
    found = await links_to(app.store, place, site.base_url, await link_for(app, None))
    return replace(found, participant=site.url(f"/join/{joining}"))


async def links_to(store: Store, place: Place, base: str, host: str) -> Links:
    """Look up where the pages of a place's chat are, for readers and for hosts."""
    async with store.begin() as tx:
        chat = await tx.chat_here(place.id, Which.LIVE)
        if chat is None:
            raise Refused(sentences.demo_not_planned(""))
        running, community = await tx.running(chat.id), await tx.community_of(place)
        reading = await tx.link_secret(chat.series_id)
    return Links(
        base=base,
        room=place,
        running=running,
        host=host,
        participant="",
        archive=f"{base}/l/{reading}/{chat.slug}",
        data=f"/{quote(community.slug)}/{running.series.slug}/{chat.slug}/chat.json",
    )
