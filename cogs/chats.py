"""One chat: planned, previewed, rehearsed, started, steered, ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from bot.commands import OFFER_LIMIT, Between, Cog, Context, Example, Reply, command, fills, replied
from bot.commands.parameters import Lines, Minutes
from bot.core import drafting, plain, sentences, steering
from bot.core.model import Chat, ChatState, Question, Refused, Role, StepKind
from bot.core.question_list import read_question, read_questions
from bot.core.state import Change, Running
from bot.core.times.minutes import SLOW_MINUTES
from bot.core.tongue import Words, joined, worded
from bot.core.which import Which
from bot.storage.store import Tx
from cogs import _coming, _rehearsal

Tonight = Annotated[Chat, "Which chat, if not the one now or next", Which.LIVE]
Coming = Annotated[Chat, "Which chat, if not the next one", Which.AHEAD]
Sure = Annotated[bool, "Whether you are sure"]
Longer = Between(1, SLOW_MINUTES)
After = Annotated[int | None, "The question that was out when this was offered"]


class Chats(Cog):
    """The commands of the group `chat`."""

    @command("chat plan", role=Role.HOST)
    async def plan(
        self,
        ctx: Context,
        tx: Tx,
        topic: Annotated[str, "What it is about", Example("Homework that matters")] = "",
        questions: Annotated[Lines, "The questions, one a line"] = (),
        *,
        chat: Annotated[Chat, "Which chat, if not the next unplanned one", Which.UNPLANNED],
    ) -> Reply:
        """Plan a chat: its topic, and below it the questions, one a line."""
        before = await tx.running(chat.id)
        if not topic.strip() and not questions:
            asked = joined(sentences.PLAN_HOW, *_preview(before))
            return replied(asked, (sentences.questions_offer(chat),), private=True)
        name = plain.title(topic) if topic.strip() else chat.topic
        given = read_questions(questions, sentences.letter(before.series, 0))
        texts = given.texts or tuple(question.text for question in before.questions)
        after = await tx.change(before, drafting.plan(before, name, texts, ctx.now), ctx.now)
        replaced = len(before.questions) if given.texts else 0
        told = joined(*_told(after, ctx.now), partial(sentences.planned, replaced, given.doubts))
        return replied(told, sentences.planned_offers(after.chat, after.series, after.questions))

    @fills("chat plan")
    async def present(self, ctx: Context, tx: Tx, _given: Mapping[str, Any]) -> Mapping[str, str]:
        """The topic and the questions as they are drafted."""
        if ctx.chat is None:
            return {}
        questions = "\n".join(question.text for question in await tx.questions(ctx.chat.id))
        return {"topic": ctx.chat.topic, "questions": questions}

    @command("chat preview", role=Role.HOST)
    async def preview(self, ctx: Context, tx: Tx, *, chat: Tonight) -> Reply:
        """Show the run sheet: what happens when."""
        state = await tx.running(chat.id)
        return replied(joined(*_preview(state)), sentences.steering_offers(chat, state.questions))

    @command("chat rehearse", role=Role.HOST)
    async def rehearse(self, ctx: Context, tx: Tx, *, chat: Tonight) -> Reply:
        """Play a chat sixty times as fast, in the hosts' room only; nothing is announced or archived."""
        state, room = await _rehearsal.rehearse(ctx, tx, chat)
        said = partial(sentences.rehearsal_begins, state.chat, len(state.questions), room.name)
        coming = sentences.announce_offers(chat) if chat.state is ChatState.PLANNED else ()
        return replied(said, (*sentences.rehearsal_offers(state.chat), *coming))

    @command("chat announce", role=Role.HOST)
    async def announce(self, ctx: Context, tx: Tx, *, chat: Coming) -> Reply:
        """Announce a chat now instead of the day before, and get words to share."""
        places = await tx.places(chat)
        await tx.open_doors(await tx.series(chat.series_id))
        before = await tx.running(chat.id)
        after = await tx.change(before, steering.announce(before, ctx.now), ctx.now)
        told = {"places": ", ".join(place.name for place in places), "text": partial(_to_share, after)}
        again = before.chat.state is ChatState.ANNOUNCED
        return replied(worded(sentences.ANNOUNCED_BEFORE if again else sentences.ANNOUNCED, **told))

    @command("chat start", role=Role.HOST)
    async def start(self, ctx: Context, tx: Tx, *, chat: Coming, sure: Sure = False) -> Reply:
        """Begin a chat now instead of at its time."""
        before = await tx.running(chat.id)
        change = steering.start(before, ctx.person.shown, ctx.now)
        if before.expected_later(ctx.now) and not sure:
            asked = partial(sentences.start_sure, chat, before.series)
            return replied(asked, (sentences.start_offer(chat),))
        await _need_quiet(ctx, tx, before, change.state.chat.ends_at)
        after = await tx.change(before, change, ctx.now)
        return replied(
            partial(sentences.begins, after.chat, after.series), sentences.plan_offers(after.chat)[:1]
        )

    @command("chat next", role=Role.HOST)
    async def next(self, ctx: Context, tx: Tx, *, chat: Tonight, after: After = None) -> Reply:
        """Ask the next question now."""
        by, now = ctx.person.shown, ctx.now
        state = await _steer(ctx, tx, chat, lambda before: steering.next_question(before, by, now, after))
        went = state.chat.asked if state.chat.asked != chat.asked else 0
        out = partial(sentences.goes_out, state.series, went) if went else sentences.WRAP_BEGINS
        said = joined(out, _next_comes(state), by="")
        soon = state if went else state.with_chat(state=ChatState.WRAPPING)
        return replied(said, sentences.steering_offers(soon.chat, soon.questions))

    @command("chat extend", role=Role.HOST)
    async def extend(
        self,
        ctx: Context,
        tx: Tx,
        minutes: Annotated[Minutes, "How much longer", Example("5 min"), Longer],
        *,
        chat: Tonight,
        after: After = None,
    ) -> Reply:
        """Give the question that is on more time."""
        by, now = ctx.person.shown, ctx.now
        state = await _steer(ctx, tx, chat, lambda before: steering.extend(before, by, minutes, now, after))
        left_out = await _more_days(tx, chat, state)
        until = state.when(StepKind.ASK, StepKind.WRAP)
        more = partial(sentences.more_time, state.chat, state.series, until)
        said = joined(more, partial(sentences.make_way, left_out), by=" ")
        return replied(said, sentences.steering_offers(state.chat, state.questions))

    @command("chat pause", role=Role.HOST)
    async def pause(self, ctx: Context, tx: Tx, *, chat: Tonight, after: After = None) -> Reply:
        """Stop the timer until you resume: a day at most, a slow chat a week."""
        by, now = ctx.person.shown, ctx.now
        state = await _steer(ctx, tx, chat, lambda before: steering.pause(before, by, now, after))
        said = worded(sentences.PAUSED_FOR_NOW if state.series.slow else sentences.PAUSED)
        return replied(said, sentences.steering_offers(state.chat, state.questions))

    @command("chat resume", role=Role.HOST)
    async def resume(self, ctx: Context, tx: Tx, *, chat: Tonight) -> Reply:
        """Go on after a pause, with all the time that was left."""
        by, now = ctx.person.shown, ctx.now
        state = await _steer(ctx, tx, chat, lambda before: steering.resume(before, by, now))
        left_out = await _more_days(tx, chat, state)
        on = partial(sentences.goes_on, state.chat, state.when(StepKind.ASK))
        said = joined(on, partial(sentences.make_way, left_out), by=" ")
        return replied(said, sentences.steering_offers(state.chat, state.questions))

    @command("chat skip", role=Role.HOST)
    async def skip(
        self,
        ctx: Context,
        tx: Tx,
        question: Annotated[Question | None, "Which question, if not the next"] = None,
        *,
        chat: Tonight,
    ) -> Reply:
        """Leave out a question that is not asked yet."""
        by, now, number = ctx.person.shown, ctx.now, question.position if question else None
        state = await _steer(ctx, tx, chat, lambda before: steering.skip(before, by, now, number))
        which, coming = number or state.left_out_last, state.when(StepKind.ASK)
        said = partial(sentences.left_out_one, state.chat, state.series, which, coming)
        return replied(said, sentences.steering_offers(state.chat, state.questions))

    @command("chat ask", role=Role.HOST)
    async def ask(
        self,
        ctx: Context,
        tx: Tx,
        text: Annotated[str, "The extra question", Example("What surprised you?")],
        *,
        chat: Tonight,
    ) -> Reply:
        """Ask a question now that nobody planned."""
        given = read_question(text, sentences.letter(await tx.series(chat.series_id), 0))
        by, now = ctx.person.shown, ctx.now
        state = await _steer(
            ctx, tx, chat, lambda before: steering.ask_extra(before, by, given.texts[0], now)
        )
        out = joined(partial(sentences.goes_out, state.series, state.chat.asked), _next_comes(state), by="")
        said = joined(out, *sentences.looks(given.doubts))
        return replied(said, sentences.steering_offers(state.chat, state.questions))

    @command("chat end", role=Role.HOST, destructive=True)
    async def end(self, ctx: Context, tx: Tx, *, chat: Tonight, sure: Sure = False) -> Reply:
        """End the hour now; nothing more is asked."""
        before = await tx.running(chat.id)
        change = steering.end(before, ctx.person.shown, ctx.now)
        if not (sure or chat.rehearsal):
            asked = partial(sentences.end_sure, chat, before.series, len(before.waiting))
            return replied(asked, (sentences.end_offer(chat),))
        await tx.change(before, change, ctx.now)
        return Reply(sentences.REHEARSAL_ENDS if chat.rehearsal else sentences.ENDED)

    @command("chat cancel", role=Role.HOST, destructive=True)
    async def cancel(
        self,
        ctx: Context,
        tx: Tx,
        reason: Annotated[str, "Why, for everybody to read", Example("Half-term")] = "",
        *,
        chat: Tonight,
        sure: Sure = False,
    ) -> Reply:
        """Call a coming chat off; every place is told."""
        why, before = plain.plain(reason, 500), await tx.running(chat.id)
        change = steering.cancel(before, why, ctx.now)
        if not sure:
            return replied(*sentences.cancel_sure(chat, before.series, why, OFFER_LIMIT))
        state = await tx.change(before, change, ctx.now)
        return replied(partial(sentences.called_off, state.chat, state.series))

    @command("chat now", private=True)
    async def now(self, ctx: Context, tx: Tx, *, chat: Tonight) -> Reply:
        """Which question is on, for how long, and what was asked so far."""
        state = await tx.running(chat.id)
        where = (chat, state.series, state.questions, state.steps, ctx.now)
        hosting = sentences.steering_offers(chat, state.questions) if ctx.role >= Role.HOST else ()
        return replied(partial(sentences.where_we_are, *where), (*sentences.catch_up_offers(chat), *hosting))


async def _steer(ctx: Context, tx: Tx, chat: Chat, act: Callable[[Running], Change]) -> Running:
    """Do something to a chat, store what becomes of it, and give that."""
    before = await tx.running(chat.id)
    return await tx.change(before, act(before), ctx.now)


async def _more_days(tx: Tx, chat: Chat, state: Running) -> tuple[Chat, ...]:
    """Give a slow chat that ends later the days it needs; gives the dates that make way for it."""
    if not state.series.slow or state.chat.ends_at <= chat.ends_at:
        return ()
    until = state.chat.ends_at
    return await _coming.make_room(tx, chat, chat.starts_at, until, sentences.runs_into)


async def _need_quiet(ctx: Context, tx: Tx, state: Running, ends_at: datetime) -> None:
    """Refuse to start beside another chat, or one that is opening by itself at this moment."""
    opens = state.when(StepKind.OPEN)
    if opens is not None and opens <= ctx.now:
        raise Refused(sentences.SHORT_NOTICE)
    if other := await tx.busy(state.chat):
        raise Refused(partial(sentences.other_is_on, other, (await tx.series(other.series_id)).title))
    for other in await _coming.beside(tx, state.chat, ctx.now, ends_at):
        if await tx.questions(other.id):
            raise Refused(partial(sentences.other_comes, other, (await tx.series(other.series_id)).title))


def _to_share(state: Running) -> str:
    links = sentences.links_listed(*astuple(state.links))
    return sentences.invitation(state.chat, state.series, links)


def _next_comes(state: Running) -> Callable[[], str]:
    return partial(sentences.next_comes, state.chat, state.when(StepKind.ASK))


def _sheet(state: Running) -> Callable[[], str]:
    return partial(sentences.preview, state.chat, state.series, state.questions, state.steps)


def _told(state: Running, now: datetime) -> tuple[Words, ...]:
    """The run sheet of a fresh plan; where everybody is told of it at once, it says that instead of when."""
    if not state.announces_at_once(now):
        return (_sheet(state),)
    return _sheet(state.without(StepKind.ANNOUNCE)), sentences.ANNOUNCED_NOW


def _preview(state: Running) -> tuple[Words, ...]:
    return _sheet(state), "" if state.questions else sentences.NO_QUESTIONS_PLANNED
