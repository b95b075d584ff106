"""Reminders: who asks for one gets a word of their own before a chat, and on each day of a slow one."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Reply, command, on_step, replied
from bot.core import reminding, sentences
from bot.core.model import Chat, Pace, Refused, Series, Step, StepKind
from bot.core.runsheet import REMIND_BEFORE
from bot.core.state import Running
from bot.core.which import Which
from bot.storage.store import Tx

Coming = Annotated[Chat, "Which chat", Which.AHEAD]
Undo = Annotated[bool, "Take it back"]


class Reminders(Cog):
    """A word to each who asked for it, before the chat begins."""

    @command("chat remind", private=True)
    async def remind(self, ctx: Context, tx: Tx, *, undo: Undo = False, chat: Coming) -> Reply:
        """Be reminded ten minutes before a chat, and of each question of a slow one."""
        state = await tx.running(chat.id)
        if undo:
            await tx.remind_no_more(chat.id, ctx.person.id)
            return replied(partial(sentences.not_reminded, chat, state.series))
        if chat.rehearsal or not (chat.state.ahead or (_by_days(state) and state.waiting)):
            raise Refused(partial(_nothing_to_come, state))
        await tx.remind(chat.id, ctx.person.id, ctx.place, ctx.now)
        agreed = partial(_agreed, chat, state.series, ctx.now)
        return replied(agreed, (sentences.no_reminder_offer(chat),))

    @on_step(StepKind.REMIND)
    async def due(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Remind everybody who asked."""
        if word := reminding.before_it_starts(await tx.running(chat_id), now):
            await tx.tell_reminded(chat_id, word, now)

    @on_step(StepKind.OPEN)
    async def begun(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Tell those who could not be told in time, and let go of wishes with nothing left to tell of."""
        state = await tx.running(chat_id)
        if word := reminding.on_already(state, now - step.due_at):
            await tx.tell_reminded(chat_id, word, now)
        if not _by_days(state):
            await tx.remind_nobody(chat_id)

    @on_step(StepKind.CLOSE, StepKind.PAUSE_LIMIT)
    async def over(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Let go of every wish: there is nothing left to tell of."""
        await tx.remind_nobody(chat_id)


def _by_days(state: Running) -> bool:
    """Whether questions of a chat under way come on days, where hosts may always ask one more."""
    return state.chat.state.live and state.series.asks is Pace.DAILY


def _nothing_to_come(state: Running) -> str:
    chat, slow = state.chat, state.chat.state.live and state.series.slow
    return sentences.all_are_out(chat, state.series) if slow else sentences.already_begun(chat)


def _agreed(chat: Chat, series: Series, now: datetime) -> str:
    if chat.state.live:
        return sentences.will_tell(chat, series)
    if series.paused:
        return sentences.will_remind_if_held(chat, series)
    if chat.starts_at - now <= REMIND_BEFORE:
        return sentences.starts_soon(chat, series)
    return sentences.will_remind(chat, series)
