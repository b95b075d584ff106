"""The links that people shared in a chat, each once, with who shared it first and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from bot.core.archive.chat_page import Answer, Answered, ChatPage
from bot.core.veils import masked_html

_LINK = re.compile(r'<a href="(https?://[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Shared:
    """A link; `title` is what its sharer called it, or its address without the scheme."""

    url: str
    title: str
    host: str
    name: str
    label: str
    number: int
    public_id: str


def words_alone(html: str) -> str:
    """What an answer says, without its marks and what it veils, on one line."""
    return " ".join(unescape(_TAG.sub(" ", masked_html(html))).split())


def shared_links(page: ChatPage) -> tuple[Shared, ...]:
    """The links in a chat's answers and comments, in the order of its questions."""
    found: dict[str, Shared] = {}
    for asked in page.questions:
        words = (one for answer in asked.answers for one in answer.with_comments if "<a " in one.html)
        for link in (link for one in words for link in _in(one, asked)):
            found.setdefault(link.url, link)
    return tuple(found.values())


def _in(one: Answer, asked: Answered) -> list[Shared]:
    found = ((unescape(url), words_alone(words)) for url, words in _LINK.findall(masked_html(one.html)))
    label, number = asked.label, asked.question.position
    return [
        Shared(url, _title(url, words), _host(url), one.name, label, number, one.public_id)
        for url, words in found
    ]


def _title(url: str, words: str) -> str:
    bare = url.partition("://")[2].rstrip("/")
    return bare if not words or words.rstrip("/") in (url.rstrip("/"), bare) else words


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
