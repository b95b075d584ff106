"""The installation itself: its own name, and how things stand."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.sqlite import insert

from bot.storage.queries import Queries
from bot.storage.schema import tables as t


class Books(Queries):
    """What is asked of the installation."""

    async def installed(self, name: str) -> str | None:
        """A value of this installation."""
        found: str | None = await self._value(
            select(t.installation.c.value).where(t.installation.c.name == name)
        )
        return found

    async def install(self, name: str, value: str) -> None:
        """Set a value of this installation."""
        row = insert(t.installation).values(name=name, value=value)
        await self._do(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    async def schema(self) -> str | None:
        """The revision of the schema; None where there is none."""
        if not await self._value(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")):
            return None
        found: str | None = await self._value(text("SELECT version_num FROM alembic_version"))
        return found

    async def counts(self) -> dict[str, int]:
        """How many rows of what people ask about there are."""
        tables = {"communities": t.community, "series": t.series, "chats": t.chat, "messages": t.message}
        counted = {
            name: int(await self._value(select(func.count()).select_from(table)))
            for name, table in tables.items()
        }
        deleted = select(func.count()).where(t.series.c.deleted_at.is_not(None))
        return counted | {"series": counted["series"] - int(await self._value(deleted))}

    async def waiting(self) -> int:
        """How many outgoing rows wait."""
        return int(await self._value(select(func.count()).where(t.outbox.c.state == "waiting")))

    async def oldest_waiting(self) -> datetime | None:
        """Since when the longest waiting outgoing row waits."""
        found: datetime | None = await self._value(
            select(func.min(t.outbox.c.due_at)).where(t.outbox.c.state == "waiting")
        )
        return found
