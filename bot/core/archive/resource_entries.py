"""What feeds say of shared links: one entry for each link, or one for each week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape

from bot.core.archive.chat_page import Listed
from bot.core.archive.feed_entries import Entry, sound, tag
from bot.core.archive.shared_links import Link, Resource, Shared
from bot.core.times import clockface
from bot.core.tongue import _

REL = "nofollow ugc noopener"


@dataclass(frozen=True, slots=True)
class LinkEntry(Entry):
    """Shared links in a feed: `body` is safe HTML, `leads_to` the link itself where it is but one."""

    body: str = ""
    leads_to: str = ""

    @property
    def html(self) -> str:
        """What feed readers show."""
        return self.body

    def as_item(self) -> dict[str, object]:
        """The entry as JSON Feed writes it."""
        item = Entry.as_item(self)
        return {**item, **({"external_url": self.leads_to} if self.leads_to else {})}


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday's midnight to the next one's, as a community's clock has them."""

    monday: date
    since: datetime
    until: datetime

    @property
    def number(self) -> str:
        """The week as ISO 8601 counts it, as in 2026-W47."""
        found = self.monday.isocalendar()
        return f"{found.year}-W{found.week:02}"

    @property
    def words(self) -> str:
        """Its first and its last day."""
        sunday = self.monday + timedelta(days=6)
        first, last = clockface.day_words(self.monday), clockface.day_words(sunday)
        return _("{first} to {last}").format(first=first, last=last)


def weeks_before(now: datetime, zone: str, most: int) -> Iterator[Week]:
    """The last whole weeks, the newest first."""
    today = clockface.local(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    for _week in range(most):
        before = monday - timedelta(days=7)
        yield Week(before, _midnight(before, zone), _midnight(monday, zone))
        monday = before


def _midnight(day: date, zone: str) -> datetime:
    return clockface.instant(datetime.combine(day, time()), zone)


def of_link(one: Resource, url: str, host: str, whose: str) -> LinkEntry:
    """A link in the feed that is `whose`, of a weekly chat or a community; `url` is where it was shared."""
    under = _("{name} shared it under {label} of {title}") if one.label else _("{name} shared it in {title}")
    said = under.format(name=one.name, label=one.label, title=one.listed.title)
    series = one.listed.series.title
    return _entry(
        one.link, (one.first_at, one.last_at, one.times), said, (url, host, whose), (series, one.name)
    )


def link_of_chat(one: Shared, of: Listed, url: str, host: str) -> LinkEntry:
    """A link in the feed of one chat; `url` is where it was shared."""
    link = Link(one.url, one.title, one.host, one.mark)
    first, last = one.first_at or of.chat.starts_at, one.last_at or of.chat.starts_at
    said = _("{name} shared it under {label}").format(name=one.name, label=one.label)
    names = (of.series.title, one.name)
    return _entry(link, (first, last, one.times), said, (url, host, f"chat-{of.chat.id}"), names)


def of_week(week: Week, links: Iterable[Resource], url: str, host: str, whose: str) -> LinkEntry:
    """All links of a week; `url` is the page that lists them."""
    found = tuple(links)
    items = "".join(f"<li>{_anchor(one.link)} ({escape(one.link.host)})</li>" for one in found)
    return LinkEntry(
        id=tag(host, f"links-of-{whose}-{week.number}"),
        url=url,
        title=_("Links of {week}").format(week=week.words),
        series=_("Links"),
        when=week.words,
        host="",
        questions=(),
        published=week.until,
        updated=week.until,
        body=sound(f"<ul>{items}</ul>"),
    )


def _entry(
    link: Link,
    shared: tuple[datetime, datetime, int],
    said: str,
    place: tuple[str, str, str],
    names: tuple[str, str],
) -> LinkEntry:
    (first, last, times), (url, host, whose), (series, name) = shared, place, names
    often = _(", and it was shared in {times} messages").format(times=times) if times > 1 else ""
    body = f"<p>{_anchor(link)} ({escape(link.host)})</p><p>{escape(said)}{often}.</p>"
    return LinkEntry(
        id=tag(host, f"link-of-{whose}-{link.mark}"),
        url=url,
        title=sound(link.title),
        series=sound(series),
        when="",
        host=sound(name),
        questions=(),
        published=first,
        updated=last,
        body=sound(body),
        leads_to=link.url,
    )


def _anchor(link: Link) -> str:
    return f'<a href="{escape(link.url)}" rel="{REL}">{escape(link.title)}</a>'
