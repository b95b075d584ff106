"""Search as a form: what is typed and chosen, and what was found, chat by chat, with links to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.core.archive.chat_page import Listed
from bot.core.archive.search_query import LONGEST, MOST_WORDS, Query, each_alone, read_query
from bot.core.archive.search_results import Found
from bot.core.model import Community, Refused
from bot.core.sentences import searching as say
from bot.core.sentences.chat import letter
from bot.core.tongue import _
from bot.storage.archive.searching import Search, find
from bot.storage.store import Tx
from bot.web.pages.showing import WORDS, whose
from bot.web.reader import Reader
from bot.web.site import Page, Site

_FIELDS: Final = ("q", "series", "month", "person")
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form, as it was sent; `inside` is the address of the only chat to look in."""

    q: str = ""
    series: str = ""
    month: str = ""
    person: str = ""
    mine: bool = False
    inside: str = ""
    older: int | None = None

    def again(self, **changes: object) -> str:
        """The address of the same search with something else in it."""
        fields = {name: getattr(self, name) for name in _FIELDS} | {"mine": "1" if self.mine else ""}
        fields |= {"in": self.inside} | changes
        return "?" + urlencode({name: value for name, value in fields.items() if value not in ("", None)})


async def search(site: Site, request: Request) -> Response:
    """The form, and below it what was found."""
    asked = _asked(request)
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        inside = await _inside(tx, who, asked)
        series = await tx.series_listed(who.audience)
        query, found, refused = await _found(tx, community, who, asked, inside)
    shown = {"series": series, "inside": inside, "query": query, "found": found, "refused": refused}
    page = partial(_made, site, community, asked=asked, signed_in=who.person is not None, **shown)
    return HTMLResponse(await site.pages.aside(page), headers={"Cache-Control": "no-store"})


async def _found(
    tx: Tx, community: Community, who: Reader, asked: Asked, inside: Listed | None
) -> tuple[Query, Found, str]:
    """What is looked for and found; or nothing, and a sentence that says why."""
    try:
        chosen = {"series": asked.series, "month": asked.month, "person": asked.person}
        query = read_query(asked.q, **chosen, mine=asked.mine)
        me, only = who.person.id if who.person else None, inside.chat.id if inside else None
        wanted = Search(query, community.zone, me, only, asked.older)
        return query, await find(tx, who.audience, wanted), ""
    except Refused as no:
        return Query(), Found(), str(no)


async def _inside(tx: Tx, who: Reader, asked: Asked) -> Listed | None:
    """The only chat to look in; 404 where there is none for these eyes."""
    if not asked.inside:
        return None
    series, _, slug = asked.inside.strip("/").partition("/")
    found = await tx.chat_meant(who.audience, series, slug)
    if found is None:
        raise HTTPException(404)
    return found


def _asked(request: Request) -> Asked:
    given = request.query_params
    older = given.get("older", "")
    number = older.isascii() and older.isdecimal() and len(older) <= _LONGEST_NUMBER
    fields = {name: given.get(name, "") for name in _FIELDS}
    return Asked(
        **fields,
        mine=bool(given.get("mine")),
        inside=given.get("in", ""),
        older=int(older) if number else None,
    )


def _made(site: Site, community: Community, **shown: Any) -> str:
    cut = _(say.SEARCH_CUT).format(letters=LONGEST, words=MOST_WORDS) if shown["query"].cut else ""
    about = {"community": community, "reader": None, "letter": letter, "cut": cut, "longest": LONGEST}
    alone = () if shown["found"].chats else each_alone(shown["asked"].q)
    return site.html("search.html", **WORDS, **about, alone=alone, **shown)


PAGES = (Page("/{community}/search", search),)
