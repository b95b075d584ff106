"""Where a message's labels stand: at the heads of lines, in a correction, among the closing hashtags."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core import sentences
from bot.core.labels import context as label_context
from bot.core.labels import moderator as label_moderator
from bot.core.labels.forms import Forms, Label


@dataclass(frozen=True, slots=True)
class Found:
    """A label in its place: its line, its numbers in this chat, and how that place is called and told."""

    label: Label
    index: int
    numbers: tuple[int, ...]
    place: str = ""
    reason: str = sentences.LABEL_HEAD

    @property
    def letters(self) -> str:
        """The letters the label uses."""
        return self.label.letters

    @property
    def why(self) -> str:
        """One sentence on how it was found."""
        return self.says(self.reason)

    def says(self, sentence: str) -> str:
        """Fill in the label as people write it."""
        letter = self.label.letters[-1]
        return sentence.format(label=" & ".join(f"{letter}{number}" for number in self.numbers))


def labels(lines: list[str], known: Forms, questions: int) -> list[Found]:
    """Find the labels that count: heads of lines, else a correction, else among the closing hashtags."""
    return (
        list(_heads(lines, known, questions))
        or list(_corrections(lines, known, questions))
        or _closing(lines, known, questions)
    )


def _heads(lines: list[str], known: Forms, questions: int) -> Iterator[Found]:
    above = False
    for index, line in enumerate(lines):
        start = known.start(line)
        if start == len(line):
            continue
        label = known.at(line, start)
        if label and (numbers := _asked_here(label, questions)):
            place = ("own-line", sentences.LABEL_OWN_LINE) if above else ("", sentences.LABEL_HEAD)
            yield Found(label, index, numbers, *place)
        above = True


def _corrections(lines: list[str], known: Forms, questions: int) -> Iterator[Found]:
    for index, line in enumerate(lines):
        label, answers = label_context.correction(line, known) or (None, False)
        if label and (numbers := _asked_here(label, questions)):
            place = ("", sentences.LABEL_LEAD) if answers else ("correction", sentences.LABEL_CORRECTION)
            yield Found(label, index, numbers, *place)
            return


def _closing(lines: list[str], known: Forms, questions: int) -> list[Found]:
    own = [index for index, line in enumerate(lines) if line]
    labels = label_context.trailing(lines[own[-1]], known) if own else []
    placed = ((label, _asked_here(label, questions)) for label in labels)
    return [Found(label, own[-1], to, "trailing", sentences.LABEL_TRAILING) for label, to in placed if to]


def _asked_here(label: Label, questions: int) -> tuple[int, ...]:
    if label.final:
        return (questions,) if questions > 0 else ()
    return tuple(number for number in label.numbers if 1 <= number <= questions)


def led_up_to(lines: list[str], known: Forms, questions: int) -> list[Found]:
    """Find the answer that a participant leads up to: "Hi all! A1: ..."."""
    return _led((label_context.led_up_to(line, known) for line in lines), questions)


def announced(lines: list[str], known: Forms, questions: int) -> list[Found]:
    """Find the question that a moderator leads up to: "Up next: Q3"."""
    return _led((label_moderator.announces(line, known) for line in lines), questions)


def _led(by_line: Iterator[Label | None], questions: int) -> list[Found]:
    for index, label in enumerate(by_line):
        if label and (numbers := _asked_here(label, questions)):
            return [Found(label, index, numbers, reason=sentences.LABEL_LEAD)]
    return []
