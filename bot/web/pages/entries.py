"""Answers and comments as HTML: the inner loop of every page of a chat, so it is written out by hand.

What people said is safe already when it is stored; every name and place is escaped here, once a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from bot.core.archive.chat_page import Answer
from bot.core.archive.page_words import Margin

PICKED = '<span class="pick">★ host’s pick</span>'
HIDDEN = '<span class="pick">hidden from readers</span>'
HOST, EDITED = "<span>host</span>", "<span>edited</span>"
ORPHAN = "<span>on an answer that is not here</span>"


@dataclass(slots=True)
class Entries:
    """Writes the entries of one page; `report` begins the address under which an answer is reported.

    `tongue` is the attribute that says in which language people wrote.
    """

    margin: Margin
    report: str
    tongue: str = ""
    _escaped: dict[str, str] = field(default_factory=dict)

    def listed(self, answers: Iterable[Answer], elsewhere: frozenset[int] = frozenset()) -> Markup:
        """Entries of a list with their comments; those of `elsewhere` have their own place on this page."""
        items = [f"<li>{self._whole(one, one.message_id not in elsewhere)}</li>\n" for one in answers]
        return Markup("".join(items))  # noqa: S704 - made of escaped parts

    def with_comments(self, one: Answer, home: bool = True) -> Markup:
        """An answer with the comments below it; where it is not at home it has neither id nor comments."""
        return Markup(self._whole(one, home))  # noqa: S704 - made of escaped parts

    def alone(self, one: Answer, label: str = "") -> Markup:
        """An answer or a comment without what hangs on it, with a label beside its name."""
        return Markup(self._one(one, "answer", label=str(escape(label))))  # noqa: S704 - made of escaped parts

    def _whole(self, one: Answer, home: bool) -> str:
        said = self._one(one, "comment" if one.orphan else "answer", home=home)
        if one.comments and home:
            below = "".join([f"<li>{self._one(comment, 'comment')}</li>" for comment in one.comments])
            said += f'\n<ol class="re">{below}</ol>'
        return said

    def _one(self, one: Answer, what: str, *, home: bool = True, label: str = "") -> str:
        """One entry: its time in the margin, who said it, and what."""
        name, at = self._safe(one.name), one.public_id
        seen, heard = self.margin.both(one.said_at)
        id_ = f' id="a-{at}"' if home else ""
        return (
            f'<div class="a"{id_}><a class="t" href="#a-{at}" '
            f'aria-label="{heard}, link to this {what} by {name}">{seen}</a>\n'
            f'<div><p class="by"><b><bdi>{name}</bdi></b>{label}{self._marks(one)}'
            f'<a class="rp" href="{self.report}{at}/report" rel="nofollow" '
            f'aria-label="Report this {what} by {name}">Report</a></p>'
            f'<div class="say"{self.tongue}>{one.html.strip()}</div></div></div>'
        )

    def _marks(self, one: Answer) -> str:
        if not (one.place or one.by_host or one.picked or one.hidden or one.orphan or one.edited):
            return ""  # as most are
        place = f"<span>{self._safe(one.place)}</span>" if one.place else ""
        host, edited = HOST if one.by_host else "", EDITED if one.edited else ""
        picked, hidden = PICKED if one.picked else "", HIDDEN if one.hidden else ""
        return f"{host}{place}{picked}{hidden}{ORPHAN if one.orphan else ''}{edited}"

    def _safe(self, words: str) -> str:
        if (known := self._escaped.get(words)) is None:
            known = self._escaped[words] = str(escape(words))
        return known
