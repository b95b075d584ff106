"""The language in which something is written for people: English, unless a page's maker chose another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, time
from functools import partial, wraps
from typing import Final, ParamSpec, Protocol, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Tongue(Protocol):
    """A language, with its habits of writing times, dates and numbers."""

    code: str
    right_to_left: bool

    def said(self, words: str) -> str:
        """A sentence of the interface, given in English, in this language."""
        ...

    def told(self, one: str, many: str, number: int) -> str:
        """The sentence that fits a number, both given in English."""
        ...

    def clock(self, at: time) -> str:
        """A time of day, as in 8:00 pm."""
        ...

    def short_clock(self, at: time) -> str:
        """The same where nobody is in doubt which half of the day it is, as in 8:00."""
        ...

    def day_name(self, day: date) -> str:
        """The day of the week in short, as in Tue."""
        ...

    def long_day(self, day: date) -> str:
        """A date in full, as in Tuesday 17 November 2026."""
        ...

    def sure_day(self, day: date) -> str:
        """A date without doubt, as in Tue 17 Nov 2026."""
        ...

    def week_day(self, day: date) -> str:
        """A day of this year, as in Tue 17 Nov."""
        ...

    def short_day(self, day: date) -> str:
        """A date in short, as in 17 Nov."""
        ...

    def month(self, day: date) -> str:
        """The month of a date, as in November 2026."""
        ...

    def number(self, number: int) -> str:
        """A whole number, as in 1,204."""
        ...

    def understood(self, words: str) -> str:
        """Dates, times and lengths as people type them in this language, in English; other words stay."""
        ...


class English:
    """The language that everything is written in first."""

    code, right_to_left = "en", False
    _DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    _MONTHS = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )

    def said(self, words: str) -> str:
        """The sentence as it is."""
        return words

    def told(self, one: str, many: str, number: int) -> str:
        """The first for one, the other for none and many."""
        return one if number == 1 else many

    def clock(self, at: time) -> str:
        """As in 8:00 pm."""
        return f"{self.short_clock(at)} {'am' if at.hour < 12 else 'pm'}"

    def short_clock(self, at: time) -> str:
        """As in 8:00."""
        return f"{at.hour % 12 or 12}:{at.minute:02}"

    def day_name(self, day: date) -> str:
        """As in Tue."""
        return self._DAYS[day.weekday()][:3]

    def long_day(self, day: date) -> str:
        """As in Tuesday 17 November 2026."""
        return f"{self._DAYS[day.weekday()]} {day.day} {self.month(day)}"

    def sure_day(self, day: date) -> str:
        """As in Tue 17 Nov 2026."""
        return f"{self.week_day(day)} {day.year}"

    def week_day(self, day: date) -> str:
        """As in Tue 17 Nov."""
        return f"{self.day_name(day)} {self.short_day(day)}"

    def short_day(self, day: date) -> str:
        """As in 17 Nov."""
        return f"{day.day} {self._MONTHS[day.month - 1][:3]}"

    def month(self, day: date) -> str:
        """As in November 2026."""
        return f"{self._MONTHS[day.month - 1]} {day.year}"

    def number(self, number: int) -> str:
        """As in 1,204."""
        return f"{number:,}"

    def understood(self, words: str) -> str:
        """The words as they are."""
        return words


ENGLISH: Final = English()
_spoken: ContextVar[Tongue] = ContextVar("tongue", default=ENGLISH)
_heard: ContextVar[Tongue | None] = ContextVar("heard", default=None)


def spoken() -> Tongue:
    """The language that is spoken here and now."""
    return _spoken.get()


def speak(tongue: Tongue) -> None:
    """Speak a language from here on: for the rest of this task, and what it begins."""
    _spoken.set(tongue)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Speak a language for a while."""
    token = _spoken.set(tongue)
    try:
        yield
    finally:
        _spoken.reset(token)


def heard() -> Tongue:
    """The language in which people type: what is spoken to them, also while they are served in English."""
    return _heard.get() or _spoken.get()


@contextmanager
def hearing(tongue: Tongue) -> Iterator[None]:
    """Take what is typed for words of a language, for a while."""
    token = _heard.set(tongue)
    try:
        yield
    finally:
        _heard.reset(token)


def in_english(act: Callable[Given, Awaitable[Made]]) -> Callable[Given, Awaitable[Made]]:
    """Do something in English, whoever asks for it: what is said in chats, or read again as it is written."""

    @wraps(act)
    async def done(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with hearing(heard()), speaking(ENGLISH):
            return await act(*args, **kwargs)

    return done


def _(words: str) -> str:
    """A sentence of the interface in the language that is spoken; marked so that translators find it."""
    return _spoken.get().said(words)


Words = str | Callable[[], str]
"""A sentence as it is written in English, or what makes one in the language that is spoken."""


def filled(words: Words, values: Mapping[str, object]) -> str:
    """A sentence in the language that is spoken, its holes filled; a value may be a maker of words."""
    if callable(words):
        return words()
    held = {name: _written(value) for name, value in values.items()}
    return _(words).format(**held) if held else _(words)


def _written(value: object) -> object:
    if isinstance(value, int):
        return _spoken.get().number(value)
    return value() if callable(value) else value


def worded(words: Words, /, **values: object) -> Callable[[], str]:
    """What says a sentence, its holes filled, in the language of each moment in which it is asked."""
    return partial(filled, words, values)


def joined(*said: Words, by: str = "\n") -> Callable[[], str]:
    """What says several sentences in a row, those that are empty left out."""
    return partial(_in_a_row, said, by)


def _in_a_row(said: Iterable[Words], by: str) -> str:
    return by.join(filter(None, (filled(one, {}) for one in said)))


def marked(words: str) -> str:
    """A sentence that translators are to find, made before anybody is spoken to; `_` says it later."""
    return words


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits a number, in the language that is spoken."""
    return _spoken.get().told(one, many, number)
