"""The web as one ASGI application: every page with its path, behind the guard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.core.audience import Audience
from bot.core.model import Community
from bot.core.sentences.wellness import NOT_KEPT
from bot.core.tongue import ENGLISH, _, speak
from bot.storage.engine import StorageFull
from bot.storage.store import Tx
from bot.web import sign_in, static_files
from bot.web.desk import DESK_PAGES
from bot.web.guard import Guard
from bot.web.limits import Limits
from bot.web.pages import (
    about,
    calendars,
    chat,
    data,
    feeds,
    handout,
    home,
    lists,
    live,
    measures,
    permalinks,
    reports,
    resource_feeds,
    resources,
    search,
    series,
    system,
)
from bot.web.room import ROOM_PAGES
from bot.web.site import Page, Site, only_community, speak_as
from bot.web.turning_away import told

log = structlog.get_logger()

PREFIX = "/{community}"
_OWN: tuple[Page, ...] = (*sign_in.PAGES, *static_files.PAGES, *system.PAGES, *measures.PAGES)
ROOT: tuple[Page, ...] = (*_OWN, *ROOM_PAGES, *DESK_PAGES)
"""Pages at the root; they come before any community's."""
_ROOT_WORDS = frozenset(page.path.split("/")[1] for page in ROOT)
WITHIN: tuple[Page, ...] = (
    *about.PAGES,
    *lists.PAGES,
    *search.PAGES,
    *reports.PAGES,
    *permalinks.PAGES,
    *resource_feeds.PAGES,
    *resources.PAGES,
    *feeds.PAGES,
    *calendars.PAGES,
    *data.PAGES,
    *live.PAGES,
    *home.PAGES,
    *handout.PAGES,
    *chat.PAGES,
    *series.PAGES,
)
"""Pages of a community, those with a word of their own before those whose word is a weekly chat's."""


def web_app(site: Site, limits: Limits, trusted_proxies: Sequence[str] = ()) -> ASGIApp:
    """Every page behind the guard."""
    return Guard(site.recent.before(pages_app(site)), site, limits, trusted_proxies)


def pages_app(site: Site) -> ASGIApp:
    """Every page, for whoever is inside already."""
    pages = [*ROOT, *(WITHIN if site.prefixed else map(_unprefixed, WITHIN))]
    if site.prefixed:
        pages.append(Page("/", _front))
    fault = partial(_fault, site)
    not_kept = partial(_not_kept, site)
    faults: dict[Any, Any] = {HTTPException: fault, 500: fault, StorageFull: not_kept}
    app = Starlette(routes=list(_routes(site, pages)), exception_handlers=faults)
    app.router.redirect_slashes = True
    return app


def _routes(site: Site, pages: Iterable[Page]) -> Iterable[Route]:
    for page in pages:
        yield Route(page.path, partial(_answer, site, page), methods=list(page.methods))


async def _answer(site: Site, page: Page, request: Request) -> Response:
    speak(ENGLISH)  # until it is known whose page it is; what was asked for before is another page
    return await page.handler(site, request)


def _unprefixed(page: Page) -> Page:
    return Page(page.path.removeprefix(PREFIX), page.handler, page.methods)


async def _front(site: Site, request: Request) -> Response:
    """Lead to the only community that shows something to everybody, or name those that do."""
    async with site.store.read() as tx:
        if (only := await only_community(tx)) is not None:
            return RedirectResponse(site.path(only), 307)
        every = await tx.communities()
        communities = [one for one in every if await tx.series_listed(Audience(one.id))]
        speak_as(communities or every, request)
    if len(communities) == 1:
        return RedirectResponse(site.path(communities[0]), 307)
    return site.answer("front.html", communities=communities, community=None, reader=None)


async def _fault(site: Site, request: Request, fault: Exception) -> Response:
    """What stands there when a page cannot be shown; the same for what is private and what is not there."""
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    headers = fault.headers if isinstance(fault, HTTPException) else None
    if status < 400:
        return Response(status_code=status, headers=headers)
    async with site.store.read() as tx:
        named = await _asked_in(site, request, tx)
        speak_as([named] if named else await tx.communities(), request)
    answer = site.answer("fault.html", status, code=status, community=named, reader=None)
    answer.headers.update(headers or {})
    return answer


async def _asked_in(site: Site, request: Request, tx: Tx) -> Community | None:
    """The community that an address is of, whether or not there is a page; none at the root."""
    first = request.scope["path"].split("/")[1]
    if first in _ROOT_WORDS:  # the desk's pages name one all the same
        return await tx.community_called(request.path_params.get("community", ""))
    return await tx.community_called(first) if site.prefixed else await only_community(tx)


async def _not_kept(site: Site, request: Request, full: Exception) -> Response:
    """Say to somebody whose form the disk does not take that nothing came of it."""
    log.error("storage_full", reason=str(full))
    said = told(site, 503, _(NOT_KEPT), request.headers.get("accept", ""))
    answer = Response(said.body, 503, {"Retry-After": "30"})
    answer.raw_headers += [pair for pair in said.headers if pair[0] != b"content-length"]
    return answer
