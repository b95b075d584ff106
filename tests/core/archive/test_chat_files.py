"""A chat's table, its file names, and what its files keep to themselves."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.core.archive import chat_rows
from bot.core.archive.chat_document import Asked, file_name, shown_questions, without_native_ids
from bot.core.audience import Audience, Reads
from bot.core.model import ChatState
from tests.support.bad_inputs import case
from tests.support.chat_files import AT, head, said


def read(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline=""), strict=True))


def test_the_table_begins_with_a_mark_and_its_columns() -> None:
    assert chat_rows.heading(for_hosts=False).startswith("\ufeffseries,day,title,id,")
    assert chat_rows.heading(for_hosts=True).endswith(",platform_message_id,filed,hidden,deleted_at\r\n")


def test_a_line_has_every_column() -> None:
    [row] = read(chat_rows.table_of(head(), [said('He said "no", then\r\nleft.')], for_hosts=False))
    told = dict(zip(chat_rows.COLUMNS, row, strict=True))
    assert (told["series"], told["day"], told["title"]) == ("Weekly EdChat", "2026-11-24", "Homework")
    assert (told["name"], told["by_host"], told["questions"]) == ("Ana", "no", "1")
    assert told["text"] == 'He said "no", then\r\nleft.'
    assert told["said_at"] == "2026-11-25T01:07:00+00:00"
    assert told["url"] == "https://ed.example/ed/a/a1b2"


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ({}, "https://ed.example/ed/a/a1b2"),
        ({"many": True}, "https://ed.example/ed/a/a1b2"),
        ({"copied": True}, "https://ed.example/ed/edchat/2026-11-24/#a-a1b2"),
        ({"copied": True, "many": True}, "https://ed.example/ed/a/a1b2"),
        ({"url": "https://ed.example/edchat/2026-11-24/"}, "https://ed.example/a/a1b2"),
    ],
)
def test_a_message_has_its_lasting_address_and_in_a_copy_that_of_where_it_stands(
    where: dict[str, object], address: str
) -> None:
    assert said("Novels").url(head(**where)) == address


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", case("B092").input])
def test_no_cell_is_a_formula(text: str) -> None:
    [row] = read(chat_rows.table_of(head(topic=text, series=text), [said(text, text)], for_hosts=False))
    told = dict(zip(chat_rows.COLUMNS, row, strict=True))
    assert told["text"] == told["title"] == told["series"] == told["name"] == f"'{text}"


def test_b092_is_quoted_too() -> None:
    written = chat_rows.table_of(head(topic=case("B092").input), [said("x")], for_hosts=False)
    assert '"\'=HYPERLINK(""http://evil"",""x"")"' in written


def test_what_is_half_a_character_or_none_is_marked() -> None:
    [row] = read(chat_rows.table_of(head(), [said("nul \0 half \ud83d.")], for_hosts=False))
    assert "nul \ufffd half \ufffd." in row


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Homework", "2026-11-24-homework.csv"),
        ("Ça va? Über alles!", "2026-11-24-ca-va-uber-alles.csv"),
        ("../../x", "2026-11-24-x.csv"),
        ("..%2f..%2f", "2026-11-24-2f-2f.csv"),
        ("مرحبا", "2026-11-24.csv"),
        ("C:\\con", "2026-11-24-c-con.csv"),
    ],
)
def test_files_are_named_by_day_and_title(title: str, name: str) -> None:
    assert file_name("2026-11-24", title, "csv") == name


@pytest.mark.parametrize(
    "title", [case("B337").input, "a:b?c*" + "\U0001f600" * 255, "x" * 500, "\0\ud83d", "-", ""]
)
def test_b338_a_file_name_is_safe_and_short(title: str) -> None:
    name = file_name("2026-11-24-2", title, "json")
    assert len(name.encode()) <= 120
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*\.json", name)


def test_ids_of_networks_are_kept_out_of_words() -> None:
    text = "thanks <@123456789> and <@!987654321>, see <#5550001112>, <@&5550001112>; 1 <2> 3"
    assert without_native_ids(text) == "thanks @somebody and @somebody, see #room, @somebody; 1 <2> 3"


@pytest.mark.parametrize(
    ("state", "reads", "numbers"),
    [
        (ChatState.PLANNED, Reads.PUBLIC, []),
        (ChatState.ANNOUNCED, Reads.PUBLIC, [2]),
        (ChatState.OPEN, Reads.MEMBERS, [1]),
        (ChatState.TAIL, Reads.PUBLIC, [1]),
        (ChatState.PLANNED, Reads.HOSTS, [1, 2, 3]),
    ],
)
def test_questions_are_told_when_they_are_announced_or_asked(
    state: ChatState, reads: Reads, numbers: list[int]
) -> None:
    asked = None if state.ahead else AT
    every = (Asked(1, "a", "asked", asked), Asked(2, "b", "drafted", None), Asked(3, "c", "removed", None))
    assert [one.number for one in shown_questions(every, Audience(1, reads), state)] == numbers
