"""The links that people shared, each once, with what they said of it, who shared it first, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from bot.core.archive.chat_page import Answer, Answered, ChatPage, Listed
from bot.core.archive.web_addresses import cleaned, mark, worth_listing
from bot.core.plain import cut
from bot.core.veils import masked_html

LONGEST_TITLE: Final = 140
_LINK: Final = re.compile(r'<a href="(https?://[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_ANY_LINK: Final = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_LINES: Final = re.compile(r"</?(?:p|br|hr|li|ul|ol|blockquote|pre)\b[^>]*>")
_LABEL: Final = re.compile(
    r"#?(?:(?:[^\W\d_]|answer )[0-9]{1,2}[a-z]?\s?[:.)/;–—-]+|a[0-9]{1,2}[a-z]?(?=\s))", re.IGNORECASE
)
_EDGES: Final = " \t:;,.-–—=>→*|/&("


@dataclass(frozen=True, slots=True)
class Link:
    """One link in somebody's words; `title` is what they called it, or its address without the scheme.

    Links to the same page have the same `mark`.
    """

    url: str
    title: str
    host: str
    mark: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A link of a chat: who shared it first, under which question, and in how many messages it was shared."""

    url: str
    title: str
    host: str
    name: str
    label: str
    number: int
    public_id: str
    mark: str = ""
    times: int = 1
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A link with the chat in which it was shared first; `label` is empty where it was under no question."""

    link: Link
    name: str
    label: str
    public_id: str
    listed: Listed
    times: int
    first_at: datetime
    last_at: datetime


def words_alone(html: str) -> str:
    """What an answer says, without its marks and what it veils, on one line."""
    return " ".join(unescape(_TAG.sub(" ", masked_html(html))).split())


def shared_links(page: ChatPage) -> tuple[Shared, ...]:
    """The links in a chat's answers and comments, in the order of its questions."""
    found: dict[str, Shared] = {}
    seen: set[tuple[str, int]] = set()
    for asked in page.questions:
        words = (one for answer in asked.answers for one in answer.with_comments if "<a " in one.html)
        for one in words:
            for link in links_in(one.html):
                if (
                    link.mark not in page.removed
                    and (link.mark, one.message_id) not in seen
                    and not one.hidden
                ):
                    seen.add((link.mark, one.message_id))
                    found[link.mark] = _with(found.get(link.mark), link, one, asked)
    return tuple(found.values())


def links_in(html: str) -> tuple[Link, ...]:
    """The links in a message as a page shows it; not those under a veil, nor into somebody's own network."""
    found: dict[str, Link] = {}
    for line in _LINES.split(masked_html(html)) if "<a " in html else ():
        for link in _of_line(line):
            found.setdefault(link.mark, link)
    return tuple(found.values())


def _with(known: Shared | None, link: Link, one: Answer, asked: Answered) -> Shared:
    """A link that was shared once more; the first who shared it gives it its words."""
    said_at, label, number = one.said_at, asked.label, asked.question.position
    if known is None:
        whose = (one.name, label, number, one.public_id)
        return Shared(link.url, link.title, link.host, *whose, link.mark, 1, said_at, said_at)
    first, last = min(known.first_at or said_at, said_at), max(known.last_at or said_at, said_at)
    return replace(known, times=known.times + 1, first_at=first, last_at=last)


def _of_line(line: str) -> Iterator[Link]:
    found = [one for one in _LINK.finditer(line) if worth_listing(unescape(one[1]))]
    bare = [one for one in found if _is_address(unescape(one[1]), words_alone(one[2]))]
    for one in found:
        url = cleaned(unescape(one[1]))
        said = words_alone(one[2]) if one not in bare else _said_of(line, one, bare)
        yield Link(url, cut(said, LONGEST_TITLE) or _bare(url), urlsplit(url).netloc, mark(url))


def _is_address(url: str, words: str) -> bool:
    return (
        not words
        or words.rstrip("/") in (url.rstrip("/"), _bare(url))
        or words.startswith(("http:", "https:"))
    )


def _said_of(line: str, link: re.Match[str], bare: list[re.Match[str]]) -> str:
    """The words beside a bare address: all of its line, or those before it where there are several."""
    if len(bare) == 1:
        around = line[: link.start()] + " " + line[link.end() :]
    else:
        before = max((one.end() for one in bare if one.end() <= link.start()), default=0)
        around = line[before : link.start()]
    said = words_alone(_ANY_LINK.sub(r"\1", around))
    return _LABEL.sub("", said, count=1).strip(_EDGES) if _LABEL.match(said) else said.strip(_EDGES)


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/")
