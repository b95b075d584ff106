"""Says how a message would be filed, and why: for people in words, for machines as JSON lines."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from bot.core import sentences
from bot.core.labels import reading as labels
from bot.core.model import Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to explain: who says it, in a chat of how many questions, with which letters."""

    text: str
    voice: labels.Voice
    questions: int
    letters: labels.Letters


def asked(*, text: Any = "", role: Any = "P", questions: Any = 7, letters: Any = "Q/A") -> Asked:
    """Read what is asked, or refuse what is no message, role, number or pair of letters."""
    if text is None:
        raise Refused(sentences.EXPLAIN_WHAT)
    if not isinstance(text, str) or role not in ("P", "M") or not isinstance(letters, str):
        raise Refused(sentences.EXPLAIN_ROW)
    if not isinstance(questions, int) or not 0 <= questions <= 999:
        raise Refused(sentences.EXPLAIN_ROW)
    return Asked(text, labels.Voice(role), questions, labels.Letters.parse(letters))


def explain(one: Asked) -> labels.Reading:
    """How the message would be read."""
    return labels.read(one.text, one.voice, one.questions, one.letters)


def as_row(found: labels.Reading) -> dict[str, Any]:
    """A reading for machines."""
    return {
        "kind": found.kind.value,
        "numbers": list(found.numbers),
        "flags": list(found.flags),
        "why": found.why,
    }


def told(one: Asked, as_json: bool) -> str:
    """How the message is read, for people or for machines."""
    found = explain(one)
    return json.dumps(as_row(found), ensure_ascii=False) if as_json else in_words(found)


def in_words(found: labels.Reading) -> str:
    """A reading for people."""
    return sentences.explained(found.kind.value, found.numbers, found.flags, found.why)


def each_line(lines: Iterable[str], out: TextIO) -> None:
    """Answer each JSON line with one JSON line; a line that is no message gets an error of its own."""
    for line in filter(str.strip, lines):
        try:
            row = json.loads(line)
            answer = as_row(explain(asked(**{k: v for k, v in row.items() if k in _FIELDS})))
        except (ValueError, AttributeError):
            answer = {"error": sentences.EXPLAIN_ROW}
        except Refused as no:
            answer = {"error": str(no)}
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()


_FIELDS = ("text", "role", "questions", "letters")
