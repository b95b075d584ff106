"""Slow chats: questions that come over days instead of within an hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from bot.commands import Cog, Context, Example, Meanings, Reply, command, fills
from bot.core import sentences
from bot.core.model import Pace, Role, Series
from bot.core.times.weekdays import USUAL
from bot.core.times.weekly import Times, Wishes
from bot.storage.store import Tx
from cogs import _editing

Which = Annotated[Series, "Which weekly chat"]
Paces = Annotated[Pace, "How its questions come", Meanings(sentences.HOW_ASKED)]
Days = Annotated[str, "The days of a slow chat; its last one ends it", Example(sentences.TYPED_DAYS)]


class Slow(Cog):
    """Chats that go on for days."""

    @command("series pace", role=Role.HOST)
    async def pace(
        self, ctx: Context, tx: Tx, pace: Paces = Pace.DAILY, *, days: Days = "", series: Which
    ) -> Reply:
        """Let the questions of a weekly chat come over days, or within an hour again."""
        wished = days if pace is not Pace.HOUR else ""
        return await _editing.edited(ctx, tx, series, Wishes(asks=pace, days=wished or None), Times())

    @fills("series pace")
    async def present(self, ctx: Context, tx: Tx, given: Mapping[str, Any]) -> Mapping[str, str]:
        """The days of a slow chat as they are; else what most of them have."""
        series = given.get("series")
        days = series.days if series and series.slow else USUAL
        asks = series.asks if series and series.slow else Pace.DAILY
        return {"pace": str(asks), "days": sentences.days_written(days)}
