"""What the pages of chats have in common: whose eyes they are made for, and the words they are made with."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any, NoReturn
from urllib.parse import quote

from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.core.archive import day_chart, day_span, hour_chart, page_words
from bot.core.archive.chat_page import ChatPage, Held, Listed, least_open
from bot.core.audience import Audience, Reads
from bot.core.model import Chat, Community, Series, Visibility
from bot.core.sentences.slow import lasts
from bot.core.times.clockface import clock_words, local, moment, time, zone_short
from bot.storage.store import Tx
from bot.web.reader import Reader, reader
from bot.web.site import Site, desk_path

WORDS: dict[str, Any] = {
    "away": page_words.away,
    "clock_words": clock_words,
    "coming_days": day_span.coming_days,
    "counted": page_words.counted,
    "day_name": page_words.day_name,
    "held_on": day_span.held_on,
    "hours": page_words.hours,
    "how_asked": day_span.how_asked,
    "in_utc": page_words.in_utc,
    "lasts": lasts,
    "local": local,
    "long_day": page_words.long_day,
    "moment": moment,
    "on_day": day_span.on_day,
    "open_now": day_span.open_now,
    "same_in_utc": day_span.same_in_utc,
    "short_day": page_words.short_day,
    "short_span": day_span.short_span,
    "span": day_span.span,
    "time_words": time,
    "unbroken": page_words.unbroken,
    "zone_short": zone_short,
}
"""How pages write times and numbers; handed to their templates."""


def narrowed(audience: Audience, series_id: int) -> Audience:
    """The same reader of one weekly chat's pages: links to others make no difference there."""
    if audience.reads is not Reads.PUBLIC:
        return Audience(audience.community_id, audience.reads)
    return Audience(audience.community_id, audience.reads, audience.series & {series_id})


async def whose(site: Site, request: Request, tx: Tx) -> tuple[Community, Reader]:
    """The community that a path names, and who asks."""
    community = await site.community(request, tx)
    return community, await reader(site, request, tx, community)


async def chat_asked_for(request: Request, tx: Tx, audience: Audience) -> Listed:
    """The chat that a path names; 404 where there is none for these eyes."""
    found = await tx.chat_at(audience, request.path_params["series"], request.path_params["slug"])
    return found if found is not None else await elsewhere(request, tx, audience)


async def elsewhere(request: Request, tx: Tx, audience: Audience) -> NoReturn:
    """Lead on for good to the chat that stood at this address before it was moved; 404 where none did."""
    series, slug = request.path_params["series"], request.path_params["slug"]
    found = await tx.moved_from(audience, series, slug)
    if found is None:
        raise HTTPException(404)
    path = quote(request.url.path).replace(quote(f"/{series}/{slug}/"), f"/{quote(found.address)}", 1)
    asked = f"?{request.url.query}" if request.url.query else ""
    # A chat may come back to where it stood, or another may stand there one day: nobody keeps this answer.
    raise HTTPException(308, headers={"Location": path + asked, "Cache-Control": "no-store"})


async def page_readers(tx: Tx, chat: Chat, series: Series) -> Visibility:
    """Who may read a chat's page: the least open of what its channels let be, and what people were told."""
    return least_open(await tx.page_readers(chat, series), chat.told or series.visibility)


async def desk_of(site: Site, tx: Tx, community: Community, who: Reader, chat: Chat) -> str:
    """The path of a chat at the desk for whoever may sit there; else nothing."""
    if who.person is None or not await tx.sits(community.id, who.person.id, chat.id, site.clock.real()):
        return ""
    after = "after/" if chat.state.live or chat.state.over else ""
    return desk_path(community, f"chat/{chat.id}/{after}")


def version_of(community: Community, found: Listed, *beside: Listed | None) -> Hashable:
    """What changes when the page of a chat does: itself, what it says of its house, and its neighbours."""
    others = tuple((one.chat.id, one.chat.version, one.title, one.address) if one else None for one in beside)
    return (community, found.series, found.chat.version, others)


def data_block(data: dict[str, Any]) -> Markup:
    """Linked data as a script block may hold it: nothing in it can end the block."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - escaped the line before


def chart_of(page: ChatPage) -> hour_chart.HourChart:
    """The hour of a chat as bars."""
    chat = page.chat
    asked = tuple((one.label, one.question.asked_at) for one in page.questions if one.question.asked_at)
    said = tuple(answer.said_at for answer in page.answers)
    return hour_chart.hour_chart(hour_chart.Hour(chat.starts_at, chat.ends_at, chat.zone, said, asked))


def rows_of(chart: hour_chart.HourChart) -> Markup:
    """The rows of the same as a table: many, so they are written out by hand."""
    rows = (
        f'<tr><th scope="row">{time}</th><td>{answers}</td><td>{escape(asked) if asked else ""}</td></tr>'
        for time, answers, asked in chart.rows
    )
    return Markup("".join(rows))  # noqa: S704 - times and numbers, and what is escaped


def small_chart_of(held: Held) -> hour_chart.HourChart:
    """The same for a list."""
    chat = held.chat
    if chat.takes_days:
        return hour_chart.small_chart(*day_chart.by_day(held))
    whole = chat.ends_at - chat.starts_at
    return hour_chart.small_chart(held.minutes, ((at - chat.starts_at) / whole for _, at in held.asked))
