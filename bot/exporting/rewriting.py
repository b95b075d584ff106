"""A page of the pages' own server made into a file: links lead to files, what needs the bot is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

Attributes = list[tuple[str, str | None]]
Led = Callable[[str], str | None]
"""Where a link of a page leads in the export: a link to a file, or None where nothing is there."""

DROPPED: Final = ""
_LINKS: Final = {"a": "href", "link": "href", "script": "src", "img": "src"}
_KEPT: Final = frozenset({"canonical"})
_EMPTY: Final = re.compile(r'<(p|li)(?: class="[\w ]*")?>\s*</\1>\n?')
_IN_STYLE: Final = re.compile(r"""url\((["']?)(/[^)"']+)\1\)""")


@dataclass(slots=True)
class _Open:
    """An element that is left out, from where it began."""

    tag: str
    at: int
    depth: int = 1


@dataclass
class _Edits:
    """What to put in place of which parts of a page."""

    made: list[tuple[int, int, str]] = field(default_factory=list)

    def applied(self, page: str) -> str:
        """The page with all of it done."""
        pieces, done = [], 0
        for begin, end, instead in self.made:
            pieces += [page[done:begin], instead]
            done = end
        return "".join([*pieces, page[done:]])


class _Reader(HTMLParser):
    """Notes what to change, tag by tag; what it does not name stays byte for byte."""

    def __init__(self, page: str, led: Led, asks: Led) -> None:
        super().__init__(convert_charrefs=False)
        self._led, self._asks = led, asks
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._out: _Open | None = None
        self._bare = 0
        self.edits = _Edits()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Look at one element as it begins."""
        if self._out is not None:
            self._out.depth += tag == self._out.tag
            return
        said = dict(attrs)
        if _live(tag, said):
            self._out = _Open(tag, self._at())
        elif tag == "form":
            self._form(said, attrs)
        elif tag in _LINKS and said.get(_LINKS[tag]):
            self._link(tag, said, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """An element without an end, as drawings have them, links nowhere."""

    def handle_endtag(self, tag: str) -> None:
        """Look at the end of what is left out."""
        end = self._at() + len(f"</{tag}>")
        if self._out is not None:
            self._out.depth -= tag == self._out.tag
            if self._out.depth == 0:
                self.edits.made.append((self._out.at, end, DROPPED))
                self._out = None
        elif tag == "a" and self._bare:
            self._bare -= 1
            self.edits.made.append((self._at(), end, DROPPED))

    def _form(self, said: dict[str, str | None], attrs: Attributes) -> None:
        found = self._asks(said.get("action") or "") if said.get("method", "get") == "get" else None
        if found is None:
            self._out = _Open("form", self._at())
        else:
            self._replace("form", attrs, "action", found)

    def _link(self, tag: str, said: dict[str, str | None], attrs: Attributes) -> None:
        name = _LINKS[tag]
        if tag == "link" and said.get("rel") in _KEPT:
            return
        link = said[name] or ""
        found = self._led(link)
        if found == DROPPED:
            self._out = _Open(tag, self._at()) if tag in ("a", "script") else None
            if self._out is None:
                self._cut()
        elif found is None and tag == "a":
            self._bare += 1
            self._cut()
        elif found is None:
            self._cut()
        elif found != link:
            self._replace(tag, attrs, name, found)

    def _replace(self, tag: str, attrs: Attributes, name: str, value: str) -> None:
        kept = [(one, value if one == name else old) for one, old in attrs if one != "crossorigin"]
        words = "".join(f" {one}" if said is None else f' {one}="{escape(said)}"' for one, said in kept)
        self._cut(f"<{tag}{words}>")

    def _cut(self, instead: str = DROPPED) -> None:
        at = self._at()
        self.edits.made.append((at, at + len(self.get_starttag_text() or ""), instead))

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _live(tag: str, said: dict[str, str | None]) -> bool:
    """Whether an element makes sense only while the bot runs, or only on a server."""
    if tag == "aside":
        return "live" in (said.get("class") or "").split()
    return tag == "script" and said.get("type") == "module"


def rewritten(page: str, led: Led, asks: Led) -> str:
    """A page whose links lead to files.

    `led` gives a link's target: "" leaves the link out with its words, None leaves the words; `asks` gives
    the page that a form leads to, None leaves the form out.
    """
    preload = re.sub(r'<link rel="preload"[^>]*>\n?', "", page)
    return _EMPTY.sub("", _Reader(preload, led, asks).edits.applied(preload))


def restyled(style: str, led: Led) -> str:
    """A style sheet whose fonts and pictures are files beside it."""
    return _IN_STYLE.sub(lambda found: f'url("{led(found[2]) or ""}")', style)
