"""The markdown that people write in chats, read in linear time."""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_inline.state_inline import StateInline

from bot.markup import _bare, _tidying, _tokens
from bot.markup._links import address

BLOCKS = 8
"""Levels of quotes and lists; what is deeper is a paragraph."""
_LEFT_OUT = (
    *("code", "heading", "html_block", "lheading", "reference", "table"),
    *("entity", "html_inline", "image"),
)
_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_TARGET = re.compile(
    r"\([ \n]*+(?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))"
    r"""(?:[ \n]++(?:"[^"]*"|'[^']*'))?[ \n]*+\)"""
)


class _Markdown(MarkdownIt):
    """The parser with our judgement of addresses."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's name
        """The address as a link holds it, or nothing."""
        found = address(url)
        return found.href if found else ""

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser's name
        """The address as readers see it."""
        found = address(link)
        return found.shown if found else link

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name
        """Whether an address may be a link."""
        return bool(url)


def _made() -> MarkdownIt:
    options = {"html": False, "linkify": False, "breaks": True, "xhtmlOut": False, "maxNesting": 20}
    markdown = _Markdown("js-default", options)
    markdown.disable(_LEFT_OUT)
    markdown.block.ruler.before("fence", "deep", _deep)
    markdown.inline.ruler.at("link", _link)
    markdown.inline.ruler.before("newline", "bare", _bare.bare_link)
    _tokens.teach(markdown)
    markdown.core.ruler.before("text_join", "tidy", _tidying.tidy)
    return markdown


def _deep(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take what is nested too deep as one paragraph, so that no words are lost."""
    if silent or state.level < BLOCKS:
        return False
    content = state.getLines(first, end, state.blkIndent, keepLastLF=False).strip()
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content, inline.children = content, []
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """Read `[words](address)`; its brackets are paired once for the whole text."""
    if state.src[state.pos] != "[" or state.linkLevel:
        return False
    end = _pairs(state).get(state.pos, -1)
    target = _TARGET.match(state.src, end + 1, state.posMax) if end > 0 else None
    href = state.md.normalizeLink(target[1] or target[2] or "") if target else ""
    if target is None or not href:
        return False
    if not silent:
        _put(state, end, href)
    state.pos = target.end()
    return True


def _put(state: StateInline, end: int, href: str) -> None:
    whole, state.posMax = state.posMax, end
    state.pos += 1
    state.push("link_open", "a", 1).attrSet("href", href)
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.posMax = whole


def _pairs(state: StateInline) -> Mapping[int, int]:
    """Where the bracket closes that opens at a position."""
    known = state.env.get("brackets")
    if known is None or known[0] is not state.src:
        known = state.env["brackets"] = (state.src, _paired(state.src))
    pairs: Mapping[int, int] = known[1]
    return pairs


def _paired(text: str) -> dict[int, int]:
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for found in _BRACKET.finditer(text):
        if found[0] == "[":
            opened.append(found.start())
        elif found[0] == "]" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


parser = _made()
