"""Times, places and counts as pages write them: in the zone they are meant in, with UTC beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.core.archive.chat_page import ChatPage, Where
from bot.core.model import Chat, ChatState
from bot.core.times.clockface import MONTHS, WEEKDAYS, clock_words, local, moment, time, zone_short

_NETWORKS = {"browser": "Browser", "discord": "Discord", "matrix": "Matrix", "terminal": "Terminal"}
_A_DAY = timedelta(hours=24)


def network_name(platform: str) -> str:
    """A network as readers know it."""
    return _NETWORKS.get(platform, platform.title())


def told_apart(places: Sequence[Where]) -> dict[int, str]:
    """What to call each place beside an answer, by id: nothing where there is but one.

    Guests are called by their community too; a place is named where its network alone does not tell it.
    """
    if len(places) < 2:
        return {}
    alike = Counter((place.network, place.community) for place in places)
    return {
        p.place_id: ", ".join(
            filter(None, [p.network if alike[p.network, p.community] == 1 else p.name, p.community])
        )
        for p in places
    }


def long_day(day: date) -> str:
    """A date in full, as in Tuesday 17 November 2026."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """A date in short, as in 17 Nov."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def hours(starts: datetime, ends: datetime, zone: str) -> tuple[str, str]:
    """A beginning and an end on the wall, pm said once where both are: 8:00 and 9:00 pm ET."""
    first, last = local(starts, zone), local(ends, zone)
    begin, end = clock_words(first.time()), clock_words(last.time())
    if begin[-2:] == end[-2:] and first.date() == last.date():
        begin = begin[:-3]
    if first.date() != last.date():
        end = f"{short_day(last)}, {end}"
    return begin, f"{end} {zone_short(ends, zone)}"


def in_utc(starts: datetime, ends: datetime, zone: str) -> str:
    """The same hours in UTC, with the day where it is another one; empty where the zone is UTC."""
    first, last = starts.astimezone(UTC), ends.astimezone(UTC)
    if zone_short(starts, zone) == "UTC":
        return ""
    day = "" if first.date() == local(starts, zone).date() else f", {short_day(first)}"
    return f"{first:%H:%M}–{last:%H:%M} UTC{day}"


def beside(at: datetime, chat: Chat) -> str:
    """What stands in the margin beside an answer: the time of that evening, later the day."""
    here = local(at, chat.zone)
    evening = local(chat.starts_at, chat.zone).date() == here.date() or at - chat.starts_at < _A_DAY / 2
    return clock_words(here.time())[:-3] if evening and at < chat.starts_at + _A_DAY else short_day(here)


def spoken(at: datetime, chat: Chat) -> str:
    """The same for who listens, as in 8:05 pm on 17 Nov."""
    here = local(at, chat.zone)
    same = here.date() == local(chat.starts_at, chat.zone).date()
    return clock_words(here.time()) + ("" if same else f" on {short_day(here)}")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its word, as in 1 answer, 2 answers, 1,204 answers."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def away(starts: datetime, now: datetime, zone: str) -> str:
    """How far off a beginning is, in days of its zone, as in "in 2 days"."""
    days = (local(starts, zone).date() - local(now, zone).date()).days
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {days} days"


class Margin:
    """What stands beside the answers of one chat; each minute is worked out once."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._known: dict[int, tuple[str, str]] = {}

    def both(self, moment: datetime) -> tuple[str, str]:
        """What the eye reads and what the ear hears."""
        minute = int(moment.timestamp()) // 60
        if (known := self._known.get(minute)) is None:
            known = self._known[minute] = beside(moment, self._chat), spoken(moment, self._chat)
        return known

    def said(self, moment: datetime) -> str:
        """What the ear hears."""
        return self.both(moment)[1]


def standing(page: ChatPage) -> tuple[str, ...]:
    """How complete a chat's page is: whole, still growing, or with gaps that are named."""
    said = []
    if page.late_until:
        said.append(f"Late answers are still welcome until {moment(page.late_until, page.chat.zone)}.")
    gaps = [_gap(place, page.chat) for place in page.places if _left_early(place, page.chat)]
    said += gaps
    if page.chat.state is ChatState.SEALED and not gaps and not page.unseen:
        said.append("Complete: every answer that was heard until the chat was sealed is here.")
    if page.unseen:
        are = "is" if page.unseen == 1 else "are"
        said.append(f"{counted(page.unseen, 'answer')} {are} being made ready to be read.")
    if page.kept_out:
        keep = "keeps" if page.kept_out == 1 else "keep"
        took = counted(page.kept_out, "person", "people")
        said.append(f"{took} took part and {keep} their answers out of what is read here.")
    return tuple(said)


def _left_early(place: Where, chat: Chat) -> bool:
    return place.left_at is not None and chat.starts_at <= place.left_at < chat.ends_at


def _gap(place: Where, chat: Chat) -> str:
    at = time(place.left_at or chat.ends_at, chat.zone)
    return (
        f"Not complete: the bot had to leave {place.name} at {at}; what was said there afterwards is missing."
    )
