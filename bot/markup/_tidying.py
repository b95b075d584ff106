"""What was read, made fit to be shown: not too deep, no link in a link, each link with its real host."""

from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from bot.markup._links import address

MARKS = 10
"""Levels of emphasis, links and spoilers; deeper marks are dropped, their words stay."""
_SPACES = ("softbreak", "hardbreak")


def tidy(state: StateCore) -> None:
    """Go once over everything that was read."""
    for token in state.tokens:
        token.info = ""
        if token.children:
            token.children = _Tidier().tidied(token.children)


class _Tidier:
    """One run of text while it is made fit."""

    def __init__(self) -> None:
        self._out: list[Token] = []
        self._kept: list[bool] = []
        self._depth = 0
        self._link: int | None = None

    def tidied(self, tokens: Sequence[Token]) -> list[Token]:
        for token in tokens:
            if token.nesting > 0:
                self._open(token)
            elif token.nesting < 0:
                self._close(token)
            else:
                self._out.append(token)
        return self._out

    def _open(self, token: Token) -> None:
        link = token.type == "link_open"
        kept = self._depth < MARKS and not (link and self._link is not None)
        self._kept.append(kept)
        self._depth += kept
        if kept and link:
            self._unmark_image(token)
            self._link = len(self._out)
        if kept:
            self._out.append(token)

    def _close(self, token: Token) -> None:
        if not self._kept.pop():
            return
        self._depth -= 1
        if token.type != "link_close" or self._link is None:
            self._out.append(token)
            return
        label = "".join(_said(self._out[self._link + 1 :])).strip()
        opening, self._link = self._out[self._link], None
        found = address(str(opening.attrGet("href")))
        if found and not label:
            self._out.append(_text(found.shown))
        self._out.append(token)
        if found and label and not opening.markup and found.differs(label):
            self._out += _real_host(found.host)

    def _unmark_image(self, link: Token) -> None:
        """Pictures are not fetched: what was to be one is a link."""
        before = self._out[-1] if self._out else None
        if before and not link.markup and before.type == "text" and before.content.endswith("!"):
            before.content = before.content[:-1]


def _said(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type in _SPACES else token.content


def _real_host(host: str) -> Iterator[Token]:
    yield _text(" ")
    yield Token("host_open", "span", 1, attrs={"class": "host"})
    yield _text(f"({host})")
    yield Token("host_close", "span", -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
