"""Names that people choose, and which of them look alike, so that nobody passes for somebody else."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bot.core import sentences
from bot.core.model import Person, Refused
from bot.core.plain import plain, title

NAME_LIMIT = 40
"""Characters of a name that is chosen here."""
OURS = ("EdChat", "EdChat bot", "bot", "host", "hosts", "moderator", "moderators", "admin", "somebody")
"""Names that would be taken for the bot's own voice, or for a right that somebody has."""

_READ = 80
_SPELT_OUT = 4_000
_TWINS = str.maketrans(
    {
        twin: letter
        for letter, twins in {
            "a": "АаΑαɑ", "b": "ВвΒβЬь", "c": "СсϹϲ", "d": "Ԁԁ", "e": "ЕеΕε", "g": "ɡց", "h": "НнΗһհ",
            "i": "ІіΙιı", "j": "Јј", "k": "КкΚκ", "m": "МмΜ", "n": "Νηոп", "o": "ОоΟοօ0", "p": "РрΡρ",
            "q": "Ԛԛ", "r": "г", "s": "Ѕѕ", "t": "ТтΤτ", "u": "υսμ", "v": "νѵ", "w": "Ԝԝω", "x": "ХхΧχ",
            "y": "УуΥүγ", "z": "Ζζ", "l": "Ӏӏ",
        }.items()
        for twin in twins
    }
)  # fmt: skip
_BLANK = "\u115f\u1160\u2800"
_STROKES = str.maketrans("I1|", "lll")


def names_of(person: Person) -> frozenset[str]:
    """Every name that tells who somebody is, as far as these are known of them."""
    return frozenset({person.name, person.shown, *person.former} - {""})


def free_name(typed: str, taken: Iterable[str]) -> str:
    """A chosen name as it will be shown; refused when it looks like one that is taken, or ours."""
    wanted = chosen(typed)
    if any(alike(wanted, other) for other in (*OURS, *taken)):
        raise Refused(sentences.NAME_TAKEN)
    return wanted


def chosen(typed: str) -> str:
    """A name as typed, on one line, of at most 40 characters, some of them visible."""
    if not _letters(typed[:_READ]):
        raise Refused(sentences.NAME_EMPTY)
    wanted = title(typed)
    if len(wanted) > NAME_LIMIT:
        raise Refused(sentences.NAME_LONG, limit=NAME_LIMIT)
    return wanted


def alike(one: str, other: str) -> bool:
    """Whether a reader could take one name for the other, whatever letters it is written in."""
    return not looks(one).isdisjoint(looks(other))


@lru_cache(8_192)
def looks(name: str) -> frozenset[str]:
    """What a name looks like at a glance: as it is, with foreign twins as Latin letters, and with I as l."""
    read = name[:_READ].replace("\0", "")
    line = _letters(read) or read
    latin = line.translate(_TWINS)
    strokes = latin.translate(_STROKES).casefold().replace("rn", "m").replace("vv", "w")
    return frozenset((line.casefold(), latin.casefold(), strokes))


def _letters(name: str) -> str:
    """What is left of a name without invisible marks, blanks and punctuation."""
    line = plain(name.replace("\0", ""), _SPELT_OUT)
    return "".join(one for one in line if unicodedata.category(one)[0] not in "ZCP" and one not in _BLANK)
