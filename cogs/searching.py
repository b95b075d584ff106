"""Search by talking: what the one who asks may read, where it was said."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from bot.commands import Cog, Context, Example, Reply, command
from bot.core.archive.search_query import LONGEST, MOST_WORDS, read_query
from bot.core.archive.search_results import Found, FoundIn, Hit, Sort
from bot.core.audience import Audience, Reads
from bot.core.model import Role
from bot.core.sentences import searching as say
from bot.core.sentences.chat import letter
from bot.core.times.clockface import moment
from bot.storage.archive.searching import Search, find
from bot.storage.store import Tx

_LONGEST_ANSWER: Final = 1_500
"""Letters of an answer; more is for the page."""
_WORDS: Final = 110


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
        found = await find(tx, Audience(community.id, reads), wanted)
        if not found.chats:
            return Reply(say.SEARCH_NOTHING)
        cut = [say.SEARCH_CUT.format(letters=LONGEST, words=MOST_WORDS)] if query.cut else []
        return Reply("\n".join([*cut, *await _told(tx, found, words)]))


async def _told(tx: Tx, found: Found, words: str) -> list[str]:
    """What was found in the newest chats, as much as one answer holds, and where the rest is."""
    told: list[str] = []
    community = await tx.community(found.chats[0].listed.series.community_id)
    permalinks = f"{await tx.front_page(community)}a/"
    for one in found.chats:
        some = _in_chat(one, await tx.page_of(one.listed.chat, one.listed.series), permalinks)
        if told and sum(map(len, (*told, some))) > _LONGEST_ANSWER:
            break
        told.append(some)
    whole = len(told) == len(found.chats) and found.older is None and not any(one.more for one in found.chats)
    return told if whole else [*told, await _rest(tx, found, words)]


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


async def _rest(tx: Tx, found: Found, words: str) -> str:
    """Where all of it is: on a page, or behind more words where there are no pages."""
    series = found.chats[0].listed.series
    page = await tx.series_page(series)
    if not page:
        return say.SEARCH_OLDER
    home = page.removesuffix(f"{quote(series.slug)}/")
    return say.SEARCH_ALL.format(url=f"{home}search?q={quote(words[:LONGEST])}")
