"""What machines find wrong with a page: its HTML, its landmarks, its forms, and what it would load or run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import html5lib

_POINTING: Final = ("for", "aria-labelledby", "aria-describedby", "list")
_LOADING: Final = ("src", "srcset", "poster", "data", "background", "srcdoc", "formaction", "ping")
_SCHEMES: Final = frozenset({"", "http", "https", "mailto"})
_DATA: Final = "application/ld+json"
_NO_FIELDS: Final = frozenset({"hidden", "submit"})


@dataclass(frozen=True)
class Document:
    """A page as a browser reads it; `base` is where it was found."""

    html: str
    base: str

    @cached_property
    def _parsed(self) -> tuple[Any, tuple[str, ...]]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(self.html)
        return tree, tuple(f"{code} at {position}" for position, code, _ in parser.errors)

    @cached_property
    def elements(self) -> tuple[Any, ...]:
        """Every element, in order."""
        return tuple(one for one in self._parsed[0].iter() if isinstance(one.tag, str))

    @cached_property
    def ids(self) -> Counter[str]:
        """What may be pointed at."""
        return Counter(one.get("id") for one in self.elements if one.get("id"))

    def faults(self) -> Iterator[str]:
        """All that is wrong with it."""
        yield from self._parsed[1]
        yield from self._frame()
        yield from self._pointers()
        yield from self._fields()
        yield from foreign(self.elements, self.base)

    def links(self) -> Iterator[str]:
        """The paths on the same site that it leads to, with their fragments."""
        for one in self.elements:
            target = one.get("href")
            if one.tag not in ("a", "link") or target is None:
                continue
            whole = urljoin(self.base, target)
            if urlsplit(whole).netloc == urlsplit(self.base).netloc:
                yield whole

    def count(self, tag: str) -> int:
        """How many elements there are of a kind."""
        return sum(one.tag == tag for one in self.elements)

    def _frame(self) -> Iterator[str]:
        once = [(tag, self.count(tag)) for tag in ("title", "h1", "main") if self.count(tag) != 1]
        yield from (f"{many} {tag}" for tag, many in once)
        root = self.elements[0]
        if not root.get("lang"):
            yield "no lang"
        for tag in ("title", "h1"):
            if not any("".join(one.itertext()).strip() for one in self.elements if one.tag == tag):
                yield f"empty {tag}"
        for tag in ("header", "footer"):
            if not self.count(tag):
                yield f"no {tag}"
        yield from (f"id {name} stands {many} times" for name, many in self.ids.items() if many > 1)

    def _pointers(self) -> Iterator[str]:
        for one in self.elements:
            for name in _POINTING:
                missing = [word for word in (one.get(name) or "").split() if word not in self.ids]
                yield from (f"{one.tag} {name} points at nothing: {word}" for word in missing)
            target = one.get("href") or ""
            if one.tag == "a" and target.startswith("#") and target[1:] not in self.ids:
                yield f"a link leads to {target}, which is not there"

    def _fields(self) -> Iterator[str]:
        named = {one.get("for") for one in self.elements if one.tag == "label"}
        inside = {id(field) for one in self.elements if one.tag == "label" for field in one.iter()}
        for one in self.elements:
            is_field = one.tag in ("select", "textarea") or (
                one.tag == "input" and one.get("type") not in _NO_FIELDS
            )
            if (
                is_field
                and one.get("id") not in named
                and id(one) not in inside
                and not one.get("aria-label")
            ):
                yield f"the field {one.get('name')} has no label"
            if one.tag == "button" and not ("".join(one.itertext()).strip() or one.get("aria-label")):
                yield "a button without a word"
            if one.tag == "img" and one.get("alt") is None:
                yield "an image without a description"


def foreign(elements: tuple[Any, ...], base: str) -> Iterator[str]:
    """What would run, or load from elsewhere, or look like nothing of ours."""
    for one in elements:
        yield from _running(one)
        yield from _loading(one, base)


def fragment(html: str) -> tuple[Any, ...]:
    """The elements of a piece of a page."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(html)
    return tuple(one for one in tree.iter() if isinstance(one.tag, str) and one is not tree)


def shapes(elements: tuple[Any, ...]) -> set[tuple[str, str]]:
    """Which elements there are, with which attributes."""
    return {(one.tag, name) for one in elements for name in ("", *one.attrib)}


def _running(one: Any) -> Iterator[str]:
    if one.tag in ("style", "iframe", "object", "embed", "base", "frame", "applet"):
        yield f"a {one.tag}"
    if one.tag == "script" and one.get("type") != _DATA and not (one.get("src") or "").startswith("/static/"):
        yield "a script that is not ours"
    for name in one.attrib:
        if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
            yield f"{one.tag} {name}"


def _loading(one: Any, base: str) -> Iterator[str]:
    for name in (*_LOADING, "href", "action"):
        value = one.get(name)
        if value is None:
            continue
        parts = urlsplit(urljoin(base, value))
        here = parts.netloc == urlsplit(base).netloc
        follows = here and parts.scheme == "webcal" and one.tag == "a"
        if parts.scheme not in _SCHEMES and not follows:
            yield f"{one.tag} {name}={value}"
        if not here and (
            one.tag not in ("a", "link") or (one.tag == "link" and one.get("rel") != "canonical")
        ):
            yield f"{one.tag} {name}={value} is not ours"
    if one.tag == "meta" and one.get("http-equiv", "").casefold() == "refresh" and one.get("content") != "30":
        yield f"a refresh to {one.get('content')}"
