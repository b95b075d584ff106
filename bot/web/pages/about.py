"""Pages of text: what this archive is, how a chat works, privacy, accessibility, and what is data here."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.core.archive.chat_rows import COLUMNS, HOST_COLUMNS
from bot.core.times.recurrence import in_words
from bot.core.times.zones import known_zone
from bot.storage.archive.lists import house_rules
from bot.web.pages.showing import WORDS, whose
from bot.web.site import Page, Site


async def about(site: Site, request: Request) -> Response:
    """What this archive is, and which weekly chats there are."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        series = await tx.series_listed(who.audience)
        slots = {one.id: await tx.slots(one.id) for one in series}
        contact, _ = await house_rules(tx, community.id)
    times = {
        one: "; ".join(in_words(slot.rule) for slot in some if known_zone(slot.rule.zone))
        for one, some in slots.items()
    }
    shown: dict[str, Any] = {
        "community": community,
        "reader": who,
        "series": series,
        "times": times,
        "contact": contact,
    }
    return site.answer("about.html", **shown, **WORDS)


async def first_time(site: Site, request: Request) -> Response:
    """A chat explained to somebody who was never in one."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        coming = await tx.next_chat(who.audience, site.clock.now())
    shown: dict[str, Any] = {"community": community, "reader": who, "coming": coming}
    return site.answer("first_time.html", **shown, **WORDS)


async def privacy(site: Site, request: Request) -> Response:
    """Who reads what is said, how to be left out or forgotten, and how long words are kept."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        series = await tx.series_listed(who.audience)
        contact, days = await house_rules(tx, community.id)
    shown: dict[str, Any] = {
        "community": community,
        "reader": who,
        "series": series,
        "contact": contact,
        "days": days,
    }
    return site.answer("privacy.html", **shown, **WORDS)


async def accessibility(site: Site, request: Request) -> Response:
    """What works for everybody, what does not yet, and whom to tell."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        contact, _ = await house_rules(tx, community.id)
    return site.answer("accessibility.html", community=community, reader=who, contact=contact)


async def data(site: Site, request: Request) -> Response:
    """Which files each page has, and what stands in them."""
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        held = await tx.held(who.audience, most=1)
    shown: dict[str, Any] = {"community": community, "reader": who, "example": held[0] if held else None}
    return site.answer("data.html", **shown, columns=COLUMNS, host_columns=HOST_COLUMNS)


PAGES = (
    Page("/{community}/about/", about),
    Page("/{community}/about/first-time/", first_time),
    Page("/{community}/privacy/", privacy),
    Page("/{community}/accessibility/", accessibility),
    Page("/{community}/data/", data),
)
