"""The languages that pages speak beside English: sentences from catalogues, dates and numbers from Babel."""

from __future__ import annotations

import io
import re
from datetime import date, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bot.core.tongue import ENGLISH, Tongue
from bot.web.typed_times import TypedTimes
from bot.written import CATALOGUES, translated

_LONGEST: Final = 200
"""So much of a browser's wish is read: nobody speaks more languages."""
_MINUTES: Final = 24 * 60
"""So many times of day are kept as they are written: a page has one for each minute of its hour, twice."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_WEIGHT: Final = re.compile(r"[01](?:\.[0-9]{0,3})?", re.ASCII)


class Translated:
    """A language with a catalogue."""

    def __init__(self, locale: Locale, catalogue: Translations) -> None:
        self.code, self.right_to_left = str(locale).replace("_", "-"), locale.text_direction == "rtl"
        self._locale, self._catalogue, self._typed = locale, catalogue, TypedTimes(locale)
        pattern = str(dates.get_time_format("short", locale).pattern)
        self._short = "H:mm" if "H" in pattern else "h:mm"

    def said(self, words: str) -> str:
        """The sentence from the catalogue; in English where it is not there yet."""
        found = str(self._catalogue.gettext(words)) if words else ""
        # Pythons before 3.11.5 do not find what is there in two numbers by its singular alone.
        return str(self._catalogue.ngettext(words, words, 1)) if words and found == words else found

    def told(self, one: str, many: str, number: int) -> str:
        """The form that this language has for the number."""
        return str(self._catalogue.ngettext(one, many, number))

    def clock(self, at: time) -> str:
        """As in 20:00."""
        return _clock(at.replace(second=0, microsecond=0), "short", self._locale)

    def short_clock(self, at: time) -> str:
        """The same without its half of the day, where the language has such."""
        return _clock(at.replace(second=0, microsecond=0), self._short, self._locale)

    def day_name(self, day: date) -> str:
        """As in Di."""
        return dates.format_date(day, "ccc", locale=self._locale)

    def long_day(self, day: date) -> str:
        """As in Dienstag, 17. November 2026."""
        return dates.format_date(day, "full", locale=self._locale)

    def sure_day(self, day: date) -> str:
        """As in Di., 17. Nov. 2026."""
        return dates.format_skeleton("yMMMEd", day, locale=self._locale)

    def week_day(self, day: date) -> str:
        """As in Di., 17. Nov."""
        return dates.format_skeleton("MMMEd", day, locale=self._locale)

    def short_day(self, day: date) -> str:
        """As in 17. Nov."""
        return dates.format_skeleton("MMMd", day, locale=self._locale)

    def month(self, day: date) -> str:
        """As in November 2026."""
        return dates.format_skeleton("yMMMM", day, locale=self._locale)

    def number(self, number: int) -> str:
        """As in 1.204."""
        return numbers.format_decimal(number, locale=self._locale)

    def understood(self, words: str) -> str:
        """As in Thursday 20:00, where Donnerstag 20 Uhr was typed."""
        return self._typed.english(words)


@lru_cache(_MINUTES)
def _clock(at: time, pattern: str, locale: Locale) -> str:
    return dates.format_time(at, pattern, locale=locale)


@cache
def tongue_of(language: str) -> Tongue:
    """The language that a community's pages speak: its own where there is a catalogue, else English."""
    tag = translated(language)
    if tag is None:
        return ENGLISH
    locale = Locale.parse(tag, sep="-")
    return Translated(locale, _catalogue(CATALOGUES / locale.language / "messages.po"))


def tongue_wanted(accepted: str) -> Tongue:
    """The language that a browser's Accept-Language asks for first, of those that pages speak."""
    asked = [one.replace(" ", "").partition(";q=") for one in accepted[:_LONGEST].lower().split(",")]
    ranked = sorted(asked, key=lambda one: -_weight(one[2]))
    languages = (one[0].partition("-")[0] for one in ranked if _weight(one[2]))
    known = (one for one in languages if one == "en" or (_LANGUAGE.fullmatch(one) and translated(one)))
    return tongue_of(next(known, "en"))


def _weight(said: str) -> float:
    return (float(said) if _WEIGHT.fullmatch(said) else 0.0) if said else 1.0


@cache
def _catalogue(file: Path) -> Translations:
    """What translators wrote, made ready to be asked."""
    made = io.BytesIO()
    with file.open("rb") as written:
        write_mo(made, read_po(written, locale=file.parent.name))
    made.seek(0)
    return Translations(made)
