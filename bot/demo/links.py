"""Where the demo's room, its hosts' door and its archive are found."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app import App
from bot.core import sentences
from bot.core.model import Place, Refused
from bot.core.state import Running
from bot.core.which import Which
from bot.reaching import link_for
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
        chat = await tx.chat_here(place.id, Which.LIVE)
        if chat is None:
            raise Refused(sentences.demo_not_planned(""))
        running = await tx.running(chat.id)
        community = await tx.community_of(place)
        joining, reading = await tx.join_secret(place.id), await tx.link_secret(chat.series_id)
    return Links(
        base=site.base_url,
        room=place,
        running=running,
        host=await link_for(app, None),
        participant=site.url(f"/join/{joining}"),
        archive=site.url(f"/l/{reading}/{chat.slug}"),
        data=site.path(community, f"{running.series.slug}/{chat.slug}/chat.json"),
    )
