"""The links that people shared, each once, with what they said of it, who shared it first, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from bot.core.archive.chat_page import Answer, Answered, ChatPage, Listed
from bot.core.archive.link_titles import title
from bot.core.archive.web_addresses import cleaned, mark, worth_listing
from bot.core.veils import masked_html

_LINK: Final = re.compile(r'<a href="(https?://[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_ANY_LINK: Final = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
_HOST_MARK: Final = '<span class="host">'
_HOST: Final = re.compile(rf"\s*{_HOST_MARK}[^<]*</span>")
"""Where a link leads, as a page tells it behind the words of the link: nobody said that."""
_TAG: Final = re.compile(r"<[^>]*>")
_LINES: Final = re.compile(r"</?(?:p|br|hr|li|ul|ol|blockquote|pre)\b[^>]*>")
_LABEL: Final = re.compile(
    r"#?(?:(?:[^\W\d_]|answer )[0-9]{1,2}[a-z]?\s?[:.)/;–—-]+|a[0-9]{1,2}[a-z]?(?=\s))", re.IGNORECASE
)


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
    found: dict[str, dict[int, tuple[Answer, Answered]]] = {}
    for asked in page.questions:
        for one in asked.words:
            if "<a " in one.html and not one.hidden:
                for each in marks_in(one.html):
                    if each not in page.removed:
                        found.setdefault(each, {}).setdefault(one.message_id, (one, asked))
    return tuple(_shared(each, tuple(said.values())) for each, said in found.items())


def links_in(html: str) -> tuple[Link, ...]:
    """The links in a message as a page shows it; not those under a veil, nor into somebody's own network."""
    found: dict[str, Link] = {}
    for line, links in _lines(html):
        for link in _of_line(line, links):
            found.setdefault(link.mark, link)
    return tuple(found.values())


def marks_in(html: str) -> tuple[str, ...]:
    """The marks of the same links: found much faster than what people called them."""
    return tuple({mark(cleaned(unescape(one[1]))): None for _, links in _lines(html) for one in links})


def _shared(mark: str, said: Sequence[tuple[Answer, Answered]]) -> Shared:
    """A link with the words of the first who shared it."""
    one, asked = said[0]
    link = next(link for link in links_in(one.html) if link.mark == mark)
    whose = (one.name, asked.label, asked.question.position, one.public_id)
    times = [each.said_at for each, _ in said]
    return Shared(link.url, link.title, link.host, *whose, mark, len(said), min(times), max(times))


def _lines(html: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """Each line with links that are worth listing."""
    for line in _LINES.split(masked_html(html)) if "<a " in html else ():
        if "<a " in line:
            bare = _HOST.sub("", line) if _HOST_MARK in line else line
            yield bare, [one for one in _LINK.finditer(bare) if worth_listing(unescape(one[1]))]


def _of_line(line: str, found: list[re.Match[str]]) -> Iterator[Link]:
    bare = [one for one in found if _is_address(unescape(one[1]), words_alone(one[2]))]
    for one in found:
        url = cleaned(unescape(one[1]))
        host = urlsplit(url).netloc
        before, after = _around(line, one, bare if one in bare else found)
        words = "" if one in bare else words_alone(one[2])
        yield Link(url, title(before, words, after, host.removeprefix("www.")) or _bare(url), host, mark(url))


def _is_address(url: str, words: str) -> bool:
    return (
        not words
        or words.rstrip("/") in (url.rstrip("/"), _bare(url))
        or words.startswith(("http:", "https:"))
    )


def _around(line: str, link: re.Match[str], others: list[re.Match[str]]) -> tuple[str, str]:
    """The words beside a link: those of its line, or those before it where there are several."""
    since = max((one.end() for one in others if one.end() <= link.start()), default=0)
    after = line[link.end() :] if len(others) == 1 else ""
    before = words_alone(_ANY_LINK.sub(r"\1", line[since : link.start()]))
    return _LABEL.sub("", before, count=1).strip(), words_alone(_ANY_LINK.sub(r"\1", after))


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/")
