"""What the bot answers to hosts who plan weekly chats and their dates."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.core.model import Chat, Collecting, Offer, Series
from bot.core.sentences.chat import READERS, name
from bot.core.sentences.slow import series_length
from bot.core.times import clockface
from bot.core.times.free_times import Clash, Span

WHOLE_ROOM = "@room"
"""What announcements call where people have no roles: everybody in the room."""
HASHTAG_BAD = "A hashtag is one word of letters and digits; write it like #edchat."
SLOTS_MANY = "A weekly chat has at most {most} times; please leave some out."
SERIES_MANY = "A community has at most {most} weekly chats; delete one that is over, then try again."
BREAK_BACKWARDS = "That break ends on {last}, before it begins on {first}; please check the dates."
EDIT_WHAT = (
    'What should change? Write it like `series edit when="every Thursday 7 pm"` or `series edit minutes=45`.'
)
PAUSED_ALREADY = "It is paused already; `series resume` lets it go on."
SERIES_NONE = "There is no weekly chat here yet; a host makes one with `series create`."
ANSWERS_NAMELESS = "Answers may be given without a name."
FOUND_BY_ENGINES = "Search engines may find what everybody may read."
CALLED = "Announcements call {role}."
HOW_COLLECTED = {
    "copy": "The words are copied into their question's thread, with a link to where they stand.",
    "link": "Only a link to the words stands in their question's thread; an answer by form is copied.",
    "off": "Nothing but answers by form is put into a thread; readers find all under their questions.",
}
"""What becomes of an answer given elsewhere than in its question's thread, where a network has threads."""
NOT_PAUSED_SERIES = "It is not paused; its next chat comes as planned."

_DAYS_SHOWN, _ROOMS_SHOWN = 8, 6
_ARE_THEY_RIGHT = (
    "Are these right? Then write the questions for the first with `chat plan`; `series edit` changes them."
)


def series_made(series: Series, rules: Sequence[str], dates: Sequence[str], notes: Sequence[str]) -> str:
    """A new weekly chat: its rule in words, its next dates, what to know of them, what is next."""
    head = f"{series.title} is set: {'; '.join(rules)}, {series_length(series)}."
    lines = [head, f"Next: {'; '.join(dates)}.", *notes, READERS[series.visibility.value]]
    return "\n".join([*lines, _ARE_THEY_RIGHT])


def series_where(rooms: Sequence[str]) -> str:
    """Ask in which of several rooms a weekly chat is held; each as it is added to the command."""
    more = ", or another room" if len(rooms) > _ROOMS_SHOWN else ""
    return f"Where will the chat be held? Add {' or '.join(rooms[:_ROOMS_SHOWN]) or 'a room'}{more}."


def role_written(native_id: str) -> str:
    """What announcements call, as a host writes it."""
    return native_id if native_id == WHOLE_ROOM else f"<@&{native_id}>"


def series_page(series: Series, rules: Sequence[str], dates: Sequence[str], left_out: Sequence[str]) -> str:
    """A weekly chat with all that can be set."""
    state = ", paused" if series.paused else ""
    tags = " ".join(filter(None, [series.hashtag, f"letters {series.letters}"]))
    lines = [f"{series.title} (number {series.id}{state})", *rules]
    lines.append(f"{series_length(series)}, {tags}, late answers for {series.tail.days} days.")
    lines += [READERS[series.visibility.value], *([f"Welcome: {series.welcome}"] if series.welcome else [])]
    lines += [f"About: {series.about}"] if series.about else []
    lines += [HOW_COLLECTED[series.collecting.value]] if series.collecting is not Collecting.COPY else []
    lines += [CALLED.format(role=role_written(series.ping))] if series.ping else []
    lines += [ANSWERS_NAMELESS] if series.anonymous_answers else []
    lines += [FOUND_BY_ENGINES] if series.indexable else []
    lines += [f"Left out: {'; '.join(left_out)}."] if left_out else []
    return "\n".join([*lines, f"Next: {'; '.join(dates)}." if dates else "No date is coming up."])


def series_line(series: Series, rules: Sequence[str], next_date: str) -> str:
    """One weekly chat in a list."""
    then = "Paused." if series.paused else next_date
    how = f", {series_length(series)}" if series.slow else ""
    return f"{series.title} ({series.id}): {'; '.join(rules)}{how}. {then}".strip()


def next_date(at: datetime, zone: str, topic: str) -> str:
    """When a weekly chat comes next, and about what."""
    return f"Next {clockface.moment(at, zone)}" + (f": {topic}." if topic else ".")


def place_taken(found: Clash, zone: str) -> str:
    """The answer to two chats in one place at one time: which is there, and what to do next."""
    other = found.other
    then = f"{other.title} is in {other.place} {_from_to(other, zone)}"
    free = clockface.time(found.free_at, zone) if found.free_at else ""
    hour = f"From {free} the room is free: choose that" if free else "Choose another time"
    return (
        f"{then}; this one would be there {_from_to(found.mine, zone)}. "
        f"{hour}, another day or another room. Or give {other.title} another time "
        "first: `series edit` for all its dates, `series move` for one."
    )


def _from_to(span: Span, zone: str) -> str:
    """From when to when something is held; the day is said once."""
    same = clockface.day(span.starts_at, zone) == clockface.day(span.ends_at, zone)
    until = (clockface.time if same else clockface.moment)(span.ends_at, zone)
    return f"from {clockface.moment(span.starts_at, zone)} to {until}"


def own_times_meet(title: str, at: datetime, zone: str) -> str:
    """The answer to two times of one weekly chat that overlap."""
    when = clockface.moment(at, zone)
    return f"Two times of {title} overlap on {when}; make the chat shorter or change one of them."


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
    told = "nothing is announced or opened until `series resume`; a running chat goes on."
    return f"{series.title} is paused: {told}"


def series_resumed(series: Series, coming: Chat | None) -> str:
    """Said when a weekly chat goes on."""
    when = f" The next one is on {clockface.moment(coming.starts_at, coming.zone)}." if coming else ""
    return f"{series.title} goes on.{when}"


def left_out(series: Series, days: Sequence[date]) -> str:
    """Said when dates are skipped."""
    return f"{series.title} leaves out {'; '.join(days_listed(days))}."


def days_listed(days: Sequence[date]) -> list[str]:
    """Days in words, the first few of many."""
    more = [f"{len(days) - _DAYS_SHOWN} more"] if len(days) > _DAYS_SHOWN else []
    return [f"{day:%a} {day.day} {day:%b %Y}" for day in days[:_DAYS_SHOWN]] + more


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
    return f"Chat {number} is not the one coming on {days_listed([day])[0]}; nothing was changed."


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


def _date_of(chat: Chat) -> str:
    return f"{clockface.local(chat.starts_at, chat.zone):%Y-%m-%d}"


def _none_coming(series: Series) -> str:
    return f"{series.title} has no date coming up; `series edit` gives it a new time."
