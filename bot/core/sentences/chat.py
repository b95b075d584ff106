"""What the bot says while a chat is planned, run and closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.model import Chat, ChatState, Offer, Question, Series
from bot.core.sentences import slow
from bot.core.times import clockface
from bot.core.tongue import marked

INTRODUCE = "While we gather: say hello, where you are, and what you teach."
PAUSED_TOO_LONG = "The chat was paused for a whole day, so it ends here. Late answers still count."
NO_QUESTIONS_YET = "This chat has no questions yet; write them with `chat plan`, one a line."
NOT_PAUSED = "The chat is not paused; it is running."
PAUSED_RESUME_FIRST = "The chat is paused; use `chat resume` first."
ALREADY_WRAPPING = "All questions are asked and the wrap-up is running; `chat end` closes the chat."
NOTHING_LEFT_TO_SKIP = "No question is left to skip."
RUNNING_USE_END = "This chat is already running; `chat end` closes it."
LONGEST_THREAD_NAME = 100
NEXT_IN, WRAP_IN, END_IN = "Next question", "Wrap-up", "The end"
"""What comes after a question, before how far off it is: "Next question in 4 minutes"."""
TOO_LONG_A_CHAT = "A chat can last six hours at most; end this one and plan another."


def letter(series: Series, which: int) -> str:
    """The question letter (0) or the answer letter (1) of a series."""
    return series.letters.split("/")[which]


def name(chat: Chat, series: Series) -> str:
    """A chat by name: its topic, or its series."""
    return chat.topic or series.title


def question(series: Series, asked: Question) -> str:
    """The post that asks a question."""
    return f"{letter(series, 0)}{asked.position}: {asked.text}"


def next_is_out(series: Series, asked: Question) -> str:
    """The line in the previous question's thread."""
    return f"{letter(series, 0)}{asked.position} is out: {asked.text}"


def thread_name(chat: Chat, series: Series, asked: Question) -> str:
    """What a question's thread is called, as in "17 Nov Q2 What works?", at most 100 characters."""
    day = clockface.day(chat.starts_at, chat.zone).partition(" ")[2]
    return f"{day} {letter(series, 0)}{asked.position} {asked.text}"[:LONGEST_THREAD_NAME]


def announcement(chat: Chat, series: Series, questions: Sequence[Question], links: Sequence[str] = ()) -> str:
    """The post of the day before: what, when, the questions, and what leads there."""
    asked = (question(series, q) for q in questions if q.waiting)
    return "\n".join([f"Next chat: {headed(chat, series)}", when(chat, series), *asked, *links])


def invitation(chat: Chat, series: Series, links: Sequence[str]) -> str:
    """The text that hosts share elsewhere."""
    return "\n".join([headed(chat, series), when(chat, series), *links])


def when(chat: Chat, series: Series) -> str:
    """When a chat is held, and how long."""
    return f"{clockface.moment(chat.starts_at, chat.zone)}, {slow.lasts(chat, series)}."


def links_listed(join: str, page: str, calendar: str) -> list[str]:
    """What leads to a chat, a line each."""
    named = (("Join in your browser", join), ("Its page", page), ("For your calendar", calendar))
    return [f"{label}: {link}" for label, link in named if link]


def reminder(chat: Chat, series: Series) -> str:
    """The post ten minutes before."""
    return f"{name(chat, series)} starts at {clockface.time(chat.starts_at, chat.zone)}. See you there."


HOW_TO_ANSWER = "Tap Answer, or write in the question's thread. {answer}1: here works too, now or later."


def welcome(chat: Chat, series: Series, late: timedelta | None, readers: str = "", together: str = "") -> str:
    """The post that opens the hour: welcome, how to answer, who reads this, and where all of it is."""
    lines = [f"Welcome to {name(chat, series)}!"]
    if late:
        lines.append(f"We start {clockface.minutes(late)} late, so the questions come a little faster.")
    if series.welcome:
        lines.append(series.welcome)
    lines += [slow.how_days_go(chat, series)] if series.slow else []
    lines.append(HOW_TO_ANSWER.format(answer=letter(series, 1)))
    readers = readers or READERS[(chat.told or series.visibility).value]
    lines.append(REHEARSED if chat.rehearsal else f"{readers} {PRIVACY_HOW}")
    lines += [together] if together else []
    return "\n".join(lines)


READERS = {
    "off": marked("Nobody reads your answers afterwards."),
    "members": marked("Members of this place can read your answers afterwards."),
    "link": marked("Whoever has the link can read your answers afterwards."),
    "public": marked("Everybody can read your answers afterwards."),
}


MOST_THANKED = 40
"""Names that a wrap-up lists; of a great chat it says how many more there are."""


def wrap(
    series: Series, hosts: Sequence[str], next_at: datetime | None, zone: str, answered: Sequence[str] = ()
) -> str:
    """The post that wraps up: takeaways, thanks by name, the next date."""
    lines = ["Before we close: what is the one thing you take away?"]
    if hosts:
        lines.append(f"Thank you for hosting, {_listed(hosts)}.")
    if answered:
        lines.append(f"Thank you for your answers, {_listed(_some(answered))}.")
    if next_at:
        lines.append(f"We meet again on {clockface.moment(next_at, zone)}.")
    return "\n".join(lines)


REHEARSED = "This is a rehearsal: nobody reads it afterwards."
OPEN_ARCHIVE = "Open the archive"
PRIVACY_HOW = "`privacy show` tells what is kept and how to be left out."


def closing(chat: Chat, series: Series, page: str = "") -> str:
    """The post that closes the hour, with the chat's page where everybody here may read it."""
    if chat.rehearsal:
        return f"That was the rehearsal of {name(chat, series)}."
    said = (
        f"That was {name(chat, series)}. Thank you all! Late answers still count for "
        f"{series.tail.days} days: write in a question's thread, or {letter(series, 1)}1: here."
    )
    return f"{said}\nRead it all again: {page}" if page else said


def question_offers(chat: Chat, asked: Question) -> tuple[Offer, ...]:
    """What everybody can press under a question."""
    answer = Offer("Answer", f"answer {asked.position} chat={chat.id}", form=True)
    return answer, *welcome_offers(chat)


def welcome_offers(chat: Chat) -> tuple[Offer, ...]:
    """What everybody can press under the welcome."""
    return Offer("Catch up", f"chat now chat={chat.id}"), Offer("Who reads this?", "privacy show")


def reminder_offers(chat: Chat) -> tuple[Offer, ...]:
    """What everybody can press under an announcement."""
    return (Offer("Remind me", f"chat remind chat={chat.id}"),)


def closing_offers(next_at: datetime | None) -> tuple[Offer, ...]:
    """What everybody can press when a chat is over."""
    return (Offer("Remind me next time", "chat remind"),) if next_at else ()


def nobody_planned(chat: Chat, series: Series) -> tuple[str, tuple[Offer, ...]]:
    """The nudge for hosts when a chat has no questions, with what they can do."""
    when = clockface.moment(chat.starts_at, chat.zone)
    offers = (
        Offer("Write the questions", f"chat plan chat={chat.id}", form=True),
        Offer("Skip this week", f"chat cancel chat={chat.id}"),
    )
    return f"Nobody has planned {series.title} on {when} yet.", offers


def called_off_unplanned(chat: Chat, series: Series) -> str:
    """Said at the start of a chat that nobody planned."""
    when = "this week" if series.slow else "today"
    return f"There is no {series.title} {when}: nobody had time to plan it. See you at the next one!"


def called_off_late(chat: Chat, series: Series) -> str:
    """Said when the bot could not open a chat in time."""
    return f"{name(chat, series)} is called off: I was away at its start, sorry. Its questions are kept."


def cancelled(chat: Chat, series: Series, reason: str) -> str:
    """Said when a host cancels a chat."""
    when = clockface.moment(chat.starts_at, chat.zone)
    return f"{name(chat, series)} on {when} is cancelled" + (f": {reason.rstrip('.')}." if reason else ".")


def moved(was: Chat, now: Chat, series: Series) -> str:
    """Said when an announced chat is moved."""
    before, after = (clockface.moment(c.starts_at, c.zone) for c in (was, now))
    return f"{name(now, series)} moves from {before} to {after}."


def dropped(series: Series, questions: Sequence[Question]) -> str:
    """Told to hosts when an outage left no time for some questions."""
    which = _listed([f"{letter(series, 0)}{q.position}" for q in questions])
    return f"I was away, and no time is left for {which}; `chat ask` still asks what you want most."


def too_late_to_post(text: str) -> str:
    """Told to hosts when something could not be posted in time."""
    return f"This could not be posted in time and was dropped: {text[:80]}"


def could_not_post(place: str, text: str, why: str) -> str:
    """Told to hosts when a network will never accept a post."""
    return f"I cannot post in {place} ({why}), so this was left out: {text[:80]}"


def zone_gone(series: Series, zone: str) -> str:
    """Told to hosts when a series' zone is no longer known."""
    return (
        f"{series.title} is kept, but its zone {zone} is no longer known; give it another with `series edit`."
    )


def paused(by: str) -> str:
    """Said when a host pauses."""
    return f"{by} paused the chat. Keep talking; the next question waits."


def resumed(by: str, chat: Chat) -> str:
    """Said when a host resumes."""
    return f"We go on, thanks to {by}. The chat now ends {slow.at_clock(chat, chat.ends_at)}."


def skipped(series: Series, left_out: Question) -> str:
    """Said when a question is left out."""
    return f"We leave out {letter(series, 0)}{left_out.position}{'' if series.slow else ' tonight'}."


def taken_out(series: Series, question: Question) -> str:
    """What stands in place of a question that was asked and then taken out."""
    return f"{letter(series, 0)}{question.position} was taken out by the hosts."


def already_out(series: Series, position: int) -> str:
    """The answer to an old or double press."""
    out = f"{letter(series, 0)}{position}"
    return f"{out} is already going out; nothing was changed." if position else "No question is out yet."


def just_steered(series: Series, chat: Chat) -> str:
    """The answer to the slower of two hosts."""
    out = f"{letter(series, 0)}{chat.asked}"
    return f"{chat.steered_by} was just faster ({out} is on); do it again in a moment if you still want it."


def not_waiting(series: Series, position: int) -> str:
    """The answer when a question cannot be skipped any more."""
    return f"{letter(series, 0)}{position} is not waiting to be asked; `chat preview` shows what is."


def no_such_question(series: Series, position: int, count: int) -> str:
    """The answer when a number is not one of the chat's questions."""
    q = letter(series, 0)
    return f"There is no {q}{position}; " + (
        f"this chat has {q}1 to {q}{count}." if count else NO_QUESTIONS_YET
    )


def reorder_how(waiting: Sequence[int]) -> str:
    """The answer to an order that is no order of what waits."""
    example = " ".join(str(k) for k in reversed(waiting)) or "-"
    return f"Name each question that still waits once, in your order, as in `question reorder {example}`."


def too_many_questions(count: int, most: int) -> str:
    """The answer when questions would get less than a minute each."""
    return f"{count} questions do not fit: at a minute each there is time for {most}."


def not_running(chat: Chat) -> str:
    """The answer to steering a chat that is not under way."""
    if chat.state.ahead:
        return f"The chat has not started; it does on {clockface.moment(chat.starts_at, chat.zone)}."
    if chat.state is ChatState.CANCELLED:
        return "This chat was called off."
    return "This chat has ended."


def already_begun(chat: Chat) -> str:
    """The answer when something needs a chat that has not begun."""
    return "This chat has already begun." if chat.state.live else not_running(chat)


def headed(chat: Chat, series: Series) -> str:
    """What a chat is about, with its hashtag unless that is its name."""
    return " ".join(dict.fromkeys((name(chat, series), series.hashtag))).strip()


def _some(names: Sequence[str]) -> Sequence[str]:
    more = len(names) - MOST_THANKED
    return names if more < 2 else (*names[:MOST_THANKED], f"{more} others")


def _listed(names: Sequence[str]) -> str:
    """Names as people list them: "Ana, Ben and Cy"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
