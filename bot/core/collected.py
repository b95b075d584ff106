"""An answer given elsewhere, as it stands in its question's thread."""

from dataclasses import dataclass

from bot.core.effects import Card
from bot.core.model import Collecting
from bot.core.sentences import collecting as say

MOST = 1_500
"""Characters of an answer that a copy shows; its link leads to the rest."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: who gave it as readers see them, where, and under which numbers it is filed now.

    One given `by_form` stands nowhere else; `native_id` is empty for it, and where no link may lead to the
    words; `thread` is the number of the question in whose thread it was said, 0 for none; `gone` says that
    nobody may read it.
    """

    message_id: int
    name: str
    text: str
    native_id: str
    thread: int
    filed: frozenset[int]
    gone: bool
    by_form: bool = False


def cards(given: Given, before: frozenset[str], collecting: Collecting) -> tuple[Card, ...]:
    """The copies that an answer has from now on, and those of `before` (their subjects) that go."""
    wanted = {} if given.gone else _wanted(given, collecting)
    outdated = tuple(Card(one, "", thread=thread_of_copy(one)) for one in sorted(before - wanted.keys()))
    return (*outdated, *wanted.values())


def _wanted(given: Given, collecting: Collecting) -> dict[str, Card]:
    by_form = not given.native_id
    if collecting is Collecting.OFF and not by_form:
        return {}
    words = (
        say.linked(given.name) if _link_only(given, collecting) else say.copied(given.name, _cut(given.text))
    )
    numbers = sorted(given.filed - {given.thread})
    return {
        subject: Card(subject, words, thread=f"q{number}", about=given.native_id, alone=given.by_form)
        for number in numbers
        for subject in [f"copy.{given.message_id}.q{number}"]
    }


def copied(subject: str) -> int:
    """The message of which a copy is."""
    return int(subject.split(".")[1])


def thread_of_copy(subject: str) -> str:
    """The question in whose thread a copy stands: only there it can be taken away."""
    return subject.rpartition(".")[2]


def _link_only(given: Given, collecting: Collecting) -> bool:
    return collecting is Collecting.LINK and bool(given.native_id)


def _cut(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST - 1].rstrip() + "…"
