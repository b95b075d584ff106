"""Reminders: who asks for one gets a word of their own ten minutes before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from bot.commands import Cog, Context, Reply, command, on_step
from bot.core import sentences
from bot.core.effects import Moment
from bot.core.model import Chat, Refused, Step, StepKind
from bot.core.times import clockface
from bot.core.which import Which
from bot.storage.store import Tx

Coming = Annotated[Chat, "Which chat", Which.AHEAD]
Undo = Annotated[bool, "Take it back"]


class Reminders(Cog):
    """A word to each who asked for it, before the chat begins."""

    @command("chat remind", private=True)
    async def remind(self, ctx: Context, tx: Tx, *, undo: Undo = False, chat: Coming) -> Reply:
        """Be reminded ten minutes before a chat."""
        if not chat.state.ahead or chat.rehearsal:
            raise Refused(sentences.already_begun(chat))
        series = await tx.series(chat.series_id)
        if undo:
            await tx.remind_no_more(chat.id, ctx.person.id)
            return Reply(sentences.not_reminded(chat, series))
        await tx.remind(chat.id, ctx.person.id, ctx.place, ctx.now)
        return Reply(sentences.will_remind(chat, series), (sentences.no_reminder_offer(chat),))

    @on_step(StepKind.REMIND)
    async def due(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Remind everybody who asked."""
        running = await tx.running(chat_id)
        if not running.chat.state.ahead or not running.waiting or now >= running.chat.starts_at:
            return
        text, at = sentences.reminder(running.chat, running.series), running.chat.starts_at
        starts = Moment(clockface.time(at, running.chat.zone), at)
        for place, person in await tx.reminded(chat_id):
            await tx.whisper_of(place, person, text, starts, chat_id, now)
        await tx.remind_nobody(chat_id)
