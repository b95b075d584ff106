"""Permalinks: from a message's own id to where it stands, wherever that may be by then."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.archive.parts import MOST
from bot.storage.archive.lists import chat_of_message, words_in
from bot.web.pages.outlines import outline
from bot.web.pages.showing import whose
from bot.web.site import Page, Site

_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


async def permalink(site: Site, request: Request) -> Response:
    """Lead to a message on its chat's page; 404 for whoever may not read it there."""
    public_id = request.path_params["id"]
    if not _ID.fullmatch(public_id):
        raise HTTPException(404)
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        found = await chat_of_message(tx, who.audience, public_id)
        many = found is not None and await words_in(tx, found.chat.id) > MOST
    if found is None:
        raise HTTPException(404)
    page, part = site.path(community, quote(found.address)), ""
    if many:
        part = (await outline(site, community, found, who.audience)).to_answer(public_id)
    return RedirectResponse(f"{page}{part}#a-{public_id}", 302, {"Cache-Control": "no-cache"})


PAGES = (Page("/{community}/a/{id}", permalink),)
