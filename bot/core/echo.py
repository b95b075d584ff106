"""How much of somebody's words an error may repeat: a wrong word, but never what may be a secret."""

import re
from collections.abc import Iterable

from bot.core import sentences
from bot.core.sentences import command as say

_SHOWN = 40
_LONG = 30
_TOKEN = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w.~+/=:@-]{16,}", re.ASCII)
_APART = re.compile(r"[\s=\"'“”„]+")


def secretive(word: str) -> bool:
    """Whether a word may be a token or a password pasted by mistake."""
    return len(word) > _LONG or _TOKEN.fullmatch(word) is not None


def shown(text: str) -> str:
    """Somebody's text inside quotes, cut to 40 characters; only "that word" where it may be a secret."""
    words = text.split()
    if any(map(secretive, words)):
        return say.THAT_WORD
    plain = "".join(letter for letter in " ".join(words) if letter.isprintable())
    return f'"{sentences.shortened(plain, _SHOWN)}"'


def discreet(sentence: str, said: Iterable[str]) -> str:
    """The sentence without any word of what was said that may be a secret, whatever its case."""
    words = {word for text in said for word in _APART.split(text) if len(word) <= len(sentence)}
    for word in sorted(filter(secretive, words), key=len, reverse=True):
        sentence = re.sub(re.escape(word), say.THAT_WORD, sentence, flags=re.IGNORECASE)
    return sentence
