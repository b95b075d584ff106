"""Where people write on Discord and what stands there: channels, threads, messages, interactions."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.fake_discord.shapes import Json, Overwrite, User, written

TEXT, DM, CATEGORY, ANNOUNCEMENTS, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 4, 5, 11, 12, 15
THREADS = {10, PUBLIC_THREAD, PRIVATE_THREAD}
EPHEMERAL = 64
"""The flag of a message that only the person who asked can see."""
HAS_THREAD = 32


@dataclass
class ThreadState:
    """What a thread has that a channel has not."""

    owner_id: int
    created: datetime
    archive_timestamp: datetime
    auto_archive: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    message_count: int = 0
    total_sent: int = 0
    members: dict[int, datetime] = field(default_factory=dict)

    def json(self, *, private: bool) -> Json:
        """Give the thread's metadata as Discord does."""
        return {
            "archived": self.archived,
            "archive_timestamp": written(self.archive_timestamp),
            "auto_archive_duration": self.auto_archive,
            "locked": self.locked,
            "create_timestamp": written(self.created),
        } | ({"invitable": self.invitable} if private else {})

    def member_json(self, thread_id: int, user_id: int) -> Json:
        """Give one person's membership as Discord does."""
        joined = written(self.members[user_id])
        return {"id": str(thread_id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


@dataclass
class Channel:
    """A channel, a thread (it has a `thread`) or a private conversation (it has no guild)."""

    id: int
    type: int
    guild_id: int | None
    name: str
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    slowmode: int = 0
    nsfw: bool = False
    last_message_id: int | None = None
    last_pin: datetime | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    thread: ThreadState | None = None
    recipients: list[User] = field(default_factory=list)

    def json(self) -> Json:
        """Give the channel as Discord does."""
        return {
            "id": str(self.id),
            "type": self.type,
            "last_message_id": str(self.last_message_id) if self.last_message_id else None,
            "flags": 0,
        } | self._rest()

    def _rest(self) -> Json:
        if self.type == DM:
            return {"recipients": [user.json() for user in self.recipients]}
        common = {
            "guild_id": str(self.guild_id),
            "name": self.name,
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "rate_limit_per_user": self.slowmode,
        } | ({"last_pin_timestamp": written(self.last_pin)} if self.last_pin else {})
        return common | (self._as_thread(self.thread) if self.thread else self._as_channel())

    def _as_channel(self) -> Json:
        return {
            "topic": self.topic,
            "position": self.position,
            "permission_overwrites": [one.json() for one in self.overwrites.values()],
            "nsfw": self.nsfw,
        } | ({"available_tags": []} if self.type == FORUM else {})

    def _as_thread(self, state: ThreadState) -> Json:
        return {
            "owner_id": str(state.owner_id),
            "thread_metadata": state.json(private=self.type == PRIVATE_THREAD),
            "message_count": state.message_count,
            "member_count": min(len(state.members), 50),
            "total_message_sent": state.total_sent,
        }


@dataclass
class Attachment:
    """A file on a message."""

    id: int
    filename: str
    size: int
    url: str
    content_type: str = "application/octet-stream"
    description: str | None = None

    def json(self) -> Json:
        """Give the attachment as Discord does."""
        return {
            "id": str(self.id),
            "filename": self.filename,
            "size": self.size,
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        } | ({"description": self.description} if self.description is not None else {})


@dataclass
class Message:
    """One message; `reactions` are the users' ids by emoji, in the order they came."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    content: str
    sent: datetime
    type: int = 0
    flags: int = 0
    edited: datetime | None = None
    nonce: str | int | None = None
    pinned_at: datetime | None = None
    mentions: list[User] = field(default_factory=list)
    mention_everyone: bool = False
    mention_roles: list[int] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)
    reference: Json | None = None
    replied_to: Message | None = None
    thread: Channel | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    interaction: Json | None = None

    def json(self, me: int, *, nested: bool = True) -> Json:
        """Give the message as Discord does to the user `me`."""
        return {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "type": self.type,
            "author": self.author.json(),
            "content": self.content,
            "timestamp": written(self.sent),
            "edited_timestamp": written(self.edited) if self.edited else None,
            "flags": self.flags,
            "tts": False,
            "pinned": self.pinned_at is not None,
            "mention_everyone": self.mention_everyone,
            "mentions": [user.json() for user in self.mentions],
            "mention_roles": [str(role) for role in self.mention_roles],
            "attachments": [one.json() for one in self.attachments],
            "embeds": self.embeds,
            "components": self.components,
        } | self._sometimes(me, nested=nested)

    def _sometimes(self, me: int, *, nested: bool) -> Json:
        found: Json = {"nonce": self.nonce} if self.nonce is not None else {}
        if self.reactions:
            found["reactions"] = [_reaction(emoji, users, me) for emoji, users in self.reactions.items()]
        if self.reference is not None:
            found["message_reference"] = self.reference
        if nested and self.type in {19, 21}:
            found["referenced_message"] = self.replied_to.json(me, nested=False) if self.replied_to else None
        if self.thread is not None:
            found["thread"] = self.thread.json()
        if self.application_id is not None:
            found |= {"application_id": str(self.application_id), "webhook_id": str(self.application_id)}
        if self.webhook_id is not None:
            found["webhook_id"] = str(self.webhook_id)
        if self.interaction is not None:
            found["interaction_metadata"] = self.interaction
        return found


def emoji_json(emoji: str) -> Json:
    """Give an emoji as Discord does; custom ones are written name:id."""
    name, _, number = emoji.partition(":")
    return {"id": number or None, "name": name}


def _reaction(emoji: str, users: list[int], me: int) -> Json:
    return {
        "emoji": emoji_json(emoji),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "me": me in users,
    }


@dataclass
class Interaction:
    """Somebody's command, click or form, and what the bot has answered so far."""

    id: int
    token: str
    kind: int
    user: User
    channel_id: int
    guild_id: int | None
    began: datetime
    message: Message | None = None
    started: float = field(default_factory=time.monotonic)
    callback_type: int | None = None
    callback_data: Json = field(default_factory=dict)
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deferred(self) -> bool:
        """Whether the bot has only said that it is thinking, and nothing yet."""
        return self.callback_type in {5, 6} and self.original is None and not self.followups

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the answer."""
        return bool(int(self.callback_data.get("flags") or 0) & EPHEMERAL)
