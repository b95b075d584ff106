"""Labels read as in the table of real forms, as in made-up neighbours of it, and in any text at all."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.labels import reading as labels
from bot.core.labels.forms import forms
from bot.core.labels.reading import Kind, Letters, Reading, Voice, read
from bot.core.labels.text import may_carry_label, plain
from bot.core.model import Refused
from tests.support.bad_inputs import case

DATA = Path(__file__).parents[2] / "data"
PARTICIPANT, MODERATOR = Voice.PARTICIPANT, Voice.MODERATOR


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a text and how it reads."""

    text: str
    voice: Voice
    questions: int
    letters: Letters
    kind: Kind
    numbers: tuple[int, ...]
    flags: frozenset[str]


def _row(cells: dict[str, str]) -> Row:
    questions = int(cells["questions"])
    numbers = (questions if one == "last" else int(one) for one in cells["numbers"].split(",") if one)
    return Row(
        cells["text"].replace("\\n", "\n"),
        Voice(cells["role"]),
        questions,
        Letters.parse(cells["letters"]),
        Kind(cells["kind"]),
        tuple(numbers),
        frozenset(cells["flags"].split(",")) - {""},
    )


def _table(name: str) -> dict[str, Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        cells = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _row(row) for row in cells}


TABLE = _table("answer_labels.tsv") | _table("more_labels.tsv")
ANSWERS = [row for row in TABLE.values() if row.kind is Kind.ANSWER]


@pytest.mark.parametrize("row", TABLE.values(), ids=list(TABLE))
def test_table(row: Row) -> None:
    reading = read(row.text, row.voice, row.questions, row.letters)
    assert (reading.kind, reading.numbers, frozenset(reading.flags)) == (row.kind, row.numbers, row.flags)
    assert reading.why.endswith(".")


def _numbers(text: str, questions: int = 7) -> tuple[int, ...]:
    return read(text, PARTICIPANT, questions).numbers


def _words(name: str) -> str:
    """The label itself, without the table's remark in brackets."""
    return case(name).input.split(" (")[0]


ANSWERS_Q1 = [
    "B145", "B149", "B150", "B154", "B157", "B162", "B163", "B164", "B166", "B169", "B170",
    "B172", "B173", "B174", "B176", "B191", "B194",
]  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS_Q1)
def test_bad_input_answers_question_one(name: str) -> None:
    assert _numbers(_words(name)) == (1,)


@pytest.mark.parametrize("name", ["B155", "B158", "B161"])
def test_bad_input_is_no_answer(name: str) -> None:
    assert read(_words(name), PARTICIPANT, 7).kind is Kind.NONE


@pytest.mark.parametrize("name", ["B151", "B152"])
def test_bad_input_answers_both(name: str) -> None:
    assert _numbers(case(name).input) == (1, 2)


def test_b147_every_separator() -> None:
    assert [_numbers(f"{form} yes") for form in case("B147").input.split()] == [(1,)] * 6


def test_b150_a_bare_label_is_empty() -> None:
    assert read(case("B150").input, PARTICIPANT, 7).empty


def test_b153_eleven_is_never_one() -> None:
    assert _numbers(case("B153").input) == ()
    assert _numbers(case("B153").input, 11) == (11,)


def test_b162_keeps_that_it_was_a_question_label() -> None:
    assert read(case("B162").input, PARTICIPANT, 7).flags == ("q-label",)


def test_b190_a_repost_is_somebody_elses_words() -> None:
    assert _numbers(case("B190").input.split("'")[1]) == ()


def test_b175_marks_are_passed_over_but_code_is_not() -> None:
    underlined, struck, code = case("B175").input.split(";")[0].split()
    assert [_numbers(form) for form in (underlined, struck, code)] == [(1,), (1,), ()]


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("A1", True),
        ("A1:", True),
        ("A1 #edchat @mod", True),
        ("A1: \n\n#edchat", True),
        ("> A2: theirs\nA1", True),
        ("A1 👍", False),
        ("A1 https://example.org", False),
        ("A1\nbelow", False),
        ("above\nA1", False),
        ("A1 `code`", False),
        ("A1:\nA2: text", False),
    ],
)
def test_empty_means_a_label_without_words(text: str, empty: bool) -> None:
    assert read(text, PARTICIPANT, 7).empty is empty


@pytest.mark.parametrize(
    ("text", "voice", "why"),
    [
        ("A1: text", PARTICIPANT, "The message begins with the label A1."),
        ("A1/A3: text", PARTICIPANT, "The message begins with the label A1 & A3."),
        ("Final A: text", PARTICIPANT, "The message begins with the label A7."),
        ("Hi\nA2: text", PARTICIPANT, "A later line of the message begins with the label A2."),
        ("Oops: A2: text", PARTICIPANT, "The message leads up to the label A2."),
        ("A20: text", PARTICIPANT, "Its label names no question of this chat, which has 7."),
        (
            "> A2: text",
            PARTICIPANT,
            "Its label stands in a quoted line, and those are somebody else's words.",
        ),
        ("Q2: text?", MODERATOR, "A moderator's message with the label Q2 asks that question."),
        ("Q2 coming up", MODERATOR, "A moderator says that Q2 is coming; nothing is asked yet."),
        ("Q2 again: text?", MODERATOR, "A moderator speaks of Q2 here, but does not ask it."),
    ],
)
def test_why_is_one_plain_sentence(text: str, voice: Voice, why: str) -> None:
    assert read(text, voice, 7).why == why


def test_letters_are_two_with_a_slash_between() -> None:
    assert Letters.parse(" f / А ") == Letters("F", "A")
    assert Letters.parse("t/t") == Letters("T", "T")


@pytest.mark.parametrize("said", ["", "Q", "QA", "Q/", "/A", "Q/A/B", "Qu/An", "1/2", "?/!"])
def test_other_letters_are_refused(said: str) -> None:
    with pytest.raises(Refused, match="as in Q/A"):
        Letters.parse(said)


SHARDS = """
A1 A2: a3 A7b A20 A0 Q1 Q2: q3 T1 F2 A1/A2 A1/2: A3a&b: &A2 ,3: -3: Final␠A final␠q last Answer␠3 Question␠2 A
4 : - . , ( ) / " ' ’ ` ``` * ** __ ~~ || > >>> RT rt␠@x @ana <@12> #edchat #A1 #a11y https://e.org/x :fire:
🔥 ⏎ ␠ ␠ cont. continued part␠2 2/2 (2/2) this␠is sorry forgot meant oops, coming␠up again reminder up␠next
and in␠case␠you␠missed␠it I The C levels talk we ① 3️⃣ 🔟 Ａ １ ٣ А İ \u200b \u202e \u0301 \x00 \ud800
"""
BREAKS = ["\u2028", "\x85", "\r\n", "\v"]
PIECES = st.sampled_from([shard.replace("␠", " ").replace("⏎", "\n") for shard in SHARDS.split()] + BREAKS)
LIKELY = st.lists(PIECES | st.just(" "), max_size=14).map("".join)
TEXTS = LIKELY | st.text(st.characters(), max_size=60)
VOICES = st.sampled_from(Voice)
FRONTS = ("@mod ", "@ana:server.example, ", "#edchat ", "\u200b", "\ufeff", "<@123> ", "🔥 ")
LETTERS = st.sampled_from([Letters(), Letters("F"), Letters("T", "T"), Letters("В", "О")])


def test_more_kinds_of_characters_than_are_remembered() -> None:
    rare = "".join(map(chr, range(0x4E00, 0x4E00 + 5_000)))
    assert _numbers(f"{rare}\nＡ２: text") == (2,)
    assert _numbers(f"{rare}\nＡ２\ufe0f: text") == (2,)


@given(TEXTS, VOICES, st.integers(0, 12), LETTERS)
def test_any_text_has_one_reading(text: str, voice: Voice, questions: int, letters: Letters) -> None:
    reading = read(text, voice, questions, letters)
    assert reading == read(text, voice, questions, letters)
    assert bool(reading.numbers) == (reading.kind is not Kind.NONE)
    assert len(set(reading.numbers)) == len(reading.numbers)
    assert all(1 <= number <= questions for number in reading.numbers)


@given(TEXTS, VOICES, st.integers(0, 12), LETTERS)
def test_short_ways_read_as_the_long_way(text: str, voice: Voice, questions: int, letters: Letters) -> None:
    known = forms(letters.question, letters.answer)
    assert read(text, voice, questions, letters) == labels._carefully(plain(text), voice, questions, known)


@given(
    st.sampled_from(ANSWERS),
    st.lists(st.sampled_from(["@mod ", "#edchat ", "\u200b", "<@123> "]), max_size=9),
)
def test_mentions_hashtags_and_unseen_characters_in_front_change_nothing(row: Row, front: list[str]) -> None:
    text = row.text if row.text.startswith(">") else "".join(front) + row.text
    assert read(text, row.voice, row.questions, row.letters).numbers == row.numbers


@given(TEXTS | st.sampled_from([row.text for row in ANSWERS]), VOICES)
def test_quoting_every_line_files_nothing(text: str, voice: Voice) -> None:
    quoted = "\n".join(f"> {line}" for line in plain(text).splitlines())
    assert read(quoted, voice, 7).kind is Kind.NONE


@pytest.mark.parametrize("text", ["haha so true", "See you next week", "Genau – so ist es"])
def test_most_chat_is_told_apart_at_a_glance(text: str) -> None:
    assert not may_carry_label(text)
    assert read(text, PARTICIPANT, 7) == Reading(Kind.NONE, why=read("", PARTICIPANT, 7).why)
