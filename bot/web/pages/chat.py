"""The page of a chat: announced before, followed in its hour, read afterwards, also in other orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive import day_chart, day_span, linked_data, page_words
from bot.core.archive.chat_page import ChatPage, Listed
from bot.core.archive.orders import BY_PERSON, BY_TIME, ordered_part
from bot.core.archive.parts import Part, Parts, parts_of
from bot.core.archive.repeats import again
from bot.core.archive.shared_links import shared_links
from bot.core.archive.sources import sources
from bot.core.audience import Audience
from bot.core.model import Chat, ChatState, Community, Visibility
from bot.core.sentences.chat import letter
from bot.core.times.clockface import local
from bot.core.tongue import _
from bot.storage.archive.page import Neighbours
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.pages.entries import Entries
from bot.web.pages.outlines import outline
from bot.web.pages.showing import (
    WORDS,
    chart_of,
    data_block,
    desk_of,
    elsewhere,
    narrowed,
    rows_of,
    version_of,
    whose,
)
from bot.web.reader import Reader
from bot.web.site import Page, Site, tongue

ALL_OPEN: Final = "all"
ON_PAPER: Final = "print"
_ORDERS: Final = frozenset({BY_TIME, BY_PERSON})
_WORDS: Final[dict[str, Any]] = {**WORDS, "letter": letter}
MOST_LINKS: Final = 8
_NUMBER: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_PART: Final = re.compile(r"q?[1-9]\d{0,3}", re.ASCII)
"""A part of the usual page: its number, or as in q3 the question that begins in it."""


class View(NamedTuple):
    """Which order of a chat's page is looked at, "" for the usual one, and which part of it."""

    order: str = ""
    part: str = ""


USUAL: Final = View()


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a chat's page leads beyond itself: to the `desk`, where whoever reads it may sit there.

    A page that is not out yet stands `within` the desk: there its other orders are, and what only a page
    that is out has is not offered.
    """

    desk: str = ""
    within: str = ""


NO_WAYS: Final = Ways()


async def chat(site: Site, request: Request) -> Response:
    """The page of a chat, as it stands in its life."""
    return await _shown(site, request, view_of(request))


def view_of(request: Request) -> View:
    """Which order of a chat, and which part of its page, is asked for; what is neither is passed over."""
    said, part = (request.query_params.get(name, "") for name in ("view", "page"))
    if said == ALL_OPEN:
        return View(ALL_OPEN)
    if said in _ORDERS:
        return View(said, part if _NUMBER.fullmatch(part) else "")
    return View(part=part if _PART.fullmatch(part) else "")


async def on_paper(site: Site, request: Request) -> Response:
    """The same with nothing folded, for printing."""
    return await _shown(site, request, View(ON_PAPER))


async def latest(site: Site, request: Request) -> Response:
    """Lead to the last chat of a weekly chat that was held."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        series = await tx.series_by_slug(who.audience, request.path_params["series"])
        held = await tx.held(who.audience, series_id=series.id, most=1) if series else ()
    if not held:
        raise HTTPException(404)
    return Response(status_code=307, headers={"Location": site.path(community, quote(held[0].address))})


async def _shown(site: Site, request: Request, view: View) -> Response:
    stamp = site.recent.now()
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found, beside = await _beside(request, tx, who.audience)
        ways = await _ways(site, tx, community, who, found.chat)
    await _need_part(site, community, found, who.audience, view)
    audience = narrowed(who.audience, found.series.id)
    load = partial(_load, site, found.chat.id, audience, view, ways)
    key = ("chat", found.chat.id, view, audience.key, ways)
    today = _today(site, found.chat)
    page = await site.pages.page(key, (version_of(community, found, *beside), today), load)
    if today is None:
        site.recent.keep(request, page, stamp)
    return respond(request, page)


async def _need_part(site: Site, community: Community, found: Listed, audience: Audience, view: View) -> None:
    """404 where a page has no such part: found out without reading all of a long chat."""
    parted = found.chat.state.live or found.chat.state.over
    if view.part and parted:
        parts = await outline(site, community, found, audience)
        if not parts.holds(view.part, ordered=view.order in _ORDERS):
            raise HTTPException(404)


async def _beside(request: Request, tx: Tx, audience: Audience) -> tuple[Listed, Neighbours]:
    found = await tx.chat_beside(audience, request.path_params["series"], request.path_params["slug"])
    return found if found is not None else await elsewhere(request, tx, audience)


async def _ways(site: Site, tx: Tx, community: Community, who: Reader, chat: Chat) -> Ways:
    """To the desk for whoever may sit there: others who read with the same eyes get another page."""
    desk = await desk_of(site, tx, community, who, chat)
    return Ways(desk) if desk else NO_WAYS


def _today(site: Site, chat: Chat) -> date | None:
    """The day that the page of a slow chat under way counts; any other page is the same on every day."""
    counts = chat.takes_days and chat.state.live
    return local(site.clock.now(), chat.zone).date() if counts else None


async def _load(site: Site, chat_id: int, audience: Audience, view: View, ways: Ways) -> Callable[[], bytes]:
    return partial(_made, site, chat_id, audience, view, ways)


def _made(site: Site, chat_id: int, audience: Audience, view: View, ways: Ways) -> bytes:
    """The page, read and made in the worker."""
    page = site.store.chat_page(chat_id, audience)
    if page is None:
        raise HTTPException(404)
    return render(site, page, view, ways)


def render(site: Site, page: ChatPage, view: View = USUAL, ways: Ways = NO_WAYS) -> bytes:
    """The HTML of a chat's page."""
    state, told = page.chat.state, _told(site, page, ways)
    if state is ChatState.CANCELLED:
        return site.page("chat_cancelled.html", **told)
    if state.ahead:
        return site.page("chat_before.html", **told)
    if view.order in _ORDERS:
        return site.page("chat_ordered.html", **_in_order(told, page, view))
    if page.chat.takes_days:
        which = day_span.which_day(page, site.clock.now())
        days = {"days": day_chart.day_chart(page), "which_day": which[:1].upper() + which[1:]}
        return site.page("chat_days.html", **_read(told, page, view), **days)
    return site.page("chat.html", **_read(told, page, view))


def _told(site: Site, page: ChatPage, ways: Ways) -> dict[str, Any]:
    """What every page of a chat is made with."""
    at = site.path(page.community, page.address)
    url, blurb, parts = site.url(at), _blurb(page), parts_of(page)
    about, margin = _counted(page, blurb), page_words.Margin(page.chat)
    return {
        **_WORDS,
        "page": page,
        "parts": parts,
        "chat": page.chat,
        "series": page.series,
        "community": page.community,
        "reader": None,
        "at": ways.within or at,
        "kept": bool(ways.within),
        "desk_at": ways.desk,
        "url": url,
        "about": about,
        "linked": _linked(site, page, about, parts),
        "margin": margin,
        "entries": _entries(site, page, ways, margin),
        "standing": page_words.standing(page),
    }


def _entries(site: Site, page: ChatPage, ways: Ways, margin: page_words.Margin) -> Entries:
    """How answers are drawn: in a preview nobody reports them; addresses last on our own pages."""
    report = "" if ways.within else site.path(page.community, "a/")
    lasting, lang = "" if site.copied else report, str(tongue(page.community.language))
    return Entries(margin, report, lang, lasting=lasting)


def _counted(page: ChatPage, blurb: str) -> str:
    """What a chat says of itself after how many questions it had."""
    return f"{page_words.counted(len(page.questions), 'question')}. {blurb}" if page.questions else blurb


def _linked(site: Site, page: ChatPage, about: str, parts: Parts) -> Markup | None:
    """What search engines are told of a chat that everybody may read; a copy has no permalinks to tell."""
    url = site.url(site.path(page.community, page.address))
    if page.open_to is not Visibility.PUBLIC:
        return None
    if page.chat.state.ahead or page.chat.state is ChatState.CANCELLED:
        return data_block(linked_data.announcement(page, url, about))
    lasting = "" if site.copied else site.url(site.path(page.community, "a/"))
    return data_block(linked_data.discussion(page, url, about, parts, lasting))


def _blurb(page: ChatPage) -> str:
    """What a chat says of itself."""
    usual = _("A chat of {series} in {community}.")
    return page.series.about or usual.format(series=page.series.title, community=page.community.name)


def _in_order(told: dict[str, Any], page: ChatPage, view: View) -> dict[str, Any]:
    """What a page in another order is made with; its questions stand on the usual page, or a part of it."""
    part, usual = ordered_part(page, view.order, int(view.part or 1)), told["parts"].part()
    if part is None:
        raise HTTPException(404)
    entries = replace(told["entries"], to_answer=part.to_answer)
    return {**told, "entries": entries, "view": view.order, "part": part, "usual": usual}


def _read(told: dict[str, Any], page: ChatPage, view: View) -> dict[str, Any]:
    """What there is to read beside the answers themselves."""
    chart, whole = chart_of(page), view.order in (ALL_OPEN, ON_PAPER)
    part = Part(tuple((one, one) for one in page.questions)) if whole else told["parts"].called(view.part)
    if part is None:
        raise HTTPException(404)
    return {
        **told,
        "entries": replace(told["entries"], to_answer=part.to_answer),
        "chart": chart,
        "part": part,
        "minutes": rows_of(chart),
        "links": shared_links(page),
        "most_links": MOST_LINKS,
        "parted": not page.chat.state.live,
        "unfold": not whole and not page.chat.state.live and any(one.parted[1] for one in page.questions),
        "on_paper": whole or part.number > 1,
        "printed": view.order == ON_PAPER,
        "sources": sources(page),
        "again": again(page.questions),
        "people": page.people,
    }


PAGES = (
    Page("/{community}/{series}/latest/", latest),
    Page("/{community}/{series}/{slug}/", chat),
    Page("/{community}/{series}/{slug}/print/", on_paper),
)
