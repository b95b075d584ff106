"""What a Discord is made of, in Discord's own shapes: people, roles, messages, events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag
from typing import Any

Json = dict[str, Any]


class Can(IntFlag):
    """The permissions an education bot may meet, by Discord's bits."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


EVERYTHING = (1 << 53) - 1
ANYBODY = int(
    Can.VIEW_CHANNEL
    | Can.SEND_MESSAGES
    | Can.ADD_REACTIONS
    | Can.EMBED_LINKS
    | Can.ATTACH_FILES
    | Can.READ_MESSAGE_HISTORY
    | Can.USE_APPLICATION_COMMANDS
    | Can.CREATE_PUBLIC_THREADS
    | Can.SEND_MESSAGES_IN_THREADS
)
BOT_NEEDS = int(
    ANYBODY
    | Can.MANAGE_MESSAGES
    | Can.MANAGE_THREADS
    | Can.CREATE_PRIVATE_THREADS
    | Can.CREATE_EVENTS
    | Can.MANAGE_EVENTS
    | Can.PIN_MESSAGES
)


def written(when: datetime) -> str:
    """Give a moment as Discord writes it."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass
class User:
    """Somebody with an account, or a bot."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False

    def json(self) -> Json:
        """Give the user as Discord does."""
        return {
            "id": str(self.id),
            "username": self.username,
            "discriminator": "0",
            "global_name": self.global_name,
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        } | ({"bot": True} if self.bot else {})


@dataclass
class Role:
    """A role of a guild; @everyone has the guild's own id."""

    id: int
    name: str
    permissions: int
    position: int = 0
    managed: bool = False

    def json(self) -> Json:
        """Give the role as Discord does."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass
class Overwrite:
    """What a role (kind 0) or a member (kind 1) may and may not do in one channel."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0

    def json(self) -> Json:
        """Give the overwrite as Discord does."""
        return {"id": str(self.id), "type": self.kind, "allow": str(self.allow), "deny": str(self.deny)}


@dataclass
class Member:
    """A user in a guild."""

    user: User
    joined: datetime
    roles: list[int] = field(default_factory=list)
    nick: str | None = None

    def json(self, *, with_user: bool = True) -> Json:
        """Give the member as Discord does; messages carry members without their user."""
        return {
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in self.roles],
            "joined_at": written(self.joined),
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "mute": False,
            "deaf": False,
            "flags": 0,
        } | ({"user": self.user.json()} if with_user else {})


@dataclass
class Guild:
    """A server, as people say."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role]
    members: dict[int, Member]
    available: bool = True
    locale: str = "en-US"

    @property
    def everyone(self) -> Role:
        """The role everybody has."""
        return self.roles[self.id]

    def json(self) -> Json:
        """Give the guild as REST does, without its channels and members."""
        nothing = (
            "icon description home_header splash discovery_splash banner application_id afk_channel_id "
            "system_channel_id widget_channel_id max_presences vanity_url_code rules_channel_id "
            "safety_alerts_channel_id public_updates_channel_id incidents_data"
        )
        zero = (
            "system_channel_flags verification_level default_message_notifications mfa_level "
            "explicit_content_filter premium_tier premium_subscription_count nsfw_level"
        )
        return {
            **dict.fromkeys(nothing.split()),
            **dict.fromkeys(zero.split(), 0),
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "features": [],
            "region": "us-west",
            "afk_timeout": 300,
            "widget_enabled": False,
            "roles": [role.json() for role in self.roles.values()],
            "max_members": 500000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "preferred_locale": self.locale,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "emojis": [],
            "stickers": [],
        }


@dataclass
class ScheduledEvent:
    """An event in a guild's list; its other fields are kept as they were sent."""

    id: int
    guild_id: int
    creator_id: int
    said: Json
    status: int = 1

    def json(self) -> Json:
        """Give the event as Discord does."""
        said = self.said
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "creator_id": str(self.creator_id),
            "name": said["name"],
            "description": said.get("description"),
            "channel_id": said.get("channel_id"),
            "image": None,
            "scheduled_start_time": said["scheduled_start_time"],
            "scheduled_end_time": said.get("scheduled_end_time"),
            "status": self.status,
            "entity_type": said["entity_type"],
            "entity_id": None,
            "entity_metadata": said.get("entity_metadata"),
            "recurrence_rule": None,
            "privacy_level": said["privacy_level"],
            "guild_scheduled_event_exceptions": [],
            "user_count": 0,
        }
