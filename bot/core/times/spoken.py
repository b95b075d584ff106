"""The days of a rule as people say them: from words to RFC 5545 parts and back."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import groupby

from bot.core import sentences
from bot.core.model import Refused
from bot.core.times.rules import DAYS, numbers
from bot.core.times.when import DAY_NAMES
from bot.core.tongue import _

Token = tuple[str, int | str]

_WORDS = re.compile(r"(?<!\S)-[0-9]+|[0-9]+(?:st|nd|rd|th)?|[a-z]+|\S")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_NUMBERS = {"other": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UNITS = {
    **dict.fromkeys(("day", "days", "daily"), "DAILY"),
    **dict.fromkeys(("week", "weeks", "weekly"), "WEEKLY"),
    **dict.fromkeys(("month", "months", "monthly"), "MONTHLY"),
}
_GROUPS = {"weekday": "MO-FR", "weekdays": "MO-FR", "weekend": "SA-SU", "weekends": "SA-SU"}
_OFTEN = frozenset({"hour", "hours", "hourly", "minute", "minutes", "second", "seconds"})
_RANGE = frozenset({"-", "–", "to", "through", "thru"})
_EVERY = frozenset({"every", "each"})
_FILLERS = frozenset({"on", "the", "of", "and", "in", "at", "a", "&", ",", "+", "/"})
_STARTERS = frozenset({"every", "each", "on", "the", "fortnightly", "from", "starting", "until", "except"})


def starts_days(word: str) -> bool:
    """Whether a word belongs to the days or dates of a rule, so that a zone before it has ended."""
    first = re.split("[-–]", word.casefold())[0]
    return first[:1].isdigit() or any(
        first in names for names in (_STARTERS, DAY_NAMES, _UNITS, _GROUPS, _NTH)
    )


def days_in(words: str, start: date | None) -> dict[str, str]:
    """The rule's parts that these words mean; without a day, that of `start` counts or one is asked for."""
    heard = list(_tokens(words))
    _refuse_doubtful(heard, words)
    tokens = list(_joined(heard))
    units = {str(value) for kind, value in tokens if kind == "unit"}
    steps = [value for kind, value in tokens if kind == "number"]
    plain, pairs, loose = _gathered(tokens)
    if len(units) > 1 or len(steps) > 1 or sum(map(bool, (plain, pairs, loose))) > 1:
        raise _bad(words)
    unit = units.pop() if units else None
    parts = _daily(unit, start) if not (plain or pairs or loose) else _dayed(plain, pairs, loose)
    if unit not in (None, parts["FREQ"]) and not (unit == "DAILY" and plain and not steps):
        raise _bad(words)
    return parts | ({"INTERVAL": str(steps[0])} if steps else {})


def words_of(parts: dict[str, str]) -> str:
    """The days of a checked rule in words, as in every Tuesday or on the 15th of every month."""
    say = {"DAILY": _say_daily, "WEEKLY": _say_weekly, "MONTHLY": _say_monthly, "YEARLY": _say_yearly}
    frequency = parts["FREQ"]
    only = parts.get("BYMONTH") if frequency != "YEARLY" else None
    return say[frequency](parts) + (_(sentences.ONLY_IN).format(months=_say_months(only)) if only else "")


def _bad(words: str) -> Refused:
    return Refused(sentences.RULE_BAD, said=sentences.shortened(words.strip()))


def _tokens(words: str) -> Iterator[Token]:
    text = re.sub(r"\bfortnightly\b|\b(?:every )?fortnight\b", "every 2 weeks", words.casefold())
    for word in _WORDS.findall(text):
        yield from _read(word, words)


def _read(word: str, words: str) -> Iterator[Token]:
    if word in _GROUPS:
        first, last = _GROUPS[word].split("-")
        yield "weekday", DAYS.index(first)
        yield "to", word
        yield "weekday", DAYS.index(last)
    elif word in DAY_NAMES:
        yield "weekday", DAY_NAMES[word]
    elif word in _NTH or re.fullmatch("[0-9]{1,2}(?:st|nd|rd|th)", word):
        yield "nth", _NTH.get(word) or int(word[:-2])
    elif word in _NUMBERS or re.fullmatch("-?[0-9]+", word):
        yield "number", _NUMBERS.get(word) or int(word)
    elif word not in _FILLERS:
        yield _rest(word, words)


def _rest(word: str, words: str) -> Token:
    if word in _OFTEN:
        raise Refused(sentences.RULE_OFTEN)
    if word in _UNITS:
        return "unit", _UNITS[word]
    if word in _EVERY or word in _RANGE:
        return ("every" if word in _EVERY else "to"), word
    raise _bad(words)


def _joined(tokens: list[Token]) -> Iterator[Token]:
    """Ranges become their days, "2nd week" a number of weeks, "last day" and "2nd last" a place."""
    rest = tokens
    while rest:
        match rest:
            case [("weekday", int(first)), ("to", _), ("weekday", int(last)), *rest]:
                yield from _through(first, last)
            case [("nth", int(place)), ("unit", "DAILY"), *rest] if ("unit", "MONTHLY") in rest:
                yield "nth", place
            case [("nth", int(place)), ("unit", str(unit)), *rest] if place > 0:
                yield "number", place
                yield "unit", unit
            case [("nth", int(place)), ("nth", -1), *rest] if place > 1:
                yield "nth", -place
            case [token, *rest]:  # taken from what is matched: a guard that says no has bound `rest` already
                yield token


def _through(first: int, last: int) -> Iterator[Token]:
    for step in range((last - first) % 7 + 1):
        yield "weekday", (first + step) % 7


def _refuse_doubtful(tokens: list[Token], words: str) -> None:
    """Every second Thursday is every other week to some and the month's second Thursday to others."""
    if any(
        before[0] == "nth" and group[1] in _GROUPS for before, group in zip(tokens, tokens[2:], strict=False)
    ):
        raise _bad(words)
    _refuse_loose_numbers(tokens, words)
    match tokens:
        case [("every", _), ("nth", int(place)), ("weekday", int(day))] if 2 <= place <= 4:
            name, nth = partial(sentences.weekday_words, day), partial(sentences.nth_words, place)
            raise Refused(sentences.RULE_WHICH, number=place, day=name, nth=nth)


def _refuse_loose_numbers(tokens: list[Token], words: str) -> None:
    """Tuesdays 7 - 8 pm come every week, and so do Tuesdays 8 pm, 10 weeks."""
    before: Token = ("", "")
    for token in tokens:
        if token[0] == "number" and before[0] != "every":
            raise _bad(words)
        before = token


def _gathered(tokens: list[Token]) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Plain weekdays, numbered weekdays of the month, and numbers left over, which are days of the month."""
    plain: list[int] = []
    pairs: list[tuple[int, int]] = []
    places: list[int] = []
    counting = True
    for kind, value in tokens:
        if kind == "nth":
            places = [*places, int(value)] if counting else [int(value)]
            counting = True
        elif kind == "weekday":
            pairs += [(place, int(value)) for place in places]
            plain += [] if places else [int(value)]
            counting = False
    return plain, pairs, places if counting else []


def _dayed(plain: list[int], pairs: list[tuple[int, int]], loose: list[int]) -> dict[str, str]:
    if plain:
        return {"FREQ": "WEEKLY", "BYDAY": ",".join(DAYS[day] for day in plain)}
    if pairs:
        return {"FREQ": "MONTHLY", "BYDAY": ",".join(f"{place}{DAYS[day]}" for place, day in pairs)}
    return {"FREQ": "MONTHLY", "BYMONTHDAY": ",".join(map(str, loose))}


def _daily(unit: str | None, start: date | None) -> dict[str, str]:
    if unit is None or (unit != "DAILY" and start is None):
        raise Refused(sentences.RULE_NO_DAY)
    return {"FREQ": unit}


def _say_daily(parts: dict[str, str]) -> str:
    if "BYDAY" in parts:
        return _(sentences.EVERY).format(what=_say_weekdays(parts["BYDAY"]))
    if number := parts.get("INTERVAL"):
        return _(sentences.EVERY_DAYS).format(number=number)
    return _(sentences.EVERY).format(what=_(sentences.DAY))


def _say_weekly(parts: dict[str, str]) -> str:
    days, number = _say_weekdays(parts["BYDAY"]), parts.get("INTERVAL")
    if number:
        return _(sentences.EVERY_WEEKS).format(number=number, days=days)
    return _(sentences.EVERY).format(what=days)


def _say_monthly(parts: dict[str, str]) -> str:
    number = parts.get("INTERVAL")
    if "BYSETPOS" not in parts and not re.search("[0-9]", parts.get("BYDAY", "0")):
        weekly = _(sentences.EVERY).format(what=_say_weekdays(parts["BYDAY"]))
        return _(sentences.EVERY_OF).format(days=weekly, number=number) if number else weekly
    days = _say_places(parts)
    if number:
        return _(sentences.ON_THE_OF).format(days=days, number=number)
    return _(sentences.ON_THE).format(days=days)


def _say_yearly(parts: dict[str, str]) -> str:
    return _(sentences.ON_THE_YEARLY).format(days=_say_places(parts), months=_say_months(parts["BYMONTH"]))


def _say_weekdays(value: str) -> str:
    days = sorted(DAYS.index(day) for day in value.split(","))
    if days == [0, 1, 2, 3, 4]:
        return _(sentences.WEEKDAY)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        first, last = sentences.WEEKDAYS[days[0]], sentences.WEEKDAYS[days[-1]]
        return _(sentences.THROUGH).format(first=_(first), last=_(last))
    return sentences.listed([_(sentences.WEEKDAYS[day]) for day in days])


def _say_places(parts: dict[str, str]) -> str:
    if "BYSETPOS" in parts:
        places = sentences.listed([sentences.nth_words(place) for place in numbers(parts["BYSETPOS"])])
        days = _say_weekdays(parts["BYDAY"]).replace(_(" and "), _(" or "))
        return f"{places} {days}"
    if "BYDAY" in parts:
        by_day = groupby(_by_day(parts), lambda one: one[-2:])
        return sentences.listed([say_place(*of) for _, of in by_day])
    return sentences.listed([say_day(day) for day in numbers(parts["BYMONTHDAY"])])


def say_day(day: int) -> str:
    """A day of the month, as in 15th or last day."""
    return sentences.nth_words(day) + (f" {_(sentences.DAY)}" if day < 0 else "")


def _by_day(parts: dict[str, str]) -> list[str]:
    return sorted(parts["BYDAY"].split(","), key=lambda one: DAYS.index(one[-2:]))


def say_place(*places: str) -> str:
    """Numbered weekdays with one name, as in 1st and 3rd Thursday for 1TH, 3TH."""
    nths = [sentences.nth_words(int(place[:-2])) for place in places if place[:-2]]
    return f"{sentences.listed(nths)} {_(sentences.WEEKDAYS[DAYS.index(places[0][-2:])])}".strip()


def _say_months(value: str) -> str:
    return sentences.listed([_(sentences.MONTHS[month - 1]) for month in numbers(value)])
