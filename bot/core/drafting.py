"""What hosts do to the list of questions, before the chat and while it runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.core import runsheet, sentences, slow_steering
from bot.core.actions import Action
from bot.core.effects import Wish
from bot.core.model import ChatState, Question, QuestionState, Refused, StepKind
from bot.core.running import question_subject, reschedule, rewritten, thread_of
from bot.core.state import Change, Running
from bot.core.steering import insert, move_end, replan


def plan(state: Running, topic: str, texts: Sequence[str], now: datetime) -> Change:
    """Give a chat its topic and questions; what was drafted before is replaced."""
    if not state.chat.state.ahead:
        raise Refused(partial(sentences.already_begun, state.chat))
    questions = tuple(Question(0, k, text) for k, text in enumerate(texts, 1))
    return Change(replan(replace(state, questions=questions).with_chat(topic=topic), now))


def add(state: Running, text: str, now: datetime, position: int | None = None) -> Change:
    """Add a question at the end, or before those with this number and higher that still wait."""
    first = state.chat.asked + 1
    last = max((q.position for q in state.questions), default=0) + 1
    number = min(max(position or last, first), last)
    return _relaid(insert(_open_for_questions(state, now), number, text), now)


def edit(state: Running, position: int, text: str, now: datetime) -> Change:
    """Change a question's words; an asked one changes its post, thread and page."""
    if state.chat.state is ChatState.SEALED:
        raise Refused(partial(sentences.already_begun, state.chat))
    question = at(state, position)
    state = state.with_question(position, text=text)
    return Change(state, _rewording(state, replace(question, text=text)) if question.asked_at else ())


def reorder(state: Running, order: Sequence[int], now: datetime) -> Change:
    """Put the questions that still wait into another order; asked ones keep their numbers."""
    _open_for_questions(state, now)
    waiting = [q.position for q in state.waiting]
    wanted = [k for k in order if k in waiting]
    if sorted(wanted) != waiting or any(k not in waiting and not _asked(state, k) for k in order):
        raise Refused(partial(sentences.reorder_how, waiting))
    by_number = {q.position: q for q in state.questions}
    moved = [replace(by_number[k], position=p) for k, p in zip(wanted, waiting, strict=True)]
    kept = [q for q in state.questions if not q.waiting]
    return _relaid(replace(state, questions=_sorted((*kept, *moved))), now)


def remove(state: Running, position: int, now: datetime) -> Change:
    """Take a question out: one up to the last asked leaves its number empty, later ones close up."""
    _open_for_questions(state, now)
    question = at(state, position)
    if question.position <= state.chat.asked:
        gone = state.with_question(position, state=QuestionState.REMOVED, asked_at=None)
        text, subject = sentences.taken_out(state.series, question), question_subject(question)
        return Change(gone, (Wish(f"{subject}.edit", Action.EDIT, text, on=subject),))
    rest = tuple(
        replace(q, position=q.position - 1) if q.position > position else q
        for q in state.questions
        if q is not question
    )
    return _relaid(replace(state, questions=rest), now)


def renumbered(before: Sequence[Question], after: Sequence[Question]) -> dict[int, int | None]:
    """The numbers still waiting that mean another question now, with that question's, or None if it is out.

    Whoever answered "A4" before Q4 was asked meant the words that they read as Q4, whatever number these
    have now. A list that was pasted anew has no ids yet: it keeps its numbers where its words are new too.
    """
    by_id = {q.id: q.position for q in after if q.id}
    by_words = {q.text: q.position for q in after if not q.id}
    same = {position: position for position in by_words.values()}
    now = {
        q.position: by_id.get(q.id) or by_words.get(q.text) or same.get(q.position)
        for q in before
        if q.waiting
    }
    return {old: new for old, new in now.items() if new != old}


def at(state: Running, position: int) -> Question:
    """The question with this number, or a refusal naming those there are."""
    found = next((q for q in state.questions if q.position == position), None)
    if found is None:
        raise Refused(partial(sentences.no_such_question, state.series, position, len(state.questions)))
    return found


def _relaid(state: Running, now: datetime) -> Change:
    if state.chat.state.ahead:
        return Change(replan(state, now))
    if state.series.slow:
        return Change(slow_steering.relaid(state, now))
    first_at = state.when(StepKind.ASK) or min(now + state.chat.pace, max(now, state.wrap_at))
    over = runsheet.fit(first_at, len(state.waiting), state.wrap_at, state.chat.pace).over
    return Change(reschedule(move_end(state, over), first_at))


def _open_for_questions(state: Running, now: datetime) -> Running:
    asking = state.chat.state is ChatState.OPEN and state.in_hour(now)
    if not state.chat.state.ahead and not asking:
        raise Refused(partial(sentences.already_begun, state.chat))
    return state


def _rewording(state: Running, question: Question) -> tuple[Wish, ...]:
    return rewritten(state, question), thread_of(state, question)


def _asked(state: Running, position: int) -> bool:
    return any(q.position == position and not q.waiting for q in state.questions)


def _sorted(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple(sorted(questions, key=lambda q: q.position))
