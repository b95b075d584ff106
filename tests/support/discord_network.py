"""Discord as people see it: they act on a little Discord of our own, and the bot is there over sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr
from sqlalchemy import update

from bot.clock import Clock
from bot.commands import CommandTree
from bot.core.actions import Action
from bot.core.hearing import Heard, Said
from bot.core.model import Offer, Place
from bot.platform import Ability, Ears, Outgoing
from bot.platforms.discord import Discord
from bot.platforms.discord.buttons import pressed
from bot.settings import DiscordSettings
from bot.storage.places.servers import Channel as Known
from bot.storage.schema import tables as t
from bot.storage.store import Store, in_transaction
from tests.support.discord_typing import typed
from tests.support.ears import NotingEars
from tests.support.fake_discord.answers import buttons_of, words_of
from tests.support.fake_discord.people import Someone as Member
from tests.support.fake_discord.places import EPHEMERAL, PUBLIC_THREAD, Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild
from tests.support.networks import Seen, until_so
from tests.support.wishes import note_pin

KEYCAP: Final = "\ufe0f\u20e3"
INVOKER: Final = "CommandTree-invoker"
"""What the library calls a task that carries out a command."""
BEAT: Final = 30.0
"""Seconds after which the client is asked whether it is there."""
_WORDS: Final = frozenset({0, 19})
"""The types of messages that somebody wrote; others are Discord's own lines."""


@dataclass(frozen=True, slots=True)
class DiscordPerson:
    """Somebody on Discord, in a channel or a thread of it."""

    net: DiscordNetwork
    place: Place
    member: Member
    thread: str | None = None

    async def say(self, text: str) -> str:
        """Write a message and give its id."""
        return str(self.member.says(self._here(), text).id)

    async def types(self, line: str) -> str:
        """Type a command: a slash command where the bot offers it, else a message like any other."""
        tree = self.net.tree
        answer = await typed(self.member, self._here(), tree, line) if tree else None
        return str(answer.interaction.id) if answer else await self.say(line)

    async def reply(self, message: str, text: str) -> str:
        """Reply to a message and give the reply's id."""
        replied = self.net.message(message)
        there = self.net.fake.world.channels[replied.channel_id]
        return str(self.member.says(there, text, reply_to=replied).id)

    async def edit(self, message: str, text: str) -> None:
        """Change an own message."""
        self.member.edits(self.net.message(message), text)

    async def delete(self, message: str) -> None:
        """Take an own message back."""
        self.member.deletes(self.net.message(message))

    async def react(self, message: str, number: int) -> None:
        """Put a digit on a message."""
        self.member.reacts(self.net.message(message), f"{number}{KEYCAP}")

    async def unreact(self, message: str, number: int) -> None:
        """Take a digit off again."""
        self.member.unreacts(self.net.message(message), f"{number}{KEYCAP}")

    def in_thread(self, name: str) -> DiscordPerson:
        """Give the same person in the newest thread whose name begins so."""
        return replace(self, thread=name)

    def _here(self) -> Channel:
        channel = self.net.channel(self.place)
        if self.thread is None:
            return channel
        head = re.compile(rf"(?:\d+ \w+ |\W*){re.escape(self.thread)}\b", re.IGNORECASE)
        found = [one for one in self.net.threads_of(self.place) if head.match(one.name)]
        assert found, f"there is no thread {self.thread}"
        return found[-1]


@dataclass
class _Connected:
    """The bot's side; it also logs in to send when nobody listens, since only who is there can speak."""

    net: DiscordNetwork
    inner: Discord
    begins: int
    name: str = Discord.name
    abilities: frozenset[Ability] = Discord.abilities
    text_limit: int = Discord.text_limit
    alone: asyncio.Task[None] | None = None
    listening: bool = False
    ears: Ears | None = None
    used: tuple[Place, ...] = ()

    async def listen(self, ears: Ears) -> None:
        """Hear everything since each place's cursor, at first since the network began."""
        await self.leave()
        self.listening, self.ears = True, ears
        await self._use()
        try:
            await self.inner.listen(_Upserting(ears, self.begins, self.net.stored))
        finally:
            self.listening = False

    async def send(self, out: Outgoing) -> str:
        """Do one thing; people may be called by their names, and a pin is ours by our books alone."""
        if out.action is Action.PIN and out.target:
            await note_pin(self.net.store, out.place, out.target, self.net.clock.now())
        return await self.inner.send(await self._prepared(out))

    async def find(self, out: Outgoing) -> str | None:
        """Find what was sent before."""
        return await self.inner.find(await self._prepared(out))

    async def leave(self) -> None:
        """End a life that only sends."""
        if self.alone is not None:
            self.alone.cancel()
            with suppress(asyncio.CancelledError):
                await self.alone
            self.alone = None

    async def _prepared(self, out: Outgoing) -> Outgoing:
        if not in_transaction():
            await self._use()
            await self._there()
        if out.person is not None and not out.person.isdecimal():
            return replace(out, person=str(self.net.member(out.person).user.id))
        return out

    async def _use(self) -> None:
        """Have the places in use that the ears listen to, as our books say it."""
        places = await self.ears.places(self.name) if self.ears and self.listening else ()
        if places and places != self.used:
            self.used = places
            used = t.place.c.id.in_([one.id for one in places])
            change = update(t.place).where(t.place.c.platform == self.name).values(hosts_room=used)
            async with self.net.store.begin() as tx:
                await tx.connection.execute(change)

    async def _there(self) -> None:
        if not self.listening and self.alone is None:
            self.alone = asyncio.create_task(self.inner.listen(NotingEars()))
        async with asyncio.timeout(10):
            while not (self.inner._client and self.inner._client.is_ready()):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.005)


@dataclass(frozen=True, slots=True)
class _Upserting:
    """Ears that keep a message only once, as a database does, and hear a new place from the beginning."""

    ears: Ears
    begins: int
    stored: dict[int, set[str]]

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Pass on what is not stored yet."""
        known = self.stored.setdefault(id(self.ears), set())
        new = [one for one in heard if not (isinstance(one, Said) and one.id in known)]
        if new or not heard:
            await self.ears.hear(place, new, cursor)
        known |= {one.id for one in new if isinstance(one, Said)}

    async def cursor(self, place: Place) -> str | None:
        """Give where listening stopped, or the beginning."""
        return await self.ears.cursor(place) or str(self.begins)

    async def places(self, platform: str) -> tuple[Place, ...]:
        """Give the places that are listened to."""
        return await self.ears.places(platform)


@dataclass
class DiscordNetwork:
    """A school with two channels on a little Discord; `other` is where its hosts meet."""

    fake: FakeDiscord
    clock: Clock
    store: Store
    guild: Guild
    place: Place
    other: Place
    name: str = "discord"
    tree: CommandTree | None = None
    """The commands that the bot offers, where it offers any."""
    stored: dict[int, set[str]] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    sides: list[_Connected] = field(default_factory=list)
    running: Discord | None = None

    def platform(self) -> _Connected:
        """Start the bot's side anew."""
        for side in self.sides:
            if side.alone is not None:
                side.alone.cancel()
        inner = self.bot()
        begins = discord.utils.time_snowflake(self.clock.real() - timedelta(minutes=10))
        self.sides.append(_Connected(self, inner, begins))
        return self.sides[-1]

    def bot(self) -> Discord:
        """The bot's side as it is when it runs whole."""
        self.running = Discord(self.settings, self.store, self.clock, settle=0.05, first_wait=0.02)
        return self.running

    async def logged_in(self, lives: Callable[[], bool] = lambda: True) -> None:
        """Wait until the bot is there, or until it lives no more."""

        def there() -> bool:
            client = self.running._client if self.running else None
            return self.fake.gateway.connected and client is not None and client.is_ready()

        await self.until(lambda: there() or not lives())

    async def fell(self) -> None:
        """Let commands that the library still carries out end with the bot, as with its process they do."""
        left = [one for one in asyncio.all_tasks() if one.get_name() == INVOKER]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def open_channel(self, name: str) -> str:
        """Make one more channel and give its native id."""
        return str(self.fake.world.make_channel(self.guild, name).id)

    @property
    def settings(self) -> DiscordSettings:
        """The settings of a bot that is here."""
        token, fake = SecretStr(self.fake.token), self.fake
        return DiscordSettings(token, frozenset(), fake.api_url, fake.gateway_url)

    def person(self, name: str, place: Place | None = None) -> DiscordPerson:
        """Give somebody without power."""
        return DiscordPerson(self, place or self.place, self.member(name))

    def host(self, name: str, place: Place | None = None) -> DiscordPerson:
        """Give somebody who may manage events."""
        member, world = self.member(name), self.fake.world
        if not world.guild_permissions(member.user, self.guild) & Can.MANAGE_EVENTS:
            role = world.make_role(self.guild, f"host {name}", int(Can.MANAGE_EVENTS))
            world.change_member(self.guild, member.member, roles=[*member.member.roles, role.id])
        return DiscordPerson(self, place or self.place, member)

    def member(self, name: str) -> Member:
        """Give somebody of the school, by any spelling of their name."""
        key = name.casefold()
        if key not in self.members:
            self.members[key] = self.fake.person(name, self.guild)
        return self.members[key]

    def posts(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what the bot has posted for all."""
        return tuple(map(self._seen, (one for one in self._standing(place) if self._ours(one))))

    def messages(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give all that stands in a place for all to see."""
        return tuple(map(self._seen, self._standing(place)))

    def whispers(self, name: str, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what only this person sees: private messages, and answers to what they asked."""
        world, user = self.fake.world, self.member(name).user
        letters = [*world.messages[world.private_channel(user).id].values()]
        asked = [one for one in world.interactions.values() if one.user is user]
        told = [part for one in asked for part in (one.original, *one.followups) if part is not None]
        shown = [one for one in told if one.flags & EPHEMERAL]
        return tuple(map(self._seen, sorted([*letters, *shown], key=lambda one: one.id)))

    def threads(self, place: Place | None = None) -> dict[str, str]:
        """Give the names of the threads by the messages they hang on."""
        return {str(one.id): one.name for one in self.threads_of(place)}

    def pinned(self, place: Place | None = None) -> str | None:
        """Give the message that the bot pinned last."""
        pins = [one for one in self.fake.world.pins(self.channel(place)) if self._ours(one)]
        assert len(pins) <= 1, "old pins stay"
        return str(pins[0].id) if pins else None

    def topic(self, place: Place | None = None) -> str:
        """Give a place's topic."""
        return self.channel(place).topic or ""

    def posted(self, place: Place | None = None) -> list[tuple[str, datetime]]:
        """Give what the bot has posted for all outside threads, with the instants of the posts."""
        here = self.channel(place).id
        ours = [one for one in self._standing(place) if self._ours(one) and one.channel_id == here]
        return [(words_of(one), one.sent) for one in ours]

    async def until(self, predicate: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so."""
        await until_so(self, predicate, within)

    # -- looking behind it ----------------------------------------------------------------------------------

    def channel(self, place: Place | None = None) -> Channel:
        """Give a place's channel."""
        return self.fake.world.channels[int((place or self.place).native_id)]

    def threads_of(self, place: Place | None = None) -> list[Channel]:
        """Give the threads that people see in a place, oldest first."""
        parent = self.channel(place).id
        every = self.fake.world.channels.values()
        return [one for one in every if one.parent_id == parent and one.type == PUBLIC_THREAD]

    def message(self, native_id: str) -> Message:
        """Give a message by its id."""
        every = self.fake.world.messages.values()
        return next(here[int(native_id)] for here in every if int(native_id) in here)

    def _standing(self, place: Place | None) -> list[Message]:
        rooms = [self.channel(place), *self.threads_of(place)]
        found = [one for room in rooms for one in self.fake.world.messages[room.id].values()]
        return sorted((one for one in found if one.type in _WORDS), key=lambda one: one.id)

    def _ours(self, message: Message) -> bool:
        return message.author is self.fake.world.bot

    def _seen(self, message: Message) -> Seen:
        me, channel = self.fake.world.bot.id, self.fake.world.channels.get(message.channel_id)
        digits = [emoji[0] for emoji, users in message.reactions.items() if me in users]
        return Seen(
            str(message.id),
            words_of(message),
            _offers(message),
            str(channel.id) if channel and channel.type == PUBLIC_THREAD else None,
            (message.reference or {}).get("message_id"),
            tuple(one for one in digits if one.isdecimal()),
        )


@asynccontextmanager
async def on_discord(store: Store, clock: Clock) -> AsyncIterator[DiscordNetwork]:
    """Give a school on a little Discord, known in our books, and see that it refused nothing as malformed."""
    async with FakeDiscord() as fake:
        guild = fake.guild("School")
        world = fake.world
        channels = world.channel_named(guild, "general"), world.make_channel(guild, "hosts")
        async with store.begin() as tx:
            community = await tx.keep_server("discord", str(guild.id), guild.name, "Europe/London", "en")
            await tx.keep_channels("discord", community, [Known(str(one.id), one.name) for one in channels])
            places = [await tx.place_called("discord", str(one.id)) for one in channels]
            place, other = (one for one in places if one is not None)
            await tx.make_hosts_room(other.id)
        net = DiscordNetwork(fake, clock, store, guild, place, other)
        before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        beating = asyncio.create_task(_beating(fake))
        try:
            yield net
        finally:
            beating.cancel()
            for side in net.sides:
                await side.leave()
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        assert fake.violations == []


async def _beating(fake: FakeDiscord) -> None:
    """Ask for heartbeats: the client's own are real seconds apart, which virtual ones leap over."""
    while True:
        await asyncio.sleep(BEAT)
        fake.gateway.ask_heartbeat()


def _offers(message: Message) -> tuple[Offer, ...]:
    found = []
    for label, button in buttons_of(message).items():
        press = pressed(button.get("custom_id", ""))
        if press is not None:
            found.append(Offer(label, press.line, form=press.form))
    return tuple(found)
