"""Letters as search compares them: exactly as SQLite does where that is claimed."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from contextlib import closing

from bot.core.archive.folding import (
    SIGNS,
    alphabetical,
    as_indexed,
    folded,
    plain_letters,
    plain_signs,
    signs_apart,
    signs_back,
    signs_named,
    spellings,
)


def test_letters_are_folded_as_the_index_folds_them() -> None:
    letters = [chr(point) for point in range(0x30, 0xFFFF) if as_indexed(chr(point)) is not None]
    assert len(letters) > 10_000
    with closing(sqlite3.connect(":memory:")) as database:
        tokens = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
        database.execute(f'CREATE VIRTUAL TABLE one USING fts5 (word, tokenize="{tokens}")')
        database.execute("CREATE VIRTUAL TABLE term USING fts5vocab (one, instance)")
        database.executemany(
            "INSERT INTO one (rowid, word) VALUES (?, ?)", [(ord(sign), f"x{sign}x") for sign in letters]
        )
        found = dict(database.execute("SELECT doc, term FROM term"))
    wrong = [sign for sign in letters if found[ord(sign)] != as_indexed(f"x{sign}x")]
    assert wrong == []


def test_of_other_letters_nothing_is_claimed() -> None:
    assert [as_indexed(word) for word in ("don't", "ſ", "日本", "two words", "ශ්")] == [None] * 5
    assert as_indexed("शिक्षा") == "शिक्षा"
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


def test_signs_of_languages_without_spaces_are_words_of_their_own() -> None:
    html = "<p>今日は<b>日本</b>語 a&lt;b「授業」.</p><p>Pythonでที่นี่.</p>"
    text = "今日は日本語 a&lt;b「授業」. Pythonでที่นี่."
    named = re.sub("<.*?>", "", html.replace("</p>", " "))
    assert len(signs_named(named).split()) == len(signs_apart(text)) == 18
    assert "".join(signs_apart(text)) == text
    assert signs_apart("日本. 語 ok then") == ["日", "本. ", "語 ", "ok ", "then"]
    assert signs_back(signs_named("a日, ไ. 𠀀")).split() == ["a", "日", ",", "ไ.", "𠀀"]
    assert not set("日本ไ𠀀") & set(signs_named("日本ไ𠀀"))
    assert signs_named("Schüler हि 수업 العربية") == "Schüler हि 수업 العربية"


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
    assert plain_signs("أإآٱا ىیي ةه ؤو ئ کك مـ\u064e\u0651\u0654د") == "ااااا ييي هه وو ي كك مد"
    assert plain_signs("ء ٢ Schüler हि 日本") == "ء ٢ Schüler हि 日本"


def test_accents_points_and_letters_of_parts_make_no_difference() -> None:
    assert plain_signs("Εκπαίδευση Ἀθῆναι ΰ") == "Εκπαιδευση Αθηναι υ"
    assert plain_signs("שָׁלוֹם שׁלום") == "שלום שלום"
    assert plain_signs("Ёлка ещё май, Łódź Đorđe œuvre") == "елка еще май, lódź dorde oeuvre"
    assert plain_signs("हिन्दी ज़रूर") == "हिन्दी जरूर"
    assert plain_signs("কো ড় கொ ශ්\u200dරී") == unicodedata.normalize("NFD", "কো ড় கொ ශ්රී")
    assert folded("हिन्दी") == "हिन्दी"
    assert not any(sign in SIGNS for plain in SIGNS.values() for sign in plain)


def test_names_stand_where_people_look_for_them() -> None:
    names = ["Åsa", "Zoë", "Łucja", "Eva", "Đorđe", "ana", "Lea", "Øystein", "Dana", "Mo"]
    ordered = ["ana", "Åsa", "Dana", "Đorđe", "Eva", "Lea", "Łucja", "Mo", "Øystein", "Zoë"]
    assert sorted(names, key=alphabetical) == ordered
