"""Words of every script whole in the index, and letters in one form where people leave their signs out."""

from collections.abc import Iterator
from functools import reduce
from itertools import groupby
from string import Template
from typing import Final
from unicodedata import category, normalize

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEX: Final = "fts5(chat UNINDEXED, scope, words, prefix='3', tokenize=$letters)"
_LETTERS_BEFORE: Final = "'unicode61 remove_diacritics 2'"
# Vowel signs stand within words; what only says how an emoji is drawn parts words, as before.
_PARTING: Final = "".join(map(chr, range(0xFE00, 0xFE10)))
_LETTERS_WHOLE: Final = (
    f"\"unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn' separators '{_PARTING}'\""
)
_ARABIC: Final = {
    "\u0627": "\u0622\u0623\u0625\u0671",
    "\u0648": "\u0624",
    "\u064a": "\u0626\u0649\u06cc",
    "\u0643": "\u06a9",
    "\u0647": "\u0629",
    "": "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670",
}
"""What 0019 writes in one form."""
_LETTERS: Final = {
    **dict(zip("łđøħŧıðŁĐØĦŦÐёЁ", "ldohtidldohtdее", strict=True)),
    **dict(zip("æÆœŒþÞ", ("ae", "ae", "oe", "oe", "th", "th"), strict=True)),
}
_LEFT_OUT: Final = (
    *((0x591, 0x5BE), (0x5BF, 0x5C0), (0x5C1, 0x5C3), (0x5C4, 0x5C6), (0x5C7, 0x5C8)),  # Hebrew
    *((0x610, 0x61B), (0x656, 0x660), (0x6D6, 0x6DD), (0x6DF, 0x6E5), (0x6E7, 0x6E9), (0x6EA, 0x6EE)),
    *((0x345, 0x346), (0x93C, 0x93D), (0x200D, 0x200E)),
)
_MADE_OF_PARTS: Final = (0x386, 0x3CF), (0x900, 0xE00), (0x1F00, 0x1FFD), (0xFB1D, 0xFB4F)
"""Greek, the scripts of India and Hebrew."""
_ROWS: Final = ("message", "text"), ("question", "text"), ("chat", "topic")
_FOLDED: Final = (
    "CASE WHEN length($words) < length(CAST($words AS BLOB)) AND $words GLOB '$having' THEN"
    " (WITH RECURSIVE one (at, words) AS (SELECT 1, $words UNION ALL"
    " SELECT one.at + 1, replace(one.words, search_alike.sign, search_alike.plain)"
    " FROM one JOIN search_alike ON search_alike.id = one.at)"
    " SELECT one.words FROM one WHERE one.at > $count) ELSE $words END"
)
"""Only where one of the letters stands in the words, all of them are put into one form; ASCII has none."""


_BACK: Final = (
    "WHEN $kind THEN (SELECT $said FROM $table WHERE $table.id = search_before.rowid >> 2 & 34359738367)"
)
_OWN: Final = "(SELECT rowid, chat, scope, CASE rowid & 3 $own END AS words FROM search_before)"
_FILL: Final = (
    "INSERT INTO search (rowid, chat, scope, words)"
    " SELECT rowid, chat, scope, $words FROM $rows ORDER BY rowid"
)


def upgrade() -> None:
    """Apply this step."""
    run, alike = op.get_bind().exec_driver_sql, dict(_alike())
    run("CREATE TABLE search_alike (id INTEGER PRIMARY KEY, sign TEXT NOT NULL, plain TEXT NOT NULL)")
    rows = [(number, sign, plain) for number, (sign, plain) in enumerate(alike.items(), start=1)]
    run("INSERT INTO search_alike (id, sign, plain) VALUES (?, ?, ?)", rows)
    triggers = _taken_down()
    _made_anew(_LETTERS_WHOLE, _folded("words", alike), "search_before")
    for table, said in _ROWS:
        words = f"{table}.{said}"
        triggers = [one.replace(_plain(words), _folded(words, alike)) for one in triggers]
    for one in triggers:
        run(one)


def downgrade() -> None:
    """Take this step back."""
    run, alike = op.get_bind().exec_driver_sql, dict(_alike())
    triggers = _taken_down()
    # The lowest two bits of an entry's id say of which kind it is, the 35 above them which row it is of.
    own = " ".join(
        Template(_BACK).substitute(kind=kind, table=table, said=said)
        for kind, (table, said) in enumerate(_ROWS)
    )
    _made_anew(_LETTERS_BEFORE, _plain("words"), Template(_OWN).substitute(own=own))
    for table, said in _ROWS:
        words = f"{table}.{said}"
        triggers = [one.replace(_folded(words, alike), _plain(words)) for one in triggers]
    for one in triggers:
        run(one)
    run("DROP TABLE search_alike")


def _alike() -> Iterator[tuple[str, str]]:
    """Each letter with what it counts as in the index."""
    gone = {chr(point) for span in _LEFT_OUT for point in range(*span)}
    yield from ((form, one) for one, forms in _ARABIC.items() for form in forms)
    yield from _LETTERS.items()
    yield from ((sign, "") for sign in sorted(gone))
    for sign in (chr(point) for span in _MADE_OF_PARTS for point in range(*span)):
        parts = "".join(
            one for one in normalize("NFD", sign) if one not in gone and not "\u0300" <= one < "\u0370"
        )
        if category(sign)[0] in "LM" and sign not in gone and parts != sign:
            yield sign, parts


def _taken_down() -> list[str]:
    """Take the triggers of search down, while there is no index; gives how they were made."""
    run = op.get_bind().exec_driver_sql
    triggers = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%search%'").all()
    for name, _ in triggers:
        run(f"DROP TRIGGER {name}")
    return [str(made) for _, made in triggers]


def _made_anew(letters: str, words: str, rows: str) -> None:
    run = op.get_bind().exec_driver_sql
    run("DROP TABLE search_term")
    run("ALTER TABLE search RENAME TO search_before")
    run(f"CREATE VIRTUAL TABLE search USING {Template(_INDEX).substitute(letters=letters)}")
    run(Template(_FILL).substitute(words=words, rows=rows))
    run("DROP TABLE search_before")
    run("CREATE VIRTUAL TABLE search_term USING fts5vocab(search, instance)")


def _folded(words: str, alike: dict[str, str]) -> str:
    points = enumerate(sorted(map(ord, alike)))
    spans = [[one for _, one in some] for _, some in groupby(points, lambda point: point[1] - point[0])]
    having = "".join(chr(span[0]) if len(span) == 1 else f"{chr(span[0])}-{chr(span[-1])}" for span in spans)
    return Template(_FOLDED).substitute(words=words, having=f"*[{having}]*", count=len(alike))


def _plain(words: str) -> str:
    """Words with one form of each Arabic letter, as 0019 has SQLite make them."""
    forms = ((form, one) for one, forms in _ARABIC.items() for form in forms)
    return reduce(lambda sql, piece: f"replace({sql}, '{piece[0]}', '{piece[1]}')", forms, words)
