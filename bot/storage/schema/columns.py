"""What tables are made of: names for constraints, and column types that keep times honest."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Boolean, Column, DateTime, Dialect, ForeignKey, Integer, MetaData, Text, text
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_UTC = "+00:00"


class Instant(TypeDecorator[datetime]):
    """A moment, stored as UTC; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime to UTC."""
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("a stored instant needs a time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None]:
        """Give the moment back with its zone, in one step: a page holds hundreds."""
        return _moment


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored.removesuffix(_UTC) + _UTC)


class WallClock(TypeDecorator[datetime]):
    """What a clock on the wall shows; an aware datetime is refused."""

    impl = DateTime()
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a zone: it is stored beside the wall-clock time."""
        if value is not None and value.tzinfo is not None:
            raise ValueError("a wall-clock time has no zone of its own")
        return value


def key() -> Column[int]:
    """A table's own id."""
    return Column("id", Integer, primary_key=True)


def of(table: str, *, column: str | None = None, optional: bool = False, key: bool = False) -> Column[int]:
    """The id of a row of another table; `key` makes it part of this one's."""
    name = column or f"{table}_id"
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=optional, primary_key=key)


def flag(name: str, default: bool = False) -> Column[bool]:
    """Yes or no, no unless said."""
    return Column(name, Boolean, nullable=False, server_default=text("1" if default else "0"))


def words(name: str, default: str | None = "") -> Column[str]:
    """Text, empty unless said; with None it may be missing."""
    return Column(name, Text, nullable=default is None, server_default=default)
