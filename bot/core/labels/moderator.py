"""What a moderator means by a question's label: the question itself, a teaser, or nothing."""

import re

from bot.core.labels.forms import Forms, Label

_MINUTES = r"in\s(?:an?|one|two|three|four|five|ten|\d+|just|about)\s?(?:few\s)?(?:min|sec|moment|bit|few)\w*"
_TEASES = re.compile(
    rf"""[\s:,.!(~-]{{0,4}}(?:(?:is|are|now|just|right)\s){{0,2}}
    (?: coming(?=\s(?:up(?!\swith)|soon|next|in\s|at\s|shortly|right|your|now)|\W*\Z|[!.…])
      | up\s(?:on\sdeck|next|soon|{_MINUTES}) | on\sdeck | next\sup | incoming | around\sthe\scorner
      | on\s(?:its|the)\sway | here\son\s[\#@] | almost\shere | about\sto\s | heading\syour )""",
    re.IGNORECASE | re.VERBOSE,
)
_HINTS = re.compile(
    rf"""[\s,.!(~-]{{0,4}}(?:(?:is|will|be|starts|begins|drops|comes|coming|goes|posts|posting|here|up|right)\s){{0,3}}
    (?: {_MINUTES} | at\s\d | in\s\d\.
      | (?:here|up|next|soon|shortly|ready|live|momentarily)(?=\s*(?:[.!,;)\#@-]|https?:|\Z)) )""",
    re.IGNORECASE | re.VERBOSE,
)
_LEADS = re.compile(
    rf"""(?:coming\s(?:up|soon|next)|up\snext|next\sup|next|on\sdeck|get\sready\sfor|ready\sfor|here\scomes
    |here(?:'s|\sis)|now|on\sto|moving\s(?:on\s)?to|stand\s?by\sfor|(?:almost\s)?time\sfor
    |\w+\s(?:more\s)?min(?:ute)?s?\s(?:to|until|till|before))
    (?:[\s,:.!-]{{1,4}}(?:{_MINUTES}|is|now|the)){{0,2}}[\s,:.!-]{{1,4}}""",
    re.IGNORECASE | re.VERBOSE,
)
_MISSED = re.compile(
    r"in\scase\s(?:you|u|anyone)\smissed|\bicymi\b|\bif\s(?:you|u)\smissed\s(?:it|this|that)", re.IGNORECASE
)
_REPEATS = re.compile(
    r"""(?:[\s,-]{0,3}|[\s:,-]{0,3}[(\[])(?:(?:is|was|once|a)\s)?
    (?:again(?!\sand) | reminder | repeat(?:ed|ing)? | re-?post(?:ed|ing)? | once\smore
      | (?:one\s)?more\stime | recap | still\s(?:open|going|on)
      | for\s(?:those|anyone|everyone)\b[^?]{0,30}\bjoining)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_REPEATED_AT_END = re.compile(
    r"[(\[](?:again|reminder|repeat|repost)[)\]][\s!.]*(?:#\w+\s*)*\Z", re.IGNORECASE
)
_REMINDER_LINE = re.compile(r"\W{0,8}(?:reminder|again|repeat|re-?post|recap|still\son)\b", re.IGNORECASE)
_GAP = re.compile(r"[\s,=>→~-]{1,4}")
_TALKS_OF_IT = re.compile(
    r",?\s(?:was|were|answers?|responses?|has|had|got|still|format|thread|discussion|etc|to|through)\b"
)


def announces(line: str, forms: Forms) -> Label | None:
    """Find the question that a line's first words lead up to: "Up next: Q3"."""
    found = _LEADS.match(line, forms.start(line))
    label = forms.at(line, found.end()) if found else None
    return label if label and label.letters == forms.question else None


def teases(line: str, label: Label) -> bool:
    """Tell whether a label is only promised: "Q1 coming up", "Q3 in 2 minutes"."""
    if _TEASES.match(line, label.end):
        return True
    return "?" not in line[label.end :] and _HINTS.match(line, label.end) is not None


def repeats(lines: list[str], index: int, label: Label) -> bool:
    """Tell whether a question was asked before: "Question 7, in case you missed it"."""
    line = lines[index]
    if any(map(_MISSED.search, lines)) or any(map(_REMINDER_LINE.match, lines[:index])):
        return True
    return bool(_REPEATS.match(line, label.end) or _REPEATED_AT_END.search(lines[-1][-80:]))


def speaks_of(line: str, label: Label, forms: Forms) -> bool:
    """Tell whether a label is talked about, not asked: "Q1/A1 format", "Q1 - Q7 follow", "Q2 was lively"."""
    if label.mixed or (len(label.numbers) > 1 and line[label.end : label.end + 1] != ":"):
        return True
    gap = _GAP.match(line, label.end)
    if gap and forms.at(line, gap.end()):
        return True
    return "?" not in line[label.end :] and _TALKS_OF_IT.match(line, label.end) is not None
