"""What the bot answers to hosts who plan weekly chats and their dates."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.core.model import Chat, Collecting, Offer, Series, offered
from bot.core.sentences.chat import READERS, name
from bot.core.sentences.slow import series_length
from bot.core.times import clockface
from bot.core.times.free_times import Clash, Span
from bot.core.tongue import _, marked, ngettext, spoken

WHOLE_ROOM = "@room"
"""What announcements call where people have no roles: everybody in the room."""
TYPED_WEEKLY = marked("every Tuesday 8 pm")
"""How times are typed, as forms show it; this and the next six are read in the language of the page, too."""
TYPED_ANEW = marked("every Thursday 7 pm")
TYPED_BESIDE = marked("every Thu 12:00 Europe/London")
TYPED_BREAK = marked("22 Dec until 5 Jan")
TYPED_MOVED = marked("3 Dec 7 pm")
TYPED_MOMENT = marked("24 Nov 8 pm")
TYPED_DAYS = marked("Mon-Sat")
HASHTAG_BAD = marked("A hashtag is one word of letters and digits; write it like #edchat.")
SLOTS_MANY = marked("A weekly chat has at most {most} times; please leave some out.")
SERIES_MANY = marked("A community has at most {most} weekly chats; delete one that is over, then try again.")
BREAK_BACKWARDS = marked("That break ends on {last}, before it begins on {first}; please check the dates.")
EDIT_WHAT = marked(
    'What should change? Write it like `series edit when="every Thursday 7 pm"` or `series edit minutes=45`.'
)
PAUSED_ALREADY = marked("It is paused already; `series resume` lets it go on.")
SERIES_NONE = marked("There is no weekly chat here yet; a host makes one with `series create`.")
ANSWERS_NAMELESS = marked("Answers may be given without a name.")
FOUND_BY_ENGINES = marked("Search engines may find what everybody may read.")
CALLED = marked("Announcements call {role}.")
HOW_COLLECTED = {
    "copy": marked("The words are copied into their question's thread, with a link to where they stand."),
    "link": marked(
        "Only a link to the words stands in their question's thread; an answer by form is copied."
    ),
    "off": marked(
        "Nothing but answers by form is put into a thread; readers find all under their questions."
    ),
}
"""What becomes of an answer given elsewhere than in its question's thread, where a network has threads."""
NOT_PAUSED_SERIES = marked("It is not paused; its next chat comes as planned.")

_DAYS_SHOWN, _ROOMS_SHOWN = 8, 6
_NEXT_DATES = marked("Next: {dates}.")
_ARE_THEY_RIGHT = marked(
    "Are these right? Then write the questions for the first with `chat plan`; `series edit` changes them."
)


def series_made(series: Series, rules: Sequence[str], dates: Sequence[str], notes: Sequence[str]) -> str:
    """A new weekly chat: its rule in words, its next dates, what to know of them, what is next."""
    said = _("{title} is set: {times}, {length}.")
    head = said.format(title=series.title, times="; ".join(rules), length=series_length(series))
    following = _(_NEXT_DATES).format(dates="; ".join(dates))
    return "\n".join([head, following, *notes, _(READERS[series.visibility.value]), _(_ARE_THEY_RIGHT)])


def series_where(rooms: Sequence[str]) -> str:
    """Ask in which of several rooms a weekly chat is held; each as it is added to the command."""
    if not rooms:
        return _("Where will the chat be held? Add a room.")
    said = _("Where will the chat be held? Add {rooms}, or another room.")
    said = said if len(rooms) > _ROOMS_SHOWN else _("Where will the chat be held? Add {rooms}.")
    return said.format(rooms=_(" or ").join(rooms[:_ROOMS_SHOWN]))


def role_written(native_id: str) -> str:
    """What announcements call, as a host writes it."""
    return native_id if native_id == WHOLE_ROOM else f"<@&{native_id}>"


def series_page(series: Series, rules: Sequence[str], dates: Sequence[str], left_out: Sequence[str]) -> str:
    """A weekly chat with all that can be set."""
    paused, following = _("{title} (number {number}, paused)"), _(_NEXT_DATES).format(dates="; ".join(dates))
    head = (paused if series.paused else _("{title} (number {number})")).format(
        title=series.title, number=series.id
    )
    lines = [head, *rules, _in_short(series), _(READERS[series.visibility.value]), *_as_set(series)]
    lines += [_("Left out: {days}.").format(days="; ".join(left_out))] if left_out else []
    return "\n".join([*lines, following if dates else _("No date is coming up.")])


def _in_short(series: Series) -> str:
    """How long its chats take, what they go by, and how long answers count."""
    letters, days = _("letters {letters}").format(letters=series.letters), series.tail.days
    said = ngettext(
        "{length}, {tags}, late answers for {count} day.",
        "{length}, {tags}, late answers for {count} days.",
        days,
    )
    tags = " ".join(filter(None, [series.hashtag, letters]))
    return said.format(length=series_length(series), tags=tags, count=days)


def _as_set(series: Series) -> list[str]:
    """What is not as it is with most weekly chats."""
    lines = [_("Welcome: {text}").format(text=series.welcome)] if series.welcome else []
    lines += [_("About: {text}").format(text=series.about)] if series.about else []
    lines += [_(HOW_COLLECTED[series.collecting.value])] if series.collecting is not Collecting.COPY else []
    lines += [_(CALLED).format(role=role_written(series.ping))] if series.ping else []
    lines += [_(ANSWERS_NAMELESS)] if series.anonymous_answers else []
    return [*lines, _(FOUND_BY_ENGINES)] if series.indexable else lines


def series_line(series: Series, rules: Sequence[str], next_date: str) -> str:
    """One weekly chat in a list."""
    then = _("Paused.") if series.paused else next_date
    how = f", {series_length(series)}" if series.slow else ""
    return f"{series.title} ({series.id}): {'; '.join(rules)}{how}. {then}".strip()


def next_date(at: datetime, zone: str, topic: str) -> str:
    """When a weekly chat comes next, and about what."""
    said = _("Next {when}: {topic}.") if topic else _("Next {when}.")
    return said.format(when=clockface.moment(at, zone), topic=topic)


def place_taken(found: Clash, zone: str) -> str:
    """The answer to two chats in one place at one time: which is there, and what to do next."""
    other, free = found.other, found.free_at
    said = _(
        "{title} is in {place} {other}; this one would be there {mine}. {hour}, another day or another room. "
        "Or give {title} another time first: `series edit` for all its dates, `series move` for one."
    )
    since = _("From {time} the room is free: choose that")
    hour = since.format(time=clockface.time(free, zone)) if free else _("Choose another time")
    spans = {"other": _from_to(other, zone), "mine": _from_to(found.mine, zone)}
    return said.format(title=other.title, place=other.place, hour=hour, **spans)


def _from_to(span: Span, zone: str) -> str:
    """From when to when something is held; the day is said once."""
    same = clockface.day(span.starts_at, zone) == clockface.day(span.ends_at, zone)
    until = (clockface.time if same else clockface.moment)(span.ends_at, zone)
    return _("from {first} to {last}").format(first=clockface.moment(span.starts_at, zone), last=until)


def own_times_meet(title: str, at: datetime, zone: str) -> str:
    """The answer to two times of one weekly chat that overlap."""
    when = clockface.moment(at, zone)
    said = _("Two times of {title} overlap on {when}; make the chat shorter or change one of them.")
    return said.format(title=title, when=when)


def still_planned(chats: Sequence[tuple[Chat, datetime | None]], series: Series) -> str:
    """Planned chats that a new rule does not touch."""
    lines = [_("These are planned already and stay as they are until you decide:")]
    for chat, _nearest in chats:
        lines.append(f"{chat.id}: {name(chat, series)}, {clockface.moment(chat.starts_at, chat.zone)}")
    return "\n".join(lines)


def still_planned_offers(chats: Sequence[tuple[Chat, datetime | None]]) -> tuple[Offer, ...]:
    """For each planned chat: to the nearest new date, or cancelled; keeping it needs no button."""
    offers: list[Offer] = []
    for chat, nearest in chats:
        if nearest:
            to = f"{clockface.local(nearest, chat.zone):%Y-%m-%d %H:%M}"
            line, held = f'series move {chat.id} to="{to}"', {"number": str(chat.id), "day": to[:10]}
            offers.append(offered("Move {number} to {day}", line, **held))
        offers.append(offered("Cancel {number}", f"chat cancel chat={chat.id}", number=str(chat.id)))
    return tuple(offers)


def series_paused(series: Series) -> str:
    """Said when a weekly chat pauses."""
    told = _(
        "{title} is paused: nothing is announced or opened until `series resume`; a running chat goes on."
    )
    return told.format(title=series.title)


def series_resumed(series: Series, coming: Chat | None) -> str:
    """Said when a weekly chat goes on."""
    if coming is None:
        return _("{title} goes on.").format(title=series.title)
    when = clockface.moment(coming.starts_at, coming.zone)
    return _("{title} goes on. The next one is on {when}.").format(title=series.title, when=when)


def left_out(series: Series, days: Sequence[date]) -> str:
    """Said when dates are skipped."""
    said = _("{title} leaves out {days}.")
    return said.format(title=series.title, days="; ".join(days_listed(days)))


def days_listed(days: Sequence[date]) -> list[str]:
    """Days in words, the first few of many."""
    left = len(days) - _DAYS_SHOWN
    more = [_("{count} more").format(count=left)] if left > 0 else []
    return [spoken().sure_day(day) for day in days[:_DAYS_SHOWN]] + more


def nothing_to_skip(series: Series, dates: Sequence[str]) -> str:
    """The answer when no date lies there."""
    if not dates:
        return _none_coming(series)
    said = _("{title} has no chat there; the next are {days}.")
    return said.format(title=series.title, days="; ".join(dates))


def confirm_skips(series: Series, chats: Sequence[Chat]) -> str:
    """Ask before a planned chat is skipped."""
    one = _("{chat} on {when}")
    listed = "; ".join(
        one.format(chat=name(chat, series), when=clockface.day(chat.starts_at, chat.zone)) for chat in chats
    )
    said = _("Planned already, so still on: {chats}. Skipping it tells everybody that it is cancelled.")
    return said.format(chats=listed)


def skip_offers(chats: Sequence[Chat]) -> tuple[Offer, ...]:
    """A button for each planned chat that would be skipped."""
    return tuple(
        offered("Skip {day}", f"series skip {_date_of(c)} series={c.series_id} chat={c.id}", day=_date_of(c))
        for c in chats
    )


def not_that_chat(number: int, day: date) -> str:
    """The answer to an old button: the chat it names is not the planned one of that date."""
    said = _("Chat {number} is not the one coming on {day}; nothing was changed.")
    return said.format(number=number, day=spoken().sure_day(day))


def moved_to(chat: Chat, series: Series) -> str:
    """Said to the host who moved a chat."""
    when = clockface.moment(chat.starts_at, chat.zone)
    return _("{chat} is now on {when}.").format(chat=name(chat, series), when=when)


def confirm_delete(series: Series, planned: int, running: bool) -> str:
    """Ask before a weekly chat is deleted."""
    chats = ngettext(
        "{count} planned chat is cancelled.", "{count} planned chats are cancelled.", planned
    ).format(count=planned)
    asked = _("Delete {title} for good? No more dates come.").format(title=series.title)
    now = _("The one running now ends.")
    lost = [*[now] * running, *[chats] * bool(planned)]
    return " ".join([asked, *lost, _("The archive is kept.")])


def delete_offer(series: Series) -> Offer:
    """The button that deletes."""
    return offered("Delete {title}", f"series delete {series.id} sure=yes", title=series.title[:40])


def series_deleted(series: Series) -> str:
    """Said when a weekly chat is deleted."""
    said = _("{title} is deleted; what was said in its chats is kept in the archive.")
    return said.format(title=series.title)


def series_gone(series: Series) -> str:
    """Said in every place when a planned chat goes with its series."""
    return f"{series.title} is no longer held"


def _date_of(chat: Chat) -> str:
    return f"{clockface.local(chat.starts_at, chat.zone):%Y-%m-%d}"


def _none_coming(series: Series) -> str:
    return _("{title} has no date coming up; `series edit` gives it a new time.").format(title=series.title)
