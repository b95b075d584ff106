"""A handout of a chat for a staff meeting: a form to choose answers by, and the sheet that one prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_page import ChatPage
from bot.core.archive.handout import MOST, choosable, handout, suggested, written_out
from bot.core.archive.shared_links import words_alone
from bot.core.audience import Audience, Reads
from bot.core.model import Visibility
from bot.web.cache import finished, respond
from bot.web.pages.showing import WORDS, chat_asked_for, narrowed, page_readers, whose
from bot.web.site import Page, Site

_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


async def sheet(site: Site, request: Request) -> Response:
    """The answers that the address names, on a sheet; the form where it names none, or asks for that."""
    async with site.store.read() as tx:
        _, who = await whose(site, request, tx)
        found = await chat_asked_for(request, tx, who.audience)
        readers = await page_readers(tx, found.chat, found.series)
        # Who reads it may have the link: each who has opened it, and members, who get it from the bot.
        link = await tx.path_by_link(found.chat, found.series) if readers is Visibility.LINK else ""
    audience = narrowed(who.audience, found.series.id)
    chosen = _chosen(request)
    choose = not chosen or "choose" in request.query_params
    missed = not chosen and "make" in request.query_params
    # Never kept: there are more handouts than pages, and what is forgotten is gone from the next.
    kept = {"readers": str(readers), "whole": site.url(link) if link else ""}
    made = partial(_made, site, found.chat.id, audience, chosen, kept, choose=choose, missed=missed)
    return respond(request, await site.pages.aside(lambda: finished(made())))


def _chosen(request: Request) -> tuple[str, ...]:
    """The ids that an address names, each once."""
    named = (one for one in request.query_params.getlist("a") if _ID.fullmatch(one))
    return tuple(dict.fromkeys(named))


def _made(
    site: Site,
    chat_id: int,
    audience: Audience,
    chosen: Sequence[str],
    kept: Mapping[str, str],
    *,
    choose: bool,
    missed: bool,
) -> bytes:
    """The page, read and made in the worker; `missed` says that a sheet was asked for with nothing on it."""
    page = _read(site, chat_id, audience)
    questions = choosable(page)
    told = {**_told(site, page), "most": MOST, "words_alone": words_alone}
    if choose:
        ticked = frozenset(chosen) or (frozenset() if missed else suggested(questions))
        return site.page("handout_choose.html", **told, questions=questions, ticked=ticked, missed=missed)
    made = handout(questions, chosen)
    again = urlencode([("choose", "1"), *(("a", one.public_id) for one in made.answers)])
    return site.page("handout.html", **told, **kept, sheet=made, again=again, written_out=written_out)


def _read(site: Site, chat_id: int, audience: Audience) -> ChatPage:
    """The chat as its members may read it: what hosts alone see goes on no sheet that is handed round."""
    members = replace(audience, reads=Reads.MEMBERS) if audience.reads is Reads.HOSTS else audience
    page = site.store.chat_page(chat_id, members)
    if page is None and members != audience:
        known = site.store.chat_page(chat_id, audience)
        page = replace(known, questions=()) if known else None
    if page is None:
        raise HTTPException(404)
    return page


def _told(site: Site, page: ChatPage) -> dict[str, Any]:
    """What both pages are made with."""
    at = site.path(page.community, page.address)
    return {
        **WORDS,
        "page": page,
        "chat": page.chat,
        "series": page.series,
        "community": page.community,
        "reader": None,
        "at": at,
        "url": site.url(at),
    }


PAGES = (Page("/{community}/{series}/{slug}/handout/", sheet),)
