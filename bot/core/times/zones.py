"""Time zones as people name them, and never anything that is not in the time zone database."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from zoneinfo import ZoneInfo, available_timezones

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import plain
from bot.core.times.zone_names import AT_OFFSET, CALLED, FIXED, MANY, SHORT
from bot.core.tongue import worded

_LIMIT = 60
_NO_PLACES = frozenset({"Factory", "localtime"})
_NO_CITIES = frozenset({"Etc", "US", "Canada", "Brazil", "Chile", "Mexico"})
_OFFSET = re.compile(r"(?:utc|gmt)?_?([+-])_?([0-9]{1,2})(?::?([0-9]{2}))?")
_ETC = re.compile(r"Etc/GMT([+-])([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its IANA name, with what makes the remark to echo when people called it something else."""

    name: str
    remark: Callable[[], str] | None = None

    @property
    def said(self) -> str | None:
        """The remark in the language that is spoken."""
        return self.remark() if self.remark else None


def parse_zone(text: str, default: str | None = None) -> Zone:
    """The zone that `text` names, or `default` when it is empty; the unknown is refused with names to try."""
    said = plain(text, _LIMIT)
    if not said:
        return _default(default)
    found = find_zone(said)
    if found is None:
        raise _unknown(said)
    return found


def find_zone(said: str) -> Zone | None:
    """The zone that these words name, or None; an abbreviation that misleads is refused."""
    key = _key(said)
    _refuse_misleading(said, key)
    name = CALLED.get(key) or _names().get(key) or _cities().get(key)
    return Zone(name, _remark(said, name)) if name else None


def known_zone(name: str) -> bool:
    """Whether the time zone database here (still) has this very name."""
    return name in _available()


def zone_info(name: str) -> ZoneInfo:
    """The zone's rules; a name that is not in the database is refused before any file is looked for."""
    if not known_zone(name):
        raise Refused(sentences.ZONE_GONE, name=name)
    return ZoneInfo(name)


def zone_words(name: str) -> str:
    """A zone in words, as in New York (ET)."""
    region, _, city = name.rpartition("/")
    called = name if not region or region in _NO_CITIES else city.replace("_", " ")
    return f"{called} ({SHORT[name]})" if name in SHORT else called


def zones_like(typed: str) -> tuple[str, ...]:
    """The zones that these words begin or stand in, by name, habit or city; the nearest first."""
    said = _key(typed.strip()[:_LIMIT])
    known = _cities() | _names() | CALLED
    found = sorted(
        (not key.startswith(said), len(key), CALLED.get(_key(name), name))
        for key, name in known.items()
        if said in key
    )
    return tuple(dict.fromkeys(name for *_, name in found))


@cache
def _available() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACES)


@cache
def _names() -> dict[str, str]:
    return {_key(name): name for name in _available()}


@cache
def _cities() -> dict[str, str]:
    places = [name for name in sorted(_available()) if "/" in name and name.split("/")[0] not in _NO_CITIES]
    return {_key(name.rsplit("/", 1)[1]): CALLED.get(_key(name), name) for name in reversed(places)}


def _key(said: str) -> str:
    return re.sub(r"[ /_]+", "_", said.casefold().removesuffix(" time"))


def _default(default: str | None) -> Zone:
    if default is None:
        raise Refused(sentences.ZONE_ASK)
    return Zone(default, None)


def _refuse_misleading(said: str, key: str) -> None:
    if key in FIXED:
        raise Refused(sentences.ZONE_FIXED, said=said, names=partial(sentences.listed, FIXED[key], "or"))
    if key in MANY:
        raise Refused(sentences.ZONE_MANY, said=said, names=partial(sentences.listed, MANY[key], "or"))
    if offset := _OFFSET.fullmatch(key):
        minutes = f":{offset[3]}" if int(offset[3] or 0) else ""
        places = AT_OFFSET.get(f"{offset[1]}{int(offset[2])}{minutes}", ("Europe/London", "America/New_York"))
        raise Refused(sentences.ZONE_OFFSET, said=said, names=partial(sentences.listed, places, "or"))


def _remark(said: str, name: str) -> Callable[[], str] | None:
    if fixed := _ETC.fullmatch(name):
        # The database counts these hours west of Greenwich, so the sign is the opposite of what is meant.
        offset = f"UTC{'-' if fixed[1] == '+' else '+'}{int(fixed[2]):02}:00"
        return worded(sentences.ZONE_ETC, name=name, offset=offset)
    return None if _key(said) == _key(name) else worded(sentences.ZONE_TAKEN, said=said, name=name)


def _unknown(said: str) -> Refused:
    known = _cities() | _names() | CALLED
    near = dict.fromkeys(known[key] for key in get_close_matches(_key(said), known, n=3, cutoff=0.75))
    if not near:
        return Refused(sentences.ZONE_UNKNOWN, said=said)
    names = dict.fromkeys(CALLED.get(_key(name), name) for name in near)
    return Refused(sentences.ZONE_NEAR, said=said, names=partial(sentences.listed, list(names), "or"))
