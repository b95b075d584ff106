"""What stands on top of a room in the browser, decided from the chat and the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import days
from bot.core.model import Chat, ChatState, Offer, Question, QuestionState, StepKind, Visibility
from bot.core.sentences import bar as say
from bot.core.sentences.chat import letter, name
from bot.core.sentences.slow import day_of
from bot.core.state import Running
from bot.core.times import clockface
from bot.core.tongue import _, marked

_TURNS = (StepKind.ASK, StepKind.WRAP, StepKind.CLOSE)
_ON_TOP = ("answer ", "chat now", "privacy show")
BUTTONS = {marked("answer # your words"): "Answer", "privacy show": "My words"}
"""What stands on top of every room, by the lines for which it stands; "#" is any number."""
_NEAR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` says where the chat is, `text` what is asked, `due` until when, `left` that in words.

    Of a chat to come they say when it begins.
    `page` is where a chat that is over may be read, below its community's own address.
    """

    label: str
    text: str
    number: int = 0
    due: datetime | None = None
    left: str = ""
    live: bool = False
    page: str = ""


def bar(state: Running | None, now: datetime) -> Bar:
    """What stands on top while this chat is the one that a room is about."""
    if state is None:
        return Bar("", _(say.NOTHING_ON))
    if state.chat.state.live:
        return _live(state, now)
    called, zone = name(state.chat, state.series), state.chat.zone
    if state.chat.state.hears_late_answers:
        if state.chat.rehearsal:
            return Bar(_(say.OVER), say.rehearsed(called))
        sealed = state.when(StepKind.SEAL) or state.chat.ends_at + state.series.tail
        said = say.late_until(called, clockface.day(sealed, zone), slow=state.chat.takes_days)
        return Bar(_(say.OVER), said, page=_page(state))
    if state.chat.state.ahead:
        at = state.chat.starts_at
        return Bar(
            _(say.COMING), say.coming(called, clockface.moment(at, zone)), 0, at, say.begins_in(at - now)
        )
    return Bar("", _(say.NOTHING_ON))


def beyond(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """The buttons of a post for all that do not stand on top of every room anyway."""
    return tuple(one for one in offers if not one.line.startswith(_ON_TOP))


def about(now_or_next: Chat | None, last: Chat | None, now: datetime) -> Chat | None:
    """The chat that a room is about: the one in its hour, the next one an hour ahead, else the last one."""
    if now_or_next is None or last is None or now_or_next.state.live:
        return now_or_next or last
    near = now_or_next.starts_at - now <= _NEAR
    return now_or_next if near or not last.state.hears_late_answers else last


def threads(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """The questions that people may answer, in order."""
    return tuple(one for one in questions if one.state is QuestionState.ASKED)


def next_up(state: Running) -> Question | None:
    """The question that is asked next."""
    return min(state.waiting, key=lambda one: one.position, default=None)


def _page(state: Running) -> str:
    chat, series = state.chat, state.series
    closed = chat.published_at is None or Visibility.OFF in (series.visibility, chat.told)
    return "" if closed or not chat.slug else f"{series.slug}/{chat.slug}/"


def _live(state: Running, now: datetime) -> Bar:
    label, text, number = _where(state)
    if state.chat.paused_at is not None:
        return Bar(label, text, number, left=_(say.ON_PAUSE), live=True)
    if state.chat.takes_days:
        day = day_of(days.which_day(state.chat, state.series, now))
        return Bar(label, text, number, left=day, live=True)
    due = state.when(*_TURNS) or state.chat.ends_at
    return Bar(label, text, number, due, say.left(due - now), live=True)


def _where(state: Running) -> tuple[str, str, int]:
    current = state.current
    if state.chat.state is ChatState.WRAPPING:
        return _(say.WRAP_UP), _(say.WRAPPING), 0
    if current is None or current.state is not QuestionState.ASKED:
        return _(say.WELCOME), _(say.GATHERING), 0
    count = max(one.position for one in state.questions if one.waiting or one.asked_at)
    return say.of_so_many(letter(state.series, 0), current.position, count), current.text, current.position
