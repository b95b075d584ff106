"""What is live now, for the bar on top of a front page and of a weekly chat's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.archive.chat_page import Listed
from bot.core.audience import Audience, Reads
from bot.core.model import Place, Question
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True)
class OnNow:
    """A chat in its hour, the question being answered, and its own room that these readers may go into."""

    listed: Listed
    question: Question | None
    room: str


async def on_now(tx: Tx, audience: Audience, series_id: int = 0) -> tuple[OnNow, ...]:
    """The chats in their hour that these readers may follow; with a weekly chat's id, of that one."""
    live = await tx.live_now(audience)
    return tuple([await _on(tx, one, audience) for one in live if series_id in (0, one.series.id)])


async def _on(tx: Tx, listed: Listed, audience: Audience) -> OnNow:
    found = await tx.places_of_series(listed.series.id)
    own = [place for place in found if place.community_id == listed.series.community_id]
    rooms = await rooms_for(tx, own, audience)
    return OnNow(listed, await tx.current_question(listed.chat.id), rooms[0] if rooms else "")


async def rooms_for(tx: Tx, places: Iterable[Place], audience: Audience) -> tuple[str, ...]:
    """The words of those of some places that are rooms in the browser and that these readers may go into."""
    rooms = [place for place in places if place.platform == BROWSER]
    if audience.reads is Reads.PUBLIC:
        rooms = [place for place in rooms if await tx.open_door(place.id)]
    return tuple(place.native_id for place in rooms)
