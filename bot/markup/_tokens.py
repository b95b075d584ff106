"""What chat networks write between angle brackets, and spoilers between bars."""

import re
from datetime import UTC, datetime, timedelta

from markdown_it import MarkdownIt
from markdown_it.rules_inline.state_inline import Delimiter, StateInline
from markdown_it.token import Token

from bot.core.times import clockface
from bot.markup._words import sound

MENTION = re.compile(r"<(?P<sign>@[!&]?|#)(?P<id>[0-9]{1,20})>")
UNKNOWN = "unknown"
SPOILER = "||"
_TIME = re.compile(r"<t:(-?[0-9]{1,14})(?::[tTdDfFRsS])?>")
_EMOJI = re.compile(r"<a?:([A-Za-z0-9_]{1,32}):[0-9]{1,20}>")
_COMMAND = re.compile(r"</([\w-]{1,32}(?: [\w-]{1,32}){0,2}):[0-9]{1,20}>")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def teach(markdown: MarkdownIt) -> None:
    """Let a parser read what chat networks write."""
    markdown.inline.add_terminator_char("|")
    markdown.inline.ruler.before("autolink", "bracketed", bracketed)
    markdown.inline.ruler.before("emphasis", "spoiler", _bars)
    markdown.inline.ruler2.after("strikethrough", "spoiler", _spoilers)


def bracketed(state: StateInline, silent: bool) -> bool:
    """Read one mention, time, emoji or command; what is none of them stays text."""
    if state.src[state.pos] != "<":
        return False
    for read in (_mention, _time, _named):
        if end := read(state, silent):
            state.pos = end
            return True
    return False


def _mention(state: StateInline, silent: bool) -> int:
    found = MENTION.match(state.src, state.pos, state.posMax)
    if found and not silent:
        name = sound(state.env["mentions"].get(found["id"], "")).strip() or UNKNOWN
        _say(state, "mention", "span", found["sign"][0] + name).attrSet("class", "mention")
    return found.end() if found else 0


def _time(state: StateInline, silent: bool) -> int:
    found = _TIME.match(state.src, state.pos, state.posMax)
    at = _instant(int(found[1])) if found else None
    if at and not silent:
        _say(state, "time", "time", clockface.moment(at, "UTC")).attrSet("datetime", at.isoformat())
    return found.end() if found and at else 0


def _named(state: StateInline, silent: bool) -> int:
    emoji = _EMOJI.match(state.src, state.pos, state.posMax)
    found = emoji or _COMMAND.match(state.src, state.pos, state.posMax)
    if found and not silent:
        _plainly(state, f":{found[1]}:" if emoji else f"/{found[1]}")
    return found.end() if found else 0


def _instant(seconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _say(state: StateInline, kind: str, tag: str, text: str) -> Token:
    opening = state.push(f"{kind}_open", tag, 1)
    _plainly(state, text)
    state.push(f"{kind}_close", tag, -1)
    return opening


def _plainly(state: StateInline, text: str) -> None:
    """Text in which no link is looked for."""
    state.push("text_special", "", 0).content = text


def _bars(state: StateInline, silent: bool) -> bool:
    if silent or not state.src.startswith(SPOILER, state.pos, state.posMax):
        return False
    state.push("text", "", 0).content = SPOILER
    mark = Delimiter(marker=ord("|"), length=0, token=len(state.tokens) - 1, end=-1, open=True, close=True)
    state.delimiters.append(mark)
    state.pos += len(SPOILER)
    return True


def _spoilers(state: StateInline) -> None:
    """Make spoilers of the bars that belong together."""
    inside = (meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)
    for marks in (state.delimiters, *inside):
        for mark in marks:
            if mark.marker == ord("|") and mark.end > 0 and marks[mark.end].token - mark.token > 1:
                _become(state.tokens[mark.token], "spoiler_open", 1)
                _become(state.tokens[marks[mark.end].token], "spoiler_close", -1)


def _become(token: Token, kind: str, nesting: int) -> None:
    token.type, token.tag, token.markup, token.content = kind, "span", SPOILER, ""
    token.nesting = 1 if nesting > 0 else -1
    if nesting > 0:
        token.attrs = {"class": "spoiler", "tabindex": "0"}
