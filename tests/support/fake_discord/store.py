"""The world's shelves: everything there is, who may do what, and who is told of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.support.fake_discord.places import DM, PRIVATE_THREAD, Attachment, Channel, Interaction, Message
from tests.support.fake_discord.shapes import (
    EVERYTHING,
    Can,
    Guild,
    Json,
    Member,
    Overwrite,
    ScheduledEvent,
    User,
)

EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
CONTENT_KEYS: Final = {"content": "", "embeds": [], "attachments": [], "components": []}
Listener = Callable[[str, Json, int | None], None]


def wall_clock() -> datetime:
    """Give the time of the machine."""
    return datetime.now(UTC)


def time_of(snowflake: int) -> datetime:
    """Give when something was made, from its id."""
    return datetime.fromtimestamp((snowflake >> 22) / 1000 + EPOCH.timestamp(), UTC)


class Store:
    """Everything that exists, with its ids, permissions and listeners."""

    def __init__(self, now: Callable[[], datetime] = wall_clock) -> None:
        self.now = now
        self.guilds: dict[int, Guild] = {}
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, dict[int, Message]] = defaultdict(dict)
        self.commands: dict[int | None, dict[int, Json]] = defaultdict(dict)
        self.events: dict[int, ScheduledEvent] = {}
        self.interactions: dict[str, Interaction] = {}
        self.files: dict[str, bytes] = {}
        self.listeners: list[Listener] = []
        self.without: set[str] = set()
        self.message_content = True
        self.members_intent = True
        self.old_edits_left: int | None = None
        self.old_edit_pause = 0.05
        self.closed_to_bot: set[int] = set()
        self.answer_within = 3.0
        self.base_url = ""
        self._last = 0
        self.bot = self.user("edchat", bot=True)
        self.token = f"token-of-{self.bot.id}"

    @property
    def application_id(self) -> int:
        """The application's id, which is its bot's."""
        return self.bot.id

    def snowflake(self) -> int:
        """Give a new id: the time in its high bits, and always more than the last."""
        milliseconds = int((self.now() - EPOCH).total_seconds() * 1000)
        self._last = max(milliseconds << 22, self._last + 1)
        return self._last

    def user(self, username: str, global_name: str | None = None, *, bot: bool = False) -> User:
        """Make an account."""
        made = User(self.snowflake(), username, global_name, bot)
        self.users[made.id] = made
        return made

    def attach(
        self,
        filename: str,
        data: bytes,
        content_type: str = "application/octet-stream",
        alt: str | None = None,
    ) -> Attachment:
        """Put a file on the shelf that links reach, for a day."""
        number = self.snowflake()
        path = f"/attachments/{number}/{filename}"
        self.files[path] = data
        until = int((self.now() + timedelta(days=1)).timestamp())
        url = f"{self.base_url}{path}?ex={until:x}"
        return Attachment(number, filename, len(data), url, content_type, alt)

    def emit(self, event_name: str, data: Json, guild_id: int | None = None) -> None:
        """Tell every listener what happened, with everything in it."""
        for listener in [*self.listeners]:
            listener(event_name, data, guild_id)

    def guild_of(self, channel: Channel) -> Guild | None:
        """Give the guild of a channel, or nothing of a private conversation."""
        return self.guilds[channel.guild_id] if channel.guild_id is not None else None

    def member(self, guild_id: int | None, user_id: int) -> Member | None:
        """Give somebody in a guild, or nothing if they are not in it."""
        guild = self.guilds.get(guild_id) if guild_id is not None else None
        return guild.members.get(user_id) if guild else None

    def guild_permissions(self, who: Member | User, guild: Guild) -> int:
        """What somebody may do in a guild, before any channel has its say."""
        member = guild.members.get(_id_of(who))
        if member is None:
            return 0
        if guild.owner_id == member.user.id:
            return EVERYTHING
        base = guild.everyone.permissions
        for role in member.roles:
            base |= guild.roles[role].permissions
        return EVERYTHING if base & Can.ADMINISTRATOR else base

    def permissions(self, who: Member | User, channel: Channel) -> int:
        """What somebody may do in a channel: roles, then overwrites, as Discord computes it."""
        guild = self.guild_of(channel)
        if guild is None:
            return EVERYTHING if any(user.id == _id_of(who) for user in channel.recipients) else 0
        base = self.guild_permissions(who, guild)
        member = guild.members.get(_id_of(who))
        if member is None or base == EVERYTHING:
            return base
        base = _overwritten(base, self._place_of(channel).overwrites, guild, member)
        if not base & Can.VIEW_CHANNEL:
            return 0
        if channel.thread is None and not base & Can.SEND_MESSAGES:
            base &= ~int(Can.MENTION_EVERYONE | Can.EMBED_LINKS | Can.ATTACH_FILES)
        return base

    def sees(self, who: Member | User, channel: Channel) -> bool:
        """Whether somebody sees a channel; a private thread only from inside, or with the right to manage."""
        allowed = self.permissions(who, channel)
        if channel.type == PRIVATE_THREAD and channel.thread and _id_of(who) not in channel.thread.members:
            return bool(allowed & Can.VIEW_CHANNEL and allowed & Can.MANAGE_THREADS)
        return bool(allowed & Can.VIEW_CHANNEL)

    def _place_of(self, channel: Channel) -> Channel:
        if channel.thread is not None and channel.parent_id is not None:
            return self.channels.get(channel.parent_id, channel)
        return channel

    def message_json(self, message: Message) -> Json:
        """Give a message in full, as the bot gets it."""
        return message.json(self.bot.id)

    def redacted(self, data: Json) -> Json:
        """Give a message's data as a bot without the message-content intent gets it."""
        if "author" not in data and "content" not in data:
            return data
        if self._ours(data):
            return data
        bare = data | {key: nothing for key, nothing in CONTENT_KEYS.items() if key in data}
        if bare.get("referenced_message"):
            bare["referenced_message"] = self.redacted(bare["referenced_message"])
        return bare

    def _ours(self, data: Json) -> bool:
        me = str(self.bot.id)
        channel = self.channels.get(int(data["channel_id"]))
        return (
            data.get("author", {}).get("id") == me
            or any(user["id"] == me for user in data.get("mentions", []))
            or (channel is not None and channel.type == DM)
        )


def _id_of(who: Member | User) -> int:
    return who.user.id if isinstance(who, Member) else who.id


def _overwritten(base: int, overwrites: dict[int, Overwrite], guild: Guild, member: Member) -> int:
    if everyone := overwrites.get(guild.id):
        base = base & ~everyone.deny | everyone.allow
    of_roles = [overwrites[role] for role in member.roles if role in overwrites]
    for one in of_roles:
        base &= ~one.deny
    for one in of_roles:
        base |= one.allow
    if own := overwrites.get(member.user.id):
        base = base & ~own.deny | own.allow
    return base
