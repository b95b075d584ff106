"""Where on a network things stand: the thread of a message, and what came of rows of the outbox."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, select

from bot.core.actions import Action
from bot.core.confirming import confirmed_by_tick
from bot.core.model import Offer
from bot.storage.outgoing.keeping import SENT
from bot.storage.queries import Queries
from bot.storage.schema import tables as t


class Whereabouts(Queries):
    """What is asked of where things stand."""

    async def hook_of(self, place_id: int, native_id: str) -> str | None:
        """The post in whose thread a message was said, as its native id; None for one said in the open."""
        said = t.message.c.place_id == place_id, t.message.c.platform_message_id == native_id
        asked = (
            t.outbox.c.place_id == place_id,
            t.outbox.c.question_id == t.message.c.thread_question_id,
            t.outbox.c.action == Action.POST,
            t.outbox.c.platform_message_id.is_not(None),
        )
        query = select(t.outbox.c.platform_message_id).join(t.message, asked[1])
        newest = query.where(*said, *asked).order_by(t.outbox.c.id.desc()).limit(1)
        found: str | None = await self._value(newest)
        return found

    async def threadless(self, place_id: int, native_id: str) -> bool:
        """Whether it was given up to make a thread of this post."""
        post = t.outbox.alias("post")
        here = t.outbox.c.place_id == place_id, t.outbox.c.action == Action.THREAD
        of_it = select(t.outbox.c.state).join(post, post.c.id == t.outbox.c.depends_on)
        query = of_it.where(*here, post.c.platform_message_id == native_id)
        return bool(await self._value(query.order_by(t.outbox.c.id.desc()).limit(1)) == "failed")

    async def taken(self, place_id: int, native_ids: Collection[str]) -> frozenset[str]:
        """Those of these native ids that came of rows of the outbox already."""
        known = t.outbox.c.platform_message_id
        rows = await self._rows(
            select(known).where(t.outbox.c.place_id == place_id, known.in_([*native_ids]))
        )
        return frozenset(row.platform_message_id for row in rows)

    async def pinned(self, place_id: int, native_ids: Collection[str]) -> frozenset[str]:
        """Those of these messages that we pinned ourselves, or wished to."""
        wish, post = t.outbox.alias("wish"), t.outbox.c
        query = select(post.platform_message_id).join(wish, wish.c.depends_on == post.id)
        mine = post.place_id == place_id, post.platform_message_id.in_([*native_ids])
        rows = await self._rows(query.where(*mine, wish.c.action == Action.PIN))
        return frozenset(row.platform_message_id for row in rows)

    async def shows_topic(self, key: str) -> bool:
        """Whether the chat of the wish under this key showed a topic in its place the last time."""
        wish, last = t.outbox.alias("wish"), t.outbox.c
        before = and_(last.chat_id == wish.c.chat_id, last.place_id == wish.c.place_id, last.id < wish.c.id)
        query = select(last.payload["text"].as_string()).join(wish, before).where(wish.c.key == key)
        shown = query.where(last.action == Action.TOPIC, last.state == SENT).order_by(last.id.desc())
        return bool(await self._value(shown.limit(1)))

    async def offers_of_sent(self, platform: str, native_id: str) -> tuple[str | None, tuple[Offer, ...]]:
        """Whom something we sent was for, if for one person, and what a tick on it takes up."""
        sent = select(t.outbox.c.payload).join(t.place).where(t.place.c.platform == platform)
        payload = await self._value(sent.where(t.outbox.c.platform_message_id == native_id).limit(1)) or {}
        offer = confirmed_by_tick([Offer(*one) for one in payload.get("offers", ())])
        return payload.get("person"), (offer,) if offer else ()

    async def hosts_on(self, platform: str, community_id: int) -> tuple[str, ...]:
        """The native ids of the hosts in our books of a community, of those on one network."""
        hosts = select(t.person.c.native_id).join(t.community_host)
        mine = t.community_host.c.community_id == community_id, t.person.c.platform == platform
        return tuple(row.native_id for row in await self._rows(hosts.where(*mine).order_by(t.person.c.id)))

    async def server_of(self, community_id: int) -> str:
        """The native id of a community's server; empty where it has none."""
        query = select(t.community.c.native_id).where(t.community.c.id == community_id)
        found: str | None = await self._value(query)
        return found or ""
