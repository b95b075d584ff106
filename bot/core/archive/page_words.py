"""Times, places and counts as pages write them: in the zone they are meant in, with UTC beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.core.archive.chat_page import ChatPage, Where
from bot.core.archive.completeness import Gap, Whole, Why, completeness, heard_until
from bot.core.model import Chat
from bot.core.times.clockface import clock_words, local, moment, time, zone_short
from bot.core.tongue import _, ngettext
from bot.core.tongue import spoken as tongue

_NETWORKS = {"browser": "Browser", "discord": "Discord", "matrix": "Matrix", "terminal": "Terminal"}
_A_DAY, _NOON = timedelta(hours=24), 12
_AFTER_A_NUMBER = re.compile(r"(?<=\d) (?=\w)|(?<=\d\.) (?=\w)|(?<=\d [ap]m) (?=[A-Z])")


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
    return tongue().long_day(day)


def day_name(day: date) -> str:
    """A day of the week in short, as in Tue."""
    return tongue().day_name(day)


def short_day(day: date) -> str:
    """A date in short, as in 17 Nov."""
    return tongue().short_day(day)


def hours(starts: datetime, ends: datetime, zone: str) -> tuple[str, str]:
    """A beginning and an end on the wall, pm said once where both are: 8:00 and 9:00 pm ET.

    What was over within the minute has a beginning alone.
    """
    first, last = local(starts, zone), local(ends, zone)
    begin, end = clock_words(first.time()), clock_words(last.time())
    if _within_a_minute(starts, ends):
        return f"{begin} {zone_short(ends, zone)}", ""
    if first.date() == last.date() and (first.hour < _NOON) == (last.hour < _NOON):
        begin = tongue().short_clock(first.time())
    if first.date() != last.date():
        end = f"{short_day(last)}, {end}"
    return begin, f"{end} {zone_short(ends, zone)}"


def in_utc(starts: datetime, ends: datetime, zone: str) -> str:
    """The same hours in UTC, with the day where it is another one; empty where the clocks show the same."""
    first, last = starts.astimezone(UTC), ends.astimezone(UTC)
    if not (local(starts, zone).utcoffset() or local(ends, zone).utcoffset()):
        return ""
    day = "" if first.date() == local(starts, zone).date() else f", {short_day(first)}"
    if ends - starts > _A_DAY:
        return f"{first:%H:%M}–{short_day(last)}, {last:%H:%M} UTC{day}"
    if _within_a_minute(starts, ends):
        return f"{first:%H:%M} UTC{day}"
    return f"{first:%H:%M}–{last:%H:%M} UTC{day}"


def _within_a_minute(starts: datetime, ends: datetime) -> bool:
    """Whether clocks show the same at the end as at the beginning."""
    return starts.replace(second=0, microsecond=0) == ends.replace(second=0, microsecond=0)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with one of the words below, as in 1 answer, 2 answers, 1,204 answers."""
    return f"{tongue().number(number)} {ngettext(one, many or one + 's', number)}"


def unbroken(words: str) -> str:
    """The same words with each number kept on one line with what it counts, as in 17 Nov or 8:00 pm ET."""
    return _AFTER_A_NUMBER.sub("\N{NO-BREAK SPACE}", words)


def _words() -> None:
    """What is counted; it stands here so that translators find it."""
    ngettext("answer", "answers", 0)
    ngettext("answer came", "answers came", 0)
    ngettext("chat", "chats", 0)
    ngettext("day", "days", 0)
    ngettext("link", "links", 0)
    ngettext("link shared", "links shared", 0)
    ngettext("message", "messages", 0)
    ngettext("more came", "more came", 0)
    ngettext("person", "people", 0)
    ngettext("question", "questions", 0)


def away(starts: datetime, now: datetime, zone: str) -> str:
    """How far off a beginning is, in days of its zone, as in "in 2 days"."""
    days = (local(starts, zone).date() - local(now, zone).date()).days
    if days <= 0:
        return _("today")
    return _("tomorrow") if days == 1 else ngettext("in {days} day", "in {days} days", days).format(days=days)


class Margin:
    """What stands beside the answers of one chat; each minute is worked out once."""

    def __init__(self, chat: Chat) -> None:
        self._chat, self._days = chat, chat.takes_days
        self._first_day = local(chat.starts_at, chat.zone).date()
        self._known: dict[float, tuple[str, str]] = {}

    def both(self, moment: datetime) -> tuple[str, str]:
        """What the eye reads and what the ear hears."""
        minute = moment.timestamp() // 60
        if (known := self._known.get(minute)) is None:
            here = local(moment, self._chat.zone)
            known = self._known[minute] = self._seen(moment, here), self._heard(here)
        return known

    def _seen(self, at: datetime, here: datetime) -> str:
        """The time of that evening, later the day."""
        since = at - self._chat.starts_at
        evening = here.date() == self._first_day or since < _A_DAY / 2
        if self._days or not evening or since >= _A_DAY:
            return short_day(here)
        return tongue().short_clock(here.time())

    def _heard(self, here: datetime) -> str:
        """The same for who listens, as in 8:05 pm on 17 Nov."""
        clock = clock_words(here.time())
        if here.date() == self._first_day and not self._days:
            return clock
        return _("{time} on {day}").format(time=clock, day=short_day(here))

    def said(self, moment: datetime) -> str:
        """What the ear hears."""
        return self.both(moment)[1]


def standing(page: ChatPage) -> tuple[str, ...]:
    """How complete a chat's page is: whole, still growing, or with gaps that are named."""
    found = completeness(page)
    said = [_missing(gap, page.chat) for gap in found.gaps] or _whole(found.whole, page)
    said += [_went(place, page.chat) for place in page.places if _went_early(place, page)]
    if page.late_until:
        until = moment(page.late_until, page.chat.zone)
        said.append(_("Late answers are still welcome until {until}.").format(until=until))
    if page.unseen:
        said.append(
            ngettext(
                "{count} answer is being made ready to be read.",
                "{count} answers are being made ready to be read.",
                page.unseen,
            ).format(count=page.unseen)
        )
    if page.kept_out:
        said.append(
            ngettext(
                "{count} person took part and keeps their answers out of what is read here.",
                "{count} people took part and keep their answers out of what is read here.",
                page.kept_out,
            ).format(count=page.kept_out)
        )
    return tuple(said)


def _whole(whole: Whole | None, page: ChatPage) -> list[str]:
    """What a page says in which nothing is missing."""
    if whole is Whole.COMPLETE:
        if page.seals_at is None:
            return [_("Complete: every place of the chat was heard until it was sealed.")]
        sealed = _("Complete: every place of the chat was heard until it was sealed on {day}.")
        return [sealed.format(day=moment(page.seals_at, page.chat.zone))]
    return [_("Complete so far: every place of the chat is heard.")] if whole is Whole.SO_FAR else []


def _went_early(place: Where, page: ChatPage) -> bool:
    return place.went_at is not None and page.chat.starts_at <= place.went_at < heard_until(page)


def _missing(gap: Gap, chat: Chat) -> str:
    """What is missing, in a sentence."""
    if gap.since is None:
        said = _("Not complete: this chat was brought here without what was said in {place}.")
        return said.format(place=gap.place)
    if gap.why is Why.LEFT:
        return _left(gap.place, gap.since, chat)
    return _not_heard(gap.place, gap.since, gap.until, chat)


def _not_heard(place: str, since: datetime, until: datetime | None, chat: Chat) -> str:
    if until is None:
        said = _("Not complete: {place} cannot be read since {since}; what was said there since is missing.")
        return said.format(place=place, since=_when(since, chat))
    said = _(
        "Not complete: {place} could not be read from {since} to {until}; "
        "what was said there in that time is missing."
    )
    return said.format(place=place, since=_when(since, chat), until=_when(until, chat))


def _when(at: datetime, chat: Chat) -> str:
    """A time of the chat's hour, or a moment with its day."""
    inside = chat.starts_at <= at < chat.ends_at and not chat.takes_days
    return time(at, chat.zone) if inside else moment(at, chat.zone)


def _left(place: str, at: datetime, chat: Chat) -> str:
    if at < chat.ends_at:
        left = _(
            "Not complete: the bot had to leave {place} at {time}; what was said there afterwards is missing."
        )
        return left.format(place=place, time=time(at, chat.zone))
    left = _(
        "Not complete: the bot had to leave {place} on {day}; "
        "late answers given there afterwards are missing."
    )
    return left.format(place=place, day=moment(at, chat.zone))


def _went(place: Where, chat: Chat) -> str:
    until = moment(place.went_at or chat.ends_at, chat.zone)
    if not place.community:
        return _("{place} took part until {day}.").format(place=place.name, day=until)
    said = _("{place} of {community} took part until {day}.")
    return said.format(place=place.name, community=place.community, day=until)
