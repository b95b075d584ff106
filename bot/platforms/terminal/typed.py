"""The prompt's grammar: who does what, in lines such as `ana> A1: ...` and `ana edit 15> ...`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.grammar import command_text
from bot.core.hearing import Author
from bot.core.model import Refused, Role
from bot.core.sentences import prompt as sentences


class Deed(StrEnum):
    """What somebody can do at the prompt."""

    SAY = "say"
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"
    UNREACT = "unreact"


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing typed: `number` is the message it is done to or replies to, `thread` a thread's name."""

    author: Author
    deed: Deed
    text: str
    number: int | None = None
    thread: str | None = None


_SPEAKER: Final = re.compile(
    r"(?P<host>@?)(?P<name>[^\W\d_][\w.'-]{0,31})(?: +(?P<where>[^\s>](?:[^>\n]{0,40}[^\s>])?))?> ?"
)
_WHERE: Final = re.compile(
    r"\^(?P<reply>\d{1,9})|(?P<deed>edit|delete|react|unreact) \[?(?P<number>\d{1,9})\]?|(?P<thread>\w{1,20})"
)
_MEANT_AS_ONE: Final = re.compile(r"\^|(?:edit|delete|react|unreact)\b")
"""Begins what can only be a slip in our grammar; everything else before a > is people's own text."""


def begins(line: str) -> bool:
    """Say whether a line is a message of its own, and none of those below another: by speaker or command."""
    return _speaker(line) is not None or command_text(line) is not None


def parse(text: str, last: Author | None) -> Typed:
    """Read what was typed, a line or several; without a speaker it is said by the last one."""
    speaker = _speaker(text)
    if speaker is None:
        if last is None:
            raise Refused(sentences.NOBODY_SPEAKS)
        return Typed(last, Deed.SAY, text)
    author = _author(speaker["name"], bool(speaker["host"]))
    return _checked(_typed(author, speaker["where"] or "", text[speaker.end() :].strip()))


def _speaker(line: str) -> re.Match[str] | None:
    found = _SPEAKER.match(line)
    where = found["where"] if found else None
    if where is None or _WHERE.fullmatch(where) or _MEANT_AS_ONE.match(where):
        return found
    return None


def _author(name: str, host: bool) -> Author:
    return Author(name.casefold(), name, Role.HOST if host else Role.ANYONE)


def _typed(author: Author, where: str, text: str) -> Typed:
    if not where:
        return Typed(author, Deed.SAY, text)
    found = _WHERE.fullmatch(where)
    if found is None or found["thread"] in tuple(Deed):
        raise Refused(sentences.NOT_UNDERSTOOD)
    if found["thread"]:
        return Typed(author, Deed.SAY, text, thread=found["thread"])
    return Typed(author, Deed(found["deed"] or Deed.SAY), text, int(found["reply"] or found["number"]))


def _checked(typed: Typed) -> Typed:
    if typed.deed in (Deed.REACT, Deed.UNREACT) and not re.fullmatch("[1-9]", typed.text):
        raise Refused(sentences.REACT_WITH_A_DIGIT)
    if typed.deed is not Deed.DELETE and not typed.text:
        raise Refused(sentences.NOTHING_SAID)
    return typed
