"""A house with something of everything in it, and words in it that only some readers may ever see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import select, update
from yarl import URL

from bot.core.model import ChatState, Offer, Person, Place, Role, Visibility
from bot.markup import render
from bot.storage.doors.secrets import SecretKind
from bot.storage.schema import tables as t
from bot.storage.store import Tx
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import LIVE, NOW, Sower
from tests.support.copied import put, taken
from tests.support.set_clock import SetClock
from tests.support.web_house import Browser, WebHouse, web_house

READERS: Final = ("stranger", "link", "member", "host")
EVERYBODY: Final = " ".join(READERS)
IN_THE_ROOM: Final = "member host"
MARKED: Final = (
    "**bold** *slanted* ~~gone~~ `code` ||hidden|| https://e.example/page [named](https://e.example/other)"
    " <t:1700000000:F> <@12>\n\n> quoted\n\n- one\n- two\n\n3. three\n\n```\nblock\n```\n\n***\nlast"
)
"""An answer with all that words may be marked up with."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Words, whose eyes alone they are for, and whether these find them on some page."""

    words: str
    readers: str
    shown: bool = True


@dataclass(slots=True)
class WholeHouse:
    """The house, those who read in it, and where everything is; `chats` are paths within the community."""

    pages: ArchivePages
    readers: dict[str, Browser] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    chats: dict[str, str] = field(default_factory=dict)
    series: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def room(self) -> str:
        """The path of the room of the live chat."""
        return f"/room/{self.pages.archive.places[0].native_id}/"

    @property
    def desk(self) -> str:
        """The path of the community's desk."""
        return f"/desk/{self.pages.archive.community.slug}/"

    def secret(self, name: str, readers: str = "", *, shown: bool = True) -> str:
        """A word that stands nowhere else, for these readers alone."""
        kept = Kept(f"zq{name}qz", readers, shown and bool(readers))
        self.kept.append(kept)
        return kept.words


@dataclass(frozen=True, slots=True)
class _Built:
    """A house that was built once: its database, where everything is in it, and its readers' cookies."""

    database: bytes
    house: WholeHouse
    cookies: dict[str, dict[str, str]]


_BUILT: Final[dict[int, _Built]] = {}


@asynccontextmanager
async def whole_house(folder: Path, *, answers: int = 12) -> AsyncIterator[WholeHouse]:
    """The house, and everybody in it; it is built once and copied, for building takes longer than reading."""
    if answers not in _BUILT:
        _BUILT[answers] = await _build(answers)
    built = _BUILT[answers]
    put(built.database, folder)
    async with web_house(folder, SetClock(NOW)) as web:
        yield _copy(built, web)


async def _build(answers: int) -> _Built:
    """Build it and let everybody in."""
    with TemporaryDirectory() as folder:
        async with archive_pages(Path(folder), answers=answers) as pages:
            house = WholeHouse(pages)
            await _let_in(house)
            async with pages.web.store.begin() as tx:
                await _Furnisher(house, tx, Sower(tx, NOW, Random(7))).everything()
            await _hand_out(house)
            cookies = {name: browser.cookies for name, browser in house.readers.items()}
        return _Built(taken(Path(folder)), house, cookies)


def _copy(built: _Built, web: WebHouse) -> WholeHouse:
    """The same house behind other pages; its readers come with the browsers they had."""
    first = built.house
    readers = {}
    for name, cookies in built.cookies.items():
        readers[name] = browser = web.stranger()
        browser.name, browser.back = first.readers[name].name, first.readers[name].back
        browser.session.cookie_jar.update_cookies(cookies, URL(web.base))
    found = ("kept", "chats", "series", "links", "answers", "said", "ids")
    of_its_own: dict[str, Any] = {name: copy(getattr(first, name)) for name in found}
    return WholeHouse(ArchivePages(web, first.pages.archive), readers, **of_its_own)


async def _let_in(house: WholeHouse) -> None:
    pages = house.pages
    house.readers = {
        "stranger": pages.web.stranger(),
        "link": pages.web.stranger(),
        "member": await pages.member("Pat Quill"),
        "host": await pages.host("Mo Ravi"),
    }
    house.links["return"] = house.readers["member"].back


async def _hand_out(house: WholeHouse) -> None:
    """Make links of every kind, and let one reader open a weekly chat's."""
    pages, here = house.pages, house.pages.archive.community
    now = pages.clock.real()
    async with pages.web.store.begin() as tx:
        house.links["join"] = f"/join/{await tx.join_secret(pages.archive.places[0].id)}"
        house.links["l"] = f"/l/{await tx.link_secret(house.ids['link'])}"
        for kind in (SecretKind.HOST, SecretKind.READING):
            token = await tx.give_secret(kind, here.id, now, place_id=pages.archive.places[0].id)
            house.links[kind.value] = f"/in/{token}"
        person = await _person(tx, here.id, "Pat Quill")
        key = await tx.give_secret(SecretKind.FEED, here.id, now, person_id=person.id)
        house.links["key"] = key
    assert (await house.readers["link"].get(house.links["l"], follow=False)).status == 303


@dataclass(slots=True)
class _Furnisher:
    """Puts what the seeded archive lacks into it."""

    house: WholeHouse
    tx: Tx
    sower: Sower

    @property
    def room(self) -> Place:
        return self.house.pages.archive.places[0]

    async def everything(self) -> None:
        """Weekly chats of every openness, chats in every state, and what nobody or only some may read."""
        people = [
            row.id
            for row in await self.tx._rows(select(t.person.c.id).where(t.person.c.native_id.like("p%")))
        ]
        await self._about()
        await self._weekly_chats(people)
        await self._inside_the_public_chat(people)
        await self._chats_not_out(people)
        await self._rooms()
        await self.tx.give_addresses()
        self.tx.stale_communities.add(self.house.pages.archive.community.id)
        await self._addresses()

    async def _about(self) -> None:
        words = {"about": "Teachers who like questions.", "contact": "hosts@commons.example"}
        await self.tx.connection.execute(update(t.community).values(**words))
        await self.tx.connection.execute(update(t.series).values(anonymous_answers=True))
        sealed = update(t.step).where(t.step.c.chat_id == self.house.pages.archive.earlier)
        await self.tx.connection.execute(sealed.values(state="done"))

    async def _weekly_chats(self, people: Sequence[int]) -> None:
        may = {"members": "member host", "link": "link member host", "off": "host"}
        for number, (visibility, readers) in enumerate(may.items()):
            secret, places = self.house.secret, self.house.pages.archive.places
            series = await self.sower.series(
                self.house.pages.archive.community,
                secret(f"{visibility}title", readers),
                f"#{visibility}chat",
                f"every {('Wednesday', 'Thursday', 'Friday')[number]} 19:00",
                Visibility(visibility),
                places,
            )
            self.house.ids[visibility] = series.id
            texts = (secret(f"{visibility}question", readers), "And what else?")
            held = await self.sower.held(
                series,
                self.sower.at(-3 - number, 19),
                secret(f"{visibility}topic", readers),
                texts,
                4,
                people,
                places,
            )
            await self._answer(held, secret(f"{visibility}answer", readers), people[0])
            link = secret(f"{visibility}link", readers)
            await self._answer(held, f"Here: https://links.example/{link}", people[1])
            ahead = await self.sower.chat(
                series,
                self.sower.at(3 + number, 19),
                secret(f"{visibility}ahead", readers),
                ChatState.ANNOUNCED,
            )
            await self.sower.questions(ahead, [secret(f"{visibility}draft", readers)])
            self.house.ids |= {f"{visibility}-held": held, f"{visibility}-ahead": ahead}

    async def _inside_the_public_chat(self, people: Sequence[int]) -> None:
        """Beside what everybody reads: what is not for all, and what is for nobody any more."""
        held, secret = self.house.pages.archive.held, self.house.secret
        talk = await self._answer(held, secret("talk", "host"), people[2], kind="conversation")
        await self.tx._do(t.filing.delete().where(t.filing.c.message_id == talk))
        why: dict[str, Any] = {"hidden_at": NOW, "hidden_why": secret("hiddenwhy", "host", shown=False)}
        await self._answer(held, secret("hidden", "host"), people[2], **why)
        await self._answer(held, secret("deleted"), people[2], deleted_at=NOW)
        edited = await self._answer(held, "These words were changed.", people[2], edited_at=NOW)
        await self.sower._add(
            t.message_revision, message_id=edited, text=secret("before", "host", shown=False), replaced_at=NOW
        )
        await self._answer(held, MARKED, people[3])
        self.house.answers["marked"] = await self._public_id(await self._answer(held, "x" * 300, people[3]))
        await self._people(held)
        staff = await self.tx.add_room(
            self.house.pages.archive.community.id, "staff", secret("staff", IN_THE_ROOM)
        )
        await self.tx._do(update(t.place).where(t.place.c.id == staff.id).values(openness="members"))
        await self._answer(held, secret("inthestaffroom", IN_THE_ROOM), people[4], place=staff)
        self.house.answers["staff"] = await self._public_id(
            await self._answer(held, "In here.", people[4], place=staff)
        )

    async def _people(self, held: int) -> None:
        """Those who chose how they appear."""
        secret = self.house.secret
        hidden = [
            await self._met(secret(name, "host", shown=False))
            for name in ("realname", "outname", "goesnameless")
        ]
        pseudonym, out, nameless = hidden
        forgotten = await self._met(secret("forgottenname"))
        await self._chose(pseudonym, pseudonym="Quiet Heron")
        await self._chose(out, excluded_at=NOW)
        await self._chose(forgotten, forgotten_at=NOW)
        await self._answer(held, "I say this under another name.", pseudonym)
        await self._answer(held, secret("excluded", "host"), out)
        await self._answer(held, secret("forgotten"), forgotten)
        await self._answer(held, "I say this without a name.", nameless, anonymous=True)

    async def _chats_not_out(self, people: Sequence[int]) -> None:
        """Chats that are not published yet, were only rehearsed, or are being prepared."""
        archive, secret = self.house.pages.archive, self.house.secret
        late = await self.sower.held(
            archive.series,
            self.sower.at(-1, 20),
            secret("unpublished", "host"),
            ("One?", "Two?"),
            3,
            people,
            archive.places,
        )
        await self.tx._do(update(t.chat).where(t.chat.c.id == late).values(published_at=None))
        rehearsed = await self.sower.held(
            archive.series,
            self.sower.at(-2, 20),
            secret("rehearsed"),
            (secret("rehearsedquestion"),),
            2,
            people,
            archive.places,
        )
        await self.tx._do(update(t.chat).where(t.chat.c.id == rehearsed).values(rehearsal=True, slug=None))
        await self.sower.questions(archive.after_that, [secret("undrafted", "host", shown=False)])
        self.house.ids |= {"unpublished": late, "rehearsed": rehearsed}

    async def _rooms(self) -> None:
        """Threads and talk in the live chat's room, whispers, and what waits for a host."""
        tx, room, secret, said = self.tx, self.room, self.house.secret, self.house.said
        pat = await _person(tx, room.community_id, "Pat Quill")
        mo = await _person(tx, room.community_id, "Mo Ravi")
        una = await tx.join(room, "Una Stone", NOW)
        roots = await self._threads()
        words = "I write this in the room, and everybody reads it."
        said["answer"] = await self._says(pat, words, thread=roots[2], by_form=True)
        message = await self._answer(self.house.pages.archive.live, words, pat.id, place=room, number=3)
        where = t.message.c.id == message
        await tx._do(update(t.message).where(where).values(platform_message_id=str(said["answer"])))
        said["reply"] = await self._says(una, "Say more!", thread=roots[2], reply_to=said["answer"])
        said["talk"] = await self._says(una, secret("roomtalk", IN_THE_ROOM))
        said["marked"] = await self._says(pat, MARKED)
        await self._says(mo, "Welcome, everybody.", power=Role.HOST)
        await self._says(una, "Nobody knows who says this.", thread=roots[2], by_form=True, anonymous=True)
        await tx.room_react(said["talk"], pat, 2, NOW)
        gone = await self._says(una, secret("takenback"))
        await tx.room_delete(gone, una, NOW)
        await tx.hold(room.community_id, una.id, NOW)
        said["held"] = await self._says(una, secret("waits", "host"))
        said["whisper"] = await self._whispers(pat, secret("whisper", "member"))
        await self._whispers(una, secret("notforyou"))
        await self._in_the_hosts_room(mo)

    async def _in_the_hosts_room(self, mo: Person) -> None:
        hosts = await self.tx.place(self.house.pages.archive.community.hosts_place_id or 0)
        assert hosts is not None
        self.house.links["hosts"] = f"/room/{hosts.native_id}/"
        words = self.house.secret("amonghosts", "host")
        await self.tx.room_say(hosts, mo, Role.HOST, words, render(words), NOW)
        offers = (
            Offer("Start it now", "chat start chat=5"),
            Offer("Edit the questions", "chat plan chat=5", form=True),
        )
        await self.tx.room_post(hosts, "sheet", "The run sheet", render("The **run sheet**"), offers, NOW)

    async def _threads(self) -> list[int]:
        """A thread for each question of the live chat."""
        chat, room = self.house.pages.archive.live, self.room
        asked = t.question.c.chat_id == chat, t.question.c.state == "asked"
        rows = await self.tx._rows(select(t.question.c.id).where(*asked).order_by(t.question.c.position))
        roots = []
        for row, words in zip(rows, LIVE, strict=False):
            root = await self.tx.room_post(room, f"q{row.id}", words, render(words), (), NOW)
            sent = {
                "state": "sent",
                "platform_message_id": str(root),
                "payload": {"text": words},
                "urgency": 1,
            }
            what = {
                "chat_id": chat,
                "place_id": room.id,
                "question_id": row.id,
                "action": "post",
                "due_at": NOW,
            }
            await self.sower._add(t.outbox, subject=f"q{row.id}", key=f"whole-{row.id}", **sent, **what)
            roots.append(root)
        return roots

    async def _says(self, who: Person, words: str, power: Role = Role.ANYONE, **hangs: Any) -> int:
        return await self.tx.room_say(self.room, who, power, words, render(words), NOW, **hangs)

    async def _whispers(self, who: Person, words: str) -> int:
        offers = (
            Offer("Change how you appear", "privacy name", form=True),
            Offer("Leave me out", "privacy exclude"),
        )
        return await self.tx.room_post(
            self.room, words, words, render(words), offers, NOW, only_for=who.native_id
        )

    async def _answer(
        self,
        chat: int,
        words: str,
        person: int,
        *,
        place: Place | None = None,
        kind: str = "answer",
        number: int = 1,
        **values: Any,
    ) -> int:
        """One more answer to one of a chat's questions."""
        at = NOW - timedelta(minutes=1)
        here = place or self.house.pages.archive.places[1]
        message = await self.sower.say(chat, here, person, words, at, kind, **values)
        where = t.question.c.chat_id == chat, t.question.c.position == number
        question = await self.tx._value(select(t.question.c.id).where(*where))
        await self.sower._add(t.filing, message_id=message, question_id=question, how="label", filed_at=at)
        return message

    async def _met(self, name: str) -> int:
        return await self.sower._add(t.person, platform="discord", native_id=f"native-{name}", name=name)

    async def _chose(self, person: int, **values: Any) -> None:
        here = self.house.pages.archive.community.id
        row = {"person_id": person, "community_id": here, "changed_at": NOW, **values}
        await self.tx.connection.execute(t.consent.insert().values(**row))

    async def _public_id(self, message: int) -> str:
        return str(await self.tx._value(select(t.message.c.public_id).where(t.message.c.id == message)))

    async def _addresses(self) -> None:
        """Note where everything is read."""
        archive = self.house.pages.archive
        self.house.ids |= {
            name: getattr(archive, name)
            for name in ("held", "earlier", "live", "ahead", "after_that", "cancelled")
        }
        named = {number: name for name, number in self.house.ids.items()}
        where = t.series.c.community_id == archive.community.id, t.chat.c.slug.is_not(None)
        query = (
            select(t.chat.c.id, t.chat.c.slug, t.series.c.slug.label("weekly")).join(t.series).where(*where)
        )
        for row in await self.tx._rows(query):
            self.house.chats[named[row.id]] = f"{row.weekly}/{row.slug}/"
        for row in await self.tx._rows(select(t.series).where(where[0])):
            self.house.series[row.visibility if row.visibility != "public" else row.slug] = f"{row.slug}/"
        query = select(t.message.c.public_id, t.message.c.chat_id).where(t.message.c.kind == "answer")
        for row in await self.tx._rows(
            query.where(t.message.c.hidden_at.is_(None), t.message.c.deleted_at.is_(None))
        ):
            self.house.answers.setdefault(named[row.chat_id], row.public_id)


async def _person(tx: Tx, community_id: int, name: str) -> Person:
    return next(one for one, _ in await tx.members(community_id) if one.name == name)
