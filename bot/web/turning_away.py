"""What somebody is told who is turned away before any page: a page in a language of theirs, or a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from bot.core.tongue import spoken
from bot.web.site import Site

_HTML: Final = "text/html"

log = structlog.get_logger()

Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer's words, and the headers that tell what they are."""

    body: bytes
    kind: bytes
    language: bytes

    @property
    def headers(self) -> Pairs:
        """Of which kind the words are, in which language, and how long; they are said this once."""
        return (
            (b"content-type", self.kind),
            (b"content-language", self.language),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(self.body)).encode()),
        )


def told(site: Site, status: int, sentence: str, accepted: str) -> Told:
    """The sentence as a page for a browser that shows one, else by itself; in the language that is spoken."""
    page = _page(site, status, sentence) if _HTML in accepted else None
    language = spoken().code.encode()
    if page is None:
        return Told(sentence.encode(), b"text/plain; charset=utf-8", language)
    return Told(page, b"text/html; charset=utf-8", language)


def _page(site: Site, status: int, sentence: str) -> bytes | None:
    """The page; None where it cannot be made, since whoever is turned away may hear a sentence instead."""
    try:
        return site.page("fault.html", code=status, told=sentence, community=None, reader=None)
    except Exception:
        log.exception("page_failed", page="turned_away")
        return None
