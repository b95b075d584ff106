"""What stands around a participant's label: continuations, corrections, closing hashtags and links."""

import re
from dataclasses import replace

from bot.core.labels.forms import Forms, Label

_CONTINUES = re.compile(
    r"""[\s:.,;)(\[/|-]{0,6}
    (?: cont(?:inued|'?d)?(?![^\W_]) | con't | ctd\b | continuing\s?[:.-] | continuation\b
      | (?:part|pt\.?|p\.?)\s?(?:[2-9]|two|three|four|ii+|iv)(?![^\W_])
      | (?P<this>[2-9])(?:/|\s?of\s?)(?P<all>[2-9])(?![\w/]|\.\d|\s(?:of|the)\b)
      | [2-9]/(?=\s|\Z) )""",
    re.IGNORECASE | re.VERBOSE,
)
_PART_AT_END = re.compile(r"[(\[](?P<this>[2-9])/(?P<all>[2-9])[)\]]\s*(?:#\w+\s*)*\Z")
_ONLY_TAGS = re.compile(r"(?:[\s.,:;!)(\]\[/|_-]|#\w++|@\S++)*+\Z")
_CORRECTS = re.compile(
    r"""
    (?: (?:^|[^\w\s'"]\s{0,8}|\b(?:sorry|(?:wh)?o{1,9}ps|ugh|oh|ah|wait|no|and|but|so|think|just|actually)\s)
        (?:my\s)?(?:(?:this|that|it|last|previous|above|earlier)
           (?:\s(?:one|post|message|msg|tweet|comment|answer|reply))?
           (?:'s|\s(?:is|was|were|should(?:'ve|\shave)?\s(?:be|been|say|read)|goes|belongs)) | thats | its)
      | \b(?:meant|forgot|should\s(?:be|say|have\sbeen)|make\s(?:that|it)|i\smean|supposed\sto\sbe)
      | \b(?:(?:wh)?o{1,9}ps(?:ie)?|sorry|apologies|correction|typo|my\s(?:bad|mistake)
        |wrong\s(?:number|label))
    )(?![^\W_])
    (?:[\s,.:;!-]{1,4}(?:to|be|say|write|put|type|add|include|label|number|tag|it|this|that|that's|it's|as|for
        |with|under|my|the|an?|was|is|been|supposed|meant|actually|really|of|course)\b){0,6}
    [\s,.:;!("\#-]{1,6}(?=(?:[^\W\d]|answer\s|question\s)\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_GOES_ON = re.compile(r"\s(?:that|which|who|where|when|level|paper)\b", re.IGNORECASE)
_OWN_TEXT = re.compile(r"\s?:\s*[^\W\d_]{2}")
_SENTENCE = re.compile(r"[^\w\s'\",:;(/&@#`-]\s(?=#?[^\W\d_]\d)")
_TAG = re.compile(r"#(?!.\d{1,3}[a-z]?\W*\Z)\w+\W*|https?://\S+|<?@\S+|[\W_]+")
_LABEL_WORD = re.compile(r"[(\[]*#?(?P<label>[^\W\d_]\d{1,3}[a-z]?(?:[/&+,][^\W\d_]?\d{1,3})*+)[)\].:;!,-]*")
# After these a label is spoken of ("as you said in A2 #chat"), not given.
_REFERS = re.compile(
    r"""(?:to|of|for|in|on|at|from|with|about|after|before|by|than|as|like|liked?|loved?|loving|re|see|read|via|and|or|my|your
    |his|her|their|our|its|the|this|that|these|those|an?|each|every|is|are|was|were|be|sa(?:y|id|ying)|great|good|nice
    |best|next|first|last|answers?|answering|labels?|use|using|under|per|until|till?|still|missed|not|q|vs)
    |.*'s|.*\d[a-z]?,?""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST_CLOSING = 8
_MOST_WORDS = 60
_ENDED = re.compile(r".*[.!?)\]\"”…]")


def continues(line: str, label: Label) -> bool:
    """Tell whether a label goes on from the writer's last message: "cont.", "part 2", "2/2"."""
    found = _CONTINUES.match(line, label.end)
    if found is None and "/" in line[-80:]:
        found = _PART_AT_END.search(line[-80:])
    return found is not None and (found["this"] or "") <= (found["all"] or "")


def bare(line: str, start: int) -> bool:
    """Tell whether nothing but hashtags and mentions follows: the label has no answer yet."""
    return _ONLY_TAGS.match(line, start) is not None


def correction(line: str, forms: Forms) -> tuple[Label, bool] | None:
    """Find "this is A3" or "forgot A7", and whether the answer itself follows ("Oops: A3: we use ...")."""
    start = forms.start(line)
    for found in _CORRECTS.finditer(line[start:]):
        label = forms.at(line, start + found.end())
        if label and not _GOES_ON.match(line, label.end):
            return label, has_own_text(line, label)
    return None


def led_up_to(line: str, forms: Forms) -> Label | None:
    """Find the answer that begins after a greeting or the like: "Hi all! A1: ..."."""
    for found in _SENTENCE.finditer(line):
        label = forms.at(line, found.end())
        if label and label.letters == forms.answer and has_own_text(line, label):
            return label
    return None


def has_own_text(line: str, label: Label) -> bool:
    """Tell whether a label inside a line is followed by a colon and what it labels."""
    return _OWN_TEXT.match(line, label.end) is not None


def trailing(line: str, forms: Forms) -> list[Label]:
    """Find the labels among the hashtags and links that close a line."""
    words = line.split()[-_MOST_WORDS:]
    first, labels = _closing(words, forms)
    between = words[first:]
    if not labels or not any(_TAG.fullmatch(word) for word in between + _before(words, first)):
        return []
    given = _given(words, first, labels[0], forms)
    return [replace(label, end=len(line)) for label in labels] if given else []


def _closing(words: list[str], forms: Forms) -> tuple[int, list[Label]]:
    """Walk back over hashtags, links and labels: the index of the first label, and the labels in order."""
    first, labels = len(words), list[Label]()
    for index in range(len(words) - 1, -1, -1):
        if _TAG.fullmatch(words[index]):
            continue
        label = _label_word(words[index], forms)
        if label is None:
            break
        first, labels = index, [label, *labels[:_MOST_CLOSING]]
    return first, labels


def _label_word(word: str, forms: Forms) -> Label | None:
    found = _LABEL_WORD.fullmatch(word)
    return forms.at(found["label"], 0) if found else None


def _before(words: list[str], first: int) -> list[str]:
    return words[max(first - 1, 0) : first]


def _given(words: list[str], first: int, label: Label, forms: Forms) -> bool:
    """A label is given after a tag or a sentence's end; after a plain word only an answer's may be."""
    before = "".join(_before(words, first))
    if not before or _TAG.fullmatch(before) or _ENDED.fullmatch(before):
        return True
    return label.letters == forms.answer and _REFERS.fullmatch(before) is None
