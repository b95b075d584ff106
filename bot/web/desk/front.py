"""The way to the desk: to the only one that a browser has a seat at, or a choice of several."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.web.desk.door import desks, shut
from bot.web.joining import to
from bot.web.site import Page, Site, desk_path


async def front(site: Site, request: Request) -> Response:
    """Lead to the desk."""
    found = await desks(site, request)
    if not found:
        return await shut(site)
    if len(found) == 1:
        return to(desk_path(found[0].community))
    return site.answer("desk_front.html", community=None, reader=None, desks=found, desk_path=desk_path)


PAGES: Final = (Page("/desk/", front),)
