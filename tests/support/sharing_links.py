"""Links shared in an archive's chat, by people who may then think otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from bot.core.model import Person
from bot.storage.schema import tables as t
from bot.storage.store import Tx
from tests.support.archive_pages import ArchivePages
from tests.support.archive_seed import NOW, Sower


@dataclass(frozen=True, slots=True)
class Sharing:
    """An archive's pages, and its held chat, in which links are shared."""

    pages: ArchivePages

    async def empty(self) -> None:
        """Take the links away that were sown."""
        await self.pages.change("DELETE FROM shared_link")
        await self.pages.change("UPDATE message SET body_html = replace(body_html, '<a ', '<b ')")

    async def share(
        self,
        words: str,
        who: int = 1,
        *,
        place: int = 0,
        chat: int = 0,
        at: datetime = NOW,
        kind: str = "answer",
    ) -> int:
        """Somebody shares what is in these words, under the second question; gives the message's id."""
        held = chat or self.pages.archive.held
        async with self.pages.web.store.begin() as tx:
            sower = Sower(tx, at, Random(at.timestamp()))
            person = await self._person(tx, who)
            here = self.pages.archive.places[place]
            said = await sower.say(held, here, person, words, at - timedelta(minutes=1), kind)
            where = t.question.c.chat_id == held, t.question.c.position == 2
            question = await tx._value(select(t.question.c.id).where(*where))
            if kind == "answer":
                filed = {"message_id": said, "question_id": question, "how": "label", "filed_at": at}
                await tx.connection.execute(t.filing.insert().values(**filed))
            tx.stale.add(held)
        return said

    async def person(self, who: int) -> Person:
        """Somebody of the archive."""
        async with self.pages.web.store.read() as tx:
            return await tx.person_by_id(await self._person(tx, who), self.pages.archive.community.id)

    async def name(self, who: int) -> str:
        """What somebody is called."""
        [row] = await self.pages.rows("SELECT name FROM person WHERE native_id = :id", id=f"p{who}")
        return str(row["name"])

    async def _person(self, tx: Tx, who: int) -> int:
        return int(await tx._value(select(t.person.c.id).where(t.person.c.native_id == f"p{who}")))
