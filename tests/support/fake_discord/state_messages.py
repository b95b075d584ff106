"""What happens to messages: posted, edited, deleted, reacted to, pinned; each tells the gateway."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tests.support.fake_discord.places import (
    EPHEMERAL,
    Attachment,
    Channel,
    Message,
    emoji_json,
)
from tests.support.fake_discord.shapes import Can, Json, User, written
from tests.support.fake_discord.store import Store

REPLY, PINNED = 19, 6


@dataclass(frozen=True)
class Pings:
    """Whom a message may ping; None is everybody it names."""

    users: frozenset[int] | None = None
    roles: frozenset[int] | None = None
    everyone: bool = True
    replied: bool = True
    """Whether whoever is replied to is pinged, which people's own program does unless they say no."""

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read what a request allows."""
        allowed = body.get("allowed_mentions")
        if allowed is None:
            return cls()
        parse = allowed.get("parse") or []
        users = frozenset(int(one) for one in allowed.get("users") or [])
        roles = frozenset(int(one) for one in allowed.get("roles") or [])
        return cls(
            None if "users" in parse else users,
            None if "roles" in parse else roles,
            "everyone" in parse,
            bool(allowed.get("replied_user")),
        )


@dataclass(frozen=True)
class Extras:
    """What a message may have besides its words."""

    nonce: str | int | None = None
    flags: int = 0
    type: int = 0
    attachments: Sequence[Attachment] = ()
    embeds: Sequence[Json] = ()
    components: Sequence[Json] = ()
    pings: Pings = Pings()
    interaction: Json | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    id: int | None = None
    """The first message of a forum's thread has the thread's id; others get a new one."""


class Messages(Store):
    """The life of messages."""

    def post(
        self,
        channel: Channel,
        author: User,
        content: str,
        *,
        reply_to: Message | None = None,
        extras: Extras = Extras(),
    ) -> Message:
        """Post a message; a thread that sleeps wakes up."""
        if channel.thread is not None and channel.thread.archived:
            self.wake(channel)
        message = self.compose(channel, author, content, reply_to=reply_to, extras=extras)
        self._place(channel, message)
        self.emit("MESSAGE_CREATE", self._event(message), channel.guild_id)
        return message

    def compose(
        self,
        channel: Channel,
        author: User,
        content: str,
        *,
        reply_to: Message | None = None,
        extras: Extras = Extras(),
    ) -> Message:
        """Make a message that stands nowhere yet, such as one that only one person sees."""
        message = Message(
            extras.id or self.snowflake(), channel.id, channel.guild_id, author, content, self.now(),
            type=REPLY if reply_to else extras.type, flags=extras.flags, nonce=extras.nonce,
            mentions=self._named(content, extras.pings.users), attachments=[*extras.attachments],
            embeds=[*extras.embeds], components=[*extras.components], replied_to=reply_to,
            interaction=extras.interaction, application_id=extras.application_id,
            webhook_id=extras.webhook_id,
        )  # fmt: skip
        if reply_to is not None:
            message.reference = reference_to(reply_to)
            if extras.pings.replied and reply_to.author not in (author, *message.mentions):
                message.mentions.append(reply_to.author)
        self._ping_many(message, channel, extras.pings)
        return message

    def _ping_many(self, message: Message, channel: Channel, pings: Pings) -> None:
        roles = [int(number) for number in re.findall(r"<@&(\d+)>", message.content)]
        message.mention_roles = [one for one in roles if pings.roles is None or one in pings.roles]
        may = self.permissions(message.author, channel) & Can.MENTION_EVERYONE
        called = re.search(r"@(everyone|here)\b", message.content)
        message.mention_everyone = bool(called and may and pings.everyone)

    def system(self, channel: Channel, author: User, kind: int, about: Message | None) -> Message:
        """Post one of Discord's own lines, such as "pinned a message"."""
        message = Message(
            self.snowflake(), channel.id, channel.guild_id, author, "", self.now(), kind, replied_to=about
        )
        message.reference = reference_to(about) if about else None
        self._place(channel, message)
        self.emit("MESSAGE_CREATE", self._event(message), channel.guild_id)
        return message

    def _place(self, channel: Channel, message: Message) -> None:
        self.messages[channel.id][message.id] = message
        channel.last_message_id = message.id
        if channel.thread is not None and message.type != 21 and message.id != channel.id:
            channel.thread.total_sent += 1
            channel.thread.message_count += 1

    def _named(self, content: str, pings: frozenset[int] | None) -> list[User]:
        ids = dict.fromkeys(int(number) for number in re.findall(r"<@!?(\d+)>", content))
        return [self.users[one] for one in ids if one in self.users and (pings is None or one in pings)]

    def _event(self, message: Message) -> Json:
        data = self.message_json(message)
        if message.guild_id is not None:
            data["guild_id"] = str(message.guild_id)
            if member := self.member(message.guild_id, message.author.id):
                data["member"] = member.json(with_user=False)
        return data

    def changed(self, message: Message) -> None:
        """Tell that a message is not as it was; one that only one person sees is nobody's news."""
        if not message.flags & EPHEMERAL:
            self.emit("MESSAGE_UPDATE", self._event(message), message.guild_id)

    def edit(self, message: Message, content: str | None = None, **fields: object) -> None:
        """Change a message's words or other fields."""
        if content is not None:
            message.content = content
            message.mentions = self._named(content, None)
        for name, value in fields.items():
            setattr(message, name, value)
        message.edited = self.now()
        self.changed(message)

    def unfurl(self, message: Message, embeds: list[Json]) -> None:
        """Add a link's preview: an update that carries neither content nor author."""
        message.embeds = embeds
        data = {"id": str(message.id), "channel_id": str(message.channel_id), "embeds": embeds}
        self.emit("MESSAGE_UPDATE", data | {"guild_id": str(message.guild_id)}, message.guild_id)

    def delete(self, *messages: Message) -> None:
        """Take messages away; several of one channel at once are one event."""
        first = messages[0]
        for message in messages:
            del self.messages[message.channel_id][message.id]
            self._shrink(self.channels[message.channel_id])
        where = {"channel_id": str(first.channel_id)}
        where |= {"guild_id": str(first.guild_id)} if first.guild_id is not None else {}
        if len(messages) == 1:
            self.emit("MESSAGE_DELETE", {"id": str(first.id)} | where, first.guild_id)
        else:
            ids = [str(message.id) for message in messages]
            self.emit("MESSAGE_DELETE_BULK", {"ids": ids} | where, first.guild_id)

    @staticmethod
    def _shrink(channel: Channel) -> None:
        if channel.thread is not None:
            channel.thread.message_count = max(0, channel.thread.message_count - 1)

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add somebody's reaction; a second time changes nothing."""
        users = message.reactions.setdefault(emoji, [])
        if user.id in users:
            return
        users.append(user.id)
        data = self._reaction(message, user, emoji) | {"message_author_id": str(message.author.id)}
        if member := self.member(message.guild_id, user.id):
            data["member"] = member.json()
        self.emit("MESSAGE_REACTION_ADD", data, message.guild_id)

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Take somebody's reaction back."""
        users = message.reactions.get(emoji, [])
        if user.id not in users:
            return
        users.remove(user.id)
        if not users:
            del message.reactions[emoji]
        self.emit("MESSAGE_REACTION_REMOVE", self._reaction(message, user, emoji), message.guild_id)

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Take away every reaction, or every one of an emoji."""
        data: Json = {"channel_id": str(message.channel_id), "message_id": str(message.id)}
        data |= {"guild_id": str(message.guild_id)} if message.guild_id is not None else {}
        if emoji is None:
            message.reactions.clear()
            self.emit("MESSAGE_REACTION_REMOVE_ALL", data, message.guild_id)
        else:
            message.reactions.pop(emoji, None)
            data["emoji"] = emoji_json(emoji)
            self.emit("MESSAGE_REACTION_REMOVE_EMOJI", data, message.guild_id)

    @staticmethod
    def _reaction(message: Message, user: User, emoji: str) -> Json:
        return {
            "user_id": str(user.id),
            "channel_id": str(message.channel_id),
            "message_id": str(message.id),
            "emoji": emoji_json(emoji),
            "burst": False,
            "type": 0,
        } | ({"guild_id": str(message.guild_id)} if message.guild_id is not None else {})

    def pin(self, message: Message, user: User) -> None:
        """Pin a message: Discord says so in a line of its own."""
        if message.pinned_at is None:
            self._pin(message, self.now())
            self.system(self.channels[message.channel_id], user, PINNED, message)

    def unpin(self, message: Message) -> None:
        """Take a pin away."""
        if message.pinned_at is not None:
            self._pin(message, None)

    def _pin(self, message: Message, when: datetime | None) -> None:
        channel = self.channels[message.channel_id]
        message.pinned_at, channel.last_pin = when, when or channel.last_pin
        self.changed(message)
        data: Json = {"channel_id": str(channel.id), "guild_id": str(channel.guild_id)}
        data["last_pin_timestamp"] = written(channel.last_pin) if channel.last_pin else None
        self.emit("CHANNEL_PINS_UPDATE", data, channel.guild_id)

    def pins(self, channel: Channel) -> list[Message]:
        """Give a channel's pinned messages, the latest pin first."""
        pinned = [(one.pinned_at, one) for one in self.messages[channel.id].values() if one.pinned_at]
        return [one for _, one in sorted(pinned, key=lambda pair: pair[0], reverse=True)]

    def wake(self, thread: Channel) -> None:
        """Unarchive a thread, as a message in it does."""
        if thread.thread is not None:
            thread.thread.archived, thread.thread.archive_timestamp = False, self.now()
            self.emit("THREAD_UPDATE", thread.json(), thread.guild_id)


def reference_to(message: Message) -> Json:
    """Give a reference to a message as Discord does."""
    return {
        "type": 0,
        "channel_id": str(message.channel_id),
        "message_id": str(message.id),
    } | ({"guild_id": str(message.guild_id)} if message.guild_id is not None else {})
