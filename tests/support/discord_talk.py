"""People who talk to the bot on a little Discord under a clock that is set, by way of the real client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.clock import Clock
from bot.commands import Reply
from bot.core.hearing import Author, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Offer, Person, Place, Role
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.platforms.discord import Discord, attention
from bot.platforms.discord.buttons import pressed
from bot.platforms.discord.hearing import Listener
from bot.platforms.discord.limits import Rush
from bot.settings import DiscordSettings
from bot.storage.outgoing.queued import Queued
from bot.storage.places.servers import Channel as Known
from bot.storage.store import Store
from tests.support.discord_typing import typed
from tests.support.ears import SweptAtOnce
from tests.support.fake_discord.answers import Answer, buttons_of
from tests.support.fake_discord.people import Someone as Member
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild
from tests.support.fake_discord.state import World
from tests.support.noting_tree import NotingTree
from tests.support.on_networks import send_all

KEYCAP: Final = "\ufe0f\u20e3"
PATIENCE: Final = 10.0
_SLASH = re.compile(r"`/(?=[a-z])")


@dataclass
class DiscordTalk:
    """A community with #edchat and #edchat-hosts, its people, and the bot that is there."""

    fake: FakeDiscord
    guild: Guild
    store: Store
    clock: Clock
    tree: NotingTree
    inbox: Inbox
    place: Place
    hosts: Place
    platform: Discord
    outbox: Outbox
    members: dict[str, Member] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """The ids that Discord gave to askings, by what tests call them."""

    # -- people ---------------------------------------------------------------------------------------------

    def member(self, who: str, name: str, power: Role = Role.ANYONE) -> Member:
        """Give somebody, who has this power from now on."""
        known = {one.user.username: one for one in self.members.values()} | self.members
        found = known.get(who) or self.fake.person(name, self.guild)
        self.members[who] = found
        member = found.member
        if (member.roles != []) != (power >= Role.HOST):
            roles = [self._hosting()] if power >= Role.HOST else []
            self._world.change_member(self.guild, member, roles=roles)
        return found

    async def known(self, who: Author, place: Place) -> Person:
        """Give somebody as our books know them."""
        author = Author(str(self._who(who).user.id), who.name, who.power)
        async with self.store.begin() as tx:
            return await tx.person("discord", author, place.community_id)

    def author(self, who: str, name: str, power: Role = Role.ANYONE) -> Author:
        """Give somebody as the bot hears of them."""
        return Author(str(self.member(who, name, power).user.id), name, power)

    # -- what they do ---------------------------------------------------------------------------------------

    async def asks(self, who: Author, line: str, place: Place, name: str | None = None) -> Reply | None:
        """Bring a line as Discord's own program does, and give the answer; None where it could not."""
        channel = self._world.channels.get(int(place.native_id))
        if channel is None or who.power > Role.HOST or name in self.asked:
            return None
        self.tree.last = None
        answer = await typed(self._who(who), channel, self.tree, f"!edchat {line}")
        if answer is None:
            return None
        assert not answer.failed, f"{line!r} was not heard"
        assert not answer.deferred, f"{line!r} got no answer"
        if name is not None:
            self.asked[name] = str(answer.interaction.id)
        await self.heard()
        return self._reply(answer)

    async def does(self, one: Heard, place: Place) -> str:
        """Let somebody do this; gives the id of what they said."""
        message = self.message(one.id) if one.id else None
        native_id = one.id
        if isinstance(one, Said):
            native_id = self._says(one, place)
        elif message is None:
            return native_id
        elif isinstance(one, Deleted):
            self._world.delete(message)
        elif isinstance(one, Edited):
            self._who(one.author).edits(message, one.text)
        elif isinstance(one, Reacted):
            act = self._who(one.author).unreacts if one.removed else self._who(one.author).reacts
            act(message, f"{one.number}{KEYCAP}")
        else:
            raise TypeError(f"people do no {type(one).__name__}")
        await self.heard()
        return native_id

    def _says(self, said: Said, place: Place) -> str:
        channel = self._world.channels[int(said.thread or place.native_id)]
        reply_to = self.message(said.reply_to) if said.reply_to else None
        return str(self._who(said.author).says(channel, said.text, reply_to).id)

    def _who(self, author: Author) -> Member:
        return self.member(author.native_id, author.name, author.power)

    # -- what the bot does ----------------------------------------------------------------------------------

    async def deliver(self, sent: Callable[[Queued], None]) -> None:
        """Let everything be sent that is due, and tell of it."""
        await send_all(self.store, self.outbox, sent)
        await self.heard()

    async def heard(self) -> None:
        """Wait until the bot has heard all that happened."""
        await self.until(self._has_heard)

    async def until(self, so: Callable[[], object]) -> None:
        """Wait until something is so; TimeoutError when it is not in time."""
        async with asyncio.timeout(PATIENCE):
            while not so():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.002)

    def _has_heard(self) -> bool:
        told = [one.sequence for one in self.fake.gateway.sessions.values()]
        client = self.platform._client
        if client is None or not client.is_ready() or client.ws.sequence not in told:
            return False
        [listener] = [part for part in client.parts if isinstance(part, Listener)]
        attention = listener._attention
        followers = attention._followers.values()
        return not attention._doubtful and not any(one._waiting for one in followers)

    # -- what there is --------------------------------------------------------------------------------------

    def message(self, native_id: str) -> Message | None:
        """Give a message by its id."""
        number = int(native_id) if native_id.isdecimal() else 0
        every = self._world.messages.values()
        return next((here[number] for here in every if number in here), None)

    @property
    def _world(self) -> World:
        return self.fake.world

    def _hosting(self) -> int:
        named = [role.id for role in self.guild.roles.values() if role.name == "Hosts"]
        made = named or [self._world.make_role(self.guild, "Hosts", int(Can.MANAGE_EVENTS)).id]
        return made[0]

    def _reply(self, answer: Answer) -> Reply:
        """An answer as the commands gave it: they do not know by which sign lines begin here."""
        presses = [
            pressed(one.get("custom_id", "")) for part in answer.messages for one in buttons_of(part).values()
        ]
        labels = [label for part in answer.messages for label in buttons_of(part)]
        offers = [
            Offer(label, one.line, form=one.form) for label, one in zip(labels, presses, strict=True) if one
        ]
        last, text = self.tree.last, _SLASH.sub("`", self._text(answer))
        refused = last is None or last.refused
        if last is not None and refused and text.startswith(last.text):
            text = last.text  # after it stands what was typed into a form, so that it is not lost
        return Reply(text, tuple(offers), private=answer.ephemeral, refused=refused)

    def _text(self, answer: Answer) -> str:
        files = [one for part in answer.messages for one in part.attachments]
        if files:
            return self._world.files[
                files[0].url.removeprefix(self._world.base_url).partition("?")[0]
            ].decode()
        return answer.text


class _Calm(Rush):
    """No rush: here an hour's questions go out within a second of any clock but the chat's."""

    on = False


@asynccontextmanager
async def discord_talk(
    store: Store, clock: Clock, tree: NotingTree, inbox: Inbox
) -> AsyncIterator[DiscordTalk]:
    """Let the bot be on a little Discord, in a community it knows; nothing there was refused as malformed."""
    async with FakeDiscord(clock.now) as fake:
        guild = fake.guild("Edhouse")
        channels = (_named(fake, guild, "edchat"), fake.world.make_channel(guild, "edchat-hosts"))
        async with store.begin() as tx:
            community = await tx.keep_server("discord", str(guild.id), guild.name, "Europe/London", "en")
            await tx.keep_channels("discord", community, [Known(str(one.id), one.name) for one in channels])
            found = [await tx.place_called("discord", str(one.id)) for one in channels]
            place, hosts = (one for one in found if one is not None)
            await tx.make_hosts_room(hosts.id)
        given = DiscordSettings(SecretStr(fake.token), frozenset(), fake.api_url, fake.gateway_url)
        platform = Discord(given, store, clock, settle=0.01, first_wait=0.02)
        platform._sender.limits.rush = _Calm()
        platform.mount(tree)
        store.keeps = store.collects = frozenset({"discord"})
        store.clock = clock.now
        platform._sender.limits.bucket.rate = 10_000.0
        outbox = Outbox(store, clock, {"discord": platform}, "talk")
        talk = DiscordTalk(fake, guild, store, clock, tree, inbox, place, hosts, platform, outbox)
        async with _living(talk):
            yield talk
        assert fake.violations == []


@asynccontextmanager
async def _living(talk: DiscordTalk) -> AsyncIterator[None]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    living = asyncio.create_task(talk.platform.listen(SweptAtOnce(talk.inbox)))
    try:
        with pytest.MonkeyPatch.context() as here:  # a bot of thousands of servers looks around more rarely
            here.setattr(attention, "GATHER", 0.002)
            here.setattr(attention, "SHARE", 0)
            await talk.heard()
            yield
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


def _named(fake: FakeDiscord, guild: Guild, name: str) -> Channel:
    first = fake.world.channel_named(guild, "general")
    first.name = name
    return first
