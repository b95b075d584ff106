"""What everybody hears of a chat, from its announcement to its close, and how it is named."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.model import Chat, Offer, Question, Series
from bot.core.sentences import slow
from bot.core.times import clockface
from bot.core.tongue import _, marked

INTRODUCE = "While we gather: say hello, where you are, and what you teach."
PAUSED_TOO_LONG = "The chat was paused for a whole day, so it ends here. Late answers still count."
LONGEST_THREAD_NAME = 100
NEXT_IN, WRAP_IN, END_IN = "Next question", "Wrap-up", "The end"
"""What comes after a question, before how far off it is: "Next question in 4 minutes"."""


def letter(series: Series, which: int = 0) -> str:
    """The letter that questions of a weekly chat go by, or with 1 that of its answers."""
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
    labels = _("Join in your browser"), _("Its page"), _("For your calendar")
    named = zip(labels, (join, page, calendar), strict=True)
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
        lines.append(f"Thank you for hosting, {names_listed(hosts)}.")
    if answered:
        lines.append(f"Thank you for your answers, {names_listed(_some(answered))}.")
    if next_at:
        lines.append(f"We meet again on {clockface.moment(next_at, zone)}.")
    return "\n".join(lines)


REHEARSED = "This is a rehearsal: nobody reads it afterwards."
OPEN_ARCHIVE = "Open the archive"
PRIVACY_HOW = "`privacy show` tells what is kept and how to be left out."


LATE_HOW = "write in a question's thread, or {answer}1: here."


def closing(chat: Chat, series: Series, page: str = "") -> str:
    """The post that closes the hour, with the chat's page where everybody here may read it."""
    if chat.rehearsal:
        return f"That was the rehearsal of {name(chat, series)}."
    said = (
        f"That was {name(chat, series)}. Thank you all! Late answers still count for "
        f"{series.tail.days} days: {LATE_HOW.format(answer=letter(series, 1))}"
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


def paused(by: str) -> str:
    """Said when a host pauses."""
    return f"{by} paused the chat. Keep talking; the next question waits."


def resumed(by: str, chat: Chat, coming: datetime | None = None) -> str:
    """Said when a host resumes; `coming` is when the next question is."""
    then = slow.next_comes(chat, coming)
    return f"We go on, thanks to {by}.{then} The chat now ends {slow.at_clock(chat, chat.ends_at)}."


def skipped(series: Series, left_out: Question) -> str:
    """Said when a question is left out."""
    return f"We leave out {letter(series, 0)}{left_out.position}{'' if series.slow else ' tonight'}."


def taken_out(series: Series, question: Question) -> str:
    """What stands in place of a question that was asked and then taken out."""
    return f"{letter(series, 0)}{question.position} was taken out by the hosts."


def headed(chat: Chat, series: Series) -> str:
    """What a chat is about, with its hashtag unless that is its name."""
    return " ".join(dict.fromkeys((name(chat, series), series.hashtag))).strip()


def _some(names: Sequence[str]) -> Sequence[str]:
    more = len(names) - MOST_THANKED
    return names if more < 2 else (*names[:MOST_THANKED], f"{more} others")


def names_listed(names: Sequence[str]) -> str:
    """Names as people list them: "Ana, Ben and Cy"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
