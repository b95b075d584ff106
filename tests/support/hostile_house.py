"""Communities in which everything that people name or say tries to be more than words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import select, update

from bot.core.model import ChatState, Community, Offer, Person, Place, Role, Series, Visibility
from bot.markup import render
from bot.storage.doors.secrets import SecretKind
from bot.storage.schema import tables as t
from bot.storage.store import Tx
from tests.support.archive_seed import NOW, Sower
from tests.support.set_clock import SetClock
from tests.support.web_house import Browser, WebHouse, web_house
from tests.support.whole_house import MARKED
from tests.support.xss_payloads import XSS_PAYLOADS

TOGETHER: Final = 12
"""How many words of one kind a community has."""
ORDINARY: Final = (
    MARKED,
    "Tom & Ann",
    "two",
    "a < b",
    *("four", "five", "six", "seven"),
    *"abc",
    "https://e.example/",
)
"""What the pages are made of where nobody tries anything."""
_NOT_TYPED: Final = dict.fromkeys((*range(9), *range(14, 32)))


@dataclass(frozen=True, slots=True)
class Hostile:
    """One community full of such words; paths begin with its address."""

    words: tuple[str, ...]
    at: str
    room: str
    hosts: str
    series: str
    held: str
    live: str
    ahead: str
    off: str
    answers: tuple[str, ...]
    said: tuple[int, ...]
    whisper: int
    cookie: str

    @property
    def for_all(self) -> Iterator[str]:
        """What a stranger opens."""
        yield from (
            self.at + rest for rest in ("", "upcoming/", "archive/", "archive/2026/11/", "about/", "feeds/")
        )
        yield from (self.at + rest for rest in ("about/first-time/", "privacy/", "accessibility/", "data/"))
        yield from (
            base + rest
            for base in (self.at, self.series)
            for rest in ("feed.atom", "feed.json", "calendar.ics")
        )
        yield self.series
        for chat in (self.held, self.live, self.ahead, self.off):
            yield from (chat + rest for rest in ("", "chat.json", "chat.csv", "chat.md", "event.ics"))
        yield from (self.held + rest for rest in ("print/", "?view=time", "?view=person"))
        yield from (self.live + rest for rest in ("live/", "live/events"))
        yield from (f"{self.at}a/{one}/report" for one in self.answers[:4])
        yield from (f"{self.at}upcoming/?tz={quote(word)}" for word in self.words[::3])
        yield from (f"{self.held}?view={quote(word)}" for word in self.words[:2])

    @property
    def for_hosts(self) -> Iterator[str]:
        """What a host opens."""
        yield from (
            self.held,
            self.held + "chat.json",
            self.held + "chat.csv",
            self.held + "chat.md",
            self.at,
        )
        yield from (
            self.room,
            f"{self.room}?thread=room",
            self.hosts,
            "/room/",
            f"{self.room}words",
            f"{self.room}back",
        )
        yield from (f"{self.room}?answer={self.whisper}", f"{self.room}words?answer={self.whisper}")
        yield from (f"{self.room}m/{one}/report" for one in self.said[1:4])
        yield from (f"{self.room}words.json", f"{self.room}events?after=0", f"{self.hosts}events?after=0")
        yield from (f"{self.room}?thread=room&{hook}={self.said[0]}" for hook in ("reply", "edit"))
        yield from (
            f"{self.room}?thread={word}&reply={word}&answer={word}" for word in map(quote, self.words[:2])
        )
        yield from (
            f"{self.room}do?line={quote(line)}" for line in ("question edit 1", "chat plan", "privacy name")
        )
        yield from (
            f"{self.room}do?line={quote(f'privacy name {word}')}"
            for word in self.words[::2]
            if " " not in word
        )


@dataclass(slots=True)
class HostileHouse:
    """All of them, and one like them without a bad word."""

    web: WebHouse
    plain: Hostile
    hostile: tuple[Hostile, ...]

    def stranger(self) -> Browser:
        """Somebody with a browser."""
        return self.web.stranger()


@asynccontextmanager
async def hostile_house(folder: Path) -> AsyncIterator[HostileHouse]:
    """A house of such communities."""
    async with web_house(folder, SetClock(NOW)) as web:
        groups = [
            tuple((XSS_PAYLOADS[k:] + XSS_PAYLOADS)[:TOGETHER]) for k in range(0, len(XSS_PAYLOADS), TOGETHER)
        ]
        made = [await _community(web, words) for words in (ORDINARY, *groups)]
        yield HostileHouse(web, made[0], tuple(made[1:]))


async def _community(web: WebHouse, words: tuple[str, ...]) -> Hostile:
    async with web.store.begin() as tx:
        return await _Villain(tx, words).everything()


class _Villain:
    """Writes every word there is in one community; what is no message is `typed`, as doors let it in."""

    def __init__(self, tx: Tx, words: tuple[str, ...]) -> None:
        self.tx, self.words = tx, words
        self.typed = tuple(" ".join(words.translate(_NOT_TYPED).split()) for words in words)
        self.whole = " ".join(self.typed)
        self.sower = Sower(tx, NOW, Random(1))

    async def everything(self) -> Hostile:
        """The community with its weekly chat, its chats and its rooms."""
        tx = self.tx
        community = await tx.add_house("villains", "America/New_York")
        named = {"name": self.whole, "about": self.whole, "contact": self.typed[0]}
        await tx._do(update(t.community).where(t.community.c.id == community.id).values(**named))
        room, hosts = await self._rooms(community)
        lodge = await tx.add_place(community.id, "discord", f"lodge-{community.id}", self.typed[1])
        await tx._do(update(t.place).where(t.place.c.id.in_((room.id, lodge.id))).values(openness="public"))
        people = [await self._person(community, k, name) for k, name in enumerate(self.typed)]
        series = await self._series(community, (room, lodge))
        chats = await self._chats(series, people, (room, lodge))
        said, whisper = await self._talk(room, hosts, people, chats[1])
        await self._reports(hosts, chats[0])
        await tx.give_addresses()
        await tx.make_community_host(community.id, people[0].id)
        token = await tx.give_secret(SecretKind.SESSION, community.id, NOW, person_id=people[0].id)
        return await self._found(community.id, (room, hosts), chats, (said, whisper), f"edchat={token}")

    async def _rooms(self, community: Community) -> tuple[Place, Place]:
        every = await self.tx.places_of_community(community.id)
        where = t.place.c.community_id == community.id
        await self.tx._do(update(t.place).where(where).values(name=self.whole, topic=self.whole))
        hosts = next(one for one in every if one.id == community.hosts_place_id)
        return next(one for one in every if one.id != hosts.id), hosts

    async def _person(self, community: Community, k: int, name: str) -> Person:
        native_id = f"v{community.id}-{k}"
        number = await self.tx._add(t.person, platform="browser", native_id=native_id, name=name)
        await self.tx.make_member(community.id, number, NOW)
        if k % 2:
            row = {"person_id": number, "community_id": community.id, "changed_at": NOW}
            await self.tx.connection.execute(t.consent.insert().values(pseudonym=self.typed[k - 1], **row))
        return Person(number, "browser", native_id, name)

    async def _series(self, community: Community, places: tuple[Place, Place]) -> Series:
        series = await self.sower.series(
            community, self.whole, f"#{self.typed[2]}", "every Tuesday 20:00", Visibility.PUBLIC, places
        )
        named = {"about": self.whole, "welcome": self.whole, "anonymous_answers": True, "slug": "weekly"}
        await self.tx._do(update(t.series).where(t.series.c.id == series.id).values(**named))
        return series

    async def _chats(
        self, series: Series, people: Sequence[Person], places: tuple[Place, Place]
    ) -> list[int]:
        sower, topics = self.sower, [" ".join(self.typed[k : k + 3]) for k in range(0, TOGETHER, 3)]
        ids = [one.id for one in people]
        held = await sower.held(series, sower.at(-5, 20), topics[0], self.typed, 0, ids, places)
        live = await sower.live(series, ids, places)
        ahead = await sower.chat(series, sower.at(2, 20), topics[2], ChatState.ANNOUNCED)
        await sower.questions(ahead, self.typed)
        off = await sower.chat(series, sower.at(9, 20), topics[3], ChatState.CANCELLED)
        lead = {"lead": self.typed[1]}
        await self.tx._do(update(t.chat).where(t.chat.c.series_id == series.id).values(**lead))
        await self.tx._do(update(t.chat).where(t.chat.c.id == live).values(topic=topics[1]))
        for row in await self.tx._rows(select(t.question).where(t.question.c.chat_id == live)):
            words = self.typed[(row.position - 1) % TOGETHER]
            await self.tx._do(update(t.question).where(t.question.c.id == row.id).values(text=words))
        for chat in (held, live):
            await self._answers(chat, people, places)
        return [held, live, ahead, off]

    async def _answers(self, chat: int, people: Sequence[Person], places: Sequence[Place]) -> None:
        """Each word as an answer, and another one as a comment on it."""
        where = t.question.c.chat_id == chat, t.question.c.state == "asked"
        rows = await self.tx._rows(select(t.question.c.id).where(*where).order_by(t.question.c.position))
        for k, words in enumerate(self.words):
            place, who = places[1 - k % 2], people[k]
            marks = {"picked_at": NOW, "edited_at": NOW} if k == 3 else {"anonymous": k == 4}
            answer = await self.sower.say(chat, place, who.id, words, NOW, "answer", **marks)
            filing = {
                "message_id": answer,
                "question_id": rows[k % len(rows)].id,
                "how": "label",
                "filed_at": NOW,
            }
            await self.tx.connection.execute(t.filing.insert().values(**filing))
            other = self.words[(k + 1) % TOGETHER]
            await self.sower.say(chat, place, people[k - 1].id, other, NOW, "comment", reply_to=f"n{answer}")
            await self.sower.say(chat, place, who.id, other, NOW, "conversation", hidden_why=other)

    async def _talk(
        self, room: Place, hosts: Place, people: Sequence[Person], live: int
    ) -> tuple[tuple[int, ...], int]:
        """Everything said in the room, too, with the bot's own posts about it."""
        tx, said, roots = self.tx, [], []
        where = t.question.c.chat_id == live, t.question.c.state == "asked"
        for row in await tx._rows(select(t.question).where(*where).order_by(t.question.c.position)):
            root = await tx.room_post(room, f"{room.id}.q{row.id}", row.text, render(row.text), (), NOW)
            sent: dict[str, Any] = {
                "state": "sent",
                "platform_message_id": str(root),
                "payload": {"text": row.text},
            }
            about = {
                "chat_id": live,
                "place_id": room.id,
                "question_id": row.id,
                "action": "post",
                "urgency": 1,
            }
            await tx._add(t.outbox, subject=f"q{row.id}", key=f"v{row.id}", due_at=NOW, **sent, **about)
            await tx._do(
                update(t.room_message).where(t.room_message.c.id == root).values(thread_name=row.text)
            )
            roots.append(root)
        for k, words in enumerate(self.words):
            who, hangs = people[k], {"thread": roots[k % len(roots)]} if k % 2 else {}
            said.append(await tx.room_say(room, who, Role.ANYONE, words, render(words), NOW, **hangs))
            hooks = {**hangs, "reply_to": said[-1]}
            await tx.room_say(room, people[k - 1], Role.HOST, words, render(words), NOW, **hooks)
        offers = tuple(
            Offer(words, f"privacy name {words}", form=bool(k % 2)) for k, words in enumerate(self.typed)
        )
        posted = (self.whole, render("\n\n".join(self.words)), offers, NOW)
        await tx.room_post(hosts, f"{room.id}.sheet", *posted)
        whisper = await tx.room_post(room, f"{room.id}.whisper", *posted, only_for=people[0].native_id)
        await tx.ban(room.community_id, people[5].id, NOW)
        return tuple(said), whisper

    async def _reports(self, hosts: Place, held: int) -> None:
        """Reports with such reasons, as hosts are told of them."""
        where = t.message.c.chat_id == held, t.message.c.kind == "answer"
        rows = await self.tx._rows(select(t.message.c.id).where(*where))
        for row, words in zip(rows, self.words, strict=False):
            await self.tx.report(row.id, words, words, None, NOW)
        told = select(t.outbox.c.id, t.outbox.c.payload).where(t.outbox.c.place_id == hosts.id)
        for row in await self.tx._rows(told):
            text = str(row.payload.get("text", row.payload))
            await self.tx.room_post(hosts, f"r{row.id}", text, render(text), (), NOW)

    async def _found(
        self,
        community_id: int,
        places: Sequence[Place],
        chats: Sequence[int],
        said: tuple[tuple[int, ...], int],
        cookie: str,
    ) -> Hostile:
        """Where it is all read."""
        tx = self.tx
        at = f"/{(await tx.community(community_id)).slug}/"
        slugs = [str(await tx._value(select(t.chat.c.slug).where(t.chat.c.id == one))) for one in chats]
        held, live, ahead, off = (f"{at}weekly/{slug}/" for slug in slugs)
        where = t.message.c.chat_id == chats[0], t.message.c.kind == "answer"
        answers = tuple(row.public_id for row in await tx._rows(select(t.message.c.public_id).where(*where)))
        room, hosts = (f"/room/{place.native_id}/" for place in places)
        chat_paths = (f"{at}weekly/", held, live, ahead, off)
        return Hostile(self.words, at, room, hosts, *chat_paths, answers, *said, cookie)
