"""What a plan's form asks for: its fields become declared commands, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import drafting
from bot.core.desk.marks import mark
from bot.core.model import Question, Refused
from bot.core.question_list import read_questions
from bot.core.sentences.desk import CHANGED_MEANWHILE
from bot.core.state import Running

TEXT, SEEN = "text.", "seen."
"""What the names of fields begin with: a question's words, and the mark of those that were shown."""
TOPIC, NEW = "topic", "new"
"""The fields of the topic, and of further questions."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A command with what is given to it, and the field of the form that asks for it, if one does."""

    path: str
    given: Mapping[str, str]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A plan's form as it was sent: the questions in their order there, by number, and what was pressed."""

    topic: str
    topic_was: str
    texts: Mapping[int, str]
    seen: Mapping[int, int]
    added: tuple[str, ...] = ()
    move: int = 0
    by: int = 0
    remove: int = 0

    @property
    def order(self) -> tuple[int, ...]:
        """The numbers in the order that is wanted, after the button that was pressed."""
        order = list(self.texts)
        if self.move in order:
            place = order.index(self.move)
            there = min(max(place + self.by, 0), len(order) - 1)
            order.insert(there, order.pop(place))
        return tuple(order)


def read(fields: Mapping[str, str], letter: str = "Q") -> Filled:
    """The form that these fields are of; browsers send them in the order in which they stand.

    Questions are pasted one a line, as in a command, with their numbers and labels, which go by `letter`.
    """
    act, _, which = fields.get("act", "").partition(".")
    number = _number(which)
    return Filled(
        topic=_tidy(fields.get(TOPIC, "")),
        topic_was=_tidy(fields.get("topic_was", "")),
        texts={_number(name.removeprefix(TEXT)): _tidy(said) for name, said in _some(fields, TEXT)},
        seen={_number(name.removeprefix(SEEN)): _number(said) for name, said in _some(fields, SEEN)},
        added=_lines(_tidy(fields.get(NEW, "")), letter),
        move=number if act in ("up", "down") else 0,
        by={"up": -1, "down": 1}.get(act, 0),
        remove=number if act == "remove" else 0,
    )


def with_all_words(fields: Mapping[str, str], there: Collection[int]) -> Mapping[str, str]:
    """A refused form's fields, where words for questions that are gone stand among the new ones."""
    filled = read(fields)
    gone = [text for k, text in filled.texts.items() if k not in there and _changed(filled, k, text)]
    return {**fields, NEW: "\n".join([*filter(None, [fields.get(NEW)]), *gone])} if gone else fields


def need_same_topic(filled: Filled, topic: str) -> None:
    """Refuse to change a topic that somebody else changed meanwhile."""
    if filled.topic not in (filled.topic_was, "", topic) and topic != filled.topic_was:
        raise Refused(CHANGED_MEANWHILE)


def need_room(filled: Filled, state: Running, now: datetime) -> None:
    """Refuse several questions of which only some could be added, before any of them is."""
    for text in filled.added:
        state = drafting.add(state, text, now).state


def wordings(filled: Filled) -> tuple[Wish, ...]:
    """What is asked for first: another topic, and other words of questions, each as it was seen."""
    topic = filled.topic and filled.topic != filled.topic_was
    wishes = [Wish("chat plan", {"topic": filled.topic}, TOPIC)] if topic else []
    wishes += [
        Wish(
            "question edit",
            {"number": str(k), "text": text, "seen": str(filled.seen.get(k, 0))},
            TEXT + str(k),
        )
        for k, text in filled.texts.items()
        if k != filled.remove and _changed(filled, k, text)
    ]
    return tuple(wishes)


def rearranging(filled: Filled, questions: Sequence[Question]) -> tuple[Wish, ...]:
    """What is asked for then, of the questions as they stand now: another order, one less, one more.

    What was not of this form's own changing must stand as it was seen; else the mark fits nothing.
    """
    here = {q.position: q for q in questions if q.position in filled.seen}
    same = all(
        mark((q,)) == filled.seen[k] or _changed(filled, k, filled.texts.get(k, "")) for k, q in here.items()
    )
    whole = len(here) == len(questions) == len(filled.seen) or not filled.seen
    seen = str(mark(questions) if same and whole else 0)
    wishes = []
    waiting = [q.position for q in questions if q.waiting]
    order = [k for k in filled.order if k in waiting]
    after = dict(zip(order, sorted(order), strict=True))
    if sorted(order) != order:
        wishes.append(Wish("question reorder", {"order": " ".join(map(str, order)), "seen": seen}))
        moved = [replace(q, position=after.get(q.position, q.position)) for q in questions]
        seen = str(mark(sorted(moved, key=lambda q: q.position))) if same and whole else seen
    if filled.remove:
        number = after.get(filled.remove, filled.remove)
        wishes.append(Wish("question remove", {"number": str(number), "seen": seen}))
    return (*wishes, *_adding(filled.added, first=not questions))


def _adding(texts: Sequence[str], *, first: bool) -> tuple[Wish, ...]:
    """Further questions; the first ones of a chat at once: it may be announced with what it has by then."""
    if first and len(texts) > 1:
        return (Wish("chat plan", {"questions": "\n".join(texts)}, NEW),)
    return tuple(Wish("question add", {"text": text}, NEW) for text in texts)


def _changed(filled: Filled, number: int, text: str) -> bool:
    """Whether the words of a field are others than those that were shown in it."""
    return mark((Question(0, number, text),)) != filled.seen.get(number)


def _some(fields: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    return [(name, said) for name, said in fields.items() if name.startswith(prefix)]


def _lines(pasted: str, letter: str) -> tuple[str, ...]:
    lines = [line for line in pasted.split("\n") if line.strip()]
    return read_questions(lines, letter).texts if len(lines) > 1 else tuple(lines)


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else 0


def _tidy(said: str) -> str:
    return said.replace("\r\n", "\n").strip()
