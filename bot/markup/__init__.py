"""People's words as safe HTML."""

from collections.abc import Mapping
from typing import Any

from bot.markup._cleaning import clean
from bot.markup._direction import kept_apart
from bot.markup._links import Address as Address
from bot.markup._links import address as address
from bot.markup._parser import parser
from bot.markup._tokens import MENTION
from bot.markup._words import LONGEST as LONGEST
from bot.markup._words import fenced, sound

VERSION = 5
"""Goes up when the same words come to look different: what was rendered before is rendered anew."""


def render(text: str, mentions: Mapping[str, str] | None = None) -> str:
    """Safe HTML for one message; `mentions` gives the names to show by native id."""
    return kept_apart(clean(parser.render(fenced(sound(text)), _env(mentions))))


def href(url: str) -> str | None:
    """An address that may stand in a link: http, https or mailto, without credentials; else nothing."""
    found = address(url)
    return found.href if found else None


def mentioned(text: str) -> frozenset[str]:
    """The native ids of people and rooms that words point at."""
    return frozenset(found.group("id") for found in MENTION.finditer(text))


def _env(mentions: Mapping[str, str] | None) -> dict[str, Any]:
    return {"mentions": mentions or {}}
