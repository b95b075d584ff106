"""Where words stand in the parts of a long page: read without the words, and kept until the chat changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.core.archive.chat_page import Listed
from bot.core.archive.outline import Outline, outline_of
from bot.core.audience import Audience
from bot.core.model import Community
from bot.web.pages.showing import narrowed
from bot.web.site import Site


async def outline(site: Site, community: Community, found: Listed, audience: Audience) -> Outline:
    """The outline of a chat's page for these readers."""
    eyes = narrowed(audience, found.series.id)

    async def load() -> Callable[[], bytes]:
        return partial(_made, site, community, found, eyes)

    kept = await site.pages.page(("outline", found.chat.id, eyes.key), found.chat.version, load)
    return Outline(kept.body)


def _made(site: Site, community: Community, found: Listed, audience: Audience) -> bytes:
    """The outline, read and made in the worker."""
    return outline_of(site.store.chat_order(found, community, audience)).written
