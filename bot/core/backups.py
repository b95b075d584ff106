"""Which night a copy of the database belongs to, when the next is due, and which copies may go."""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

AT = time(3, 30)
"""When a night's copy is made, by the clock on the house's wall."""
ASIDE_LASTS = timedelta(days=30)
"""How long a database is kept that a migration or a restore set aside."""
_NAME = re.compile(r"edchat-(\d{4}-\d{2}-\d{2})\.sqlite")
_ASIDE = re.compile(r".+-before-\w+-(\d{8}-\d{6})(?:-\d{6})?\.\w+")
_DAY = timedelta(days=1)


def night(now: datetime, zone: tzinfo) -> date:
    """The night that was last: its copy stands for everything until the next one's."""
    today = now.astimezone(zone).date()
    return max(day for day in (today - _DAY, today, today + _DAY) if _instant(day, zone) <= now)


def next_night(now: datetime, zone: tzinfo) -> datetime:
    """When the next night's copy is due."""
    today = now.astimezone(zone).date()
    nights = (_instant(today + days * _DAY, zone) for days in range(3))
    return min(instant for instant in nights if instant > now)


def due(names: Collection[str], now: datetime, zone: tzinfo) -> bool:
    """Whether the last night has no copy yet: it is made then, or as soon as the bot is back."""
    return copy_name(night(now, zone)) not in names


def copy_name(night: date) -> str:
    """What a night's copy is called."""
    return f"edchat-{night:%Y-%m-%d}.sqlite"


def copies(names: Iterable[str]) -> list[str]:
    """The nights' copies among files, the oldest first."""
    return sorted(name for name in names if _NAME.fullmatch(name))


def surplus(names: Iterable[str], keep: int, made: str) -> list[str]:
    """The copies that may go, the oldest: never the one just made, and nothing that is no night's copy."""
    others = [name for name in copies(names) if name != made]
    return others[: max(0, len(others) - keep + 1)]


def stale(names: Iterable[str], now: datetime, zone: tzinfo) -> bool:
    """Whether the newest copy is older than that of the night before the last."""
    nights = copies(names)
    return bool(nights) and nights[-1] < copy_name(night(now, zone) - _DAY)


def set_aside(name: str) -> datetime | None:
    """When a file was set aside by a migration or a restore; None of any other file."""
    found = _ASIDE.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def outlived(names: Iterable[str], now: datetime) -> list[str]:
    """The files that were set aside so long ago that nobody wants them back."""
    since = {name: found for name in names if (found := set_aside(name))}
    return sorted(name for name, at in since.items() if at < now - ASIDE_LASTS)


def made_after(name: str) -> datetime:
    """A moment before which a copy cannot have been made."""
    if night := _NAME.fullmatch(name):
        return datetime.fromisoformat(night[1]).replace(tzinfo=UTC) - _DAY
    return set_aside(name) or datetime.min.replace(tzinfo=UTC)


def _instant(night: date, zone: tzinfo) -> datetime:
    # In UTC: where the clocks change, two times of one zone cannot be compared.
    return datetime.combine(night, AT, zone).astimezone(UTC)
