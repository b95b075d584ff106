"""The question list: changed before and during a chat, and questions that moderators type themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from bot.commands import OFFER_LIMIT, Cog, Context, Example, Reply, command, fills, hears, replied
from bot.core import adopting, drafting, grammar, sentences
from bot.core.desk.marks import mark, need_not_back, need_unchanged
from bot.core.hearing import Heard, Said
from bot.core.model import Chat, Place, Question, Refused, Role
from bot.core.question_list import QuestionList, read_question
from bot.core.state import Running
from bot.core.tongue import Words, joined
from bot.core.which import Which
from bot.storage.store import Tx
from cogs import _typed

Tonight = Annotated[Chat, "Which chat, if not the one now or next", Which.LIVE]
Text = Annotated[str, "The question", Example("What worked?")]
Number = Annotated[Question, "Its number"]
Seen = Annotated[int | None, "A mark of what stood there when this was offered"]
_NUMBERS = re.compile(r"[^\W\d_]?([0-9]{1,3})[.,;:)]?", re.ASCII)


class Questions(Cog):
    """The commands of the group `question`, and the ears for questions that moderators type."""

    @command("question add", role=Role.HOST)
    async def add(
        self,
        ctx: Context,
        tx: Tx,
        text: Text,
        *,
        at: Annotated[int | None, "Which number it gets, if not the last"] = None,
        chat: Tonight,
        seen: Seen = None,
    ) -> Reply:
        """Add a question to the list."""
        before = await tx.running(chat.id)
        given = _read(text, before)
        need_not_back(before, given.texts[0], seen)
        change = drafting.add(before, given.texts[0], ctx.now, at)
        after = await tx.change(before, change, ctx.now)
        new = next(q for q in after.questions if q.id not in {old.id for old in before.questions})
        added = partial(sentences.question_added, after.series, new.position, len(after.questions))
        news = sentences.ANNOUNCED_NOW if after.announces_at_once(ctx.now) else ""
        return _reply(joined(added, news), given, after)

    @command("question edit", role=Role.HOST)
    async def edit(
        self, ctx: Context, tx: Tx, number: Number, text: Text, *, chat: Tonight, seen: Seen = None
    ) -> Reply:
        """Change a question's words; one that was asked changes its post and thread too."""
        before = await tx.running(chat.id)
        need_unchanged((number,), seen)
        given = _read(text, before)
        after = await tx.change(
            before, drafting.edit(before, number.position, given.texts[0], ctx.now), ctx.now
        )
        changed = drafting.at(after, number.position)
        return _reply(partial(sentences.question_edited, after.series, changed), given, after)

    @fills("question edit")
    async def present(self, ctx: Context, tx: Tx, given: Mapping[str, Any]) -> Mapping[str, str]:
        """The question's present words."""
        return {"text": given["number"].text} if "number" in given else {}

    @command("question reorder", role=Role.HOST)
    async def reorder(
        self,
        ctx: Context,
        tx: Tx,
        order: Annotated[str, "The numbers in the order you want", Example("1 3 2")],
        *,
        chat: Tonight,
        seen: Seen = None,
    ) -> Reply:
        """Put the questions that are not asked yet into another order."""
        before = await tx.running(chat.id)
        need_unchanged(before.questions, seen)
        after = await tx.change(before, drafting.reorder(before, _order(order), ctx.now), ctx.now)
        return replied(
            partial(sentences.in_this_order, after.series, after.questions),
            sentences.steering_offers(after.chat, after.questions),
        )

    @command("question remove", role=Role.HOST, private=True)  # what is taken out is not said aloud again
    async def remove(
        self, ctx: Context, tx: Tx, number: Number, *, chat: Tonight, seen: Seen = None
    ) -> Reply:
        """Take a question out; numbers that were asked already never change."""
        before = await tx.running(chat.id)
        need_unchanged(before.questions, seen)
        after = await tx.change(before, drafting.remove(before, number.position, ctx.now), ctx.now)
        said = partial(sentences.question_removed, after.series, number)
        back = sentences.put_back(before.chat, number, mark(after.questions), OFFER_LIMIT)
        return replied(said, (back, *sentences.steering_offers(after.chat, after.questions)))

    @command("question adopt", role=Role.HOST)
    async def adopt(
        self,
        ctx: Context,
        tx: Tx,
        message: Annotated[int, "The number of the message"],
        *,
        meant: Annotated[str, "Its number, extra or reminder", Example("2")],
        chat: Annotated[Chat, "Which chat", Which.LIVE],
    ) -> Reply:
        """Say what a question was that a moderator typed in the chat."""
        if meant.casefold() == "reminder":
            return Reply(sentences.REMINDER_NOTED)
        typed = await _typed.message(tx, chat, message)
        before = await tx.running(chat.id)
        text = _read(typed.text, before).texts[0]
        after = await tx.change(
            before, _typed.meant_as(before, ctx.person.shown, meant, text, ctx.now), ctx.now
        )
        await _typed.take_for_post(tx, after, typed, ctx.now)
        left_out = adopting.left_out(before, after.chat.asked)
        said = partial(sentences.adopted, after.series, after.chat.asked, left_out)
        return replied(said, sentences.steering_offers(after.chat, after.questions))

    @hears(Said)
    async def typed(self, tx: Tx, place: Place, heard: Heard, message_id: int | None, now: datetime) -> None:
        """Ask the hosts what a moderator's own "Q2: ..." was meant as."""
        if isinstance(heard, Said) and message_id is not None and grammar.command_text(heard.text) is None:
            await _typed.ask_hosts(tx, place, heard, message_id, now)


def _read(text: str, state: Running) -> QuestionList:
    return read_question(text, sentences.letter(state.series, 0))


def _reply(said: Words, given: QuestionList, after: Running) -> Reply:
    told = joined(said, *sentences.looks(given.doubts))
    return replied(told, sentences.steering_offers(after.chat, after.questions))


def _order(text: str) -> tuple[int, ...]:
    found = [_NUMBERS.fullmatch(word) for word in text.replace(",", " ").split()]
    if not found or not all(found):
        raise Refused(sentences.ORDER_BAD)
    return tuple(int(one[1]) for one in found if one)
