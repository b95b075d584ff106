"""One chat as a state machine: what happens when its steps fall due, even after an outage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import days, runsheet, sentences
from bot.core.actions import Action
from bot.core.effects import Effect, Link, Moment, Say, Tell, Wish, Withdraw
from bot.core.model import ChatState, Pace, Question, QuestionState, Step, StepKind
from bot.core.state import Change, Running
from bot.core.telling import announcing, opening, starting
from bot.core.times import clockface

OPEN_LATE = timedelta(minutes=15)
CLOSING_LATE = timedelta(days=1)


def advance(state: Running, now: datetime) -> Change:
    """Take every step that is due; after an outage the questions shift and shrink first."""
    change = catch_up(state, now)
    while step := change.state.due(now):
        change = change.then(take, step, now)
    return change


def take(state: Running, step: Step, now: datetime) -> Change:
    """Take one step."""
    rest = replace(state, steps=tuple(s for s in state.steps if s != step))
    change = _TAKES[step.kind](rest, step, now)
    return replace(change, taken=(step, *change.taken))


def catch_up(state: Running, now: datetime) -> Change:
    """An outage is a pause: lay the questions out anew from now, and drop what does not fit.

    A question that was shown late keeps half its minutes before the next one goes. In a slow chat the
    one that is due goes at once, and the others keep their days or, if those have gone by, get the next.
    """
    due = state.when(StepKind.ASK, StepKind.WRAP, StepKind.CLOSE)
    if not state.chat.state.live or state.chat.paused_at or due is None or due > now:
        return Change(state)
    first_at = max(now, _rested(state))
    if (now - due <= state.grace and first_at == now) or state.series.asks is Pace.ALL:
        return Change(state)
    return lay_out(state.without(StepKind.INTRO), first_at, now)


def _rested(state: Running) -> datetime:
    """When the present question had half its minutes, if it was shown late."""
    question, shown_at = state.current, state.shown_at
    if question is None or question.asked_at is None or shown_at is None:
        return state.chat.starts_at
    late = shown_at - question.asked_at > state.grace
    rest = days.REST if state.series.slow else state.chat.pace / 2
    return shown_at + rest if late else state.chat.starts_at


def lay_out(state: Running, first_at: datetime, now: datetime) -> Change:
    """Lay the waiting questions out from `first_at` without moving the end; drop and tell the rest."""
    count = runsheet.room_left(state.chat, state.series, first_at)
    dropped = state.waiting[count:]
    for question in dropped:
        state = state.with_question(question.position, state=QuestionState.DROPPED)
    state = reschedule(state, first_at)
    return Change(state, (_tell_dropped(state, dropped),) if dropped else ())


def _tell_dropped(state: Running, dropped: tuple[Question, ...]) -> Tell:
    # With the version: a number may pass to another question, which may be dropped as well.
    numbers = ".".join(str(q.position) for q in dropped)
    return Tell(f"dropped.{state.chat.version}.{numbers}", sentences.dropped(state.series, dropped))


def reschedule(state: Running, first_at: datetime) -> Running:
    """Give every waiting question its time again, the first at `first_at`."""
    asks = runsheet.asks_from(state.chat, state.series, state.questions, first_at)
    return state.without(StepKind.ASK).plus(*asks)


def call_off(state: Running, why: str, now: datetime) -> Change:
    """Call a chat off before it began, kindly, in every place; a day later only hosts who planned it hear."""
    state = replace(state, steps=()).with_chat(state=ChatState.CANCELLED)
    said, told = Say("cancelled", why, not_after=state.chat.starts_at + CLOSING_LATE), Tell("cancelled", why)
    if now < state.chat.starts_at + CLOSING_LATE:
        return Change(state, (Withdraw(), said, told))
    return Change(state, (Withdraw(), told) if state.waiting else (Withdraw(),))


def close(state: Running, now: datetime, text: str) -> Change:
    """End the hour now: nothing more is asked, late answers begin."""
    live = (StepKind.INTRO, StepKind.ASK, StepKind.WRAP, StepKind.CLOSE, StepKind.PAUSE_LIMIT)
    state = state.without(*live).with_chat(state=ChatState.CLOSED, ends_at=now, paused_at=None)
    after = (StepKind.PUBLISH, StepKind.DIGEST, StepKind.SEAL)
    ending = (step for step in runsheet.ending(state.chat, state.series) if step.kind in after)
    state = state.without(*after).plus(*ending)
    offers, page = sentences.closing_offers(state.next_at), _let_out(state)
    link = Link(sentences.OPEN_ARCHIVE, page) if page else None
    said = Say("close", text, not_after=now + CLOSING_LATE, offers=offers, link=link)
    return Change(state, (said, Wish("topic", Action.TOPIC)))


def ask(state: Running, position: int, now: datetime) -> Change:
    """Ask one question now, in every place."""
    question = next((q for q in state.waiting if q.position == position), None)
    if question is None:
        return Change(state)
    before = state.current
    state = state.with_question(position, state=QuestionState.ASKED, asked_at=now).with_chat(asked=position)
    return Change(state, asking(state, question, before))


def asking(state: Running, question: Question, before: Question | None) -> tuple[Effect, ...]:
    """What is said and done to ask a question; the thread of the one before gets a line."""
    text, until = sentences.question(state.series, question), state.chat.ends_at
    subject = question_subject(question)
    offers = sentences.question_offers(state.chat, question)
    asked = Say(subject, text, until, question=question.position, offers=offers), thread_of(state, question)
    if before and state.series.asks is Pace.ALL:  # the first stays pinned, and no other is news
        return asked
    pinned = Wish("pin", Action.PIN, on=subject), Wish("topic", Action.TOPIC, text, on=subject)
    return (*asked, *pinned, *_teased(state, question, before))


def _teased(state: Running, question: Question, before: Question | None) -> tuple[Say, ...]:
    """The line that leads on, in the thread of the question before."""
    if before is None or state.chat.rehearsal:
        return ()
    subject, text = question_subject(question), sentences.next_is_out(state.series, question)
    line, until = f"{subject}.line", state.chat.ends_at
    return (Say(line, text, until, thread=question_subject(before), about=subject),)


def thread_of(state: Running, question: Question) -> Wish:
    """A question's thread, by its name."""
    subject, name = question_subject(question), sentences.thread_name(state.chat, state.series, question)
    return Wish(f"{subject}.thread", Action.THREAD, name, on=subject)


def rewritten(state: Running, question: Question) -> Wish:
    """The post of an asked question as it reads now, with what can be pressed under it."""
    subject, text = question_subject(question), sentences.question(state.series, question)
    offers = sentences.question_offers(state.chat, question)
    return Wish(f"{subject}.edit", Action.EDIT, text, on=subject, offers=offers)


def question_subject(question: Question) -> str:
    """What the post of a question is called in the outbox; the number of an asked one never changes."""
    return f"q{question.position}"


def _nudge(state: Running, step: Step, now: datetime) -> Change:
    later = (one for one in state.steps if one.kind is StepKind.NUDGE and one.due_at <= now)
    if state.questions or not state.chat.state.ahead or now >= state.chat.starts_at or any(later):
        return Change(state)
    subject, told = (
        f"nudge{step.ordinal}.{state.chat.version}",
        sentences.nobody_planned(state.chat, state.series),
    )
    return Change(state, (Tell(subject, *told, moments=(starting(state.chat),)),))


def _announce(state: Running, step: Step, now: datetime) -> Change:
    if not state.questions or state.chat.state is not ChatState.PLANNED or now >= state.chat.starts_at:
        return Change(state)
    return announce(state)


def announce(state: Running) -> Change:
    """Announce a planned chat in every place, once: no step does it again."""
    state = state.without(StepKind.ANNOUNCE).with_chat(state=ChatState.ANNOUNCED)
    return Change(state, (announcing(state),))


def _remind(state: Running, step: Step, now: datetime) -> Change:
    if not state.questions or now >= state.chat.starts_at:
        return Change(state)
    text = sentences.reminder(state.chat, state.series)
    starts = Moment(clockface.time(state.chat.starts_at, state.chat.zone), state.chat.starts_at)
    said = Say(f"remind.{state.chat.version}", text, not_after=state.chat.starts_at, moments=(starts,))
    return Change(state, (said,))


def _open(state: Running, step: Step, now: datetime) -> Change:
    late = now - step.due_at
    if not state.waiting:
        return call_off(state, sentences.called_off_unplanned(state.chat, state.series), now)
    if not may_open(state, late, now):
        return call_off(state, sentences.called_off_late(state.chat, state.series), now)
    state = state.with_chat(state=ChatState.OPEN, told=state.readers or state.series.visibility)
    change = _open_late(state, late, now) if late > state.grace else Change(state)
    said = opening(state, late if late > state.grace and not state.series.slow else None)
    return Change(change.state, (said, *change.effects))


def may_open(state: Running, late: timedelta, now: datetime) -> bool:
    """Whether a chat may open so late: an hour only soon, a slow chat while a question still has a day."""
    in_time = state.series.slow or late <= OPEN_LATE
    return in_time and (late <= state.grace or _room_after(state, late, now) > 0)


def _open_late(state: Running, late: timedelta, now: datetime) -> Change:
    first_at = _first_after(state, late, now)
    if state.series.slow:
        return lay_out(state, first_at, now)
    return lay_out(state.without(StepKind.INTRO).plus(Step(now, StepKind.INTRO)), first_at, now)


def _first_after(state: Running, late: timedelta, now: datetime) -> datetime:
    if state.series.slow:
        return now
    return now + max(state.series.opening / 2, state.series.opening - late)


def _room_after(state: Running, late: timedelta, now: datetime) -> int:
    return runsheet.room_left(state.chat, state.series, _first_after(state, late, now))


def _intro(state: Running, step: Step, now: datetime) -> Change:
    return Change(state, (Say("intro", sentences.INTRODUCE, not_after=state.wrap_at),))


def _ask(state: Running, step: Step, now: datetime) -> Change:
    return ask(state, step.ordinal, now)


def _wrap(state: Running, step: Step, now: datetime) -> Change:
    thanked = tuple(name for name in state.answered if name not in state.hosts)
    text = sentences.wrap(state.series, state.hosts, state.next_at, state.chat.zone, thanked)
    state = state.with_chat(state=ChatState.WRAPPING)
    if now >= state.chat.ends_at:
        return Change(state)
    again = (
        (Moment(clockface.moment(state.next_at, state.chat.zone), state.next_at),) if state.next_at else ()
    )
    said = Say("wrap", text, not_after=state.chat.ends_at + OPEN_LATE, moments=again)
    return Change(state, (said,))


def _close(state: Running, step: Step, now: datetime) -> Change:
    text = sentences.closing(state.chat, state.series, _let_out(state))
    return close(state, now, text)


def _let_out(state: Running) -> str:
    """The address of the chat's page, where it is there for its readers as soon as the hour is over."""
    return state.links.page if state.series.publish_at_once and not state.chat.rehearsal else ""


def _publish(state: Running, step: Step, now: datetime) -> Change:
    return Change(state.with_chat(state=ChatState.TAIL))


def _digest(state: Running, step: Step, now: datetime) -> Change:
    return Change(state)  # what is in it is known to those who see the answers


def _seal(state: Running, step: Step, now: datetime) -> Change:
    return Change(replace(state, steps=()).with_chat(state=ChatState.SEALED))


def _pause_limit(state: Running, step: Step, now: datetime) -> Change:
    return close(state, now, sentences.PAUSED_A_WEEK if state.series.slow else sentences.PAUSED_TOO_LONG)


_TAKES: dict[StepKind, Callable[[Running, Step, datetime], Change]] = {
    StepKind.NUDGE: _nudge,
    StepKind.ANNOUNCE: _announce,
    StepKind.REMIND: _remind,
    StepKind.OPEN: _open,
    StepKind.INTRO: _intro,
    StepKind.ASK: _ask,
    StepKind.WRAP: _wrap,
    StepKind.CLOSE: _close,
    StepKind.PUBLISH: _publish,
    StepKind.DIGEST: _digest,
    StepKind.SEAL: _seal,
    StepKind.PAUSE_LIMIT: _pause_limit,
}
