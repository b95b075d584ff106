"""Brings a database's schema up to the code, after a backup, or refuses a newer one.

Alembic is loaded where something is to be done, which is seldom: it is a tenth of a bot's memory.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

import migrations
from bot.core import sentences
from bot.core.model import Refused
from bot.storage.engine import named

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(migrations.__file__).parent
_VERSIONED = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"


def lower(url: URL, revision: str) -> None:
    """Take the schema back to an earlier revision: a copy that an older version made stays one of its own."""
    engine = _engine(url)
    try:
        from alembic import command

        with engine.connect() as connection:
            command.downgrade(config(connection), revision)
    except DatabaseError as fault:
        raise named(fault) from fault
    finally:
        engine.dispose()


def migrate(url: URL, now: datetime, *, keep: bool = True) -> str | None:
    """Bring the schema up to date; gives the revision it had, None when nothing was to do.

    A database that holds something is copied beside itself first, to `keep` it. A migration that
    fails, or is killed half-way, leaves the schema as it was before that migration.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _migrate(connection, Path(str(url.database)), now if keep else None)
    except DatabaseError as fault:
        raise named(fault) from fault
    finally:
        engine.dispose()


def head() -> str:
    """The newest revision that this code knows."""
    return _revisions()[-1]


def known(revision: str) -> bool:
    """Whether this code knows a revision; a newer version's it does not."""
    return revision in _revisions()


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, with the connection to migrate."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def _migrate(connection: Connection, file: Path, now: datetime | None) -> str | None:
    had = _had(connection)
    connection.rollback()
    if had is not None and not known(had):
        raise Refused(sentences.schema_newer(had, head()))
    if had == head():
        return None
    if had is not None and now is not None:
        copy = file.with_name(f"{file.stem}-before-{head()}-{now:%Y%m%d-%H%M%S}{file.suffix}")
        copy.unlink(missing_ok=True)
        # Past SQLAlchemy, which begins a transaction before any statement: no copy is made inside one.
        plain: Any = connection.connection.driver_connection
        plain.execute("VACUUM INTO ?", (str(copy),))
    from alembic import command

    command.upgrade(config(connection), "head")
    return had or "nothing"


def _engine(url: URL) -> Engine:
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True)
    event.listen(engine, "connect", _plain_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _had(connection: Connection) -> str | None:
    if connection.exec_driver_sql(_VERSIONED).first() is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found) if found else None


def _revisions() -> tuple[str, ...]:
    """Every revision, the newest last: each script is called after its own."""
    return tuple(sorted(file.name.partition("_")[0] for file in _SCRIPTS.glob("versions/[0-9]*.py")))


def _plain_transactions(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # a table that is copied leaves no words in free pages
