"""Dates, times and lengths as people type them in a page's language, in the English that is read."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel import Locale

from bot.core.times.clockface import MONTHS, WEEKDAYS
from bot.written import CATALOGUES

_LONGEST: Final = 600
"""So many characters may be times; what is longer is none."""
_WIDTHS: Final = ("wide", "abbreviated", "short")
_WORD: Final = re.compile(r"([^\W\d_]+)(\.?)")
_NUMBER: Final = {"d": "(?P<day>[0-9]{1,2})", "M": "(?P<month>[0-9]{1,2})"}


class TypedTimes:
    """What one language's words for times are in English: names from CLDR, all else from its `times.toml`."""

    def __init__(self, locale: Locale) -> None:
        file = CATALOGUES / locale.language / "times.toml"
        table = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
        self._phrases = [
            (re.compile(rf"(?<![\w.:])(?:{said})", re.IGNORECASE), english)
            for said, english in table.get("phrases", {}).items()
        ]
        self._words: dict[str, str] = _names(locale) | table.get("words", {})
        self._numbered = _numbered(locale)

    def english(self, words: str) -> str:
        """The words in English, as far as they are known."""
        if len(words) > _LONGEST:
            return words
        said = unicodedata.normalize("NFKC", words)
        for pattern, english in self._phrases:
            said = pattern.sub(english, said)
        if self._numbered:
            said = self._numbered.sub(_with_its_month, said)
        return _WORD.sub(self._word, said)

    def _word(self, found: re.Match[str]) -> str:
        """One word, without the dot of its abbreviation; an unknown one as it is."""
        return self._words.get(found[1].lower(), found[0])


def _names(locale: Locale) -> dict[str, str]:
    """Months and days by every name that CLDR has for them, save those that are names of both."""
    months = _called(locale.months, [*MONTHS], first=1)
    days = _called(locale.days, [*WEEKDAYS], first=0)
    return {name: (months | days)[name] for name in months.keys() ^ days.keys()}


def _called(names: Mapping[str, Any], english: Sequence[str], first: int) -> dict[str, str]:
    return {
        name.lower().rstrip("."): english[number - first]
        for context in ("format", "stand-alone")
        for width in _WIDTHS
        for number, name in names[context].get(width, {}).items()
    }


def _numbered(locale: Locale) -> re.Pattern[str] | None:
    """A day and month in numbers, as in 2.12. where the language writes that so."""
    written = locale.datetime_skeletons.get("Md")
    if written is None:
        return None
    pattern = re.sub("d+|M+", lambda part: _NUMBER[part[0][0]], re.escape(written.pattern))
    return re.compile(rf"(?<![\w./-]){pattern}(?![\w/-])")


def _with_its_month(found: re.Match[str]) -> str:
    month = int(found["month"])
    return f"{found['day']} {MONTHS[month - 1]}" if 1 <= month <= len(MONTHS) else found[0]
