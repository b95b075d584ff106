"""What the bot's words look like on Matrix: as typed, as HTML, with commands as lines to copy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import quote

import nh3

from bot.core.confirming import confirmed_by_tick
from bot.core.effects import Link
from bot.core.model import Offer
from bot.core.plain import cut
from bot.core.sentences import matrix as sentences
from bot.core.sentences.planning import WHOLE_ROOM
from bot.core.spoken import CALL, spoken_commands
from bot.markup import render
from bot.platforms.matrix.phrasing import as_said_here, shortened
from bot.platforms.matrix.translating import HTML

KEY: Final = "org.edchat.key"
"""Under this name each of our messages carries the key of what it came of."""
TEXT_LIMIT: Final = 8_000
"""Characters of a text: even where each takes four bytes, the message is smaller than it may be."""
BUDGET: Final = 40_000
"""Bytes of a message's content; a homeserver takes some 65,000 with all that it adds."""
TEXT, NOTICE = "m.text", "m.notice"
_SHORT: Final = 500
_PLAIN: Final = re.compile(r"<p>([^<>]*)</p>\n?")
_SPOILER: Final = re.compile(r'<span class="spoiler"[^>]*>')
_TAGS: Final = {
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "span",
}
_ANSWERS: Final = "answer "

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}, "span": {"data-mx-spoiler"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws texts for one network: it knows the commands, and how a form's line is completed."""

    paths: Collection[str] = ()
    completed: Callable[[str], str] = str

    def words(self, text: str, offers: Sequence[Offer] = (), link: Link | None = None, at: str = "") -> str:
        """A text with what can be done about it below, a line each, and the address it points to."""
        spoken = spoken_commands(as_said_here(text, self.paths), self.paths, f"{CALL} ")
        below = [self._line(one) for one in shown(offers)]
        if confirmed_by_tick(offers):
            below.append(sentences.REACT_TO_CONFIRM)
        if link is not None and link.url not in text:
            below.append(f"[{link.label}]({link.url})")
        return "\n\n".join(filter(None, (spoken, "\n".join(below), at)))

    def _line(self, offer: Offer) -> str:
        """What is offered, as a line to copy."""
        line, more = offer.line, ""
        if offer.form:
            line, more = shortened(self.completed(line), " ".join(line.split()[:2]))
        return f"{offer.label}: `{CALL} {line}`{more}"


def shown(offers: Sequence[Offer]) -> Sequence[Offer]:
    """The offers that are written out: none below a question, which people just answer."""
    return () if any(one.line.startswith(_ANSWERS) for one in offers) else offers


def message(words: str, kind: str, key: str, *, called: bool = False) -> dict[str, Any]:
    """A message's content: it mentions nobody, unless all in the room are `called`, and carries its key."""
    words = f"{WHOLE_ROOM} {words}" if called else words
    mentions = {"room": True} if called else {}
    content: dict[str, Any] = {"msgtype": kind, "body": words, "m.mentions": mentions}
    html = formatted(words)
    if html:
        content |= {"format": HTML, "formatted_body": html}
    content[KEY] = key
    return content if fits(content) else _without_html(content)


def edited(words: str, kind: str, key: str, target: str) -> dict[str, Any]:
    """The content that gives a message other words; clients that know no edits show it as a new one."""
    new = message(words, kind, key)
    told = {"m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": target}}
    whole = new | {"body": f"* {words}"} | told
    bare = _without_html(whole)
    short = bare | {"body": f"* {cut(words, _SHORT)}"}
    return next((one for one in (whole, bare) if fits(one)), short)


def in_thread(root: str, on: str | None = None) -> dict[str, Any]:
    """What puts a message into the thread of another, perhaps as a reply."""
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": on is None}
    return {"m.relates_to": relation | {"m.in_reply_to": {"event_id": on or root}}}


def in_reply(on: str) -> dict[str, Any]:
    """What makes a message a reply to another."""
    return {"m.relates_to": {"m.in_reply_to": {"event_id": on}}}


def formatted(words: str) -> str:
    """The words as HTML that Matrix knows; nothing where they look the same without."""
    html = _cleaner.clean(_SPOILER.sub("<span data-mx-spoiler>", render(words))).strip()
    plain = _PLAIN.fullmatch(html)
    return "" if plain and unescape(plain[1]) == words else html


def fits(content: Mapping[str, Any]) -> bool:
    """Whether a homeserver takes as much."""
    return len(json.dumps(content, ensure_ascii=False).encode()) <= BUDGET


def link_to(room: str, event: str, server: str) -> str:
    """The address of a message."""
    where = f"{quote(room, safe='!:')}/{quote(event, safe='$:')}"
    return f"https://matrix.to/#/{where}?via={quote(server, safe=':')}"


def _without_html(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in content.items() if name not in ("format", "formatted_body")}
