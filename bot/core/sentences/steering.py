"""What the bot answers to hosts who plan and steer one chat and its questions."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from bot.core.model import Chat, ChatState, Offer, Question, Series, Step, StepKind, offered
from bot.core.sentences.chat import letter, name, question
from bot.core.sentences.slow import at_clock, chat_clock, more_days_offer, next_comes
from bot.core.times import clockface
from bot.core.tongue import Words, _, filled, marked, ngettext

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
QUESTION_TWICE = marked("Questions {first} and {number} are the same: {text}")
QUESTION_DOUBTFUL = marked(
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
PLAN_HOW = marked("Write the topic behind `chat plan` and the questions below it, one a line.")
ORDER_BAD = marked("Write the numbers in the order you want, as in `question reorder 1 3 2`.")
REMINDER_NOTED = marked("A reminder, then; nothing was changed.")
MEANT_BAD = marked("Write what it is: its number, extra or reminder, as in meant=2.")
ANSWER_GONE = marked("That message is not there any more; nothing was changed.")
LOOK = marked("Please look: {doubt}")
WRAP_BEGINS = marked("All questions are asked; the wrap-up begins.")
ENDED = marked("The chat ends now; late answers still count.")
REHEARSAL_ENDS = marked("The rehearsal ends now.")
ANNOUNCED_NOW = marked("It begins in less than a day, so everybody is told now: the announcement goes out.")
PAUSED = marked("Paused; nothing is asked until you use `chat resume`.")
NO_QUESTIONS_PLANNED = marked(
    "No questions yet: without any it is called off. Write them with `chat plan`, one a line."
)


def left_out_one(chat: Chat, series: Series, position: int, coming: datetime | None) -> str:
    """The answer to a skip: which question, and what becomes of its time; `coming` is when the next is."""
    if series.slow and coming:
        said = _("{question} is left out, and the later ones move up.")
    elif series.slow:
        said = _("{question} is left out; no other waits.")
    elif coming:
        said = _("{question} is left out; the questions still to come share its minutes.")
    else:
        said = _("{question} is left out; no question is left to ask, so the wrap-up is next.")
    return said.format(question=f"{letter(series, 0)}{position}") + next_comes(chat, coming)


def planned(replaced: int, doubts: Sequence[Words]) -> str:
    """What is said below a fresh plan: what it replaced, what to look at."""
    told = ngettext(
        "The question drafted before was replaced.",
        "The {count} questions drafted before were replaced.",
        replaced,
    )
    was = [told.format(count=replaced)] if replaced else []
    return "\n".join([*was, *map(look_at, doubts)])


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
    return hour + [_(_BEFORE[kind]).format(when=at) for kind, at in before.items()]


def preview(chat: Chat, series: Series, questions: Sequence[Question], steps: Iterable[Step]) -> str:
    """A chat's run sheet with its name and date."""
    head = f"{name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}:"
    return "\n".join([head, *run_sheet(chat, series, questions, steps)])


def look_at(doubt: Words) -> str:
    """Something the host should look at."""
    return _(LOOK).format(doubt=filled(doubt, {}))


def looks(doubts: Iterable[Words]) -> list[Words]:
    """The same of each doubt, to be said later."""
    return [partial(look_at, doubt) for doubt in doubts]


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
    return _("{question} is going out.").format(question=f"{letter(series, 0)}{position}")


def more_time(chat: Chat, series: Series, next_at: datetime | None) -> str:
    """Said to the host who extended."""
    until = _("This question has time until {when}. The chat ends {at}.")
    said = until if next_at else _("The chat ends {at}.")
    when = chat_clock(chat, next_at) if next_at else ""
    return said.format(when=when, at=at_clock(chat, chat.ends_at))


def goes_on(chat: Chat, coming: datetime | None = None) -> str:
    """Said to the host who resumed."""
    said = _("On it goes; the chat ends {at}.").format(at=at_clock(chat, chat.ends_at))
    return said + next_comes(chat, coming)


def called_off(chat: Chat, series: Series) -> str:
    """Said to the host who cancelled."""
    when = clockface.moment(chat.starts_at, chat.zone)
    said = _("{chat} on {when} is cancelled; everybody is told.")
    return said.format(chat=name(chat, series), when=when)


def rehearsal_begins(chat: Chat, count: int, place: str) -> str:
    """Said to the host who rehearses."""
    seconds = round((chat.ends_at - chat.starts_at).total_seconds())
    said = ngettext(
        "The rehearsal starts in {place} in a few seconds: {count} question in {seconds} seconds, "
        "for hosts only.",
        "The rehearsal starts in {place} in a few seconds: {count} questions in {seconds} seconds, "
        "for hosts only.",
        count,
    )
    return said.format(place=place, count=count, seconds=seconds)


def rehearsal_offers(chat: Chat) -> tuple[Offer, ...]:
    """What a host does who has seen enough of a rehearsal."""
    return (Offer("End the rehearsal", f"chat end chat={chat.id}"),)


def question_added(series: Series, position: int, count: int) -> str:
    """Said to the host who added a question."""
    said = ngettext(
        "Added as {question}; the chat now has {count} question.",
        "Added as {question}; the chat now has {count} questions.",
        count,
    )
    return said.format(question=f"{letter(series, 0)}{position}", count=count)


def question_edited(series: Series, changed: Question) -> str:
    """Said to the host who changed a question."""
    out = _("Now it reads {question} Its post and thread follow.")
    said = out if changed.asked_at else _("Now it reads {question}")
    return said.format(question=question(series, changed))


def question_removed(series: Series, removed: Question) -> str:
    """Said to the host who removed a question."""
    empty = _("{question} is out; its number stays empty.")
    said = empty if removed.asked_at else _("{question} is out; later ones moved up.")
    read = _("It read: {words}").format(words=removed.text)
    return f"{said.format(question=f'{letter(series, 0)}{removed.position}')} {read}"


def put_back(chat: Chat, removed: Question, seen: int, most: int) -> Offer:
    """What brings a removed question's words back; those beyond the `most` of a button are written again.

    By the mark of the list that was `seen` without it a second press is told.
    """
    asked = removed.position <= chat.asked
    label = marked("Ask it once more, as the last") if asked else marked("Put it back")
    line = f"question add {'' if asked else f'at={removed.position} '}seen={seen} chat={chat.id}"
    whole = f"{line} {removed.text}"
    if len(whole) <= most and not _READ_OTHERWISE.search(removed.text):
        return Offer(label, whole)
    return Offer(label, line, form=True)


# Words that are no such words where a line is read: options, what stands in quotes alone, a line below.
_READ_OTHERWISE = re.compile(r'=|[\r\n\u2028\u2029]|^["“”„‟＂]|(?:^|\s)[-—–]+\w')


def in_this_order(series: Series, questions: Sequence[Question]) -> str:
    """The questions as they now stand."""
    order = _("The questions now stand in this order.")
    return "\n".join([order, *(question(series, q) for q in questions)])


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
    said = _("That is {question} now; I do not ask it again. {others} left out.")
    said = said if left_out else _("That is {question} now; I do not ask it again.")
    return said.format(question=f"{q}{position}", others=", ".join(f"{q}{k}" for k in left_out))


_BEFORE = {StepKind.ANNOUNCE: marked("Announcement {when}."), StepKind.REMIND: marked("Reminder {when}.")}
_IN_THE_HOUR = {
    StepKind.OPEN: marked("welcome"),
    StepKind.ASK: "",
    StepKind.WRAP: marked("wrap-up"),
    StepKind.CLOSE: marked("end"),
}


def _step(series: Series, questions: dict[int, Question], step: Step) -> str:
    if step.kind is StepKind.ASK:
        return question(series, questions[step.ordinal])
    return _(_IN_THE_HOUR[step.kind])


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
