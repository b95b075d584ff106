"""A chat's page as its readers see it, or will: drawn as for them, with a strip for the host in front."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.audience import Audience, Reads
from bot.core.model import Chat, Series, Visibility
from bot.web.cache import HTML
from bot.web.desk.doing import Said, number, shown
from bot.web.desk.door import Desk, chat_at
from bot.web.pages.chat import ON_PAPER, View, Ways, render, view_of
from bot.web.pages.showing import page_readers
from bot.web.site import Page, Site, desk_path

_FRONT: Final = b'<main id="main"'
"""Before this the strip stands; all the rest is what readers get."""


async def preview(site: Site, request: Request) -> Response:
    """A chat's page with its readers' eyes, also before it is let out."""
    return await shown(site, request, partial(_draw, view=view_of(request)))


async def on_paper(site: Site, request: Request) -> Response:
    """The same with nothing folded, for printing."""
    return await shown(site, request, partial(_draw, view=View(ON_PAPER)))


async def _draw(site: Site, request: Request, desk: Desk, _said: Said | None, *, view: View) -> Response:
    async with site.store.read() as tx:
        chat, series = await chat_at(desk, tx, number(request, "chat"))
        readers = await page_readers(tx, chat, series)
        if readers is Visibility.OFF or not chat.slug:
            raise HTTPException(404)
        theirs = eyes(chat, series, readers)
        out = await tx.chat_at(replace(theirs, early=frozenset()), series.slug, chat.slug)
    at = desk_path(desk.community, f"chat/{chat.id}/")
    strip = site.page("desk_strip.html", chat=chat, readers=readers, at=at)
    ways = Ways(within="" if out else f"{at}after/preview/")
    made = await site.pages.aside(partial(_as_read, site, chat, theirs, view, ways))
    headers = {"Cache-Control": "no-store"}
    return Response(made.replace(_FRONT, strip + _FRONT, 1), media_type=HTML, headers=headers)


def eyes(chat: Chat, series: Series, readers: Visibility) -> Audience:
    """Those of the widest circle that may read a chat; to them it is out already."""
    early = frozenset({chat.id})
    if readers is Visibility.MEMBERS:
        return Audience(series.community_id, Reads.MEMBERS, early=early)
    held = frozenset({series.id}) if readers is Visibility.LINK else frozenset[int]()
    return Audience(series.community_id, Reads.PUBLIC, held, early)


def _as_read(site: Site, chat: Chat, audience: Audience, view: View, ways: Ways) -> bytes:
    found = site.store.chat_page(chat.id, audience)
    if found is None:
        raise HTTPException(404)
    return render(site, found, view, ways)


PAGES: Final = (
    Page("/desk/{community}/chat/{chat:int}/after/preview/", preview),
    Page("/desk/{community}/chat/{chat:int}/after/preview/print/", on_paper),
)
