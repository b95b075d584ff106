"""Names by which people were shown before: noted when they change, so that forgetting finds them too."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, delete, literal, select
from sqlalchemy.dialects.sqlite import insert

from bot.storage.queries import Queries
from bot.storage.schema import tables as t

MOST_LOOKED_FOR = 100
"""So many of somebody's former names are looked for, the newest; who had more is found by these."""


class FormerNames(Queries):
    """What is asked of former names; no page and no command shows them."""

    async def note_former_names(self, platform: str, native_ids: Collection[str], community_id: int) -> None:
        """Note, before others take their place, the names of people in each community that showed them."""
        if not native_ids:
            return
        p = t.person.c
        query = select(p.id, p.name).where(p.platform == platform, p.native_id.in_(native_ids), p.name != "")
        for row in await self._rows(query):
            for one in await self._rows(_showing(row.id, community_id)):
                await self.note_former_name(row.id, one.community_id, row.name)

    async def note_former_name(self, person_id: int, community_id: int, name: str) -> None:
        """Note a name that somebody is not shown by any more."""
        row = insert(t.former_name).values(person_id=person_id, community_id=community_id, name=name)
        await self._do(row.on_conflict_do_nothing())

    async def former_names(self, person_id: int, community_id: int) -> tuple[str, ...]:
        """The names by which somebody was shown here before, the newest first."""
        query = select(t.former_name.c.name).where(_of(person_id, community_id))
        rows = await self._rows(query.order_by(t.former_name.c.id.desc()).limit(MOST_LOOKED_FOR))
        return tuple(row.name for row in rows)

    async def forget_former_names(self, person_id: int, community_id: int, *, everywhere: bool) -> None:
        """Let somebody's former names go, from here or from all our books: nothing bears them any more."""
        theirs = t.former_name.c.person_id == person_id if everywhere else _of(person_id, community_id)
        await self._do(delete(t.former_name).where(theirs))


def _of(person_id: int, community_id: int) -> Any:
    return and_(t.former_name.c.person_id == person_id, t.former_name.c.community_id == community_id)


def _showing(person_id: int, here: int) -> Any:
    """The communities that may have shown somebody's name: this one, and where else they are known."""
    spoke = select(t.place.c.community_id).join(t.message).where(t.message.c.person_id == person_id)
    joined = select(t.member.c.community_id).where(t.member.c.person_id == person_id)
    hosts = select(t.community_host.c.community_id).where(t.community_host.c.person_id == person_id)
    guest = select(t.series.c.community_id).select_from(t.chat_host.join(t.chat).join(t.series))
    told = select(literal(here).label("community_id"))
    known = told.union(spoke, joined, hosts, guest.where(t.chat_host.c.person_id == person_id)).subquery()
    gone = select(t.consent.c.community_id).where(
        t.consent.c.person_id == person_id, t.consent.c.forgotten_at.is_not(None)
    )
    return select(known.c.community_id).where(known.c.community_id.not_in(gone))
