"""What the bot answers to hosts who plan and steer one chat and its questions."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core import days
from bot.core.model import Chat, ChatState, Offer, Question, Series, Step, StepKind, offered
from bot.core.sentences.chat import END_IN, NEXT_IN, WRAP_IN, letter, name, question
from bot.core.sentences.slow import at_clock, chat_clock, day_of, more_days_offer, next_comes
from bot.core.times import clockface
from bot.core.tongue import _, marked

QUESTION_LINE_EMPTY = marked(
    "Line {number} is empty; fill or remove it, then send the list again. Nothing was changed."
)
QUESTION_LINE_LONG = marked(
    "Question {number} has {length} characters; {limit} are the most, so please shorten it."
)
QUESTION_EMPTY = marked("That question has no words; write what you want to ask.")
QUESTION_PICTURE = marked(
    "A picture alone is no question for those who do not see it: say what it shows, "
    "as in ![a wall of notes](...)."
)
QUESTION_LONG = marked("That question has {length} characters; {limit} are the most, so please shorten it.")
QUESTION_TWICE = "Questions {first} and {number} are the same: {text}"
QUESTION_DOUBTFUL = (
    "Question {number} holds what looks like a password or token; if it is one, take it out and change it."
)
FILE_UNREADABLE = marked(
    "I cannot read that file for certain; please save it as UTF-8 text and send it again."
)
SHORT_NOTICE = marked("It starts this very moment by itself; nothing needs to be done.")
NO_HOSTS_ROOM = marked(
    "There is no hosts' room here yet, so nobody could watch a rehearsal alone; make one first."
)
REHEARSING = marked(
    "A rehearsal is running in the hosts' room; wait a minute for its end, or use `chat end` there."
)
PLAN_HOW = "Write the topic behind `chat plan` and the questions below it, one a line."
ORDER_BAD = marked("Write the numbers in the order you want, as in `question reorder 1 3 2`.")
REMINDER_NOTED = marked("A reminder, then; nothing was changed.")
MEANT_BAD = marked("Write what it is: its number, extra or reminder, as in meant=2.")
ANSWER_GONE = marked("That message is not there any more; nothing was changed.")
WRAP_BEGINS = "All questions are asked; the wrap-up begins."
ENDED = marked("The chat ends now; late answers still count.")
REHEARSAL_ENDS = marked("The rehearsal ends now.")
ANNOUNCED_NOW = marked("It begins in less than a day, so everybody is told now: the announcement goes out.")
PAUSED = "Paused; nothing is asked until you use `chat resume`."
_NONE_LEFT = "no question is left to ask, so the wrap-up is next"


def left_out_one(chat: Chat, series: Series, position: int, coming: datetime | None) -> str:
    """The answer to a skip: which question, and what becomes of its time; `coming` is when the next is."""
    which = f"{letter(series, 0)}{position}"
    if not series.slow:
        its_time = "the questions still to come share its minutes" if coming else _NONE_LEFT
        return f"{which} is left out; {its_time}."
    moved_up = f"{which} is left out, and the later ones move up.{next_comes(chat, coming)}"
    return moved_up if coming else f"{which} is left out; no other waits."


def planned(chat: Chat, series: Series, replaced: int, sheet: Sequence[str], doubts: Sequence[str]) -> str:
    """The answer to a plan: when, what, the run sheet, what to look at."""
    head = f"{name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}:"
    was = [f"The {replaced} questions drafted before were replaced."] if replaced else []
    return "\n".join([head, *sheet, *was, *map(look_at, doubts)])


def run_sheet(chat: Chat, series: Series, questions: Iterable[Question], steps: Iterable[Step]) -> list[str]:
    """What happens when: one line for each step of the hour, then when it is announced."""
    by_number = {q.position: q for q in questions}
    asked = [(q.asked_at, question(series, q)) for q in by_number.values() if q.asked_at]
    coming = [(s.due_at, _step(series, by_number, s)) for s in steps if s.kind in _IN_THE_HOUR]
    hour = [
        f"{chat_clock(chat, at)} {what}" for at, what in sorted([*asked, *coming], key=lambda one: one[0])
    ]
    before = {
        s.kind: clockface.moment(s.due_at, chat.zone) for s in steps if s.kind in _BEFORE and chat.state.ahead
    }
    return hour + [f"{_BEFORE[kind]} {at}." for kind, at in before.items()]


def preview(chat: Chat, series: Series, sheet: Sequence[str], count: int) -> str:
    """A chat's run sheet with its name and date."""
    none = (
        []
        if count
        else ["No questions yet: without any it is called off. Write them with `chat plan`, one a line."]
    )
    return "\n".join([f"{name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}:", *sheet, *none])


def look_at(doubt: str) -> str:
    """Something the host should look at."""
    return f"Please look: {doubt}"


def plan_offers(chat: Chat) -> tuple[Offer, ...]:
    """What a host of a planned chat does next."""
    which = f"chat={chat.id}"
    planned = chat.state is ChatState.PLANNED
    return (
        Offer("Preview", f"chat preview {which}"),
        Offer("Rehearse", f"chat rehearse {which}"),
        *([Offer("Announce", f"chat announce {which}")] if planned else []),
        Offer("Start now", f"chat start {which}"),
    )


def steering_offers(chat: Chat, questions: Sequence[Question]) -> tuple[Offer, ...]:
    """What a host can do with a chat as it now is; an old button does no harm."""
    if chat.state.ahead:
        return plan_offers(chat)
    if not chat.state.live:
        return ()
    end = Offer("End", f"chat end chat={chat.id}")
    if chat.paused_at:
        return Offer("Resume", f"chat resume chat={chat.id}"), end
    return *_offers_between(chat, questions), end


def begins(chat: Chat, series: Series) -> str:
    """Said to the host who starts a chat early."""
    said = _("{chat} begins now and ends {at}.")
    return said.format(chat=name(chat, series), at=at_clock(chat, chat.ends_at))


def other_is_on(other: Chat, title: str) -> str:
    """The answer to opening a second chat in one place."""
    until = chat_clock(other, other.ends_at)
    said = _("{chat} is on here until {until}; start when it has ended.")
    return said.format(chat=other.topic or title, until=until)


def other_comes(other: Chat, title: str) -> str:
    """The answer to a chat that would run into another one."""
    when = clockface.moment(other.starts_at, other.zone)
    said = _("{chat} is held here on {when}; choose another time.")
    return said.format(chat=other.topic or title, when=when)


def goes_out(series: Series, position: int) -> str:
    """Said to the host who asked the next question."""
    return f"{letter(series, 0)}{position} is going out."


def more_time(chat: Chat, series: Series, next_at: datetime | None) -> str:
    """Said to the host who extended."""
    then = f"This question has time until {chat_clock(chat, next_at)}. " if next_at else ""
    return f"{then}The chat ends {at_clock(chat, chat.ends_at)}."


def goes_on(chat: Chat, coming: datetime | None = None) -> str:
    """Said to the host who resumed."""
    return f"On it goes; the chat ends {at_clock(chat, chat.ends_at)}.{next_comes(chat, coming)}"


def called_off(chat: Chat, series: Series) -> str:
    """Said to the host who cancelled."""
    when = clockface.moment(chat.starts_at, chat.zone)
    said = _("{chat} on {when} is cancelled; everybody is told.")
    return said.format(chat=name(chat, series), when=when)


def rehearsal_begins(chat: Chat, count: int, place: str) -> str:
    """Said to the host who rehearses."""
    seconds = round((chat.ends_at - chat.starts_at).total_seconds())
    length = f"{_questions(count)} in {seconds} seconds"
    return f"The rehearsal starts in {place} in a few seconds: {length}, for hosts only."


def rehearsal_offers(chat: Chat) -> tuple[Offer, ...]:
    """What a host does who has seen enough of a rehearsal."""
    return (Offer("End the rehearsal", f"chat end chat={chat.id}"),)


def where_we_are(
    chat: Chat, series: Series, questions: Sequence[Question], steps: Iterable[Step], now: datetime
) -> str:
    """Which question is on and how long, and what was asked before; or when the next chat is."""
    if chat.state.ahead:
        return (
            f"Nothing is on now. Next: {name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}."
        )
    if not chat.state.live:
        return (
            "That chat is over. Late answers still count."
            if chat.state.hears_late_answers
            else "That chat is over."
        )
    asked = [q for q in questions if q.asked_at]
    coming = sorted(steps, key=lambda step: step.turn)
    until = next((step.due_at for step in coming if step.kind in _TURNS), chat.ends_at)
    before = ["Asked so far:", *(question(series, q) for q in asked[:-1])] if len(asked) > 1 else []
    left = f"{clockface.minutes(until - now)} left."
    left = _days_left(chat, series, coming, now) if chat.takes_days else left
    return "\n".join([_present(chat, series, asked, left), *before])


def catch_up_offers(chat: Chat) -> tuple[Offer, ...]:
    """A button that says again where a running chat is, and what was asked."""
    return (Offer("Catch up", f"chat now chat={chat.id}"),) if chat.state.live else ()


def question_added(series: Series, position: int, count: int) -> str:
    """Said to the host who added a question."""
    return f"Added as {letter(series, 0)}{position}; the chat now has {_questions(count)}."


def question_edited(series: Series, changed: Question) -> str:
    """Said to the host who changed a question."""
    out = " Its post and thread follow." if changed.asked_at else ""
    return f"Now it reads {question(series, changed)}{out}"


def question_removed(series: Series, removed: Question) -> str:
    """Said to the host who removed a question."""
    what = f"{letter(series, 0)}{removed.position}"
    return (
        f"{what} is out; its number stays empty."
        if removed.asked_at
        else f"{what} is out; later ones moved up."
    )


def in_this_order(series: Series, questions: Sequence[Question]) -> str:
    """The questions as they now stand."""
    return "\n".join(["The questions now stand in this order.", *(question(series, q) for q in questions)])


def typed_question(series: Series, by: str, position: int, text: str) -> str:
    """Ask hosts what a moderator's own question was."""
    return f"{by} typed {letter(series, 0)}{position} in the chat: {text}\nWhat is it?"


def typed_offers(
    series: Series, chat: Chat, message_id: int, position: int, asked: bool
) -> tuple[Offer, ...]:
    """What a moderator's own question may be; one that was asked already cannot be that question again."""
    line = f"question adopt {message_id} chat={chat.id} meant="
    question = f"{letter(series, 0)}{position}"
    this = () if asked else (offered("This is {question}", f"{line}{position}", question=question),)
    return *this, Offer("Extra", f"{line}extra"), Offer("Reminder", f"{line}reminder")


def adopted(series: Series, position: int, left_out: Sequence[int]) -> str:
    """Said to the host who made a typed question the chat's own."""
    q = letter(series, 0)
    skipped = f" {', '.join(f'{q}{k}' for k in left_out)} left out." if left_out else ""
    return f"That is {q}{position} now; I do not ask it again.{skipped}"


_BEFORE = {StepKind.ANNOUNCE: "Announcement", StepKind.REMIND: "Reminder"}
_NEXT = {StepKind.ASK: NEXT_IN, StepKind.WRAP: WRAP_IN, StepKind.CLOSE: END_IN}
_TURNS = tuple(_NEXT)
_IN_THE_HOUR = {StepKind.OPEN: "welcome", StepKind.ASK: "", StepKind.WRAP: "wrap-up", StepKind.CLOSE: "end"}


def _step(series: Series, questions: dict[int, Question], step: Step) -> str:
    return question(series, questions[step.ordinal]) if step.kind is StepKind.ASK else _IN_THE_HOUR[step.kind]


def _offers_between(chat: Chat, questions: Sequence[Question]) -> tuple[Offer, ...]:
    """What moves a running chat on; what is to be skipped is named, so that a second press skips no more."""
    which = f"chat={chat.id} after={chat.asked}"
    more = more_days_offer(which) if chat.takes_days else Offer("5 more minutes", f"chat extend 5 {which}")
    if chat.state is ChatState.WRAPPING:
        return (more,)
    coming = next((q.position for q in questions if q.waiting), None)
    skip = () if coming is None else (Offer("Skip the next", f"chat skip {coming} chat={chat.id}"),)
    onward = () if chat.takes_days and coming is None else (Offer("Next question", f"chat next {which}"),)
    return *onward, more, Offer("Pause", f"chat pause {which}"), *skip


def _present(chat: Chat, series: Series, asked: Sequence[Question], left: str) -> str:
    pause = f"{chat.steered_by or 'A host'} paused the chat." if chat.paused_at else left
    if chat.state is ChatState.WRAPPING:
        return f"The wrap-up is on. {pause}"
    return (
        f"{question(series, asked[-1])}\n{pause}"
        if asked
        else f"We are gathering; the first question comes soon. {pause}"
    )


def _days_left(chat: Chat, series: Series, steps: Sequence[Step], now: datetime) -> str:
    day = day_of(days.which_day(chat, series, now)).capitalize()
    coming = next((step for step in steps if step.kind in _TURNS), None)
    return f"{day}. {_NEXT[coming.kind]}: {chat_clock(chat, coming.due_at)}." if coming else f"{day}."


def _questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"
