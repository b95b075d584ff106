"""Where each page of an exported archive lies as a file, and how files link to one another."""

from __future__ import annotations

import re
from posixpath import dirname, relpath
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

INDEX: Final = "index.html"
VIEWS: Final = frozenset({"view", "page", "before"})
"""What may stand after a page's address and makes another page of it; anything else is dropped."""
_FIRST: Final = ("page", "1")
"""The first part of a page is the page itself."""
_LIVE: Final = frozenset({"room", "in", "join", "l", "desk", "out", "healthz", "metrics"})
_LIVE_ENDS: Final = ("/live/", "/live/events", "/report")
_FILE: Final = re.compile(r"\.(atom|json|ics|md|csv|xml|txt|css|js|svg|png|ico|woff2)$")
_WORD: Final = re.compile(r"[^\w.-]+")
_MOST_WORD: Final = 80


def address_of(link: str, here: str, base: str) -> tuple[str, str] | None:
    """The page that a link on the page `here` leads to, and the place there; None where it is not ours.

    A page's address is its path, with what makes another page of it.
    """
    if link.startswith(base) and link[len(base) : len(base) + 1] in ("", "/", "?", "#"):
        link = link[len(base) :] or "/"
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return None
    path = parts.path or urlsplit(here).path
    if not path.startswith("/"):
        path = f"{dirname(urlsplit(here).path)}/{path}"
    path = quote(unquote(path))  # some write letters of other alphabets as they are, others in hex
    asked = [one for one in parse_qsl(parts.query) if one[0] in VIEWS and one != _FIRST]
    query = "&".join(f"{name}={quote(value)}" for name, value in asked)
    return (f"{path}?{query}" if query else path), parts.fragment


def needs_the_bot(address: str) -> bool:
    """Whether an address is one that only a running bot answers."""
    path = urlsplit(address).path
    return path.split("/", 2)[1] in _LIVE or path.endswith(_LIVE_ENDS)


def is_search(address: str) -> bool:
    """Whether an address is a search form's, which an export answers by itself."""
    return urlsplit(address).path.rstrip("/").endswith("/search")


def file_of(address: str) -> str:
    """The file in which an address of ours lies, from the top of the export."""
    parts = urlsplit(address)
    folders = [unquote(one) for one in parts.path.split("/") if one]
    if any(one in (".", "..") or "/" in one or "\0" in one for one in folders):
        raise ValueError("an address that leads out of the export")
    if folders and not parts.path.endswith("/") and _FILE.search(folders[-1]):
        return "/".join(folders)
    folders += [f"{name}-{_WORD.sub('-', value)[:_MOST_WORD]}" for name, value in parse_qsl(parts.query)]
    return "/".join([*folders, INDEX])


def link_to(file: str, here: str, fragment: str = "") -> str:
    """How the file `here` links to another."""
    target = quote(relpath(file, dirname(here) or "."))
    return f"{target}#{fragment}" if fragment else target
