"""What the bot answers to hosts who plan: weekly chats, their dates, the run sheet, the questions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.core import clockface
from bot.core.chat_sentences import READERS, letter, name, question
from bot.core.model import Chat, ChatState, Offer, Question, Series, Step, StepKind

QUESTION_LINE_EMPTY = (
    "Line {number} is empty; fill or remove it, then send the list again. Nothing was changed."
)
QUESTION_LINE_LONG = (
    "Question {number} has {length:,} characters; {limit:,} are the most, so please shorten it."
)
QUESTION_EMPTY = "That question has no words; write what you want to ask."
QUESTION_LONG = "That question has {length:,} characters; {limit:,} are the most, so please shorten it."
QUESTION_TWICE = "Questions {first} and {number} are the same: {text}"
QUESTION_SECRET = (
    "Question {number} holds what looks like a password or token; if it is one, take it out and change it."
)
FILE_UNREADABLE = "I cannot read that file for certain; please save it as UTF-8 text and send it again."

HASHTAG_BAD = "A hashtag is one word of letters and digits; write it like #edchat."
SLOTS_MANY = "A weekly chat has at most {most} times; please leave some out."
SERIES_MANY = "A community has at most {most} weekly chats; delete one that is over, then try again."
SERIES_NOT_OURS = "That weekly chat belongs to another community; its own hosts change it."
BREAK_BACKWARDS = "That break ends on {last}, before it begins on {first}; please check the dates."
SERIES_WHERE = "Where will the chat be held? Add place=#edchat with the name of the room."
EDIT_WHAT = (
    'What should change? Write it like `series edit when="every Thursday 7 pm"` or `series edit minutes=45`.'
)
PAUSED_ALREADY = "It is paused already; `series resume` lets it go on."
NOT_PAUSED_SERIES = "It is not paused; its next chat comes as planned."
SHORT_NOTICE = "It starts this very moment by itself; nothing needs to be done."
NO_HOSTS_ROOM = "There is no hosts' room here yet, so nobody could watch a rehearsal alone; make one first."
REHEARSING = "A rehearsal is running in the hosts' room; wait a minute for its end, or use `chat end` there."
PLAN_HOW = "Write the topic behind `chat plan` and the questions below it, one a line."
ORDER_BAD = "Write the numbers in the order you want, as in `question reorder 1 3 2`."
REMINDER_NOTED = "A reminder, then; nothing was changed."
MEANT_BAD = "Write what it is: its number, extra or reminder, as in meant=2."
MESSAGE_GONE = "That message is not there any more; nothing was changed."
WRAP_BEGINS = "All questions are asked; the wrap-up begins."
SKIPPED_ONE = "Left out; the later questions take over its time."
ENDED = "The chat ends now; late answers still count."
PAUSED = "Paused; nothing is asked until you use `chat resume`."


def series_made(series: Series, rules: Sequence[str], dates: Sequence[str], notes: Sequence[str]) -> str:
    """A new weekly chat: its rule in words, its next dates, what to know of them, what is next."""
    head = f"{series.title} is set: {'; '.join(rules)}, {clockface.minutes(series.length)}."
    lines = [head, f"Next: {'; '.join(dates)}.", *notes, READERS[series.visibility.value]]
    return "\n".join([*lines, "Next step: write the questions for the first one with `chat plan`."])


def series_page(series: Series, rules: Sequence[str], dates: Sequence[str], left_out: Sequence[str]) -> str:
    """A weekly chat with all that can be set."""
    state = ", paused" if series.paused else ""
    tags = " ".join(filter(None, [series.hashtag, f"letters {series.letters}"]))
    lines = [f"{series.title} (number {series.id}{state})", *rules]
    lines.append(f"{clockface.minutes(series.length)}, {tags}, late answers for {series.tail.days} days.")
    lines += [READERS[series.visibility.value], *([f"Welcome: {series.welcome}"] if series.welcome else [])]
    lines += [f"Left out: {'; '.join(left_out)}."] if left_out else []
    return "\n".join([*lines, f"Next: {'; '.join(dates)}." if dates else "No date is coming up."])


def series_line(series: Series, rules: Sequence[str], next_date: str) -> str:
    """One weekly chat in a list."""
    return f"{series.title} ({series.id}): {'; '.join(rules)}. {'Paused.' if series.paused else next_date}".strip()


def next_date(at: datetime, zone: str, topic: str) -> str:
    """When a weekly chat comes next, and about what."""
    return f"Next {clockface.moment(at, zone)}" + (f": {topic}." if topic else ".")


def place_taken(title: str, at: datetime, zone: str, free_at: datetime | None) -> str:
    """The answer to two chats in one place at one time, with the next hour that is free."""
    free = f" From {clockface.time(free_at, zone)} it is free;" if free_at else ""
    told = f"{title} is held here then, on {clockface.moment(at, zone)}."
    return f"{told}{free} choose {'that hour' if free_at else 'another time'} or another room."


def own_times_meet(title: str, at: datetime, zone: str) -> str:
    """The answer to two times of one weekly chat that overlap."""
    return f"Two times of {title} overlap on {clockface.moment(at, zone)}; make the chat shorter or move one of them."


def still_planned(chats: Sequence[tuple[Chat, datetime | None]], series: Series) -> str:
    """Planned chats that a new rule does not touch."""
    lines = ["These are planned already and stay as they are until you decide:"]
    lines += [
        f"{chat.id}: {name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}" for chat, _ in chats
    ]
    return "\n".join(lines)


def still_planned_offers(chats: Sequence[tuple[Chat, datetime | None]]) -> tuple[Offer, ...]:
    """For each planned chat: to the nearest new date, or cancelled; keeping it needs no button."""
    offers: list[Offer] = []
    for chat, nearest in chats:
        if nearest:
            to = f"{clockface.local(nearest, chat.zone):%Y-%m-%d %H:%M}"
            label = f"Move {chat.id} to {clockface.day(nearest, chat.zone)}"
            offers.append(Offer(label, f'series move {chat.id} to="{to}"'))
        offers.append(Offer(f"Cancel {chat.id}", f"chat cancel chat={chat.id}"))
    return tuple(offers)


def series_paused(series: Series) -> str:
    """Said when a weekly chat pauses."""
    return f"{series.title} is paused: nothing is announced or opened until `series resume`. A running chat goes on."


def series_resumed(series: Series, coming: Chat | None) -> str:
    """Said when a weekly chat goes on."""
    when = f" The next one is on {clockface.moment(coming.starts_at, coming.zone)}." if coming else ""
    return f"{series.title} goes on.{when}"


def left_out(series: Series, days: Sequence[date], more: Sequence[date] = ()) -> str:
    """Said when dates are skipped."""
    return (
        f"{series.title} leaves out {'; '.join(map(_day, days))}."
        if days
        else f"{series.title} is unchanged."
    )


def nothing_to_skip(series: Series, dates: Sequence[str]) -> str:
    """The answer when no date lies there."""
    return (
        f"{series.title} has no chat there; the next are {'; '.join(dates)}."
        if dates
        else _none_coming(series)
    )


def confirm_skips(series: Series, chats: Sequence[Chat]) -> str:
    """Ask before a planned chat is skipped."""
    listed = "; ".join(
        f"{name(chat, series)} on {clockface.day(chat.starts_at, chat.zone)}" for chat in chats
    )
    return f"Planned already, so still on: {listed}. Skipping it tells everybody that it is cancelled."


def skip_offers(chats: Sequence[Chat]) -> tuple[Offer, ...]:
    """A button for each planned chat that would be skipped."""
    return tuple(
        Offer(
            f"Skip {clockface.day(c.starts_at, c.zone)}",
            f"series skip {_date_of(c)} series={c.series_id} chat={c.id}",
        )
        for c in chats
    )


def not_that_chat(number: int, day: date) -> str:
    """The answer to an old button: the chat it names is not the planned one of that date."""
    return f"Chat {number} is not the one coming on {_day(day)}; nothing was changed."


def moved_to(chat: Chat, series: Series) -> str:
    """Said to the host who moved a chat."""
    return f"{name(chat, series)} is now on {clockface.moment(chat.starts_at, chat.zone)}."


def confirm_delete(series: Series, planned: int, running: bool) -> str:
    """Ask before a weekly chat is deleted."""
    now = " The one running now ends." if running else ""
    chats = f" {planned} planned chat{'s are' if planned > 1 else ' is'} cancelled." if planned else ""
    return f"Delete {series.title} for good? No more dates come.{now}{chats} The archive is kept."


def delete_offer(series: Series) -> Offer:
    """The button that deletes."""
    return Offer(f"Delete {series.title[:40]}", f"series delete {series.id} sure=yes")


def series_deleted(series: Series) -> str:
    """Said when a weekly chat is deleted."""
    return f"{series.title} is deleted; what was said in its chats is kept in the archive."


def series_gone(series: Series) -> str:
    """Said in every place when a planned chat goes with its series."""
    return f"{series.title} is no longer held"


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
        f"{clockface.time(at, chat.zone)} {what}"
        for at, what in sorted([*asked, *coming], key=lambda one: one[0])
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
    lines = (("Preview", "chat preview"), ("Rehearse", "chat rehearse"), ("Start now", "chat start"))
    return tuple(Offer(label, f"{line} {which}") for label, line in lines)


def steering_offers(chat: Chat) -> tuple[Offer, ...]:
    """What a host can do with a chat as it now is; an old button does no harm."""
    if chat.state.ahead:
        return plan_offers(chat)
    if not chat.state.live:
        return ()
    which, after = f"chat={chat.id}", f"after={chat.asked}"
    end = Offer("End", f"chat end {which}")
    if chat.paused_at:
        return Offer("Resume", f"chat resume {which}"), end
    more = Offer("5 more minutes", f"chat extend 5 {which} {after}")
    if chat.state is ChatState.WRAPPING:
        return more, end
    ahead = Offer("Next question", f"chat next {which} {after}"), more
    return (
        *ahead,
        Offer("Pause", f"chat pause {which} {after}"),
        Offer("Skip the next", f"chat skip {which}"),
        end,
    )


def begins(chat: Chat, series: Series) -> str:
    """Said to the host who starts a chat early."""
    return f"{name(chat, series)} begins now and ends at {clockface.time(chat.ends_at, chat.zone)}."


def other_is_on(other: Chat, title: str) -> str:
    """The answer to opening a second chat in one place."""
    return f"{other.topic or title} is on here until {clockface.time(other.ends_at, other.zone)}; start when it has ended."


def other_comes(other: Chat, title: str) -> str:
    """The answer to a chat that would run into another one."""
    return f"{other.topic or title} is held here on {clockface.moment(other.starts_at, other.zone)}; choose another time."


def goes_out(series: Series, position: int) -> str:
    """Said to the host who asked the next question."""
    return f"{letter(series, 0)}{position} is going out."


def more_time(chat: Chat, series: Series, next_at: datetime | None) -> str:
    """Said to the host who extended."""
    then = f"What comes next comes at {clockface.time(next_at, chat.zone)}; " if next_at else ""
    return f"{then}the chat ends at {clockface.time(chat.ends_at, chat.zone)}.".capitalize()


def goes_on(chat: Chat) -> str:
    """Said to the host who resumed."""
    return f"On it goes; the chat ends at {clockface.time(chat.ends_at, chat.zone)}."


def called_off(chat: Chat, series: Series) -> str:
    """Said to the host who cancelled."""
    return f"{name(chat, series)} on {clockface.moment(chat.starts_at, chat.zone)} is cancelled; everybody is told."


def rehearsal_begins(chat: Chat, count: int, place: str) -> str:
    """Said to the host who rehearses."""
    seconds = round((chat.ends_at - chat.starts_at).total_seconds())
    return f"The rehearsal starts in {place} in a few seconds: {_questions(count)} in {seconds} seconds, for hosts only."


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
    until = min((s.due_at for s in steps if s.kind in _TURNS), default=chat.ends_at)
    before = ["Asked so far:", *(question(series, q) for q in asked[:-1])] if len(asked) > 1 else []
    return "\n".join([_present(chat, series, asked, clockface.minutes(until - now)), *before])


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
    return "\n".join(question(series, q) for q in questions)


def typed_question(series: Series, by: str, position: int, text: str) -> str:
    """Ask hosts what a moderator's own question was."""
    return f"{by} typed {letter(series, 0)}{position} in the chat: {text}\nWhat is it?"


def typed_offers(
    series: Series, chat: Chat, message_id: int, position: int, asked: bool
) -> tuple[Offer, ...]:
    """What a moderator's own question may be; one that was asked already cannot be that question again."""
    line = f"question adopt {message_id} chat={chat.id} meant="
    this = () if asked else (Offer(f"This is {letter(series, 0)}{position}", f"{line}{position}"),)
    return *this, Offer("Extra", f"{line}extra"), Offer("Reminder", f"{line}reminder")


def adopted(series: Series, position: int, left_out: Sequence[int]) -> str:
    """Said to the host who made a typed question the chat's own."""
    q = letter(series, 0)
    skipped = f" {', '.join(f'{q}{k}' for k in left_out)} left out." if left_out else ""
    return f"That is {q}{position} now; I do not ask it again.{skipped}"


_BEFORE = {StepKind.ANNOUNCE: "Announced", StepKind.REMIND: "Reminder"}
_TURNS = (StepKind.ASK, StepKind.WRAP, StepKind.CLOSE)
_IN_THE_HOUR = {StepKind.OPEN: "welcome", StepKind.ASK: "", StepKind.WRAP: "wrap-up", StepKind.CLOSE: "end"}


def _step(series: Series, questions: dict[int, Question], step: Step) -> str:
    return question(series, questions[step.ordinal]) if step.kind is StepKind.ASK else _IN_THE_HOUR[step.kind]


def _present(chat: Chat, series: Series, asked: Sequence[Question], left: str) -> str:
    pause = f"{chat.steered_by or 'A host'} paused the chat." if chat.paused_at else f"{left} left."
    if chat.state is ChatState.WRAPPING:
        return f"The wrap-up is on. {pause}"
    return (
        f"{question(series, asked[-1])}\n{pause}"
        if asked
        else f"We are gathering; the first question comes soon. {pause}"
    )


def _questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _date_of(chat: Chat) -> str:
    return f"{clockface.local(chat.starts_at, chat.zone):%Y-%m-%d}"


def _none_coming(series: Series) -> str:
    return f"{series.title} has no date coming up; `series edit` gives it a new time."
