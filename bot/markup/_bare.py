"""Addresses in the middle of words, found in linear time and left without the sentence's punctuation."""

import re

from markdown_it.rules_inline.state_inline import StateInline

from bot.markup._links import address

_LONGEST = 2_000
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?\Z", re.IGNORECASE)
_RUN = re.compile(rf"://[^\s<>|\"`\\“”„«»。、，；：！？（）「」『』【】《》]{{1,{_LONGEST}}}")
_ENDINGS = "?!.,:;*_~'"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def bare_link(state: StateInline, silent: bool) -> bool:
    """Read a bare http or https address; there is none in a link's own words."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    run = _RUN.match(state.src, state.pos, state.posMax)
    url = _without_ending(scheme[0] + run[0]) if scheme and run else ""
    found = address(url)
    if scheme is None or found is None:
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        link = state.push("link_open", "a", 1)
        link.markup, link.attrs = "bare", {"href": found.href}
        state.push("text_special", "", 0).content = found.shown
        state.push("link_close", "a", -1)
    state.pos += len(url) - len(scheme[0])
    return True


def _without_ending(url: str) -> str:
    """The address without the marks that end a sentence, an emphasis or a bracket around it."""
    open_ones = {closing: url.count(closing) - url.count(opening) for closing, opening in _PAIRS.items()}
    end = len(url)
    while end and (url[end - 1] in _ENDINGS or open_ones.get(url[end - 1], 0) > 0):
        open_ones[url[end - 1]] = open_ones.get(url[end - 1], 0) - 1
        end -= 1
    return url[:end]
