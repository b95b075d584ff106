"""What stored words look like on a page: not rendered yet, rendered, outdated, with whose names in them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update

from bot.storage.archive.kept_links import KeptLinks
from bot.storage.queries import among, listed
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name

PUBLIC_ID_LENGTH = 10
_UNMISTAKABLE = "23456789bcdfghjkmnpqrstvwxz"
"""No vowels, so that no words come up; nothing that looks like another."""

_SPOKE_HERE = exists().where(
    t.message.c.person_id == t.person.c.id,
    t.place.c.id == t.message.c.place_id,
    t.place.c.community_id == bindparam("community"),
)
_JOINED_HERE = exists().where(
    t.member.c.person_id == t.person.c.id, t.member.c.community_id == bindparam("community")
)
_PEOPLE = (
    select(t.person.c.native_id, shown_name().label("shown"))
    .outerjoin(
        t.consent,
        and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == bindparam("community")),
    )
    .where(t.person.c.platform == bindparam("platform"), among(t.person.c.native_id, bindparam("native_ids")))
    .where(t.consent.c.excluded_at.is_(None), t.consent.c.forgotten_at.is_(None))
    .where(or_(_SPOKE_HERE, _JOINED_HERE))
)
_ROOMS = (
    select(t.place.c.native_id, t.place.c.name.label("shown"))
    .where(t.place.c.platform == bindparam("platform"), among(t.place.c.native_id, bindparam("native_ids")))
    .where(t.place.c.community_id == bindparam("community"), t.place.c.hosts_room.is_(False))
    .where(t.place.c.left_at.is_(None))
)
_STORE = (
    update(t.message)
    .where(t.message.c.id == bindparam("message"), t.message.c.text == bindparam("words"))
    .where(t.message.c.deleted_at.is_(None))
    .values(
        body_html=bindparam("html"),
        render_version=bindparam("version"),
        public_id=func.coalesce(t.message.c.public_id, bindparam("fresh_id")),
    )
)


@dataclass(frozen=True, slots=True)
class Unrendered:
    """Words that were not rendered yet, with the names of files beside them, and where they were said."""

    id: int
    text: str
    chat_id: int | None
    platform: str
    community_id: int
    files: tuple[str, ...] = ()


class Looks(KeptLinks):
    """What is asked of words as they are shown."""

    async def unrendered(self, limit: int) -> tuple[Unrendered, ...]:
        """Messages whose words were not rendered yet, oldest first."""
        said = (t.message.c.id, t.message.c.text, t.message.c.attachments, t.message.c.chat_id)
        query = select(*said, t.place.c.platform, t.place.c.community_id)
        query = query.join(t.place, t.place.c.id == t.message.c.place_id)
        query = query.where(t.message.c.render_version == 0).order_by(t.message.c.id)
        query = query.where(t.message.c.deleted_at.is_(None)).limit(limit)
        return tuple(
            Unrendered(
                row.id,
                row.text,
                row.chat_id,
                row.platform,
                row.community_id,
                tuple(row.attachments or ()),
            )
            for row in await self._rows(query)
        )

    async def names_shown(self, said: Unrendered, native_ids: Iterable[str]) -> dict[str, str]:
        """Names by native id of rooms and people of a community; not of those who asked to be left out."""
        if not (wanted := list(native_ids)):
            return {}
        given = {"platform": said.platform, "community": said.community_id, "native_ids": listed(wanted)}
        rows = [*await self._rows(_ROOMS, **given), *await self._rows(_PEOPLE, **given)]
        return {row.native_id: row.shown for row in rows if row.shown}

    async def store_rendered(self, rendered: Sequence[tuple[Unrendered, str]], version: int) -> None:
        """Store what words look like, where they are still the words that were rendered."""
        ids = await self._fresh_ids(len(rendered))
        given = zip(rendered, ids, strict=False)
        rows = [
            {"message": row.id, "words": row.text, "html": html, "version": version, "fresh_id": fresh}
            for (row, html), fresh in given
        ]
        await self._do(_STORE, rows)
        await self.keep_links([(row.id, html) for row, html in rendered])
        self.stale |= {row.chat_id for row, _ in rendered if row.chat_id is not None}

    async def outdated(self, version: int) -> bool:
        """Whether anything was rendered as it no longer would be."""
        return await self._value(select(t.message.c.id).where(_outdated(version)).limit(1)) is not None

    async def outdate(self, version: int) -> None:
        """Have everything rendered anew that looks as it no longer would; pages keep it until then."""
        await self._do(update(t.message).where(_outdated(version)).values(render_version=0))

    async def redraw_mentions(self, person_id: int, community_id: int) -> None:
        """Take what was rendered with somebody's name in it off the pages, to be rendered anew."""
        native_id = await self._value(select(t.person.c.native_id).where(t.person.c.id == person_id))
        here = select(t.place.c.id).where(t.place.c.community_id == community_id)
        written = (t.message.c.text.contains(f"<@{sign}{native_id}>", autoescape=True) for sign in ("", "!"))
        named = and_(t.message.c.place_id.in_(here), t.message.c.deleted_at.is_(None), or_(*written))
        if str(native_id).isdecimal():
            rows = await self._rows(select(t.message.c.chat_id).where(named).distinct())
            self.stale |= {row.chat_id for row in rows if row.chat_id is not None}
            await self._do(update(t.message).where(named).values(body_html=None, render_version=0))

    async def _fresh_ids(self, count: int) -> list[str]:
        """Opaque names for permalinks that no message has; one that is taken is left for the next time."""
        drawn = {_drawn() for _ in range(count)}
        taken = select(t.message.c.public_id).where(among(t.message.c.public_id, bindparam("ids")))
        return list(drawn - {row.public_id for row in await self._rows(taken, ids=listed(drawn))})


def _drawn() -> str:
    return "".join(secrets.choice(_UNMISTAKABLE) for _ in range(PUBLIC_ID_LENGTH))


def _outdated(version: int) -> ColumnElement[bool]:
    return and_(t.message.c.render_version.not_in((0, version)), t.message.c.deleted_at.is_(None))
