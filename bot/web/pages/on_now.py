"""What is live now, for the bar on top of a front page and of a weekly chat's page."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.archive.chat_page import Listed
from bot.core.audience import Audience
from bot.core.model import Question
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True)
class OnNow:
    """A chat in its hour, the question that is being answered, and the word of its own room to join by."""

    listed: Listed
    question: Question | None
    room: str


async def on_now(tx: Tx, audience: Audience, series_id: int = 0) -> tuple[OnNow, ...]:
    """The chats in their hour that these readers may follow; with a weekly chat's id, of that one."""
    live = await tx.live_now(audience)
    return tuple([await _on(tx, one) for one in live if series_id in (0, one.series.id)])


async def _on(tx: Tx, listed: Listed) -> OnNow:
    found = await tx.places_of_series(listed.series.id)
    own = (place for place in found if place.community_id == listed.series.community_id)
    room = next((place.native_id for place in own if place.platform == BROWSER), "")
    return OnNow(listed, await tx.current_question(listed.chat.id), room)
