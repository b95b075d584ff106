"""Answers: given by form, filed by reaction or by a host, and who is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Example, Offer, Reply, command, hears, on_step, replied
from bot.core import sentences
from bot.core.effects import Tell
from bot.core.hearing import Author, Heard, Reacted
from bot.core.may import role
from bot.core.model import (
    Chat,
    ChatState,
    How,
    Place,
    Question,
    Refused,
    Role,
    Series,
    Step,
    StepKind,
    Visibility,
)
from bot.core.plain import plain
from bot.core.sentences import sharing
from bot.core.sentences.desk import SORT_AT_DESK
from bot.core.state import Running
from bot.core.tongue import joined
from bot.core.unsorted import HOSTS_PANEL, suggestions
from bot.core.which import Which
from bot.storage.heard.coverage import Speaker
from bot.storage.heard.inbound import Form
from bot.storage.store import Tx
from cogs import _messages

_AT_DESK = Offer(SORT_AT_DESK, "desk")
ANSWER_LIMIT = 6_000
"""Characters of an answer given by form, as many as Discord's longest option has."""

REASON_LIMIT = 500
"""Characters of a reason for hiding."""

Number = Annotated[Question, "The question's number"]
Named = Annotated[str, "The message's number", Example("m123")]
Recent = Annotated[Chat, "Which chat", Which.RECENT]
Undo = Annotated[bool, "Take it back"]


class Answers(Cog):
    """What participants answer, and what hosts make of it."""

    @command("answer", private=True)
    async def answer(
        self,
        ctx: Context,
        tx: Tx,
        number: Number,
        text: Annotated[str, "Your answer", Example("We start with a story")],
        *,
        chat: Recent,
    ) -> Reply:
        """Answer a question."""
        _check_text(text)
        _check_open(chat, number, await tx.series(chat.series_id))
        agreed = await tx.consent(ctx.person.id, ctx.place.community_id)
        if agreed and (agreed.excluded_at or agreed.forgotten_at):
            raise Refused(sentences.ANSWER_WITHOUT_YOU)
        by_host = ctx.role >= Role.HOST
        form = Form(chat.id, number, ctx.person.id, by_host, text, ctx.native_id)
        said = (
            sentences.filed_under
            if await tx.store_form(ctx.place, form, ctx.now)
            else sentences.held_until_asked
        )
        return replied(partial(said, await tx.series(chat.series_id), number))

    @command("answers move", role=Role.HOST, private=True, of_own_place=True, shows_words=True)
    async def move(self, ctx: Context, tx: Tx, message: Named, number: Number, *, chat: Recent) -> Reply:
        """File a message under a question."""
        series = await tx.series(chat.series_id)
        if chat.state is ChatState.SEALED:
            raise Refused(sentences.SEALED)
        if number.asked_at is None:
            raise Refused(partial(sentences.not_asked, series, number))
        message_id = await _messages.meant(ctx, tx, chat, message)
        async with _messages.undoable(ctx, tx, message_id):
            await tx.file_by_person(message_id, [number.id], How.MODERATOR, ctx.person.id, ctx.now)
        row = await tx.message(message_id)
        return replied(partial(sentences.moved_answer, series, number, row.text if row else ""))

    @command("answers pick", role=Role.HOST, private=True)
    async def pick(self, ctx: Context, tx: Tx, message: Named, *, undo: Undo = False, chat: Recent) -> Reply:
        """Mark an answer as one of the good bits."""
        message_id = await _messages.meant(ctx, tx, chat, message)
        async with _messages.undoable(ctx, tx, message_id):
            await tx.pick(message_id, None if undo else ctx.now)
        if undo:
            return Reply(sentences.UNPICKED)
        return Reply(sentences.PICKED, (_undo("pick", message_id, chat),))

    @command("answers hide", role=Role.HOST, private=True, of_own_place=True)
    async def hide(
        self,
        ctx: Context,
        tx: Tx,
        message: Named,
        *,
        because: Annotated[str, "Why, for hosts", Example("It names a pupil")] = "",
        hold: Annotated[bool, "Let hosts see first what its writer says next"] = False,
        undo: Undo = False,
        chat: Recent,
    ) -> Reply:
        """Hide a message from readers."""
        message_id = await _messages.meant(ctx, tx, chat, message)
        if undo:
            async with _messages.undoable(ctx, tx, message_id):
                await _messages.show_again(ctx, tx, message_id, chat)
            return Reply(sentences.SHOWN_AGAIN)
        async with _messages.undoable(ctx, tx, message_id):
            await tx.hide(message_id, ctx.now, _reason(because))
            await tx.settle_reports(message_id, ctx.now)
        held = await _hold_writer(ctx, tx, message_id) if hold else ""
        back = (_undo("hide", message_id, chat),) if ctx.role >= Role.HOST else ()
        return replied(joined(sentences.HIDDEN, held), back)

    @command("answers keep", role=Role.HOST, private=True)
    async def keep(self, ctx: Context, tx: Tx, message: Named, *, chat: Recent) -> Reply:
        """Leave a reported message as it is."""
        message_id = await _messages.meant(ctx, tx, chat, message)
        async with _messages.undoable(ctx, tx, message_id):
            await tx.settle_reports(message_id, ctx.now)
        return Reply(sentences.KEPT_AS_IT_IS)

    @command("answers unanswered", role=Role.HOST, private=True)
    async def unanswered(self, ctx: Context, tx: Tx, *, chat: Recent) -> Reply:
        """Show who has not answered yet, and what may be answers."""
        running = await tx.running(chat.id)
        if running.current is None:
            return Reply(sentences.NOTHING_ASKED_YET)
        answered = await tx.answered(chat.id)
        names = _without(
            await tx.speakers(chat.id), {who for who, what in answered if what == running.current.id}
        )
        rest, offers = await _unsorted(tx, running)
        spoke = partial(sentences.missing, running.series, running.current, names)
        return replied(joined(spoke, rest), offers)

    @hears(Reacted)
    async def reacted(
        self, tx: Tx, place: Place, heard: Heard, message_id: int | None, now: datetime
    ) -> None:
        """File a message where its author or a host put a digit; taking the digit off undoes it."""
        if not isinstance(heard, Reacted):
            return
        message_id = message_id or await tx.copy_of(place.id, heard.id)
        if message_id is None:
            return
        row, attended = await tx.message(message_id), await tx.attended(place.id, now)
        one = next((one for one in attended if row and one.chat.id == row.chat_id), None)
        question = one.questions.get(heard.number) if one else None
        if row is None or row.deleted_at or question is None or question.asked_at is None:
            return
        by = await _filer(tx, place, heard.author, row.person_id, row.chat_id)
        if by is not None and heard.removed:
            await tx.unfile_by_person(message_id, question.id, by, attended, now)
        elif by is not None:
            await tx.file_by_person(message_id, [question.id], How.REACTION, by, now)

    @on_step(StepKind.CLOSE, StepKind.PAUSE_LIMIT)
    async def closed(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Tell the hosts' room how the chat went, with what may still be filed."""
        running = await tx.running(chat_id)
        if running.chat.rehearsal:
            return
        counts, answered = await tx.answer_counts(chat_id), await tx.answered(chat_id)
        answers = {q.position: counts.get(q.id, 0) for q in running.questions if q.asked_at}
        quiet = _without(await tx.speakers(chat_id), {who for who, _ in answered})
        new = _without(await tx.first_timers(running.chat), ())
        rest, offers = await _unsorted(tx, running)
        page = (await tx.links(running.chat, running.series)).page if running.series.publish_at_once else ""
        text = sentences.panel_at_end(running.chat, running.series, answers, quiet, new, page)
        at_desk = (_AT_DESK,) if offers and await tx.installed("address") else ()
        told = Tell(HOSTS_PANEL, f"{text}\n{rest()}", (*_publishing(running), *offers, *at_desk))
        await tx.perform(running, (told,), now)


async def _hold_writer(ctx: Context, tx: Tx, message_id: int) -> str:
    """Hold a writer back where they are one of ours; gives what is said of it."""
    if not await tx.said_among(message_id, ctx.place.community_id):
        return sharing.NOT_HELD_BACK
    nameless = await tx.hold_writer(message_id, ctx.place.community_id, ctx.real)
    return sentences.NAMELESS_WRITER_HELD if nameless else sentences.WRITER_HELD


def _reason(because: str) -> str | None:
    return plain(because, REASON_LIMIT) or None


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refused(sentences.ANSWER_EMPTY)
    if len(text) > ANSWER_LIMIT:
        raise Refused(sentences.ANSWER_LONG, length=len(text), limit=ANSWER_LIMIT)


def _check_open(chat: Chat, question: Question, series: Series) -> None:
    """Late answers count until the chat is sealed; one before its question waits while the chat is on."""
    if not (chat.state.live or chat.state.hears_late_answers):
        raise Refused(sentences.ANSWER_CLOSED)
    if question.asked_at is None and not (question.waiting and chat.state.live):
        raise Refused(partial(sentences.not_asked, series, question))


async def _filer(tx: Tx, place: Place, author: Author, writer: int | None, chat_id: int) -> int | None:
    """The id of somebody who may file this message: its writer or a host; strangers are not noted down."""
    person = await tx.met(place.platform, author.native_id, place.community_id)
    if person is None and author.power >= Role.HOST:
        person = await tx.person(place.platform, author, place.community_id)
    if person is None or person.id == writer:
        return person.id if person else None
    standing = await tx.standing(person, place, author.power, chat_id)
    return person.id if standing.hosts_here or role(standing, chat_id) >= Role.HOST else None


async def _unsorted(tx: Tx, running: Running) -> tuple[Callable[[], str], tuple[Offer, ...]]:
    """How much is filed nowhere, and an offer for each message that may be an answer."""
    chat, series = running.chat, running.series
    talk = await tx.talk(chat.id)
    found = suggestions(talk, running.questions, await tx.answered(chat.id))
    offers = tuple(
        sentences.file_offer(
            *(series, one.question, one.talk.name, one.talk.text),
            f"answers move m{one.talk.message_id} {one.question.position} chat={chat.id}",
        )
        for one in found
    )
    return partial(sentences.unsorted, len(talk), len(offers)), offers


def _publishing(running: Running) -> tuple[Offer, ...]:
    """The button with which hosts let a page out that is theirs until then."""
    series = running.series
    if series.publish_at_once or series.visibility is Visibility.OFF:
        return ()
    return (Offer(sentences.PUBLISH, f"archive publish chat={running.chat.id}"),)


def _without(people: Iterable[Speaker], ids: Iterable[int]) -> list[str]:
    """The names of people but some."""
    but = set(ids)
    return [one.name for one in people if one.person_id not in but]


def _undo(what: str, message_id: int, chat: Chat) -> Offer:
    return Offer(sentences.UNDO, f"answers {what} m{message_id} undo=yes chat={chat.id}")
