"""Each action as Discord does it; whatever is done a second time changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import discord

from bot.clock import Clock
from bot.core.plain import cut
from bot.core.sentences import refusals as sentences
from bot.core.spoken import spoken_commands
from bot.platform import Impossible, Outgoing
from bot.platforms.digits import KEYCAP
from bot.platforms.discord.buttons import buttons
from bot.platforms.discord.client import Client
from bot.platforms.discord.drawing import drawn, jump_link
from bot.platforms.discord.entries import find_entry, keep_entry
from bot.platforms.discord.finding import NONCE_HOLDS, PRIVATE_THREAD, post_like, room_like
from bot.platforms.discord.refusals import ARCHIVED, HAS_THREAD, guild_of, too_old
from bot.storage.store import Store

LONGEST_NONCE: Final = 25
A_WEEK: Final = 10_080
"""Minutes after which a quiet thread is put away."""
LONGEST_NAME: Final = 100
FEW_LINKS: Final = 3
"""Previews of more than so many would push the words out of sight."""
_NO_PINGS: Final = discord.AllowedMentions.none()
_LINES_READ: Final = 10

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Acting:
    """One row being acted on, by one life of the client."""

    client: Client
    store: Store
    clock: Clock
    out: Outgoing

    # -- what is made --------------------------------------------------------------------------------------

    async def post(self) -> str:
        """Post into the place, or into the thread of `target`."""
        return await self._posted(self._channel(self.out.target or self.out.place.native_id))

    async def whisper(self) -> str:
        """Say it in a private message."""
        return await self._posted(await self._private())

    async def card(self) -> str:
        """Make a post that is kept in step, change it, or take it away."""
        out, channel = self.out, self._card_channel()
        if out.target is None:
            return await self._posted(channel)
        card = channel.get_partial_message(number(out.target))
        if not out.text:
            await self._taken_away(card)
            return ""
        try:
            await self._awake(channel.id, partial(self._edited, card))
        except discord.NotFound:
            return await self._posted(channel)
        except (discord.HTTPException, discord.RateLimited) as no:
            if not too_old(no, card.created_at, self.clock.real()):
                raise
            await _unless_gone(card.delete())
            return await self._posted(channel)
        return out.target

    async def entry(self) -> str:
        """Keep the chat among the server's events."""
        return await keep_entry(self.client, self.store, self.clock, await self._guild_id(), self.out)

    async def room(self) -> str:
        """Make the hosts' private thread, or find it, and let its person in; one that is there stays."""
        made = self.out.target or await self._found_room() or await self._made_room()
        if self.out.person and self.out.person.isdecimal():
            await self.client.http.add_user_to_thread(int(made), int(self.out.person))
        return made

    # -- what is done to messages ---------------------------------------------------------------------------

    async def thread(self) -> str:
        """Start a thread from a message, or name the one it has; both have the same id."""
        channel, message, name = *self._ids(self.out.target), self._name()
        if isinstance(self.client.get_channel(channel), discord.Thread):  # where no thread can begin
            return str(message)
        try:
            await self.client.http.start_thread_with_message(
                channel, message, name=name, auto_archive_duration=A_WEEK
            )
        except discord.HTTPException as no:
            if no.code != HAS_THREAD:
                raise
            await self._named(message, name)
        return str(message)

    async def pin(self) -> str:
        """Pin a message, take off what we pinned before, and the network's own line that tells of it."""
        channel, message = self._ids(self.out.target)
        http = self.client.http
        await self._awake(channel, partial(http.pin_message, channel, message))
        pins: Any = await http.pins_from(channel, limit=50)
        others = [str(one["message"]["id"]) for one in pins["items"] if int(one["message"]["id"]) != message]
        async with self.store.read() as tx:
            ours = await tx.pinned(self.out.place.id, others)
        for old in sorted(map(int, ours)):
            await _unless_gone(http.unpin_message(channel, old))
        for one in await http.logs_from(channel, _LINES_READ):
            if self._mine(one) and one["type"] == discord.MessageType.pins_add.value:
                await _unless_gone(http.delete_message(channel, int(one["id"])))
        return str(message)

    async def edit(self) -> str:
        """Change our own message."""
        channel = self._channel(await self._standing_in(self.out.target))
        message = channel.get_partial_message(number(self.out.target))
        await self._awake(channel.id, partial(self._edited, message))
        return str(message.id)

    async def receipt(self) -> str:
        """Put the digit on somebody's message, and take other digits of ours off."""
        channel, message = number(await self._standing_in(self.out.target)), number(self.out.target)
        http, wished = self.client.http, self.out.text + KEYCAP if self.out.text else ""
        shown = await http.get_message(channel, message)
        ours = {one["emoji"]["name"] or "" for one in shown.get("reactions", ()) if one["me"]}
        if wished and wished not in ours:
            await self._awake(channel, partial(http.add_reaction, channel, message, wished))
        for other in sorted(one for one in ours if one.endswith(KEYCAP) and one != wished):
            await self._awake(channel, partial(http.remove_own_reaction, channel, message, other))
        return str(message)

    # -- finding again --------------------------------------------------------------------------------------

    async def find_post(self) -> str | None:
        """Find what an earlier attempt posted."""
        return await self._found(self._channel(self.out.target or self.out.place.native_id))

    async def find_whisper(self) -> str | None:
        """Find what an earlier attempt whispered."""
        return await self._found(await self._private())

    async def find_card(self) -> str | None:
        """Find the card that an earlier attempt made."""
        return self.out.target or await self._found(self._card_channel())

    async def find_entry(self) -> str | None:
        """Find the event that an earlier attempt made."""
        return self.out.target or await find_entry(
            self.client, self.store, await self._guild_id(), self.out, self.clock
        )

    async def find_room(self) -> str | None:
        """Find the private thread that an earlier attempt made."""
        return self.out.target or await self._found_room()

    # -- how ------------------------------------------------------------------------------------------------

    async def _posted(self, channel: discord.abc.Messageable) -> str:
        tried = self.out.first_attempt_at
        if tried and self.clock.real() - self.clock.to_real(tried) > NONCE_HOLDS:
            found = await self._found(channel)
            if found is not None:
                return found
        view = buttons(self.out.offers, self.out.link) or discord.utils.MISSING
        words, key = await self._words(), nonce(self.out.key)
        bare = words.count("://") > FEW_LINKS
        sent = await channel.send(
            words, nonce=key, allowed_mentions=self._called(), view=view, suppress_embeds=bare
        )
        return str(sent.id)

    async def _edited(self, message: discord.PartialMessage) -> None:
        view = buttons(self.out.offers)
        await message.edit(content=await self._words(), view=view, allowed_mentions=_NO_PINGS)

    async def _taken_away(self, card: discord.PartialMessage) -> None:
        """Delete a card, also one that stands in the room itself for want of a thread."""
        try:
            await card.delete()
        except discord.NotFound:
            await _unless_gone(self._channel(self.out.place.native_id).get_partial_message(card.id).delete())

    async def _found(self, channel: discord.abc.Messageable) -> str | None:
        tried = self.out.first_attempt_at
        if tried is None:
            return None
        since, words = self.clock.to_real(tried), await self._words()
        return await post_like(self.client, self.store, self.out.place, channel, words, since)

    async def _words(self) -> str:
        about, text = self.out.about, spoken_commands(self.out.text, self.client.paths, "/")
        text = f"<@&{self.out.ping}> {text}" if self.out.ping.isdecimal() else text
        if not about:
            return drawn(text, self.out.moments)
        channel = await self._standing_in(about)
        return drawn(text, self.out.moments, jump_link(await self._guild_id(), channel, about))

    def _called(self) -> discord.AllowedMentions:
        """Whom a post may call: nobody, or the role that was chosen, whatever else its words name."""
        roles = [discord.Object(number(self.out.ping))] if self.out.ping.isdecimal() else False
        return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)

    async def _awake(self, channel: int, act: Callable[[], Awaitable[_T]]) -> _T:
        """Act in a thread, and open it first where it was put away."""
        try:
            return await act()
        except discord.HTTPException as no:
            if no.code != ARCHIVED:
                raise
        await self.client.http.edit_channel(channel, archived=False)
        return await act()

    async def _named(self, thread: int, name: str) -> None:
        known: Any = await self.client.http.get_channel(thread)
        if known["name"] != name or known["thread_metadata"]["archived"]:
            await self.client.http.edit_channel(thread, name=name, archived=False)

    async def _found_room(self) -> str | None:
        guild = await self._guild_id()
        return await room_like(self.client, self.store, self.out.place, guild, self._name())

    async def _made_room(self) -> str:
        made = await self.client.http.start_thread_without_message(
            number(self.out.place.native_id),
            name=self._name(),
            auto_archive_duration=A_WEEK,
            type=PRIVATE_THREAD,
        )
        return str(made["id"])

    async def _private(self) -> discord.DMChannel:
        if not (self.out.person and self.out.person.isdecimal()):
            raise Impossible(sentences.NOBODY)
        return await self.client.create_dm(discord.Object(int(self.out.person)))

    async def _standing_in(self, native_id: str | None) -> str:
        """The channel or thread in which a message of the place stands."""
        if native_id is None:
            return self.out.place.native_id
        async with self.store.read() as tx:
            return await tx.hook_of(self.out.place.id, native_id) or self.out.place.native_id

    async def _guild_id(self) -> int:
        known = guild_of(self.client, self.out)
        if known is not None:
            return known.id
        async with self.store.read() as tx:
            return number(await tx.server_of(self.out.place.community_id))

    def _card_channel(self) -> discord.PartialMessageable:
        return self._channel(self.out.thread or self.out.place.native_id)

    def _channel(self, native_id: str) -> discord.PartialMessageable:
        return self.client.get_partial_messageable(number(native_id))

    def _ids(self, native_id: str | None) -> tuple[int, int]:
        return number(self.out.place.native_id), number(native_id)

    def _name(self) -> str:
        return cut(self.out.text, LONGEST_NAME)

    def _mine(self, message: Any) -> bool:
        return self.client.user is not None and int(message["author"]["id"]) == self.client.user.id


def nonce(key: str) -> str:
    """A key as Discord takes it; one that is too long is shortened without becoming another's."""
    if len(key) <= LONGEST_NONCE:
        return key
    return hashlib.sha256(key.encode()).hexdigest()[:LONGEST_NONCE]


def number(native_id: str | None) -> int:
    """A native id as a number; Impossible where it is none."""
    if native_id is None or not native_id.isdecimal():
        raise Impossible(sentences.MESSAGE_GONE)
    return int(native_id)


async def _unless_gone(act: Awaitable[Any]) -> None:
    try:
        await act
    except discord.NotFound:
        return
