"""What is said of where a chat is: which question is on and for how long, and what was asked before."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core import days
from bot.core.model import Chat, ChatState, Offer, Question, Series, Step, StepKind
from bot.core.sentences.chat import name, question
from bot.core.sentences.slow import chat_clock, day_of
from bot.core.times import clockface
from bot.core.tongue import _, marked

_NEXT = {
    StepKind.ASK: marked("{day}. Next question: {when}."),
    StepKind.WRAP: marked("{day}. Wrap-up: {when}."),
    StepKind.CLOSE: marked("{day}. The end: {when}."),
}
_TURNS = tuple(_NEXT)


def where_we_are(
    chat: Chat, series: Series, questions: Sequence[Question], steps: Iterable[Step], now: datetime
) -> str:
    """Which question is on and how long, and what was asked before; or when the next chat is."""
    if chat.state.ahead:
        when = clockface.moment(chat.starts_at, chat.zone)
        return _("Nothing is on now. Next: {chat}, {when}.").format(chat=name(chat, series), when=when)
    if not chat.state.live:
        late = _("That chat is over. Late answers still count.")
        return late if chat.state.hears_late_answers else _("That chat is over.")
    asked = [q for q in questions if q.asked_at]
    coming = sorted(steps, key=lambda step: step.turn)
    until = next((step.due_at for step in coming if step.kind in _TURNS), chat.ends_at)
    before = [_("Asked so far:"), *(question(series, q) for q in asked[:-1])] if len(asked) > 1 else []
    left = _("{time} left.").format(time=clockface.minutes(until - now))
    left = _days_left(chat, series, coming, now) if chat.takes_days else left
    return "\n".join([_present(chat, series, asked, left), *before])


def catch_up_offers(chat: Chat) -> tuple[Offer, ...]:
    """A button that says again where a running chat is, and what was asked."""
    return (Offer("Catch up", f"chat now chat={chat.id}"),) if chat.state.live else ()


def _present(chat: Chat, series: Series, asked: Sequence[Question], left: str) -> str:
    paused = _("{host} paused the chat.").format(host=chat.steered_by or _("A host"))
    pause = paused if chat.paused_at else left
    wrapping, gathering = _("The wrap-up is on."), _("We are gathering; the first question comes soon.")
    if chat.state is ChatState.WRAPPING:
        return f"{wrapping} {pause}"
    return f"{question(series, asked[-1])}\n{pause}" if asked else f"{gathering} {pause}"


def _days_left(chat: Chat, series: Series, steps: Sequence[Step], now: datetime) -> str:
    day = day_of(days.which_day(chat, series, now))
    day = day[:1].upper() + day[1:]
    coming = next((step for step in steps if step.kind in _TURNS), None)
    if coming is None:
        return f"{day}."
    return _(_NEXT[coming.kind]).format(day=day, when=chat_clock(chat, coming.due_at))
