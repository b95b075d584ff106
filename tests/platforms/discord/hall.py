"""A chat in its hour on our little Discord, heard by the real library into a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from bot.clock import SystemClock
from bot.commands import CommandTree
from bot.core.archive.page_words import standing
from bot.core.audience import Audience, Reads
from bot.core.hearing import Barred, Commanded, Deleted, Edited, Reacted, Said
from bot.core.model import Chat, ChatState, Place, Question, QuestionState, Series
from bot.inbox import Inbox
from bot.platforms.discord import Discord
from bot.platforms.discord.hearing import Listener
from bot.storage.places.servers import Channel as Found
from bot.storage.schema import tables as t
from bot.storage.store import Store, Tx
from cogs import every_cog
from tests.platforms.discord.living import ready, seen, settings
from tests.platforms.opening import opened
from tests.support.ears import listening
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild

HEARD: Final = (Said, Edited, Deleted, Reacted, Commanded, Barred)
KEYCAP: Final = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


def keycap(number: int) -> str:
    """Give the emoji of a digit."""
    return f"{number}{KEYCAP}"


@dataclass(slots=True)
class Hall:
    """A server with a chat in #general: `ana` and `ben` take part, `mod` hosts, `idle` is in no use."""

    fake: FakeDiscord
    store: Store
    inbox: Inbox
    guild: Guild
    general: Channel
    staff: Channel
    idle: Channel
    ana: Someone
    ben: Someone
    mod: Someone
    place: Place
    hosts: Place
    posts: list[Message] = field(default_factory=list)
    threads: list[Channel] = field(default_factory=list)
    platform: Discord | None = None

    @asynccontextmanager
    async def heard_soon(self) -> AsyncIterator[Discord]:
        """Let the bot be there; it may still be reading what was missed when this begins."""
        platform = Discord(settings(self.fake), self.store, SystemClock(), settle=0.05, first_wait=0.02)
        self.platform = platform
        async with listening(platform, self.inbox):
            await until(lambda: ready(platform))
            yield platform

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[Discord]:
        """Let the bot be there; what was missed is read when this begins."""
        async with self.heard_soon() as platform:
            await self.settled()
            yield platform

    async def settled(self) -> None:
        """Wait until nothing waits to be heard, and nothing was asked of Discord or stored for a while."""
        before: object = None
        while before != (now := (len(self.fake.requests), await self._changes())) or not self._idle():
            before = now
            await asyncio.sleep(0.3)

    def _idle(self) -> bool:
        """Tell whether the bot is there and has heard everything that it was told."""
        if self.platform is None or not ready(self.platform):
            return False
        [listener] = [one for one in self.platform.client.parts if isinstance(one, Listener)]
        followers = listener._attention._followers.values()
        return bool(followers) and not any(one._waiting for one in followers)

    async def messages(self, where: str = "m.deleted_at IS NULL") -> list[Any]:
        """Give the stored messages with what they are filed under, in their order."""
        return list(
            await self.rows(
                "SELECT m.platform_message_id AS id, m.text, m.kind, m.reply_to, m.by_host, m.attachments,"
                " m.deleted_at, p.name, (SELECT group_concat(q.position || ' ' || f.how) FROM filing f"
                " JOIN question q ON q.id = f.question_id WHERE f.message_id = m.id) AS filed"
                f" FROM message m LEFT JOIN person p ON p.id = m.person_id WHERE {where} ORDER BY m.id"
            )
        )

    async def texts(self) -> list[str]:
        """Give the words that stand, in their order."""
        return [row.text for row in await self.messages()]

    async def has(self, count: int) -> list[Any]:
        """Wait until so many messages stand; give them."""
        return await self.see(lambda rows: len(rows) == count)

    async def see(self, so: Callable[[list[Any]], object]) -> list[Any]:
        """Wait until the stored messages are so; give them."""

        async def look() -> tuple[list[Any]] | None:
            found = await self.messages()
            return (found,) if so(found) else None

        [found] = await seen(look)
        return found

    async def filed(self, message: Message) -> str | None:
        """Give under what a message is filed, and how."""
        found = await self.messages(f"m.platform_message_id = '{message.id}'")
        return found[0].filed if found else None

    async def told(self) -> list[str]:
        """Give what the hosts are told."""
        rows = await self.rows(
            f"SELECT payload ->> 'text' AS text FROM outbox WHERE place_id = {self.hosts.id}"
        )
        return [row.text for row in rows]

    async def standing(self) -> list[str]:
        """Give what the chat's page says of how complete it is, once its hour is over."""
        page = self.store.chat_page(1, Audience(self.place.community_id, Reads.HOSTS))
        assert page is not None
        return list(standing(replace(page, chat=replace(page.chat, state=ChatState.TAIL), unseen=0)))

    async def cursor(self) -> int:
        """Give where listening stopped in #general."""
        found = await self.inbox.cursor(self.place)
        return int(found or 0)

    async def rows(self, query: str, **values: object) -> Sequence[Any]:
        """Look behind the store's door."""
        async with self.store.read() as tx:
            return (await tx.connection.execute(text(query), values)).all()

    async def _changes(self) -> tuple[object, ...]:
        [row] = await self.rows(
            "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM filing),"
            " (SELECT group_concat(position) FROM cursor), (SELECT max(edited_at) FROM message),"
            " (SELECT count(deleted_at) FROM message)"
        )
        return tuple(row)


async def until(so: Callable[[], object], within: float = 8.0) -> None:
    """Wait until something is so; TimeoutError when it is not within so many seconds."""
    async with asyncio.timeout(within):
        while not so():  # noqa: ASYNC110 - the world tells nobody that it is as we want it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def hall(fake: FakeDiscord, folder: Path, questions: int = 2) -> AsyncIterator[Hall]:
    """Open a chat ten minutes ago that asked so many questions, each with its thread."""
    guild = fake.guild("School")
    general = fake.world.channel_named(guild, "general")
    staff, idle = fake.world.make_channel(guild, "staff"), fake.world.make_channel(guild, "idle")
    hosting = fake.world.make_role(guild, "Moderators", int(Can.MANAGE_EVENTS))
    ana, ben, mod = (
        fake.person("Ana", guild),
        fake.person("Ben", guild),
        fake.person("Mod", guild, (hosting,)),
    )
    async with opened(folder) as store:
        place, hosts = await _in_our_books(store, guild, (general, staff, idle))
        clock = SystemClock()
        tree = CommandTree(store, clock, *every_cog())
        inbox = Inbox(store, clock, {kind: tree.hearers(kind) for kind in HEARD})
        made = Hall(fake, store, inbox, guild, general, staff, idle, ana, ben, mod, place, hosts)
        async with store.begin() as tx:
            await _open_chat(tx, made, questions)
        sweeping = asyncio.create_task(inbox.run())
        try:
            yield made
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping


async def _in_our_books(
    store: Store, guild: Guild, channels: tuple[Channel, Channel, Channel]
) -> tuple[Place, Place]:
    async with store.begin() as tx:
        community = await tx.keep_server("discord", str(guild.id), "School", "Europe/London", "en")
        await tx.keep_channels("discord", community, [Found(str(one.id), one.name) for one in channels])
        places = [await tx.place_called("discord", str(one.id)) for one in channels]
        place, hosts = places[0], places[1]
        assert place is not None
        assert hosts is not None
        await tx.make_hosts_room(hosts.id)
    return place, hosts


async def _open_chat(tx: Tx, here: Hall, questions: int) -> None:
    began = SystemClock().now() - timedelta(minutes=10)
    series = await tx.add_series(Series(0, here.place.community_id, "#edchat"), here.place.id, (), began)
    chat = Chat(0, series.id, "Europe/London", began, began + timedelta(hours=1), state=ChatState.OPEN)
    chat = await tx.add_chat(replace(chat, asked=questions))
    before = await tx.running(chat.id)
    drafted = [Question(0, number, f"Number {number}?") for number in range(1, questions + 1)]
    asked = tuple(replace(one, state=QuestionState.ASKED, asked_at=began) for one in drafted)
    await tx.save(before, replace(before, questions=asked), began)
    await tx.occupy(chat, began)
    for question in await tx.questions(chat.id):
        await _asked(tx, here, chat, question)


async def _asked(tx: Tx, here: Hall, chat: Chat, question: Question) -> None:
    """Put a question where the bot has put it: in the channel, with a thread, and among what was sent."""
    world, now = here.fake.world, SystemClock().now()
    post = world.post(here.general, world.bot, f"Q{question.position}: {question.text}")
    here.posts.append(post)
    here.threads.append(world.start_thread(here.general, world.bot, f"Q{question.position}", message=post))
    await sent(tx, here.place, f"q{question.position}", post, now, chat_id=chat.id, question_id=question.id)


async def sent(tx: Tx, place: Place, subject: str, post: Message, now: Any, **more: Any) -> None:
    """Note that something was sent."""
    row = {"place_id": place.id, "action": "post", "subject": subject, "key": f"{subject}.{post.id}"}
    row |= {"payload": {"text": post.content, "offers": []}, "urgency": 0, "state": "sent", "due_at": now}
    row |= {"first_attempt_at": now, "sent_at": now, "platform_message_id": str(post.id)}
    await tx.connection.execute(t.outbox.insert().values(**row, **more))
