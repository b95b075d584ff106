"""Matrix as people see it: they talk in rooms of a real Synapse, and the bot is there as well."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp
from pydantic import SecretStr

from bot.clock import Clock
from bot.core.hearing import Heard, Said
from bot.core.model import Offer, Place
from bot.core.sentences.matrix import REACT_TO_CONFIRM
from bot.platform import Ability, Ears, Later, Outgoing
from bot.platforms.matrix import Matrix
from bot.platforms.matrix.hearing import SINCE
from bot.platforms.matrix.structured import DESCRIPTION
from bot.platforms.matrix.syncing import Point
from bot.settings import MatrixSettings
from bot.storage.places.servers import Channel as Known
from bot.storage.store import Store, in_transaction
from tests.support.ears import NotingEars
from tests.support.matrix_view import Asking, Message, RoomView
from tests.support.networks import Seen, until_so
from tests.support.synapse.configuring import NAME
from tests.support.synapse.gateway import Gateway
from tests.support.synapse.people import Person, Unanswered, part
from tests.support.synapse.server import Synapse, shared

HOST: Final = 50
_LABEL: Final = re.compile(r"([A-Z]\d+): ")
_OFFER: Final = re.compile(r"(.+?): `!edchat ?([^`]*)`")
_BEYOND: Final = re.compile(r"[^a-z0-9]+")
_NO_ROOMS: Final = '{"room":{"rooms":[]}}'
_UNDESCRIBED: Final = {"m.room.power_levels": 100, "m.room.tombstone": 150, DESCRIPTION: 100}
"""What the bot may not do in rooms whose commands nobody chooses from a list."""
_SCHOOLS: Final[dict[Path, Person]] = {}
_LINK: Final = re.compile(r"\[[^\]]+\]\([^)]+\)")


@dataclass(frozen=True, slots=True)
class MatrixPerson:
    """Somebody with an account, in a room or a thread of it."""

    net: MatrixNetwork
    place: Place
    name: str
    hosting: bool = False
    thread: str | None = None

    async def say(self, text: str) -> str:
        """Write a message and give its id."""
        me = await self._me()
        return await me.says(self.place.native_id, text, thread=self._thread())

    async def types(self, line: str) -> str:
        """Type a command: here it is a message like any other."""
        return await self.say(line)

    async def reply(self, message: str, text: str) -> str:
        """Reply to a message, where it stands, and give the reply's id."""
        me = await self._me()
        thread = self._thread() or self.net.message(message, self.place).thread
        return await me.says(self.place.native_id, text, thread=thread, reply_to=message)

    async def says_in(self, root: str, text: str) -> str:
        """Write a message in the thread of another, and give its id."""
        me = await self._me()
        return await me.says(self.place.native_id, text, thread=root)

    async def edit(self, message: str, text: str) -> None:
        """Change an own message."""
        me = await self._me()
        await me.edits(self.place.native_id, message, text)

    async def delete(self, message: str) -> None:
        """Take an own message back."""
        me = await self._me()
        await me.redacts(self.place.native_id, message)

    async def react(self, message: str, number: int) -> None:
        """Put a digit on a message; a second time the server refuses it."""
        me = await self._me()
        with suppress(Unanswered):
            put = await me.digits(self.place.native_id, message, number)
            self.net.reactions[me.user, message, number] = put

    async def unreact(self, message: str, number: int) -> None:
        """Take a digit off again; one that was never put cannot be taken off."""
        me = await self._me()
        if put := self.net.reactions.pop((me.user, message, number), ""):
            await me.redacts(self.place.native_id, put)

    def in_thread(self, name: str) -> MatrixPerson:
        """Give the same person in the newest thread whose name begins so."""
        return replace(self, thread=name)

    async def _me(self) -> Person:
        me = await self.net.member(self.name)
        room = self.place.native_id
        await self.net.comes(me, room, hosting=self.hosting or self.net.powers.get((me.user, room), False))
        return me

    def _thread(self) -> str | None:
        if self.thread is None:
            return None
        head = re.compile(rf"{re.escape(self.thread)}\b", re.IGNORECASE)
        found = [root for root, name in self.net.threads(self.place).items() if head.match(name)]
        assert found, f"there is no thread {self.thread}"
        return found[-1]


@dataclass
class _Connected:
    """The bot's side; it also lives to send when nobody listens, since only who is there can speak."""

    net: MatrixNetwork
    inner: Matrix
    name: str = Matrix.name
    abilities: frozenset[Ability] = Matrix.abilities
    text_limit: int = Matrix.text_limit
    alone: asyncio.Task[None] | None = None
    listening: bool = False

    async def listen(self, ears: Ears) -> None:
        """Hear everything since these ears heard last, at first since the network began."""
        await self.leave()
        self.listening = True
        points, mine = self.net.points, id(ears)
        await self.net.note(points.get(mine, self.net.begins))
        try:
            await self.inner.listen(_Upserting(ears, self.net.stored.setdefault(mine, set())))
        finally:
            points[mine] = await self.net.noted()
            self.listening = False

    async def send(self, out: Outgoing) -> str:
        """Do one thing; people may be called by their names."""
        prepared = await self._prepared(out)
        async with asyncio.timeout(10):
            while True:
                try:
                    return await self.inner.send(prepared)
                except Later as later:
                    if self.inner._current is not None:  # it is there, and means it
                        raise
                    await asyncio.sleep(min(later.seconds, 0.01))

    async def find(self, out: Outgoing) -> str | None:
        """Find what was sent before."""
        return await self.inner.find(await self._prepared(out))

    async def leave(self) -> None:
        """End a life that only sends."""
        if self.alone is not None:
            if not self.alone.cancelling():  # told twice it would take the second time for somebody else's
                self.alone.cancel()
            with suppress(asyncio.CancelledError):
                await self.alone
            self.alone = None

    async def _prepared(self, out: Outgoing) -> Outgoing:
        if not in_transaction() and not self.listening and self.alone is None:
            self.alone = asyncio.create_task(self.inner.listen(NotingEars()))
        if out.person is not None and not out.person.startswith("@"):
            return replace(out, person=(await self.net.member(out.person)).user)
        return out


@dataclass(frozen=True, slots=True)
class _Upserting:
    """Ears that keep a message only once, as a database does."""

    ears: Ears
    stored: set[str]

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Pass on what is not stored yet."""
        new = [one for one in heard if not (isinstance(one, Said) and one.id in self.stored)]
        if new or not heard:
            await self.ears.hear(place, new, cursor)
        self.stored.update(one.id for one in new if isinstance(one, Said))

    async def cursor(self, place: Place) -> str | None:
        """Give where listening stopped."""
        return await self.ears.cursor(place)

    async def places(self, platform: str) -> tuple[Place, ...]:
        """Give the places that are listened to."""
        return await self.ears.places(platform)


@dataclass
class MatrixNetwork:
    """A school with two rooms on a homeserver; `other` is where its hosts meet.

    `school` made the rooms and sees what stands in them; `me` is the bot's account.
    """

    base: str
    session: aiohttp.ClientSession
    asking: Asking
    clock: Clock
    store: Store
    school: Person
    me: Person
    place: Place
    other: Place
    begins: str
    """How far the bot has heard when the network begins."""
    gateway: Gateway | None = None
    name: str = Matrix.name
    points: dict[int, str] = field(default_factory=dict)
    stored: dict[int, set[str]] = field(default_factory=dict)
    members: dict[str, Person] = field(default_factory=dict)
    views: dict[str, RoomView] = field(default_factory=dict)
    reactions: dict[tuple[str, str, int], str] = field(default_factory=dict)
    sides: list[_Connected] = field(default_factory=list)
    running: Matrix | None = None
    powers: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Who is in which room, and whether as a host."""
    _since: dict[str, str] = field(default_factory=dict)
    _direct: dict[str, list[str]] = field(default_factory=dict)
    _coming: asyncio.Lock = field(default_factory=asyncio.Lock)

    def platform(self) -> _Connected:
        """Start the bot's side anew."""
        for side in self.sides:
            if side.alone is not None:
                side.alone.cancel()
        self.sides.append(_Connected(self, self.bot()))
        return self.sides[-1]

    def bot(self) -> Matrix:
        """The bot's side as it is when it runs whole."""
        self.running = Matrix(self.settings, self.store, self.clock, first_wait=0.02)
        return self.running

    async def logged_in(self, lives: Callable[[], bool] = lambda: True) -> None:
        """Wait until the bot waits for news, or until it lives no more; only on our time can that be told."""
        assert self.gateway is not None
        while lives() and not self.gateway.told(self.me.token):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)

    @property
    def settings(self) -> MatrixSettings:
        """The settings of a bot that is here."""
        return MatrixSettings(self.base, self.me.user, SecretStr(self.me.token))

    def person(self, name: str, place: Place | None = None) -> MatrixPerson:
        """Give somebody without power."""
        return MatrixPerson(self, place or self.place, name)

    def host(self, name: str, place: Place | None = None) -> MatrixPerson:
        """Give a moderator."""
        return MatrixPerson(self, place or self.place, name, hosting=True)

    def mxid(self, name: str) -> str:
        """Give the id that somebody with this name has or will have, by any spelling of it."""
        return f"@{self._local(name)}:{NAME}"

    async def member(self, name: str) -> Person:
        """Give somebody with this name; they get an account when they first act."""
        local = self._local(name)
        async with self._coming:
            if local not in self.members:
                self.members[local] = one = Person(self.base, self.session)
                await one.register(local, name)
            return self.members[local]

    async def comes(self, one: Person, room: str, *, hosting: bool) -> None:
        """Let somebody be in a room, with the power of a host or without."""
        async with self._coming:
            if (one.user, room) not in self.powers:
                await one.joins(room)
            if self.powers.get((one.user, room), False) != hosting:
                await self.school.gives_power(room, one.user, HOST if hosting else 0)
            self.powers[one.user, room] = hosting

    def _local(self, name: str) -> str:
        return f"{_BEYOND.sub('-', name.casefold())}-{self.me.user.partition(':')[0][-8:]}"

    async def open_room(self, name: str) -> str:
        """Make one more room, invite the bot, and give the room's id."""
        return await _open_room(self.school, self.me, name)

    def posts(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what the bot has posted for all; what it answered to a command is for who typed that."""
        here = self.standing(place)
        of = {one.id: one for one in here}
        ours = (one for one in here if one.sender == self.me.user and not self._answers(one, of))
        return tuple(map(self._seen, ours))

    def messages(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give all that stands in a place for all to see."""
        return tuple(map(self._seen, self.standing(place)))

    def whispers(self, name: str, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what is for this person only: private messages, and answers to what they typed."""
        one = self.members.get(self._local(name))
        if one is None:
            return ()
        letters = [self._view(room, one).standing() for room in self._letters(one)]
        rooms = [self._view(room).standing() for room in [*self._rooms()]]
        told = [
            said
            for here in rooms
            for said in here
            if said.sender == self.me.user and self._answers(said, {at.id: at for at in here}, one.user)
        ]
        told += [said for here in letters for said in here if said.sender == self.me.user]
        return tuple(map(self._seen, sorted(told, key=lambda said: said.at)))

    def threads(self, place: Place | None = None) -> dict[str, str]:
        """Give the labels of the questions, each of which is the root of a thread, by their ids."""
        found = ((seen.id, _LABEL.match(seen.text)) for seen in self.posts(place) if seen.thread is None)
        return {root: label[1] for root, label in found if label}

    def pinned(self, place: Place | None = None) -> str | None:
        """Give the message of the bot's that is pinned."""
        pins = self._view((place or self.place).native_id).state("m.room.pinned_events").get("pinned", [])
        ours = [seen.id for seen in self.posts(place) if seen.id in pins]
        assert len(ours) <= 1, "old pins stay"
        return ours[0] if ours else None

    def topic(self, place: Place | None = None) -> str:
        """Give a place's topic."""
        return str(self._view((place or self.place).native_id).state("m.room.topic").get("topic", ""))

    def posted(self, place: Place | None = None) -> list[tuple[str, datetime]]:
        """Give what the bot has posted for all outside threads, with the instants of the posts."""
        at = {one.id: one.at for one in self.standing(place)}
        ours = [seen for seen in self.posts(place) if seen.thread is None]
        times = self.gateway.times if self.gateway else at
        return [(seen.text, datetime.fromtimestamp(times[seen.id] / 1000, UTC)) for seen in ours]

    async def until(self, predicate: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so."""
        await until_so(self, predicate, within)

    # -- looking behind it ----------------------------------------------------------------------------------

    async def note(self, point: str) -> None:
        """Write into our books how far the bot has heard."""
        async with self.store.begin() as tx:
            await tx.install(self._noted, point)

    async def noted(self) -> str:
        """Give how far the bot has heard by our books."""
        async with self.store.read() as tx:
            return await tx.installed(self._noted) or self.begins

    @property
    def _noted(self) -> str:
        return f"{SINCE}.{self.me.user}"

    def message(self, native_id: str, place: Place | None = None) -> Message:
        """Give a message by its id."""
        return next(one for one in self.standing(place) if one.id == native_id)

    def _rooms(self) -> Iterator[str]:
        letters = {room for rooms in self._direct.values() for room in rooms}
        known = dict.fromkeys((self.place.native_id, self.other.native_id, *self.views))
        return (room for room in known if room not in letters)

    def standing(self, place: Place | None = None) -> list[Message]:
        """Give all that stands in a place, as events."""
        return self._view((place or self.place).native_id).standing()

    def _view(self, room: str, reader: Person | None = None) -> RoomView:
        if room not in self.views:
            token, gateway = (reader or self.school).token, self.gateway
            self.views[room] = RoomView(
                self.asking, token, room, lambda: gateway.changes if gateway else None
            )
        return self.views[room]

    def _letters(self, one: Person) -> list[str]:
        """The rooms that somebody has with the bot alone; invitations to such are accepted."""
        rooms = self._direct.setdefault(one.user, [])
        told = self.asking.ask(one.token, "sync", since=self._since.get(one.user), timeout=0)
        self._since[one.user] = told["next_batch"]
        for room, invited in told.get("rooms", {}).get("invite", {}).items():
            senders = {event["sender"] for event in invited["invite_state"]["events"]}
            if self.me.user in senders:
                self.asking.ask(one.token, f"join/{part(room)}", method="POST")
                rooms.append(room)
                if self.gateway:
                    self.gateway.touched()
        return rooms

    def _answers(self, one: Message, here: dict[str, Message], user: str = "") -> bool:
        """Whether a message of the bot's is the answer to somebody's command."""
        asked = here.get(one.reply_to or "")
        return asked is not None and asked.sender != self.me.user and user in ("", asked.sender)

    def _seen(self, one: Message) -> Seen:
        text, offers = _parted(one.body)
        return Seen(one.id, text, offers, one.thread, one.reply_to, one.digits(self.me.user))


def _parted(body: str) -> tuple[str, tuple[Offer, ...]]:
    """Tell a text from the lines below it that say what can be done."""
    parts = body.split("\n\n")
    for at in range(len(parts) - 1, 0, -1):
        lines = parts[at].split("\n")
        found = [_OFFER.fullmatch(line) for line in lines]
        others = [line for line, offer in zip(lines, found, strict=True) if offer is None]
        if any(found) and all(line == REACT_TO_CONFIRM or _LINK.fullmatch(line) for line in others):
            offers = tuple(Offer(offer[1], offer[2]) for offer in found if offer)
            return "\n\n".join((*parts[:at], *parts[at + 1 :])), offers
    return body, ()


async def _open_room(school: Person, bot: Person, name: str, *, described: bool = True) -> str:
    powers = {"users": {bot.user: HOST}} | ({} if described else {"events": _UNDESCRIBED})
    room = await school.makes_room(name, power_level_content_override=powers)
    await bot.joins(room)
    return room


@asynccontextmanager
async def on_matrix(
    store: Store,
    clock: Clock,
    *,
    on_our_time: bool = False,
    names: tuple[str, str, str] = ("School", "general", "hosts"),
    server: Synapse | None = None,
    spaced: bool = True,
) -> AsyncIterator[MatrixNetwork]:
    """Give a school on a homeserver, known in our books; `on_our_time` all go there by way of a gateway.

    The names are those of the community, its room, and the room where its hosts meet. A homeserver needs a
    third of all its work here for the space: where nobody looks at it, the bot only knows it from before, and
    describes no commands to clients.
    """
    server = server or shared()
    async with AsyncExitStack() as open_:
        gateway = None
        if on_our_time:
            gateway = await open_.enter_async_context(Gateway(server.url, clock=clock))
        session = await open_.enter_async_context(aiohttp.ClientSession())
        asking = open_.enter_context(closing(Asking(server.url)))
        base = gateway.url if gateway else server.url
        school, bot = await _school(base, session, server), Person(base, session)
        await bot.register(f"edchat-{uuid.uuid4().hex[:8]}", "EdChat")
        rooms = {name: await _open_room(school, bot, name, described=spaced) for name in names[1:]}
        space = f"!space-of-{bot.user}"
        if spaced:
            space = await open_space(school, names[0], *rooms.values())
            await bot.joins(space)
        place, other = await _known(store, names[0], space, rooms)
        begins = Point((await bot.syncs(filter=_NO_ROOMS))["next_batch"], clock.real()).written()
        net = MatrixNetwork(base, session, asking, clock, store, school, bot, place, other, begins, gateway)
        await net.note(begins)
        try:
            yield net
        finally:
            for side in net.sides:
                await side.leave()


async def _school(base: str, session: aiohttp.ClientSession, server: Synapse) -> Person:
    """Whoever makes the rooms: the same on one homeserver for all who come by the same process."""
    if server.folder not in _SCHOOLS:
        one = _SCHOOLS[server.folder] = Person(base, session)
        await one.register(f"school-{uuid.uuid4().hex[:8]}", "School")
    return replace(_SCHOOLS[server.folder], base=base, session=session)


async def open_space(school: Person, name: str, *rooms: str) -> str:
    """Make a space that lists these rooms: what a community is on Matrix; gives its id."""
    listed = [{"type": "m.space.child", "state_key": room, "content": {"via": [NAME]}} for room in rooms]
    return await school.makes_room(name, creation_content={"type": "m.space"}, initial_state=listed)


async def _known(store: Store, called: str, space: str, rooms: dict[str, str]) -> list[Place]:
    """Have the rooms in our books, as those of one community; in the second the hosts meet."""
    first, hosts = rooms.values()
    async with store.begin() as tx:
        community = await tx.keep_server(Matrix.name, space, called, "Europe/London", "en")
        await tx.keep_channels(Matrix.name, community, [Known(room, name) for name, room in rooms.items()])
        found = [await tx.place_called(Matrix.name, room) for room in (first, hosts)]
        places = [one for one in found if one is not None]
        await tx.make_hosts_room(places[1].id)
    return places
