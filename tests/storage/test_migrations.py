"""The schema's history: it ends in the tables, every step goes both ways, and none is ever half done."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine

from bot.core.archive.folding import SIGNS
from bot.core.model import Refused
from bot.platforms.discord.authors import MARK
from bot.storage.engine import database_url
from bot.storage.migrate import config, head, migrate
from bot.storage.schema.tables import metadata

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
REVISIONS = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


@pytest.fixture
def url(tmp_path: Path) -> URL:
    return database_url("", tmp_path)


@pytest.fixture
def connection(url: URL) -> Iterator[Connection]:
    engine = create_engine(url.set(drivername="sqlite"))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def shape(file: Path) -> list[tuple[str, str]]:
    """The schema as the database itself tells it."""
    with sqlite3.connect(file) as there:
        rows = there.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    there.close()
    return sorted((name, " ".join((sql or "").split())) for name, sql in rows)


def revision(file: Path) -> str:
    """The revision a database says it has."""
    with sqlite3.connect(file) as there:
        ((found,),) = there.execute("SELECT version_num FROM alembic_version").fetchall()
    there.close()
    return str(found)


def test_from_empty_it_comes_to_the_tables(url: URL, connection: Connection) -> None:
    assert migrate(url, NOW) == "nothing"
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_object": _not_the_index}
    )
    assert compare_metadata(context, metadata) == []


def _not_the_index(_thing: object, name: str | None, *_: object) -> bool:
    """What FTS5 keeps is its own affair, and no table of ours."""
    return name is None or name.partition("_")[0] != "search"


def test_the_indexes_with_a_condition_are_the_tables_own(url: URL, tmp_path: Path) -> None:
    migrate(url, NOW)
    made = create_engine(f"sqlite:///{tmp_path / 'made.sqlite'}")
    metadata.create_all(made)
    made.dispose()
    partial = [row for row in shape(tmp_path / "made.sqlite") if " WHERE " in row[1]]
    assert partial
    assert set(partial) <= set(shape(Path(str(url.database))))


def test_every_step_up_also_comes_down(connection: Connection, url: URL) -> None:
    file = Path(str(url.database))
    shapes = {}
    for one in REVISIONS:
        command.upgrade(config(connection), one)
        connection.commit()
        shapes[one] = shape(file)
    for one, before in zip(REVISIONS[::-1], REVISIONS[-2::-1], strict=False):
        assert revision(file) == one
        command.downgrade(config(connection), before)
        connection.commit()
        assert shape(file) == shapes[before]
    command.downgrade(config(connection), "base")
    connection.commit()
    assert [name for name, _ in shape(file)] == ["alembic_version"]


def test_nothing_is_done_twice(url: URL) -> None:
    migrate(url, NOW)
    assert migrate(url, NOW) is None
    assert [file.name for file in Path(str(url.database)).parent.glob("*before*")] == []


def test_b365_a_newer_schema_is_refused_naming_both_revisions(url: URL) -> None:
    migrate(url, NOW)
    with sqlite3.connect(str(url.database)) as there:
        there.execute("UPDATE alembic_version SET version_num = '9999'")
    there.close()
    with pytest.raises(Refused, match=f"9999.*{head()}"):
        migrate(url, NOW)


def test_b366_an_older_schema_is_copied_beside_itself_and_brought_up(
    url: URL, connection: Connection
) -> None:
    file = Path(str(url.database))
    command.upgrade(config(connection), REVISIONS[0])
    connection.exec_driver_sql("INSERT INTO community (name, zone) VALUES ('Old', 'UTC')")
    connection.commit()
    assert migrate(url, NOW) == REVISIONS[0]
    (copy,) = file.parent.glob("*before*")
    assert revision(copy) == REVISIONS[0]
    assert revision(file) == head()
    for there in (copy, file):
        with sqlite3.connect(there) as opened:
            assert opened.execute("SELECT name FROM community").fetchall() == [("Old",)]
        opened.close()


def test_those_for_whom_webhooks_speak_are_kept_under_what_does_not_tell_their_names(
    connection: Connection,
) -> None:
    command.upgrade(config(connection), "0015")
    names = ("700/Robin (they)", "700/Kit/Kat", "12345")
    for name in names:
        connection.exec_driver_sql("INSERT INTO person (platform, native_id) VALUES ('discord', ?)", (name,))
    wanted = [f"700/{sha256(name.encode()).hexdigest()[:MARK]}" for name in names[:2]]
    for _ in range(2):
        command.upgrade(config(connection), "0017")
        found = connection.exec_driver_sql("SELECT native_id FROM person ORDER BY id").scalars().all()
        assert found == [*wanted, "12345"]
        command.downgrade(config(connection), "0015")


def test_arabic_that_was_said_before_is_found_however_it_is_written(connection: Connection) -> None:
    command.upgrade(config(connection), "0018")
    run, at = connection.exec_driver_sql, "'2026-11-03 12:00:00'"
    run(
        "INSERT INTO chat (id, series_id, zone, starts_at, ends_at, state, pace_seconds, topic)"
        f" VALUES (3, 1, 'UTC', {at}, {at}, 'sealed', 480, 'أول')"
    )
    run(
        "INSERT INTO question (id, chat_id, position, text, state, asked_at)"
        f" VALUES (4, 3, 1, 'أولى', 'asked', {at})"
    )
    run(
        "INSERT INTO message (place_id, platform_message_id, chat_id, text, body_html, render_version, kind,"
        f" said_at, heard_at, public_id) VALUES (1, 'n', 3, 'الأولى', 'x', 1, 'answer', {at}, {at}, 'p'),"
        f" (1, 'm', 3, 'first', 'x', 1, 'answer', {at}, {at}, 'q')"
    )
    for _ in range(2):
        for step, written in (("0019", "اول اولي الاولي"), ("0018", "أول أولى الأولى")):
            if step == "0019":
                command.upgrade(config(connection), step)
            else:
                command.downgrade(config(connection), step)
            for word in (*written.split(), "first"):
                asked = f"SELECT count(*) FROM search WHERE search MATCH 'words : \"{word}\"'"
                assert run(asked).scalar() == 1, (step, word)


def test_words_of_every_script_that_were_said_before_are_found_whole(connection: Connection) -> None:
    command.upgrade(config(connection), "0020")
    run, at = connection.exec_driver_sql, "'2026-11-03 12:00:00'"
    run(
        "INSERT INTO chat (id, series_id, zone, starts_at, ends_at, state, pace_seconds, topic)"
        f" VALUES (3, 1, 'UTC', {at}, {at}, 'sealed', 480, 'ёлка')"
    )
    run(
        "INSERT INTO question (id, chat_id, position, text, state, asked_at)"
        f" VALUES (4, 3, 1, 'λόγος', 'asked', {at})"
    )
    run(
        "INSERT INTO message (place_id, platform_message_id, chat_id, text, body_html, render_version, kind,"
        f" said_at, heard_at, public_id) VALUES (1, 'n', 3, 'काम أول', 'x', 1, 'answer', {at}, {at}, 'p'),"
        f" (1, 'm', 3, 'first 日本語', 'x', 1, 'answer', {at}, {at}, 'q')"
    )
    steps = ("0021", "елка λογοσ काम اول first"), ("0020", "ёлка λόγος म اول first")
    for step, written in (*steps, *steps):
        if step == "0021":
            command.upgrade(config(connection), step)
        else:
            command.downgrade(config(connection), step)
        for word in written.split():
            asked = f"SELECT count(*) FROM search WHERE search MATCH 'words : \"{word}\"'"
            assert run(asked).scalar() == 1, (step, word)
        asked = "SELECT count(*) FROM search_term WHERE term IN ('म', 'ё', 'ёлка', 'λόγοσ')"
        assert run(asked).scalar() == (0 if step == "0021" else 3), step
        for index in ("search", "search_glyph"):
            run(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")


def test_the_index_counts_the_same_letters_alike_as_those_who_ask_it(connection: Connection) -> None:
    command.upgrade(config(connection), "head")
    rows = connection.exec_driver_sql("SELECT sign, plain FROM search_alike").all()
    assert {row.sign: row.plain for row in rows} == SIGNS


def test_whom_hosts_hold_or_ban_without_a_name_stays_unnamed_up_and_down(connection: Connection) -> None:
    command.upgrade(config(connection), "0019")
    run, at = connection.exec_driver_sql, "2026-11-03 12:00:00"
    before = [(0, None, None), (0, at, None), (0, at, at), (1, at, None), (1, None, at), (1, at, at)]
    for number, row in enumerate(before, start=1):
        run("INSERT INTO person (id, platform, native_id) VALUES (?, 'browser', ?)", (number, f"p{number}"))
        columns = "community_id, person_id, joined_at, nameless, held_at, banned_at"
        run(f"INSERT INTO member ({columns}) VALUES (1, ?, '{at}', ?, ?, ?)", (number, *row))
    for _ in range(2):
        command.upgrade(config(connection), "0020")
        told = "held_at IS NOT NULL, banned_at IS NOT NULL, length(held_nameless), length(banned_nameless)"
        found = run(f"SELECT {told} FROM member ORDER BY person_id").all()
        assert [tuple(row) for row in found] == [
            *((0, 0, None, None), (1, 0, None, None), (1, 1, None, None)),
            *((0, 0, 16, None), (0, 0, None, 16), (0, 0, 16, 16)),
        ]
        keys = [key for row in run("SELECT held_nameless, banned_nameless FROM member") for key in row if key]
        assert len(set(keys)) == 4
        command.downgrade(config(connection), "0019")
        rows = run("SELECT nameless, held_at, banned_at FROM member ORDER BY person_id").all()
        assert [tuple(row) for row in rows] == before


def test_who_is_held_by_name_and_banned_without_is_named_nowhere_further_down(connection: Connection) -> None:
    command.upgrade(config(connection), "0020")
    run, at = connection.exec_driver_sql, "2026-11-03 12:00:00"
    run("INSERT INTO person (id, platform, native_id) VALUES (1, 'browser', 'p')")
    columns = "community_id, person_id, joined_at, held_at, banned_nameless"
    run(f"INSERT INTO member ({columns}) VALUES (1, 1, '{at}', '{at}', 'key')")
    command.downgrade(config(connection), "0019")
    [row] = run("SELECT nameless, held_at IS NOT NULL, banned_at IS NOT NULL FROM member").all()
    assert tuple(row) == (1, 1, 1)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import Engine, event
from bot.storage.engine import database_url
from bot.storage.migrate import migrate

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *rest):
    global left
    left -= statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE", "ALTER"))
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(database_url("", Path(sys.argv[1])), datetime(2026, 11, 3, tzinfo=UTC))
"""


@pytest.mark.parametrize("statements", [1, 5, 14, 25])
def test_b367_a_migration_killed_half_way_leaves_a_whole_step_or_none(
    tmp_path: Path, url: URL, statements: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(statements)], env=os.environ, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert _without_version(shape(Path(str(url.database)))) in _whole()
    migrate(url, NOW)
    assert revision(Path(str(url.database))) == head()


@cache
def _whole() -> frozenset[tuple[tuple[str, str], ...]]:
    """Every shape that a database has between two steps, and before the first one."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "whole.sqlite"
        engine = create_engine(f"sqlite:///{file}")
        shapes = {_without_version(shape(file))}
        with engine.connect() as opened:
            for one in REVISIONS:
                command.upgrade(config(opened), one)
                opened.commit()
                shapes.add(_without_version(shape(file)))
        engine.dispose()
    return frozenset(shapes)


def _without_version(rows: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(row for row in rows if row[0] != "alembic_version")
