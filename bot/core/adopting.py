"""A question that a moderator typed instead of the bot: made the chat's own, without asking it again."""

from datetime import datetime
from functools import partial

from bot.core import sentences, steering
from bot.core.model import QuestionState, Refused
from bot.core.state import Change, Running


def adopt(state: Running, by: str, position: int, text: str, now: datetime) -> Change:
    """Take what a moderator typed as this question, in their words; those before it are left out."""
    if not any(question.position == position for question in state.waiting):
        raise Refused(partial(sentences.not_waiting, state.series, position))
    for question in state.waiting:
        if question.position < position:
            state = state.with_question(question.position, state=QuestionState.SKIPPED)
    state = state.with_question(position, text=text)
    return steering.next_question(state, by, now, after=state.chat.asked)


def left_out(before: Running, position: int) -> tuple[int, ...]:
    """The numbers that adopting this question leaves out."""
    return tuple(question.position for question in before.waiting if question.position < position)
