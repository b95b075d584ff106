"""Search by talking: what the one who asks may read, where it was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Final
from urllib.parse import quote

from bot.commands import Cog, Context, Example, Reply, command, replied
from bot.core.archive.search_query import LONGEST, MOST_WORDS, read_query
from bot.core.archive.search_results import Found, FoundIn, Hit, Sort
from bot.core.audience import Audience, Reads
from bot.core.model import Place, Refused, Role, Series
from bot.core.sentences import searching as say
from bot.core.sentences.chat import letter
from bot.core.times.clockface import moment
from bot.core.tongue import Words, filled, joined, worded
from bot.storage.archive.searching import Search, find
from bot.storage.store import Tx

_LONGEST_ANSWER: Final = 1_500
"""Letters of an answer; more is for the page."""
_WORDS: Final = 110
_MINE: Final = "&mine=1"


class Searching(Cog):
    """The command that finds what was said."""

    @command("archive search", private=True, shows_words=True)
    async def search(
        self,
        ctx: Context,
        tx: Tx,
        words: Annotated[str, "What to look for", Example("exit tickets")] = "",
        *,
        mine: Annotated[bool, "Whether only your own words are meant"] = False,
    ) -> Reply:
        """Find what was said in the chats of this place."""
        community = await tx.community_of(ctx.place)
        query = read_query(words, mine=mine)
        if query.empty:
            return Reply(say.SEARCH_WHAT)
        reads = Reads.HOSTS if ctx.role >= Role.HOST else Reads.MEMBERS
        wanted = Search(query, community.zone, ctx.person.id, width=_WORDS)
        found = await _found(tx, ctx.place, Audience(community.id, reads), wanted)
        if not found.chats:
            return Reply(say.SEARCH_NOTHING)
        cut = worded(say.SEARCH_CUT, letters=LONGEST, words=MOST_WORDS) if query.cut else ""
        rest = await _rest(tx, found, words, _MINE if mine else "")
        return replied(joined(cut, partial(_told, found, await _pages(tx, found), rest)))


async def _found(tx: Tx, place: Place, own: Audience, wanted: Search) -> Found:
    """What is found in the community's chats, and in those of others that are held in this place, too."""
    looks = [(own, wanted), *_as_guests(own, wanted, await tx.series_here(place.id))]
    found, refused = list[Found](), list[Refused]()
    for audience, look in looks:
        try:
            found.append(await find(tx, audience, look))
        except Refused as no:  # a name that means nothing at home may mean something there
            refused.append(no)
    if not found:
        raise refused[0]
    chats = sorted((one for some in found for one in some.chats), key=_begin, reverse=True)
    return Found(tuple(chats), next((some.older for some in found if some.older is not None), None))


def _as_guests(own: Audience, wanted: Search, here: Sequence[Series]) -> Iterator[tuple[Audience, Search]]:
    """How the weekly chats are looked through that a place holds together with other communities."""
    guests = defaultdict[int, set[int]](set)
    for series in here:
        if series.community_id != own.community_id:
            guests[series.community_id].add(series.id)
    for community, some in guests.items():
        among = frozenset(some)
        yield Audience(community, series=among), replace(wanted, among=among)


def _begin(one: FoundIn) -> datetime:
    return one.listed.chat.starts_at


async def _pages(tx: Tx, found: Found) -> list[tuple[str, str]]:
    """For each chat where its page is, and where the lasting links of its answers begin."""
    pages = []
    for one in found.chats:
        community = await tx.community(one.listed.series.community_id)
        page = await tx.page_of(one.listed.chat, one.listed.series)
        pages.append((page, f"{await tx.front_page(community)}a/"))
    return pages


def _told(found: Found, pages: Sequence[tuple[str, str]], rest: Words) -> str:
    """What was found in the newest chats, as much as one answer holds, and where the rest is."""
    told: list[str] = []
    for one, (page, permalinks) in zip(found.chats, pages, strict=True):
        some = _in_chat(one, page, permalinks)
        if told and sum(map(len, (*told, some))) > _LONGEST_ANSWER:
            break
        told.append(some)
    whole = len(told) == len(found.chats) and found.older is None and not any(one.more for one in found.chats)
    return "\n".join(told if whole else [*told, filled(rest, {})])


def _in_chat(one: FoundIn, page: str, permalinks: str) -> str:
    lines = [_line(one, hit, page, permalinks) for hit in one.hits]
    return say.found_in(
        one.listed.title, moment(one.listed.chat.starts_at, one.listed.chat.zone), lines, page
    )


def _line(one: FoundIn, hit: Hit, page: str, permalinks: str) -> str:
    words = "".join(piece.text for piece in hit.pieces)
    number = f"{letter(one.listed.series)}{hit.number}" if hit.number else ""
    whose = say.whose(hit.sort is Sort.QUESTION, number, hit.name)
    address = f"{permalinks}{hit.public_id}" if hit.public_id else f"{page}{hit.mark}" if hit.mark else ""
    return say.found_line(whose, words, address if page else "")


async def _rest(tx: Tx, found: Found, words: str, mine: str) -> Words:
    """Where all of it is: on a page, or behind more words where there is none that has all of it."""
    series = found.chats[0].listed.series
    page = await tx.series_page(series)
    if not page or len({one.listed.series.community_id for one in found.chats}) > 1:
        return say.SEARCH_OLDER
    home = page.removesuffix(f"{quote(series.slug)}/")
    return worded(say.SEARCH_ALL, url=f"{home}search?q={quote(words[:LONGEST])}{mine}")
