"""The whole little Discord in memory: guilds, people, channels and threads, and how they change."""

from __future__ import annotations

from tests.support.fake_discord.places import (
    DM,
    FORUM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Interaction,
    Message,
    ThreadState,
)
from tests.support.fake_discord.shapes import (
    ANYBODY,
    BOT_NEEDS,
    Guild,
    Json,
    Member,
    Overwrite,
    Role,
    ScheduledEvent,
    User,
    written,
)
from tests.support.fake_discord.state_messages import Messages


class World(Messages):
    """Everything that exists and everything that can happen to it."""

    # -- guilds and people ----------------------------------------------------------------------------------

    def make_guild(self, name: str, bot_permissions: int | None = BOT_NEEDS) -> Guild:
        """Make a guild with #general, owned by somebody else; None keeps the bot out."""
        owner = self.user(f"owner-of-{name}".lower().replace(" ", "-"), f"Owner of {name}")
        number = self.snowflake()
        guild = Guild(number, name, owner.id, {number: Role(number, "@everyone", ANYBODY)}, {})
        self.guilds[number] = guild
        guild.members[owner.id] = Member(owner, self.now())
        self.make_channel(guild, "general")
        if bot_permissions is not None:
            self.invite_bot(guild, bot_permissions)
        return guild

    def invite_bot(self, guild: Guild, permissions: int = BOT_NEEDS) -> Member:
        """Let the bot in, with a role of its own that has these permissions."""
        role = self.make_role(guild, self.bot.username, permissions, managed=True)
        member = Member(self.bot, self.now(), [role.id])
        guild.members[self.bot.id] = member
        self.emit("GUILD_CREATE", self.guild_create(guild), guild.id)
        return member

    def kick_bot(self, guild: Guild) -> None:
        """Throw the bot out."""
        guild.members.pop(self.bot.id, None)
        self.emit("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    def outage(self, guild: Guild) -> None:
        """Make a guild unavailable for a while, as when Discord itself is ill."""
        guild.available = False
        self.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    def recover(self, guild: Guild) -> None:
        """End an outage."""
        guild.available = True
        self.emit("GUILD_CREATE", self.guild_create(guild), guild.id)

    def join(self, guild: Guild, user: User, roles: tuple[Role, ...] = ()) -> Member:
        """Let somebody in."""
        member = Member(user, self.now(), [role.id for role in roles])
        guild.members[user.id] = member
        data = member.json() | {"guild_id": str(guild.id)}
        self.emit("GUILD_MEMBER_ADD", data, guild.id)
        return member

    def leave(self, guild: Guild, user: User) -> None:
        """Let somebody go."""
        del guild.members[user.id]
        self.emit("GUILD_MEMBER_REMOVE", {"guild_id": str(guild.id), "user": user.json()}, guild.id)

    def change_member(self, guild: Guild, member: Member, **fields: object) -> None:
        """Change somebody's nick or roles."""
        for name, value in fields.items():
            setattr(member, name, value)
        self.emit("GUILD_MEMBER_UPDATE", member.json() | {"guild_id": str(guild.id)}, guild.id)

    def make_role(self, guild: Guild, name: str, permissions: int = 0, *, managed: bool = False) -> Role:
        """Make a role above the ones there are."""
        role = Role(self.snowflake(), name, permissions, len(guild.roles), managed)
        guild.roles[role.id] = role
        self.emit("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role.json()}, guild.id)
        return role

    def set_role_permissions(self, guild: Guild, role: Role, permissions: int) -> None:
        """Change what a role may do."""
        role.permissions = permissions
        self.emit("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role.json()}, guild.id)

    def set_bot_permissions(self, guild: Guild, permissions: int) -> None:
        """Change what the bot's own role may do; @everyone keeps what it has."""
        role = guild.roles[guild.members[self.bot.id].roles[0]]
        self.set_role_permissions(guild, role, permissions)

    def delete_role(self, guild: Guild, role: Role) -> None:
        """Take a role away from everybody."""
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles = [one for one in member.roles if one != role.id]
        self.emit("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild.id)

    def guild_create(self, guild: Guild) -> Json:
        """Give a guild as the gateway does: with its channels, threads and people."""
        inside = [one for one in self.channels.values() if one.guild_id == guild.id]
        active = [one for one in inside if one.thread and not one.thread.archived]
        mine = guild.members.get(self.bot.id)
        return guild.json() | {
            "joined_at": written(mine.joined if mine else self.now()),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [member.json() for member in guild.members.values()],
            "channels": [one.json() for one in inside if one.thread is None],
            "threads": [self.thread_json(one) for one in active if mine and self.sees(mine, one)],
            "guild_scheduled_events": [e.json() for e in self.events.values() if e.guild_id == guild.id],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "soundboard_sounds": [],
        }

    # -- channels -------------------------------------------------------------------------------------------

    def make_channel(
        self, guild: Guild, name: str, kind: int = TEXT, parent: Channel | None = None
    ) -> Channel:
        """Make a channel."""
        position = sum(one.guild_id == guild.id and one.thread is None for one in self.channels.values())
        channel = Channel(self.snowflake(), kind, guild.id, name, position)
        channel.parent_id = parent.id if parent else None
        self.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", channel.json(), guild.id)
        return channel

    def channel_named(self, guild: Guild, name: str) -> Channel:
        """Give a channel or thread of a guild by its name."""
        return next(one for one in self.channels.values() if (one.guild_id, one.name) == (guild.id, name))

    def set_overwrite(
        self, channel: Channel, whom: Role | Member | User, *, allow: int = 0, deny: int = 0
    ) -> None:
        """Change what a role or somebody may do in one channel."""
        number = whom.user.id if isinstance(whom, Member) else whom.id
        kind = 0 if isinstance(whom, Role) else 1
        channel.overwrites[number] = Overwrite(number, kind, allow, deny)
        self.channel_changed(channel)

    def channel_changed(self, channel: Channel) -> None:
        """Tell that a channel or thread is not as it was."""
        name = "THREAD_UPDATE" if channel.thread else "CHANNEL_UPDATE"
        self.emit(name, self.thread_json(channel), channel.guild_id)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread with all that stands in it."""
        for thread in [one for one in self.channels.values() if one.thread and one.parent_id == channel.id]:
            self.delete_channel(thread)
        del self.channels[channel.id]
        self.messages.pop(channel.id, None)
        if channel.thread is None:
            self.emit("CHANNEL_DELETE", channel.json(), channel.guild_id)
            return
        for message in self.messages[channel.parent_id or 0].values():
            message.thread = None if message.thread is channel else message.thread
        data = {"id": str(channel.id), "guild_id": str(channel.guild_id), "type": channel.type}
        self.emit("THREAD_DELETE", data | {"parent_id": str(channel.parent_id)}, channel.guild_id)

    def private_channel(self, user: User) -> Channel:
        """Give the bot's private conversation with somebody, made at need."""
        for channel in self.channels.values():
            if channel.type == DM and user in channel.recipients:
                return channel
        made = Channel(self.snowflake(), DM, None, "", recipients=[user, self.bot])
        self.channels[made.id] = made
        return made

    # -- threads --------------------------------------------------------------------------------------------

    def start_thread(
        self,
        parent: Channel,
        user: User,
        name: str,
        *,
        message: Message | None = None,
        private: bool = False,
        auto_archive: int = 4320,
    ) -> Channel:
        """Start a thread, from a message (it gets the message's id) or from nothing."""
        kind = PRIVATE_THREAD if private else PUBLIC_THREAD
        state = ThreadState(user.id, self.now(), self.now(), auto_archive, members={user.id: self.now()})
        number = message.id if message else self.snowflake()
        thread = Channel(number, kind, parent.guild_id, name, parent_id=parent.id, thread=state)
        self.channels[number] = thread
        self.emit("THREAD_CREATE", self.thread_json(thread) | {"newly_created": True}, parent.guild_id)
        if message is not None:
            message.thread, message.flags = thread, message.flags | HAS_THREAD
            self.changed(message)
            self.system(thread, user, 21, message)
        elif not private and parent.type != FORUM:
            line = self.system(parent, user, 18, None)
            line.content, line.thread = name, thread
        return thread

    def thread_json(self, thread: Channel) -> Json:
        """Give a channel or thread as the bot gets it, with its own membership if it is in."""
        data = thread.json()
        if thread.thread is not None and self.bot.id in thread.thread.members:
            data["member"] = thread.thread.member_json(thread.id, self.bot.id)
        return data

    def archive(self, thread: Channel, *, locked: bool | None = None) -> None:
        """Put a thread to sleep; locked keeps it so."""
        state = _thread(thread)
        state.archived, state.archive_timestamp = True, self.now()
        state.locked = state.locked if locked is None else locked
        self.channel_changed(thread)

    def lock(self, thread: Channel) -> None:
        """Lock a thread: only those who manage threads write in it."""
        _thread(thread).locked = True
        self.channel_changed(thread)

    def enter_thread(self, thread: Channel, user: User) -> None:
        """Add somebody to a thread."""
        state = _thread(thread)
        if user.id in state.members:
            return
        state.members[user.id] = self.now()
        if user.id == self.bot.id:
            self.emit("THREAD_CREATE", self.thread_json(thread), thread.guild_id)
        self._thread_people(thread, added=[state.member_json(thread.id, user.id)])

    def exit_thread(self, thread: Channel, user: User) -> None:
        """Take somebody out of a thread."""
        if _thread(thread).members.pop(user.id, None):
            self._thread_people(thread, removed=[str(user.id)])

    def _thread_people(
        self, thread: Channel, added: list[Json] | None = None, removed: list[str] | None = None
    ) -> None:
        data: Json = {"id": str(thread.id), "guild_id": str(thread.guild_id)}
        data["member_count"] = min(len(_thread(thread).members), 50)
        data |= {"added_members": added} if added else {}
        data |= {"removed_member_ids": removed} if removed else {}
        self.emit("THREAD_MEMBERS_UPDATE", data, thread.guild_id)

    # -- events and interactions ----------------------------------------------------------------------------

    def schedule(self, guild: Guild, creator: User, said: Json) -> ScheduledEvent:
        """Put an event into a guild's list."""
        event = ScheduledEvent(self.snowflake(), guild.id, creator.id, said)
        self.events[event.id] = event
        self.emit("GUILD_SCHEDULED_EVENT_CREATE", event.json(), guild.id)
        return event

    def change_event(self, event: ScheduledEvent, said: Json) -> None:
        """Change an event."""
        event.status = said.get("status") or event.status
        event.said = event.said | {key: value for key, value in said.items() if key != "status"}
        self.emit("GUILD_SCHEDULED_EVENT_UPDATE", event.json(), event.guild_id)

    def delete_event(self, event: ScheduledEvent) -> None:
        """Take an event out of the list."""
        del self.events[event.id]
        self.emit("GUILD_SCHEDULED_EVENT_DELETE", event.json(), event.guild_id)

    def open_interaction(
        self, kind: int, user: User, channel: Channel, message: Message | None = None
    ) -> Interaction:
        """Note that somebody asks the bot for something; the caller tells the gateway what."""
        number = self.snowflake()
        token = f"interaction-{number}"
        made = Interaction(
            number, token, kind, user, channel.id, channel.guild_id, self.now(), message=message
        )
        self.interactions[token] = made
        return made


def _thread(channel: Channel) -> ThreadState:
    if channel.thread is None:
        raise ValueError(f"#{channel.name} is no thread")
    return channel.thread
