"""The live view of a chat: questions and answers as they come; when it is over it leads into the archive."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.archive import page_words
from bot.core.archive.chat_page import Answer, Answered, ChatPage, Listed
from bot.core.archive.repeats import again
from bot.core.audience import Audience
from bot.core.model import ChatState
from bot.core.tongue import _
from bot.web.cache import respond
from bot.web.following import Following, LiveEvents, Look
from bot.web.numbers import numbered
from bot.web.pages.entries import Entries
from bot.web.pages.showing import WORDS, chat_asked_for, desk_of, narrowed, version_of, whose
from bot.web.site import Page, Site, tongue


async def live(site: Site, request: Request) -> Response:
    """The live view; a chat that is over leads to its page."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found = await chat_asked_for(request, tx, who.audience)
        desk = await desk_of(site, tx, community, who, found.chat)
    if _is_over(found):
        return RedirectResponse(site.path(community, found.address), 307)
    audience = narrowed(who.audience, found.series.id)
    key = ("live", found.chat.id, audience.key, desk)
    load = partial(_load, site, found.chat.id, audience, desk)
    return respond(request, await site.pages.page(key, version_of(community, found), load))


async def live_events(site: Site, request: Request) -> Response:
    """What is new since the version that a reader saw, and all that comes."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found = await chat_asked_for(request, tx, who.audience)
    audience = narrowed(who.audience, found.series.id)
    key = ("live", found.chat.id, audience.key)
    following = site.shared.get(key)
    if not isinstance(following, Following) or following.over:
        _sweep(site)
        away = site.path(community, found.address)
        following = Following(site, found.chat.id, audience, partial(look, site), away)
        site.shared[key] = following
    return LiveEvents(site, following, _seen(request), partial(_still, site, request, found, audience))


async def _still(site: Site, request: Request, found: Listed, audience: Audience) -> bool:
    """Whether somebody still reads with the eyes they came with; those of strangers are everybody's."""
    if not audience.private:
        return True
    async with site.store.read() as tx:
        _, who = await whose(site, request, tx)
    return narrowed(who.audience, found.series.id) == audience


def look(site: Site, page: ChatPage) -> Look:
    """What there is to see of a chat now, piece by piece."""
    if _is_over(page):
        return Look(page.chat.version, {}, site.path(page.community, page.address))
    parts: Any = site.templates.get_template("live_parts.html").module
    margin, lang = page_words.Margin(page.chat), tongue(page.community.language)
    lasting = site.path(page.community, "a/")
    entries = Entries(margin, lasting, lang, lasting=lasting)
    pieces = {"now": str(parts.now(page, WORDS))}
    elsewhere = again(page.questions)
    for asked in page.questions:
        number = asked.question.position
        pieces[f"q{number}"] = str(parts.shell(asked))
        head = parts.question(asked, margin, _on_now(page, asked), page_words.counted, lang)
        pieces[f"q{number}-h"] = str(head)
        for answer in asked.answers:
            here = answer.message_id not in elsewhere[asked.question.id]
            pieces[f"q{number}-{answer.public_id}"] = str(
                parts.answered(asked, answer, entries, _order(answer), here)
            )
    return Look(page.chat.version, pieces)


def _on_now(page: ChatPage, asked: Answered) -> str:
    """What is said beside the question that is on; of the others nothing."""
    if page.current is None or asked.question.id != page.current.question.id:
        return ""
    return _("The newest question.") if page.chat.takes_days else _("Being answered now.")


def _order(answer: Answer) -> int:
    return round(answer.said_at.timestamp() * 1000)


def _is_over(listed: Listed) -> bool:
    state = listed.chat.state
    return not (state.live or state.ahead) or state is ChatState.CANCELLED


def _seen(request: Request) -> int:
    said = request.headers.get("last-event-id") or request.query_params.get("after", "")
    number = numbered(said)
    return -1 if number is None else number


def _sweep(site: Site) -> None:
    """Let go of what was followed to its end."""
    for key, shared in list(site.shared.items()):
        if isinstance(shared, Following) and shared.over:
            del site.shared[key]


async def _load(site: Site, chat_id: int, audience: Audience, desk: str) -> Callable[[], bytes]:
    return partial(_made, site, chat_id, audience, desk)


def _made(site: Site, chat_id: int, audience: Audience, desk: str) -> bytes:
    page = site.store.chat_page(chat_id, audience)
    if page is None:
        raise HTTPException(404)
    return _render(site, page, desk)


def _render(site: Site, page: ChatPage, desk: str) -> bytes:
    margin, lang = page_words.Margin(page.chat), tongue(page.community.language)
    about: dict[str, Any] = {"page": page, "chat": page.chat, "series": page.series}
    about |= {"community": page.community, "desk_at": desk}
    lasting = site.path(page.community, "a/")
    entries = Entries(margin, lasting, lang, lasting=lasting)
    places = {"at": site.path(page.community, page.address), "entries": entries, "reader": None}
    about |= {"margin": margin, "again": again(page.questions)}
    shown = {"words": WORDS, "order": _order, "on_now": _on_now}
    return site.page("live.html", **WORDS, **about, **places, **shown)


PAGES = (
    Page("/{community}/{series}/{slug}/live/", live),
    Page("/{community}/{series}/{slug}/live/events", live_events),
)
