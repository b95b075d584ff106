"""What is said of slow chats, whose questions have days instead of minutes."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.core import days
from bot.core.model import Chat, Offer, Pace, Series
from bot.core.times import clockface
from bot.core.times.clockface import WEEKDAYS
from bot.core.tongue import _, marked, spoken

HOW_ASKED = {
    "hour": marked("Its questions come on a timer, within the hour."),
    "daily": marked("Slow: a question a day at the time it starts, answers all week."),
    "all": marked("Slow: all questions at once when it starts, answers all week."),
}
"""How the questions of a weekly chat come, as those who make it choose."""
DAYS_BAD = marked("I cannot read {said!r} as days; write them like Mon-Sat, weekdays or Mon, Wed, Fri.")
DAYS_TWICE = marked("{day} stands there twice; name each day once.")
DAYS_OF_SLOW = marked("Days belong to a slow chat: add pace=daily or pace=all, or leave them out.")
DAYS_NOT_MINUTES = marked('Questions of a slow chat have days: write it like `chat extend "1 day"`.')
NO_DAY_LEFT = marked(
    "No day is left for one more; `chat ask` asks it now, and `chat extend` gives more days."
)
TOO_MANY_DAYS = marked("A slow chat can last a fortnight at most; end this one and plan another.")
PAUSED_FOR_NOW = marked("Paused; nothing is asked until you use `chat resume`. After a week it would end.")
ON_NOW = marked("A chat of it is on; how its questions come can be changed when that has ended.")
PAUSED_A_WEEK = "The chat was paused for a whole week, so it ends here. Late answers still count."
ALL_DAYS = marked("every day")
_THROUGH = marked("{first} to {last}")
_MONDAY = date(2024, 1, 1)


def too_few_days(count: int, most: int) -> str:
    """The answer when there are more questions than days."""
    said = _("{count} questions do not fit: at a day each there is time for {most}.")
    return said.format(count=count, most=most)


def too_many_at_once(count: int, most: int) -> str:
    """The answer when too many questions would come in one moment."""
    said = _("{count} questions are too many to come at once; {most} are the most.")
    return said.format(count=count, most=most)


def overlaps_itself(title: str) -> str:
    """The answer when a slow chat would begin before its last one has ended."""
    said = _("{title} would begin again before it has ended; let it come once a week, or give it fewer days.")
    return said.format(title=title)


def chat_clock(chat: Chat, at: datetime) -> str:
    """A moment within a chat: its time, and in one that takes days the day before it."""
    clock = clockface.time(at, chat.zone)
    return f"{clockface.day(at, chat.zone)}, {clock}" if chat.takes_days else clock


def at_clock(chat: Chat, at: datetime) -> str:
    """The same in a sentence, as in "at 9:00 pm ET" or "on Sat 28 Nov, 9:00 pm ET"."""
    said = _("on {when}") if chat.takes_days else _("at {when}")
    return said.format(when=chat_clock(chat, at))


def next_comes(chat: Chat, at: datetime | None) -> str:
    """When the next question comes, behind what was said of a chat that takes days; else nothing."""
    if at is None or not chat.takes_days:
        return ""
    said = _("The next question comes {at}.").format(at=at_clock(chat, at))
    return f" {said}"


def all_asked(chat: Chat) -> str:
    """The answer to asking for one more when there is none; a slow chat is not wrapped up early."""
    said = _(
        "All questions are asked; answers are open until {when}. "
        "`chat ask` asks one more, `chat end` ends it now."
    )
    return said.format(when=chat_clock(chat, chat.ends_at))


def runs_into(other: Chat, title: str) -> str:
    """The answer to giving a chat days that another one has."""
    when = clockface.moment(other.starts_at, other.zone)
    said = _("{chat} is held here on {when}, before this one would end; move that or end this.")
    return said.format(chat=other.topic or title, when=when)


def make_way(left_out: Sequence[Chat]) -> str:
    """Which dates that nobody had planned are left out, because a slow chat goes on over them."""
    dates = ", ".join(clockface.day(one.starts_at, one.zone) for one in left_out)
    said = _("Nothing was planned for {dates} yet, so that is left out.")
    return said.format(dates=dates) if left_out else ""


def lasts(chat: Chat, series: Series) -> str:
    """How long a chat takes, as in "60 minutes" or "until Sat 28 Nov: a question a day at 9:00 am ET"."""
    if not series.slow:
        return clockface.minutes(series.length)
    until = clockface.day(chat.ends_at, chat.zone)
    if series.asks is Pace.ALL:
        return _("until {day}: all questions at once").format(day=until)
    return _("until {day}: a question a day at {time}").format(day=until, time=_hour(chat))


def series_length(series: Series) -> str:
    """How long the chats of a series take, as in "60 minutes" or "slow: a question a day, Mon to Sat"."""
    if not series.slow:
        return clockface.minutes(series.length)
    if series.asks is Pace.ALL:
        last = _(WEEKDAYS[series.days[-1]])
        return _("slow: all questions at once, answers until {day}").format(day=last)
    return _("slow: a question a day, {days}").format(days=days_words(series.days))


def how_days_go(chat: Chat, series: Series) -> str:
    """What a slow chat's welcome says of its days."""
    until = clockface.day(chat.ends_at, chat.zone)
    if series.asks is Pace.ALL:
        return f"All questions are here at once; take your time until {until}."
    each = f"A question comes at {_hour(chat)}, {days_words(series.days)}"
    return f"{each}; every one stays open until {until}."


def days_words(given: Sequence[int]) -> str:
    """Weekdays as people say them, as in "Mon to Sat" or "Mon, Wed, Fri"."""
    if len(given) == 7:
        return _(ALL_DAYS)
    short = [spoken().day_name(_MONDAY + timedelta(days=day)) for day in given]
    in_a_row = all((b - a) % 7 == 1 for a, b in pairwise(given))
    through = _(_THROUGH).format(first=short[0], last=short[-1])
    return through if in_a_row and len(given) > 2 else ", ".join(short)


def days_written(given: Sequence[int]) -> str:
    """Weekdays as a form takes them."""
    return ", ".join(WEEKDAYS[day][:3] for day in given)


def day_of(which: tuple[int, int]) -> str:
    """Where a slow chat is, as in "day 2 of 6"."""
    return _("day {day} of {count}").format(day=which[0], count=which[1])


def reminded_of(called: str, question: str) -> str:
    """The word to who asked for it when a slow chat's next question is out."""
    return f"{called}: {question}"


def more_days_offer(which: str, label: str = marked("One more day")) -> Offer:
    """The button that gives the question that is on another day."""
    return Offer(label, f'chat extend "1 day" {which}')


def _hour(chat: Chat) -> str:
    at: time = days.clock(chat)
    return f"{clockface.clock_words(at)} {clockface.zone_short(chat.starts_at, chat.zone)}"
