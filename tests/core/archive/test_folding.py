"""Letters as search compares them: exactly as SQLite does where that is claimed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bot.core.archive.folding import (
    alphabetical,
    as_indexed,
    folded,
    plain_arabic,
    plain_letters,
    spellings,
)


def test_letters_are_folded_as_the_index_folds_them() -> None:
    letters = [chr(point) for point in range(0x30, 0xFFFF) if as_indexed(chr(point)) is not None]
    assert len(letters) > 10_000
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE VIRTUAL TABLE one USING fts5 (word, tokenize='unicode61 remove_diacritics 2')"
        )
        database.execute("CREATE VIRTUAL TABLE term USING fts5vocab (one, instance)")
        database.executemany(
            "INSERT INTO one (rowid, word) VALUES (?, ?)", [(ord(sign), f"x{sign}x") for sign in letters]
        )
        found = dict(database.execute("SELECT doc, term FROM term"))
    wrong = [sign for sign in letters if found[ord(sign)] != as_indexed(f"x{sign}x")]
    assert wrong == []


def test_of_other_letters_nothing_is_claimed() -> None:
    assert [as_indexed(word) for word in ("don't", "ſ", "日本", "two words", "हि")] == [None] * 5
    assert as_indexed("Schüler") == "schuler"
    assert as_indexed("Школа") == "школа"
    assert as_indexed("ΜΑΘΗΤΉΣ") == as_indexed("μαθητής") == "μαθητήσ"


def test_two_that_a_reader_takes_for_the_same_are_the_same() -> None:
    assert folded("Müller") == folded("mu\u0308LLER") == "muller"
    assert folded("Straße") == folded("STRAẞE") == folded("STRASSE") == "strasse"


def test_plain_letters_are_as_many_words() -> None:
    html = "<p>ـ</p> المُدَرِّسة ـ\u064b \u064b Straße<br>ـ<br>STRAẞE"
    assert plain_letters(html) == "<p>-</p> المدرسه - - Strasse<br>-<br>STRAssE"
    assert plain_letters("Schüler हि 日本") == "Schüler हि 日本"


def test_a_word_with_a_sharp_s_is_spelled_in_two_ways_wherever_there_is_one() -> None:
    assert set(spellings("STRASSE")) == set(spellings("STRAẞE", begins=True)) == {"STRAssE", "STRAßE"}
    assert set(spellings("straßenmasse")) == {
        *("strassenmasse", "straßenmasse", "strassenmaße", "straßenmaße"),
    }
    assert (spellings("novels"), spellings("novel", begins=True)) == (("novels",), ("novel",))
    assert spellings("Schüler 日本") == ("Schüler 日本",)


def test_the_beginning_of_a_word_may_end_within_a_sharp_s() -> None:
    assert spellings("stras", begins=True) == ("stras", "straß")
    assert spellings("stras") == ("stras",)
    assert spellings("Straſ", begins=True) == ("Straſ",)


def test_of_a_word_with_very_many_of_them_few_spellings_are_looked_for() -> None:
    found = spellings("ssßx" * 50, begins=True)
    assert found == ("ssßx" * 50, "ssssx" * 50, "ßßx" * 50)


def test_forms_of_an_arabic_letter_are_one_and_what_is_plain_stays() -> None:
    assert plain_arabic("أإآٱا ىیي ةه ؤو ئ کك مـ\u064e\u0651\u0654د") == "ااااا ييي هه وو ي كك مد"
    assert plain_arabic("ء ٢ Schüler हि 日本") == "ء ٢ Schüler हि 日本"


def test_names_stand_where_people_look_for_them() -> None:
    names = ["Åsa", "Zoë", "Łucja", "Eva", "Đorđe", "ana", "Lea", "Øystein", "Dana", "Mo"]
    ordered = ["ana", "Åsa", "Dana", "Đorđe", "Eva", "Lea", "Łucja", "Mo", "Øystein", "Zoë"]
    assert sorted(names, key=alphabetical) == ordered
