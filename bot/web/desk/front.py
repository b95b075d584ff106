"""The way to the desk: to the only one that a browser has a seat at, or a choice of several."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.core.model import Community
from bot.web.desk.door import desks, shut
from bot.web.joining import to
from bot.web.site import Page, Site


def desk_path(community: Community, rest: str = "") -> str:
    """The path of a community's desk, or of one of its pages."""
    return f"/desk/{quote(community.slug)}/{rest}"


async def front(site: Site, request: Request) -> Response:
    """Lead to the desk."""
    found = await desks(site, request)
    if not found:
        return shut(site, known=False)
    if len(found) == 1:
        return to(desk_path(found[0].community))
    return site.answer("desk_front.html", community=None, reader=None, desks=found, desk_path=desk_path)


PAGES: Final = (Page("/desk/", front),)
