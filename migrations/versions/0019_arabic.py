"""Arabic as people look for it: the index holds one form of letters that are written in several."""

from collections.abc import Mapping
from functools import reduce
from string import Template

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_FORMS = {
    "\u0627": "\u0622\u0623\u0625\u0671",  # alef, also with what stands above and below it
    "\u0648": "\u0624",  # waw
    "\u064a": "\u0626\u0649\u06cc",  # yeh, also without its dots, and the Persian one
    "\u0643": "\u06a9",  # kaf
    "\u0647": "\u0629",  # heh
    # What only stretches a word, and signs for vowels.
    "": "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670",
}
_SEVERAL = f"*[{''.join(_FORMS.values())}]*"
_ARABIC = "*[\u0600-\u06ff]*"
_ROWS = ("message", "text"), ("question", "text"), ("chat", "topic")
_SAID = [f"{table}.{words}" for table, words in _ROWS]
_ANEW = "UPDATE search SET words = $words WHERE words GLOB '$having'"
# The lowest two bits of an entry's id say of which kind it is, the 35 above them which row it is of.
_BACK = "(SELECT $said FROM $table WHERE $table.id = search.rowid >> 2 & 34359738367)"


def upgrade() -> None:
    """Apply this step: entries without such letters stay as they are."""
    _write({f"{words} AS said": f"{_plain(words)} AS said" for words in _SAID})
    _run(_ANEW, words=_plain("words"), having=_SEVERAL)


def downgrade() -> None:
    """Take this step back."""
    _write({f"{_plain(words)} AS said": f"{words} AS said" for words in _SAID})
    for kind, (table, said) in enumerate(_ROWS):
        own = Template(_BACK).substitute(said=said, table=table)
        _run(f"{_ANEW} AND rowid & 3 = $kind", words=own, having=_ARABIC, kind=kind)


def _write(pieces: Mapping[str, str]) -> None:
    """Make the triggers that write words into the index anew, with some pieces put for others."""
    run = op.get_bind().exec_driver_sql
    writers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% AS said%'"
    for name, made in run(writers).all():
        run(f"DROP TRIGGER {name}")
        run(reduce(lambda sql, piece: sql.replace(*piece), pieces.items(), made))


def _plain(words: str) -> str:
    """Words with one form of each letter, as SQLite makes them."""
    for one, forms in _FORMS.items():
        for form in forms:
            words = f"replace({words}, '{form}', '{one}')"
    return words


def _run(statement: str, **pieces: object) -> None:
    op.get_bind().exec_driver_sql(Template(statement).substitute(pieces))
