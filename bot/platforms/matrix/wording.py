"""Words on Matrix as ours: HTML becomes Markdown, and what old clients quote before a reply is taken off."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import nh3
from mautrix.util.formatter import MarkdownString, MatrixParser

LONGEST: Final = 65_536
"""The most characters of one message that are read, as many as are kept."""
_TAGS: Final = frozenset(
    (
        *("p", "br", "hr", "em", "i", "strong", "b", "s", "del", "strike", "u", "ins", "code", "pre", "div"),
        *(
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "span",
            "font",
            "sub",
            "sup",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ),
        *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "img"),
    )
)
_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"mx-reply", "script", "style"},
    attributes={
        "a": {"href"},
        "ol": {"start"},
        "code": {"class"},
        "span": {"data-mx-spoiler"},
        "img": {"alt"},
    },
    url_schemes={"http", "https", "mailto", "matrix"},
    url_relative="deny",
    link_rel=None,
    strip_comments=True,
)
_AFTER_QUOTE: Final = re.compile(r"^(>.*)\n(?=[^>\n])", re.MULTILINE)
_T = TypeVar("_T")


class _Markdown(MatrixParser[MarkdownString]):
    """Writes lists as we read them, and whom a pill names as people would type it."""

    list_bullets = ("-",)
    fs = MarkdownString

    async def user_pill_to_fstring(self, msg: MarkdownString, user_id: str) -> MarkdownString:
        """Write somebody's name with an @ before it, once."""
        return MarkdownString(f"@{msg.text.removeprefix('@')}")

    async def color_to_fstring(self, msg: MarkdownString, color: str) -> MarkdownString:
        """Leave colours out."""
        return msg


class _WithWholeNames(_Markdown):
    """Writes the whole name of whom a pill names."""

    async def user_pill_to_fstring(self, msg: MarkdownString, user_id: str) -> MarkdownString:
        """Write the id, which nobody else has."""
        return MarkdownString(str(user_id))


def names_people(html: str) -> bool:
    """Whether there may be pills in HTML."""
    return "matrix.to/#/" in html or "matrix:u/" in html


def markdown(html: str, *, whole_names: bool = False) -> str:
    """HTML as Markdown, perhaps with people's ids instead of names; nothing, where it cannot be read."""
    if len(html) > LONGEST:
        return ""
    try:
        parser = _WithWholeNames() if whole_names else _Markdown()
        written = _now(parser.parse(_cleaner.clean(html))).text.strip()
    except (RecursionError, ValueError):  # tags in tags in tags, and addresses that are none
        return ""
    return _AFTER_QUOTE.sub(r"\1\n\n", written)  # else the next line would be read as quoted, too


def without_quote(text: str) -> str:
    """What somebody wrote below the lines that their client quoted from what they reply to."""
    if not text.startswith(("> <@", "> * <@")):
        return text
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[first:]).removeprefix("\n")


def _now(work: Coroutine[Any, Any, _T]) -> _T:
    """The result of work that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    work.close()
    raise ValueError("it would have waited")
