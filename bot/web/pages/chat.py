"""The page of a chat: announced before, followed in its hour, read afterwards, also in other orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive import day_chart, linked_data, page_words
from bot.core.archive.chat_page import Answer, ChatPage, Listed, letter
from bot.core.archive.shared_links import shared_links
from bot.core.archive.sources import sources
from bot.core.audience import Audience
from bot.core.model import ChatState, Visibility
from bot.core.tongue import _
from bot.storage.archive.page import Neighbours
from bot.storage.store import Tx
from bot.web.cache import respond
from bot.web.pages.entries import Entries
from bot.web.pages.showing import (
    WORDS,
    chart_of,
    data_block,
    elsewhere,
    narrowed,
    rows_of,
    version_of,
    whose,
)
from bot.web.site import Page, Site, tongue

BY_TIME: Final = "time"
BY_PERSON: Final = "person"
ALL_OPEN: Final = "all"
ON_PAPER: Final = "print"
MOST_LINKS: Final = 8

Said = tuple[str, int, Answer]
"""An answer or a comment, with the label and the number of its question."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Answers in another order than under their questions."""

    heading: str
    answers: tuple[Said, ...]


async def chat(site: Site, request: Request) -> Response:
    """The page of a chat, as it stands in its life."""
    said = request.query_params.get("view", "")
    return await _shown(site, request, said if said in (BY_TIME, BY_PERSON, ALL_OPEN) else "")


async def on_paper(site: Site, request: Request) -> Response:
    """The same with nothing folded, for printing."""
    return await _shown(site, request, ON_PAPER)


async def latest(site: Site, request: Request) -> Response:
    """Lead to the last chat of a weekly chat that was held."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        series = await tx.series_by_slug(who.audience, request.path_params["series"])
        held = await tx.held(who.audience, series_id=series.id, most=1) if series else ()
    if not held:
        raise HTTPException(404)
    return Response(status_code=307, headers={"Location": site.path(community, quote(held[0].address))})


async def _shown(site: Site, request: Request, view: str) -> Response:
    stamp = site.recent.now()
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found, beside = await _beside(request, tx, who.audience)
    audience = narrowed(who.audience, found.series.id)
    load = partial(_load, site, found.chat.id, audience, view)
    key = ("chat", found.chat.id, view, audience.key)
    page = await site.pages.page(key, version_of(community, found, *beside), load)
    site.recent.keep(request, page, stamp)
    return respond(request, page)


async def _beside(request: Request, tx: Tx, audience: Audience) -> tuple[Listed, Neighbours]:
    found = await tx.chat_beside(audience, request.path_params["series"], request.path_params["slug"])
    return found if found is not None else await elsewhere(request, tx, audience)


async def _load(site: Site, chat_id: int, audience: Audience, view: str) -> Callable[[], bytes]:
    return partial(_made, site, chat_id, audience, view)


def _made(site: Site, chat_id: int, audience: Audience, view: str) -> bytes:
    """The page, read and made in the worker."""
    page = site.store.chat_page(chat_id, audience)
    if page is None:
        raise HTTPException(404)
    return render(site, page, view)


def render(site: Site, page: ChatPage, view: str = "") -> bytes:
    """The HTML of a chat's page."""
    state = page.chat.state
    if state is ChatState.CANCELLED:
        return site.page("chat_cancelled.html", **_told(site, page))
    if state.ahead:
        return site.page("chat_before.html", **_told(site, page))
    if view in (BY_TIME, BY_PERSON):
        return site.page("chat_ordered.html", **_told(site, page), view=view, groups=_ordered(page, view))
    days = {"days": day_chart.day_chart(page)} if page.chat.takes_days else {}
    name = "chat_days.html" if days else "chat.html"
    return site.page(name, **_told(site, page), **_read(page, view), **days)


def _told(site: Site, page: ChatPage) -> dict[str, Any]:
    """What every page of a chat is made with."""
    url = site.url(site.path(page.community, page.address))
    usual = _("A chat of {series} in {community}.")
    blurb = page.series.about or usual.format(series=page.series.title, community=page.community.name)
    about = f"{page_words.counted(len(page.questions), 'question')}. {blurb}" if page.questions else blurb
    margin = page_words.Margin(page.chat)
    told = linked_data.announcement if page.chat.state.ahead else linked_data.discussion
    return {
        **WORDS,
        "page": page,
        "chat": page.chat,
        "series": page.series,
        "community": page.community,
        "reader": None,
        "at": site.path(page.community, page.address),
        "url": url,
        "blurb": blurb,
        "about": about,
        "linked": data_block(told(page, url, about)) if page.open_to is Visibility.PUBLIC else None,
        "margin": margin,
        "entries": Entries(margin, site.path(page.community, "a/"), tongue(page.community.language)),
        "standing": page_words.standing(page),
        "letter": letter,
    }


def _read(page: ChatPage, view: str) -> dict[str, Any]:
    """What there is to read beside the answers themselves."""
    chart = chart_of(page)
    return {
        "chart": chart,
        "minutes": rows_of(chart),
        "links": shared_links(page),
        "most_links": MOST_LINKS,
        "parted": not page.chat.state.live,
        "unfold": not view and not page.chat.state.live and any(one.parted[1] for one in page.questions),
        "on_paper": bool(view),
        "sources": sources(page),
        "again": _again(page),
        "people": page.people,
    }


def _again(page: ChatPage) -> dict[int, frozenset[int]]:
    """Answers that stand under an earlier question already, by the id of the later one."""
    seen: set[int] = set()
    again = {}
    for asked in page.questions:
        mine = {answer.message_id for answer in asked.answers}
        again[asked.question.id] = frozenset(mine & seen)
        seen |= mine
    return again


def _ordered(page: ChatPage, view: str) -> tuple[Ordered, ...]:
    """All that was said in time order, or by who said it, alphabetically."""
    where = {
        one.message_id: (asked.label, asked.question.position, one)
        for asked in reversed(page.questions)
        for answer in asked.answers
        for one in answer.with_comments
    }
    said = sorted(where.values(), key=lambda found: (found[2].said_at, found[2].message_id))
    if view == BY_TIME:
        return (Ordered("", tuple(said)),)
    nameless = tuple(one for one in said if one[2].anonymous)
    named = _by_person(one for one in said if not one[2].anonymous)
    return (*named, *((Ordered(nameless[0][2].name, nameless),) if nameless else ()))


def _by_person(said: Iterable[Said]) -> tuple[Ordered, ...]:
    """What each person said; two who go by one name stay two."""
    by: dict[tuple[str, int | None], list[Said]] = {}
    for one in said:
        by.setdefault((one[2].name, one[2].person), []).append(one)
    people = sorted(by, key=lambda who: (who[0].casefold(), who[0]))
    return tuple(Ordered(who[0], tuple(by[who])) for who in people)


PAGES = (
    Page("/{community}/{series}/latest/", latest),
    Page("/{community}/{series}/{slug}/", chat),
    Page("/{community}/{series}/{slug}/print/", on_paper),
)
