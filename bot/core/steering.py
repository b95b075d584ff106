"""What hosts do to a chat under way: every act gives the chat as it then is, and what to say."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.core import runsheet, sentences, slow_steering
from bot.core.effects import Moment, Say, Withdraw
from bot.core.model import ChatState, Question, QuestionState, Refused, Step, StepKind
from bot.core.running import announce as tell_everybody
from bot.core.running import ask, question_subject, reschedule
from bot.core.state import Change, Running
from bot.core.telling import starting

TOGETHER = timedelta(seconds=5)
PAUSE_LIMIT = timedelta(hours=24)
LONGEST = timedelta(hours=6)


def start(state: Running, by: str, now: datetime) -> Change:
    """Begin now instead of at the planned time; the whole run sheet moves along."""
    _need_ahead(state)
    if not state.waiting:
        raise Refused(sentences.NO_QUESTIONS_YET)
    ends_at = runsheet.ends_at(state.chat, state.series, now)
    early = state.with_chat(starts_at=now, ends_at=ends_at, lead=state.chat.lead or by)
    if state.series.slow:
        early = slow_steering.begun_early(early, state.chat.ends_at)
        _need_fit(early)
    steps = runsheet.whole(early.chat, early.series, early.questions, now)
    early = replace(
        early, steps=tuple(s for s in steps if s.kind not in (StepKind.ANNOUNCE, StepKind.REMIND))
    )
    return Change(early)


def announce(state: Running, now: datetime) -> Change:
    """Announce now instead of the day before; what was announced already is not announced again."""
    _need_ahead(state)
    if not state.waiting:
        raise Refused(sentences.NO_QUESTIONS_YET)
    if state.chat.starts_at <= now:
        raise Refused(sentences.SHORT_NOTICE)
    return Change(state) if state.chat.state is ChatState.ANNOUNCED else tell_everybody(state)


def next_question(state: Running, by: str, now: datetime, after: int | None = None) -> Change:
    """Ask the next question now, or wrap up when all are asked; two hosts at once advance once."""
    _need_live(state, now)
    _compare(state, after)
    if after is None:
        _not_together(state, by, now)
    _need_shown(state, now)
    state = state.with_chat(steered_by=by, steered_at=now)
    if state.waiting:
        return _spread(ask(state, state.waiting[0].position, now), now)
    if state.chat.state is ChatState.WRAPPING:
        raise Refused(sentences.ALREADY_WRAPPING)
    if state.series.slow:
        raise Refused(partial(sentences.all_asked, state.chat))
    return Change(state.without(StepKind.WRAP, StepKind.INTRO).plus(Step(now, StepKind.WRAP)))


def extend(state: Running, by: str, minutes: int, now: datetime, after: int | None = None) -> Change:
    """Give the present question more time: later ones shrink to half at least, then the end moves."""
    change = _hold_last(state, now, after)
    _not_together(change.state, by, now)
    state, more = change.state.with_chat(steered_by=by, steered_at=now), timedelta(minutes=minutes)
    if state.series.slow:
        many = slow_steering.whole_days(minutes)
        return Change(slow_steering.extended(state, many, now), change.effects)
    due = state.when(StepKind.ASK, StepKind.WRAP, StepKind.CLOSE)
    first_at = max(now, due or now) + more
    over = runsheet.fit(first_at, len(state.waiting), state.wrap_at, state.chat.pace).over
    over = over if state.waiting else more
    if state.chat.ends_at + over - state.chat.starts_at > LONGEST:
        raise Refused(sentences.TOO_LONG_A_CHAT)
    return Change(reschedule(move_end(state, over), first_at), change.effects)


def pause(state: Running, by: str, now: datetime, after: int | None = None) -> Change:
    """Stop the timer until a host resumes, a day at most; a slow chat's a week."""
    change = _hold_last(state, now, after)
    limit = slow_steering.PAUSE_LIMIT if state.series.slow else PAUSE_LIMIT
    state = change.state.with_chat(paused_at=now, steered_by=by, steered_at=now)
    state = state.plus(Step(now + limit, StepKind.PAUSE_LIMIT))
    return Change(state, (*change.effects, _say(state, "paused", sentences.paused(by), now)))


def resume(state: Running, by: str, now: datetime) -> Change:
    """Go on after a pause with the full remaining time; the end moves by as long as it lasted."""
    since = state.chat.paused_at
    if since is None:
        live = state.chat.state.live
        raise Refused(sentences.NOT_PAUSED if live else partial(sentences.not_running, state.chat))
    state = state.without(StepKind.PAUSE_LIMIT).with_chat(paused_at=None)
    state = slow_steering.resumed(state, now) if state.series.slow else shifted(state, now - since)
    coming = state.when(StepKind.ASK) if state.series.slow else None
    times = (at for at in (coming, state.chat.ends_at) if at is not None)
    moments = tuple(Moment(sentences.chat_clock(state.chat, at), at) for at in times)
    text = sentences.resumed(by, state.chat, coming)
    return Change(state, (_say(state, "resumed", text, now, moments),))


def skip(state: Running, by: str, now: datetime, position: int | None = None) -> Change:
    """Leave a question out that is not asked yet; the later ones take over its time."""
    change = _hold_last(state, now, None) if state.chat.state.live else Change(_need_ahead(state))
    state = change.state
    if not state.waiting:
        raise Refused(sentences.NOTHING_LEFT_TO_SKIP)
    if position is None:
        _not_together(state, by, now)
    question = _waiting_at(state, position or state.waiting[0].position)
    first_at = state.when(StepKind.ASK) or now
    state = state.with_chat(steered_by=by, steered_at=now)
    state = state.with_question(question.position, state=QuestionState.SKIPPED)
    left_out = sentences.skipped(state.series, question)
    said = (_say(state, f"skip{question.position}", left_out, now),)
    return Change(reschedule(state, first_at), change.effects + (said if state.chat.state.live else ()))


def ask_extra(state: Running, by: str, text: str, now: datetime) -> Change:
    """Ask a question nobody planned, now, as the next number."""
    _need_live(state, now)
    _need_shown(state, now)
    waiting = [q.position for q in state.waiting]
    position = waiting[0] if waiting else max((q.position for q in state.questions), default=0) + 1
    state = insert(state, position, text).with_chat(steered_by=by, steered_at=now)
    return _spread(ask(state, position, now), now)


def end(state: Running, by: str, now: datetime) -> Change:
    """Let the hour end now; nothing more is asked."""
    if not state.chat.state.live:
        raise Refused(partial(sentences.not_running, state.chat))
    change = take_back(state, now)
    state = change.state
    over = (StepKind.INTRO, StepKind.ASK, StepKind.WRAP, StepKind.CLOSE, StepKind.PAUSE_LIMIT)
    state = state.without(*over).with_chat(ends_at=now, paused_at=None)
    return Change(state.plus(Step(now, StepKind.CLOSE)), (Withdraw(),))


def cancel(state: Running, reason: str, now: datetime) -> Change:
    """Call a chat off that has not begun; every place is told."""
    if state.chat.state.live:
        raise Refused(sentences.RUNNING_USE_END)
    _need_ahead(state)
    state = replace(state, steps=()).with_chat(state=ChatState.CANCELLED)
    text, at = sentences.cancelled(state.chat, state.series, reason), state.chat.starts_at
    return Change(state, (Withdraw(), Say("cancelled", text, not_after=at, moments=(starting(state.chat),))))


def move(state: Running, starts_at: datetime, now: datetime) -> Change:
    """Hold a chat at another time; its occurrence stays the same."""
    _need_ahead(state)
    was = state.chat
    state = state.with_chat(starts_at=starts_at, ends_at=runsheet.ends_at(was, state.series, starts_at))
    announced = was.state is ChatState.ANNOUNCED
    state = replan(state, now)
    text = sentences.moved(was, state.chat, state.series)
    said = _say(state, "moved", text, now, (starting(was), starting(state.chat)))
    return Change(state, (Withdraw(), said) if announced else (Withdraw(),))


def replan(state: Running, now: datetime) -> Running:
    """Lay out the whole run sheet again for a chat that has not begun; what was announced stays so."""
    count = len(state.waiting)
    if not state.chat.rehearsal:
        _need_fit(state)
    state = state.with_chat(pace=runsheet.pace(state.series, count))
    state = replace(state, steps=runsheet.whole(state.chat, state.series, state.questions, now))
    return state.without(StepKind.ANNOUNCE) if state.chat.state is ChatState.ANNOUNCED else state


def insert(state: Running, position: int, text: str) -> Running:
    """Put a question in before those not asked yet; only unasked ones get new numbers."""
    before = tuple(q for q in state.questions if q.position < position)
    after = tuple(replace(q, position=q.position + 1) for q in state.questions if q.position >= position)
    return replace(state, questions=(*before, Question(0, position, text), *after))


def move_end(state: Running, by: timedelta) -> Running:
    """Move wrap-up, close, publication and seal."""
    kinds = (StepKind.WRAP, StepKind.CLOSE, StepKind.PUBLISH, StepKind.SEAL)
    steps = tuple(replace(s, due_at=s.due_at + by) if s.kind in kinds else s for s in state.steps)
    return replace(state, steps=runsheet.ordered(steps)).with_chat(ends_at=state.chat.ends_at + by)


def shifted(state: Running, by: timedelta) -> Running:
    """Move every planned step and the end."""
    steps = tuple(replace(s, due_at=s.due_at + by) for s in state.steps)
    return replace(state, steps=steps).with_chat(ends_at=state.chat.ends_at + by)


def take_back(state: Running, now: datetime) -> Change:
    """Make the last question wait again when nobody was shown it yet."""
    question = state.current
    if not state.unsent or question is None:
        return Change(state)
    used = [q.position for q in state.questions if q.asked_at or q.state is QuestionState.REMOVED]
    earlier = [number for number in used if number < question.position]
    state = state.with_question(question.position, state=QuestionState.DRAFTED, asked_at=None)
    state = replace(state.with_chat(asked=max(earlier, default=0)), unsent=False)
    due = max(now, question.asked_at or now)
    return Change(reschedule(state, due), (Withdraw(question_subject(question)),))


def _hold_last(state: Running, now: datetime, after: int | None) -> Change:
    _need_live(state, now)
    change = take_back(state, now)
    _compare(change.state, after)
    return change


def _spread(change: Change, now: datetime) -> Change:
    """After a question asked by hand: the rest share the time, and the end moves if they must."""
    state = change.state.without(StepKind.INTRO)
    if state.series.slow:
        return Change(slow_steering.after_one_by_hand(state), change.effects)
    if not state.waiting:
        return Change(state.without(StepKind.ASK), change.effects)
    fitted = runsheet.fit(now, len(state.waiting) + 1, state.wrap_at, state.chat.pace)
    return Change(reschedule(move_end(state, fitted.over), fitted.times[1]), change.effects)


def _need_fit(state: Running) -> None:
    count, most = len(state.waiting), runsheet.most_questions(state.chat, state.series)
    if count > most:
        raise slow_steering.too_many(state, count) if state.series.slow else _too_many(count, most)


def _too_many(count: int, most: int) -> Refused:
    return Refused(partial(sentences.too_many_questions, count, most))


def _need_live(state: Running, now: datetime) -> None:
    if not state.in_hour(now):
        raise Refused(partial(sentences.not_running, state.chat))
    if state.chat.paused_at:
        raise Refused(sentences.PAUSED_RESUME_FIRST)


def _need_shown(state: Running, now: datetime) -> None:
    """One question at a time: the last one must have been on its way before the next is asked."""
    last = state.current
    if state.unsent or (last is not None and last.asked_at is not None and last.asked_at > now):
        raise Refused(partial(sentences.already_out, state.series, state.chat.asked))


def _need_ahead(state: Running) -> Running:
    if not state.chat.state.ahead:
        raise Refused(partial(sentences.already_begun, state.chat))
    return state


def _compare(state: Running, after: int | None) -> None:
    if after is not None and after != state.chat.asked:
        raise Refused(partial(sentences.already_out, state.series, state.chat.asked))


def _not_together(state: Running, by: str, now: datetime) -> None:
    chat = state.chat
    if chat.steered_by not in ("", by) and chat.steered_at and now - chat.steered_at < TOGETHER:
        raise Refused(partial(sentences.just_steered, state.series, chat))


def _waiting_at(state: Running, position: int) -> Question:
    found = next((q for q in state.waiting if q.position == position), None)
    if found is None:
        raise Refused(partial(sentences.not_waiting, state.series, position))
    return found


def _say(state: Running, what: str, text: str, now: datetime, moments: tuple[Moment, ...] = ()) -> Say:
    subject, not_after = f"{what}.{state.chat.version}", max(now, state.chat.ends_at)
    return Say(subject, text, not_after, moments=moments)
