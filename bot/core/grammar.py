"""How a typed command is read: words, quotes, options, the rest of the line, the lines below."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.core import sentences
from bot.core.echo import shown
from bot.core.model import Refused
from bot.core.sentences import command as say

LINE_LIMIT = 6_000
"""Characters of one line; Discord's longest option has as many."""

LINES_LIMIT = 200
"""Lines of one command."""

NAME = "edchat"
"""What is typed before every command, and as one by whoever does not know that it goes without."""
_CALL = re.compile(r"[\s\ufeff\u200b\u200e\u200f]*?(?<!\t)(?<!    )[!！]edchat(?!\S)", re.IGNORECASE)
_QUOTES = '"“”„‟＂'
_DASHES = "—–"
_WORD = re.compile(
    rf"(?P<name>[^\s{_QUOTES}=]*+=)?[{_QUOTES}](?P<inside>[^{_QUOTES}]*+)[{_QUOTES}](?P<glued>\S*+)|\S++"
)
_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Misread(Refused):
    """A line that does not fit its command; whoever answers adds how the command is written."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as meant (without quotes), as typed, where it stands, and whether quotes begin it."""

    text: str
    typed: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A command as typed: its first line, that line's words, and the lines below."""

    text: str
    words: tuple[Word, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a command may be given: names in order and by name only, and where free text goes.

    `flags` need no value; with `rest` the last of `ordered` takes the rest of the line, and where it
    `runs_on` the lines below as well; else `below` is the name that takes those. Without those `needed`
    a line is refused anyway, so free text never keeps what looks like one of them.
    """

    ordered: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    rest: bool = False
    runs_on: bool = False
    below: str | None = None
    needed: frozenset[str] = frozenset()

    def canonical(self, name: str) -> str | None:
        """The declared name that somebody typed in their own way, as in Publish-At-Once."""
        tidy = name.casefold().replace("-", "_")
        return tidy if tidy in (*self.ordered, *self.named, self.below) else None


def command_text(text: str) -> str | None:
    """What follows "!edchat" at a message's head; None for talk, and for quoted or shown code."""
    call = _CALL.match(text)
    return text[call.end() :].strip(" \t\r\n") if call else None


def read(text: str) -> Line:
    """The words and lines of a command, without its "!edchat"; too much of it is refused."""
    first, *below = check(text)
    return Line(first, tuple(_words(first)), _without_blank_ends(below))


def check(text: str) -> list[str]:
    """The lines of a text; a NUL, 6,000 characters in a line or 200 lines are passed by none."""
    if "\0" in text:
        raise Refused(sentences.TEXT_NUL)
    lines = _BREAK.split(_SURROGATE.sub("\ufffd", text))
    if len(lines) > LINES_LIMIT:
        raise Refused(say.LINES_MANY, limit=LINES_LIMIT)
    if any(len(line) > LINE_LIMIT for line in lines):
        raise Refused(say.LINE_LONG, limit=LINE_LIMIT)
    return lines


def bind(line: Line, skip: int, shape: Shape) -> dict[str, str]:
    """What was given to each name by the words after the first `skip`; what fits nowhere is refused."""
    given: dict[str, str] = {}
    words, at = line.words[skip:], 0
    while at < len(words):
        name, value, used = _option(words, at, shape) or _in_turn(line, words, at, shape, given)
        _put(given, name, value)
        at += used
    _put_below(given, line.below, shape)
    return given


def _words(line: str) -> Iterator[Word]:
    for found in _WORD.finditer(line):
        name, inside, glued = found["name"], found["inside"], found["glued"]
        text = found[0] if inside is None else (name or "") + inside + glued
        yield Word(text, found[0], *found.span(), quoted=inside is not None and name is None)


def _without_blank_ends(lines: Sequence[str]) -> tuple[str, ...]:
    full = [number for number, line in enumerate(lines) if line.strip()]
    return tuple(lines[full[0] : full[-1] + 1]) if full else ()


def _option(words: Sequence[Word], at: int, shape: Shape) -> tuple[str, str, int] | None:
    """The option that begins with this word, with its value and how many words it takes."""
    named = _named(words[at], shape)
    if named is None:
        return None
    name, value = named
    if value is not None:
        return name, value, 1
    if at + 1 == len(words):
        raise Misread(say.OPTION_EMPTY, name=name)
    return name, words[at + 1].text, 2


def _named(word: Word, shape: Shape) -> tuple[str, str | None] | None:
    """The declared name that a word gives, with its value, which is None where the next word is it."""
    dashed = word.typed.startswith("--") or word.typed[0] in _DASHES
    said, equals, value = word.text.lstrip("-" + _DASHES if dashed else "").partition("=")
    name = None if word.quoted else shape.canonical(said)
    if name is None or not (dashed or equals):
        return None
    return name, value if equals else "yes" if name in shape.flags else None


def _in_turn(
    line: Line, words: Sequence[Word], at: int, shape: Shape, given: dict[str, str]
) -> tuple[str, str, int]:
    """The next name in order, with its word or, for the last one, the rest of the line."""
    name = next((name for name in shape.ordered if name not in given), None)
    if name is None:
        raise Misread(say.WORD_EXTRA, word=shown(words[at].typed))
    if not (shape.rest and name == shape.ordered[-1]):
        return name, words[at].text, 1
    stop = _before_last_options(words, at + 1, shape)
    _refuse_lost(words, at + 1, stop, shape, {*given, name})
    if stop == at + 1 and words[at].quoted:
        return name, words[at].text, 1
    return name, line.text[words[at].start : words[stop - 1].end], stop - at


def _before_last_options(words: Sequence[Word], first: int, shape: Shape) -> int:
    """Where the options begin with which a line ends: free text before them keeps what looks like one."""
    stop = len(words)
    while stop > first and (used := _ends_with_option(words, first, stop, shape)):
        stop -= used
    return stop


def _ends_with_option(words: Sequence[Word], first: int, stop: int, shape: Shape) -> int:
    """How many of the words before `stop` are an option; 0 where they end otherwise."""
    last = _named(words[stop - 1], shape)
    if last and last[1] is not None:
        return 1
    before = _named(words[stop - 2], shape) if stop - 2 >= first else None
    return 2 if before and before[1] is None else 0


def _refuse_lost(words: Sequence[Word], first: int, stop: int, shape: Shape, known: Collection[str]) -> None:
    """Refuse what follows an option in the middle, where that is clearly none of the free text."""
    options = [(at, named) for at in range(first, stop - 1) if (named := _named(words[at], shape))]
    lost = [name for _, (name, value) in options if value and name not in known]
    if not lost or (shape.runs_on and shape.needed.isdisjoint(lost)):
        return
    at, (name, value) = options[-1]
    stray = words[at + 1 if value else min(at + 2, stop - 1)]
    if "=" in stray.typed or stray.typed[0] in "-" + _DASHES:
        said = stray.text.lstrip("-" + _DASHES).partition("=")[0]
        raise Misread(say.OPTION_UNKNOWN, word=shown(said))
    if not value or words[at].text != words[at].typed:
        raise Misread(say.WORD_EXTRA, word=shown(stray.typed))
    whole = shown(" ".join([value, *(word.typed for word in words[at + 1 : stop])]))
    raise Misread(say.OPTION_SPACES, name=name, whole=whole)


def _put(given: dict[str, str], name: str, value: str) -> None:
    if name in given:
        raise Misread(say.GIVEN_TWICE, name=name)
    given[name] = value


def _put_below(given: dict[str, str], below: Sequence[str], shape: Shape) -> None:
    if not below:
        return
    if shape.below is not None:
        _put(given, shape.below, "\n".join(below))
    elif shape.runs_on:
        name = shape.ordered[-1]
        given[name] = "\n".join((*filter(None, [given.get(name)]), *below))
    else:
        raise Misread(say.LINES_EXTRA)
