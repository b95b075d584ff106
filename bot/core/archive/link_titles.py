"""What a shared link is called: its sharer's own words around it, a whole sentence or clause of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.core.plain import cut

LONGEST_TITLE: Final = 140
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+\s*")
_ENDED: Final = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_EDGES: Final = " \t:;,.-–—=>→*|/&("
_STOPS: Final = ".!?…"
_LEADS_ON: Final = tuple(":-–—=>→|(")
"""What stands last before a link that the words before it are about."""
_APART: Final = tuple(":-–—=>→|/&(*")
"""What stands first behind a link of which the words behind it say something on their own."""
_JOINS: Final = re.compile(r"\A(?:and|or|plus|und|oder|sowie|et|ou)\s+", re.IGNORECASE)
_LEANS: Final = re.compile(r"\s(?:at|on|in|by|from|under|auf|unter)\Z", re.IGNORECASE)
"""Words that say nothing without what comes behind them."""
_POINTS: Final = re.compile(
    r"(?:click |see )?(?:here|this|that|link|this (?:link|page|one)|hier|dies|dieser link|diese seite)[.!:]?",
    re.IGNORECASE,
)
_SHORTEST: Final = LONGEST_TITLE // 2
_APART_LETTERS: Final = 0x2E80
"""From here on scripts are written without spaces between words."""


def title(before: str, words: str, after: str, host: str) -> str:
    """The title of a link from the words on its line; `words` are what it is under, if not its address.

    The address' host stands where the link stood, if the words around it are one sentence with it. Nothing
    where nobody said anything, or a single word such as "Here".
    """
    said = _title(before, words, after, host)
    return said if " " in said or any(ord(sign) >= _APART_LETTERS for sign in said) else ""


def _title(before: str, words: str, after: str, host: str) -> str:
    if words and not _POINTS.fullmatch(words):
        return _fitting(words)
    lead, tail = _lead(before), _tail(after)
    if words:
        said = _joined("" if _ENDED.search(lead) else lead, words, tail)
        return _fitting(said if said.rstrip(_STOPS) != words.rstrip(_STOPS) else lead)
    if lead.endswith("(") and tail.startswith(")"):
        return _fitting(_joined(lead.rstrip(_EDGES), "", tail.lstrip(")")))
    return _fitting(_around(lead, tail, host))


def _around(lead: str, tail: str, host: str) -> str:
    """The words around a bare address."""
    own = tail.strip(_EDGES + _STOPS)
    if not own and _LEANS.search(lead):
        return _joined(lead, host, "")
    if not tail or (lead and (lead.endswith(_LEADS_ON) or tail.startswith(_APART))):
        return lead
    if lead and not _ENDED.search(lead):
        return _joined(lead, host, tail)
    if not own or tail.startswith((*_APART, ",", ";")) or tail[0].isupper():
        return lead or (own if "(" in own else own.rstrip(")"))
    return _joined("", host, tail)


def _lead(before: str) -> str:
    """The last sentence before a link, without the word that joins it to what stood before that."""
    last = tuple(_sentences(before))[-1:]
    return _JOINS.sub("", f"{last[0]} ", count=1).strip() if last else ""


def _tail(after: str) -> str:
    """What follows a link in the same sentence; be it the stop that ends it."""
    first = next(_sentences(after), "")
    return first[:1] if first.startswith(tuple(_STOPS)) else first


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a line; the point of "e.g." or "Dr." ends none."""
    begin = 0
    for end in _END.finditer(text):
        behind = text[end.end() : end.end() + 1]
        if end[0][0] == "." and (behind.islower() or _abbreviated(text[begin : end.start()])):
            continue
        yield text[begin : end.end()].strip()
        begin = end.end()
    if rest := text[begin:].strip():
        yield rest


def _abbreviated(text: str) -> bool:
    word = text.rpartition(" ")[2]
    return "." in word or (len(word) < 3 and not word.isdecimal())


def _joined(lead: str, middle: str, tail: str) -> str:
    glue = "" if tail[:1] in {",", ";", ")", *_STOPS} else " "
    return f"{lead} {middle}".strip() + (f"{glue}{tail}" if tail else "")


def _fitting(said: str) -> str:
    """Words that stand alone: without what led on to the link, and whole as far as there is room."""
    said = " ".join(said.split()).strip(_EDGES)
    if len(said) <= LONGEST_TITLE:
        return said
    head = cut(said, LONGEST_TITLE)
    space = head.rfind(" ", _SHORTEST)
    return f"{head[:space].rstrip(_EDGES)}…" if space > 0 else head
