"""The forms a label takes at the head of a line: "A1", "a 1:", "Answer 1", "A1/A2", "A3b", "Final A"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

_ANSWER_WORD = r"answers?|ans|antwort(?:en)?|response|reply"
_QUESTION_WORD = r"questions?|ques|fragen?"
_NUMBER = r"(?P<{name}>\d{{1,3}})(?!\d)"
# "A 4 mile walk", "A 5-minute talk", "A 3:1 ratio" are prose: after a gap the number must end in a separator.
_CLOSED = r"(?=[a-z]?(?:\s*\Z|\s?(?:[;)\]|]|[/.](?=\s|\Z)|:(?!\d)|-(?=\s|\Z)(?!\s*\d))))"
_LABEL = r"""
  (?:(?:final|last)\s+)?
  (?: (?P<letter>[{letters}]) (?: \#?{glued} | (?:\s{{0,2}}[.\#-]|\s{{1,2}})\s?{spaced}{closed} )
    | (?:my\s+(?=\w+\s+(?:to|for)\s))?(?P<answer>{answer})\.?\s?
      (?:(?:to|for|auf)\s+(?:the\s+)?(?:[{question_letter}]|{question})?\s?)?\#?{answered}
    | (?P<question>{question})\s?\#?{asked}
  )(?:\.\d+)?
"""
_MORE = r"""
  (?P<joint>-|\s?[/&+,]\s?(?:(?:and|und)\s)?|\s(?:and|und|or|plus)\s|\s?)
  (?:(?P<letter>[{letters}])|(?P<answer>{answer})\s|(?P<question>{question})\s)?\#?{more}(?:\.\d+)?
"""
_LAST = r"""
  (?P<last>final|last)\s+(?:(?P<letter>[{letters}])|(?P<answer>answer)|(?P<question>question))(?![^\W_]|')
  (?P<stop>\s?[:;.)!-]|\s*\Z|\s+(?:\#|coming|up\b|on\sdeck|in\s\d))?
"""
_JUNK = r"""
  (?: \s | <a?:\w{{1,40}}:\d{{1,25}}> | <[@\#][!&]?\d{{1,25}}> | :[a-z0-9_+-]{{1,40}}: | :
    | https?://\S++ | @\S++ | \#(?![{letters}]\d{{1,3}}[a-h]?(?!\w))\w++ | _ | [^\w\s<>@`:"'“”„«»] )*+
"""
# The commonest answer, "A1: text" on one line with nothing else to weigh; every other form is read with care.
_SIMPLE = r"""
  [{answer_letter}](\d{{1,3}})[:.)]?[ ]
  (?!cont|con['’]t|ctd|part|pt|p\d|(?:and|und|or|plus|{answer}|{question})\b)
  (?:i|[a-z]{{2,20}})(?=[ ,.!?'’])[^/\uff0f\n\r\v\f\x1c-\x1e\x85\u2028\u2029`]*+\Z
"""
_HINT = r"""
  (?<![^\W\d_])(?: [{letters}][\W_]{{0,9}}\d | (?:{answer}|{question})[\W_\d] | my\s
    | (?:final|last)[\W_]{{1,9}}(?:[{letters}](?![^\W_])|answer|question) )
"""
_SUB = re.compile(r"([a-hj-z])(?![^\W_]|')|(i)(?=\s?[:.);-])|\s?\(([a-z])\)|[ .-]([a-z])(?=\s?[:)])")
_MORE_SUBS = re.compile(r"((?:\s?(?:[/&+,]|and\b)\s?[a-z](?![^\W_]|'))++)(?=\s?[:).;-]|\s*\Z)")
_NO_LABEL = re.compile(r"(?:st|nd|rd|th)\b|'s\b")
_SEPARATOR = re.compile(r"\s?(?:[:);\]|!-]|[./](?!\d))|\s*\Z")
_PATTERNS: Final = (_LABEL, _MORE, _LAST, _JUNK, _SIMPLE, _HINT)
_MOST_LISTED: Final = 100
_FLAGS: Final = re.IGNORECASE | re.VERBOSE
_Link = tuple[re.Match[str], int, dict[str, None]]


@dataclass(frozen=True, slots=True)
class Label:
    """One label as written: `letters` it uses, its numbers (none for "Final A"), and where it ends."""

    letters: str
    numbers: tuple[int, ...]
    subs: tuple[str, ...]
    end: int

    @property
    def final(self) -> bool:
        """The label names the last question without its number."""
        return not self.numbers

    @property
    def mixed(self) -> bool:
        """Both letters stand in it, as in "Q1/A1"."""
        return len(self.letters) > 1


@dataclass(frozen=True, slots=True)
class Forms:
    """The patterns for one pair of letters."""

    question: str
    answer: str
    label: re.Pattern[str]
    more: re.Pattern[str]
    last: re.Pattern[str]
    junk: re.Pattern[str]
    simple: re.Pattern[str]
    hint: re.Pattern[str]

    def head(self, line: str) -> Label | None:
        """Read the label at the head of a line, past mentions, hashtags, links and emoji."""
        return self.at(line, self.start(line))

    def start(self, line: str) -> int:
        """Say where a line's words begin; its length if it has none."""
        found = self.junk.match(line)
        return found.end() if found else 0

    def at(self, line: str, start: int) -> Label | None:
        """Read the label that begins exactly here."""
        found = self.label.match(line, start)
        if found is None:
            return self._last(line, start)
        number = found["glued"] or found["spaced"] or found["answered"] or found["asked"]
        return self._from(line, self._letter(found), int(number), found.end())

    def _letter(self, found: re.Match[str]) -> str:
        if found["letter"]:
            return found["letter"].upper()
        return self.answer if found["answer"] else self.question

    def _from(self, line: str, letter: str, number: int, end: int) -> Label | None:
        subs: dict[str, None] = {}
        after = self._after_number(line, end, subs)
        return None if after is None else self._joined(line, letter, number, after, subs)

    def _joined(self, line: str, letter: str, number: int, end: int, subs: dict[str, None]) -> Label:
        """Two answers only if the letter repeats or a separator follows; else "A1/2 of it" is one."""
        letters, numbers, loose, settled = letter, {number: None}, [number], end
        for found, reached, more_subs in islice(self._chain(line, letter, end), _MOST_LISTED):
            loose += range(loose[-1] + 1, int(found["more"])) if found["joint"] == "-" else ()
            loose.append(int(found["more"]))
            if not _lettered(found) and not _SEPARATOR.match(line, reached):
                continue
            letters += self._letter(found) if _lettered(found) else ""
            numbers |= dict.fromkeys(loose)
            subs |= more_subs
            loose, settled = loose[-1:], reached
        return Label("".join(dict.fromkeys(letters)), tuple(numbers), tuple(subs), settled)

    def _chain(self, line: str, letter: str, end: int) -> Iterator[_Link]:
        while found := self.more.match(line, end):
            subs: dict[str, None] = {}
            after = self._after_number(line, found.end(), subs)
            if after is None or not self._joins(found, letter):
                return
            yield found, after, subs
            end = after

    def _joins(self, found: re.Match[str], letter: str) -> bool:
        joint = found["joint"].strip()
        if not _lettered(found):
            return bool(joint)
        return self._letter(found) == letter or joint in {"/", "&", "+"}

    def _after_number(self, line: str, end: int, subs: dict[str, None]) -> int | None:
        """Find where a number and its sub-letters end; nowhere if what is glued on makes it a word."""
        if self._spoilt(line, end):
            return None
        sub = _SUB.match(line, end)
        if sub is None:
            return end
        subs[sub[sub.lastindex or 0].lower()] = None
        others = _MORE_SUBS.match(line, sub.end())
        if others is None:
            return sub.end()
        subs |= dict.fromkeys(re.findall(r"\b[a-z]\b", others[1]))
        return others.end()

    def _spoilt(self, line: str, end: int) -> bool:
        """Say that "A1C levels" is no label: one lone capital other than I; nor are "A2nd" and "A1's"."""
        glued, after = line[end : end + 1], line[end + 1 : end + 2]
        if glued.isupper() and glued != "I" and not after.isalpha():
            return not (after.isdigit() and self.label.match(line, end))
        return _NO_LABEL.match(line, end) is not None

    def _last(self, line: str, start: int) -> Label | None:
        found = self.last.match(line, start)
        if found is None:
            return None
        written = found["letter"] or ""
        capital = line[found.end() :].lstrip()[:1].isupper() and found["last"].lower() == "final"
        if found["stop"] is None and (written in {"", "a"} and not (capital and not written)):
            return None
        end = found.end() if found["stop"] is None else found.start("stop")
        return Label(self._letter(found), (), (), end)


@lru_cache(maxsize=64)
def forms(question: str, answer: str) -> Forms:
    """Make the patterns for a question letter and an answer letter, such as Q and A."""
    parts = {
        "letters": re.escape(question + answer),
        "question_letter": re.escape(question),
        "answer_letter": re.escape(answer),
        "answer": _ANSWER_WORD,
        "question": _QUESTION_WORD + ("|topics?" if question == "T" else ""),
        "closed": _CLOSED,
    } | {name: _NUMBER.format(name=name) for name in ("glued", "spaced", "answered", "asked", "more")}
    made = (re.compile(text.format(**parts), _FLAGS) for text in _PATTERNS)
    return Forms(question, answer, *made)


def _lettered(found: re.Match[str]) -> bool:
    return bool(found["letter"] or found["answer"] or found["question"])
