"""Answers and comments as HTML: the inner loop of every page of a chat, so it is written out by hand.

What people said is safe already when it is stored; every name and place is escaped here, once a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from markupsafe import Markup, escape

from bot.core.archive.chat_page import Answer
from bot.core.archive.page_words import Margin
from bot.core.model import How
from bot.core.tongue import _

_NAME = "{name}"
_MARKS = attrgetter("place", "by_host", "picked", "hidden", "how", "orphan", "edited")
Beside = tuple[str, str, str, str]
"""What stands before and after the time of a link, who said it, and how that is reported."""


class _Words:
    """What a page's language says beside answers: looked up once a page and not once an answer.

    `filed` says how answers were filed whose writers did not say so themselves.
    """

    def __init__(self) -> None:
        self.picked = f'<span class="pick">★ {escape(_("host’s pick"))}</span>'
        self.hidden = f'<span class="pick">{escape(_("hidden from readers"))}</span>'
        self.host, self.edited = f"<span>{escape(_('host'))}</span>", f"<span>{escape(_('edited'))}</span>"
        orphan = _("on an answer that is not here")
        self.orphan = f"<span>{escape(orphan)}</span>"
        self.report = str(escape(_("Report")))
        link = _("Link")
        self.link = f"<i>{escape(link)}</i>"
        comment = _("comment")
        self.comment = f'<span class="as">{escape(comment)}</span>'
        self._on = str(escape(_("comment on an answer by {name}")))
        filed = {
            How.REPLY: _("as a reply to the question"),
            How.REACTION: _("filed by a reaction"),
            How.MODERATOR: _("filed by a host"),
        }
        self.filed = {str(how): f"<span>{escape(said)}</span>" for how, said in filed.items()}
        self._about = {
            "answer": _cut(_("{time}, link to this answer by {name}"), _("Report this answer by {name}")),
            "comment": _cut(_("{time}, link to this comment by {name}"), _("Report this comment by {name}")),
        }

    def on(self, there: str, name: str) -> str:
        """What a comment says of itself where it does not stand below the answer that it is on."""
        answer = f'<a href="{there}"><bdi>{name}</bdi></a>'
        return f'<span class="as">{self._on.replace(_NAME, answer)}</span>'

    def beside(self, name: str, what: str) -> Beside:
        """What stands beside the answers or the comments of somebody."""
        before, after, report = self._about[what]
        by = f'" rel="nofollow" aria-label="{report.replace(_NAME, name)}">{self.report}'
        return before.replace(_NAME, name), after.replace(_NAME, name), f"<b><bdi>{name}</bdi></b>", by


def _cut(link: str, report: str) -> tuple[str, str, str]:
    """The sentence of a link before and after its time, and that of a report."""
    before, _hole, after = str(escape(link)).partition("{time}")
    return before, after, str(escape(report))


def _here(_public_id: str) -> str:
    """Nothing: every answer stands on this page."""
    return ""


@dataclass(slots=True)
class Entries:
    """Writes the entries of one page.

    `report` begins the address under which an answer is reported; where that is "", none can be.

    `tongue` is the attribute that says in which language people wrote. `to_answer` gives what stands before
    the anchor of an answer by its id, where it stands on another part of the page. `lasting` begins the
    address under which an answer is found wherever it stands by then; "" where there is none, as in a copy.
    """

    margin: Margin
    report: str
    tongue: str = ""
    to_answer: Callable[[str], str] = _here
    lasting: str = ""
    _escaped: dict[str, str] = field(default_factory=dict)
    _words: _Words = field(default_factory=_Words)
    _marks: dict[tuple[object, ...], str] = field(default_factory=dict)
    _beside: dict[str, dict[str, Beside]] = field(default_factory=lambda: {"answer": {}, "comment": {}})

    def listed(self, answers: Iterable[Answer], elsewhere: frozenset[int] = frozenset()) -> Markup:
        """Entries of a list with their comments; those of `elsewhere` have their own place on this page."""
        items = [f"<li>{self._whole(one, one.message_id not in elsewhere)}</li>\n" for one in answers]
        return Markup("".join(items))  # noqa: S704 - made of escaped parts

    def with_comments(self, one: Answer, home: bool = True) -> Markup:
        """An answer with the comments below it; where it is not at home it has neither id nor comments."""
        return Markup(self._whole(one, home))  # noqa: S704 - made of escaped parts

    def alone(self, one: Answer, label: str = "", on: Answer | None = None, named: bool = True) -> Markup:
        """An answer, or a comment `on` one, without what hangs on it, with a label beside its name.

        It is not `named` where the heading above it is the name.
        """
        beside, what = str(escape(label)), "comment" if on is not None or one.orphan else "answer"
        if on is not None:
            there = self._safe(f"{self.to_answer(on.public_id)}#a-{on.public_id}")
            beside += self._words.on(there, self._safe(on.name))
        elif one.orphan:
            beside += self._words.comment
        return Markup(self._one(one, what, label=beside, named=named))  # noqa: S704 - made of escaped parts

    def _whole(self, one: Answer, home: bool) -> str:
        said = self._one(one, "comment" if one.orphan else "answer", home)
        if one.comments and home:
            below = "".join([f"<li>{self._one(comment, 'comment')}</li>" for comment in one.comments])
            said += f'\n<ol class="re">{below}</ol>'
        return said

    def _one(self, one: Answer, what: str, home: bool = True, label: str = "", named: bool = True) -> str:
        """One entry: its time in the margin, who said it, and what."""
        at, name, known = one.public_id, one.name, self._beside[what]
        seen, heard = self.margin.both(one.said_at)
        if (beside := known.get(name)) is None:
            beside = known[name] = self._words.beside(self._safe(name), what)
        before, after, by, report = beside
        if (marks := self._marks.get(key := _MARKS(one))) is None:
            marks = self._marks[key] = self._marked(one)
        id_ = f' id="a-{at}"' if home else ""
        link = f"{self.lasting}{at}" if self.lasting else self._there(at, home)
        reported = f'<a class="rp" href="{self.report}{at}/report{report}</a>' if self.report else ""
        return (
            f'<div class="a"{id_}><a class="t" href="{link}" '
            f'aria-label="{before}{heard}{after}">{seen}{self._words.link}</a>\n'
            f'<div><p class="by">{by if named else ""}{label}{marks}{reported}</p>'
            f'<div class="say"{self.tongue}>{one.html.strip()}</div></div></div>'
        )

    def _there(self, at: str, home: bool) -> str:
        """Where an answer stands as the page is now."""
        return f"{'' if home else self._safe(self.to_answer(at))}#a-{at}"

    def _marked(self, one: Answer) -> str:
        """What stands beside a name: put together once for all beside which the same stands."""
        words = self._words
        place = f"<span>{self._safe(one.place)}</span>" if one.place else ""
        host, edited = words.host if one.by_host else "", words.edited if one.edited else ""
        picked, hidden = words.picked if one.picked else "", words.hidden if one.hidden else ""
        filed = words.filed.get(one.how, "") if one.how else ""
        return f"{host}{place}{picked}{hidden}{filed}{words.orphan if one.orphan else ''}{edited}"

    def _safe(self, words: str) -> str:
        if (known := self._escaped.get(words)) is None:
            known = self._escaped[words] = str(escape(words))
        return known
