"""Reminders: who asks for one gets a word of their own before a chat, and on each day of a slow one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from bot.commands import Cog, Context, Reply, command, on_step
from bot.core import reminding, sentences
from bot.core.model import Chat, Pace, Refused, Series, Step, StepKind
from bot.core.runsheet import REMIND_BEFORE
from bot.core.which import Which
from bot.storage.store import Tx

Coming = Annotated[Chat, "Which chat", Which.AHEAD]
Undo = Annotated[bool, "Take it back"]


class Reminders(Cog):
    """A word to each who asked for it, before the chat begins."""

    @command("chat remind", private=True)
    async def remind(self, ctx: Context, tx: Tx, *, undo: Undo = False, chat: Coming) -> Reply:
        """Be reminded ten minutes before a chat, and of each question of a slow one."""
        series = await tx.series(chat.series_id)
        if chat.rehearsal or not (chat.state.ahead or _asks_on(chat, series)):
            raise Refused(sentences.already_begun(chat))
        if undo:
            await tx.remind_no_more(chat.id, ctx.person.id)
            return Reply(sentences.not_reminded(chat, series))
        await tx.remind(chat.id, ctx.person.id, ctx.place, ctx.now)
        return Reply(_agreed(chat, series, ctx.now), (sentences.no_reminder_offer(chat),))

    @on_step(StepKind.REMIND)
    async def due(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Remind everybody who asked."""
        if word := reminding.before_it_starts(await tx.running(chat_id), now):
            await tx.tell_reminded(chat_id, word, now)

    @on_step(StepKind.OPEN, StepKind.CLOSE, StepKind.PAUSE_LIMIT)
    async def begun(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Let go of wishes that there is nothing left to tell of."""
        chat = await tx.chat(chat_id)
        if chat is not None and not _asks_on(chat, await tx.series(chat.series_id)):
            await tx.remind_nobody(chat_id)


def _asks_on(chat: Chat, series: Series) -> bool:
    """Whether questions of a chat under way come on days that are still ahead."""
    return chat.state.live and series.asks is Pace.DAILY


def _agreed(chat: Chat, series: Series, now: datetime) -> str:
    if chat.state.live:
        return sentences.will_tell(chat, series)
    if chat.starts_at - now <= REMIND_BEFORE:
        return sentences.starts_soon(chat, series)
    return sentences.will_remind(chat, series)
