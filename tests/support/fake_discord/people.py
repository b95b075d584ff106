"""People on Discord: they write, react, type commands, click and fill in forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tests.support.fake_discord.answers import (
    STRING_SELECT,
    Answer,
    Choice,
    NotOfferedError,
    buttons_of,
    walk,
    words_of,
)
from tests.support.fake_discord.asking import ON_MESSAGE, Resolved, Upload, filled, find_command, submitted
from tests.support.fake_discord.places import EPHEMERAL, Channel, Interaction, Message
from tests.support.fake_discord.shapes import Can, Guild, Json, Member, User
from tests.support.fake_discord.state import World
from tests.support.fake_discord.state_messages import Extras

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5


class Place(Protocol):
    """Where people are: whatever has a world."""

    world: World


@dataclass(frozen=True)
class Someone:
    """Somebody in a guild. `patience` is how many seconds they wait for what the bot has promised."""

    fake: Place
    user: User
    guild: Guild
    locale: str = "en-US"
    patience: float = 5.0

    # -- talking --------------------------------------------------------------------------------------------

    def says(
        self, channel: Channel, text: str, reply_to: Message | None = None, files: Sequence[Upload] = ()
    ) -> Message:
        """Write a message."""
        self._may(channel, Can.SEND_MESSAGES_IN_THREADS if channel.thread else Can.SEND_MESSAGES)
        if channel.thread is not None and channel.thread.locked:
            self._may(channel, Can.MANAGE_THREADS)
        sent = [self._world.attach(one.name, one.content, one.type) for one in files]
        extras = Extras(attachments=sent)
        if channel.thread is not None:
            self._world.enter_thread(channel, self.user)
        return self._world.post(channel, self.user, text, reply_to=reply_to, extras=extras)

    def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        self._own(message)
        self._world.edit(message, text)

    def deletes(self, message: Message) -> None:
        """Take a message back; those of others only with the right to manage them."""
        if message.author is not self.user:
            self._may(self._channel_of(message), Can.MANAGE_MESSAGES)
        self._world.delete(message)

    def reacts(self, message: Message, emoji: str) -> None:
        """Put an emoji on a message."""
        if emoji not in message.reactions:
            self._may(self._channel_of(message), Can.ADD_REACTIONS)
        self._world.react(message, self.user, emoji)

    def unreacts(self, message: Message, emoji: str) -> None:
        """Take an own emoji off again."""
        self._world.unreact(message, self.user, emoji)

    def joins(self, guild: Guild | None = None) -> Someone:
        """Come into a guild, and give the same person there."""
        there = replace(self, guild=guild or self.guild)
        if there.user.id not in there.guild.members:
            self._world.join(there.guild, self.user)
        return there

    def leaves(self) -> None:
        """Go."""
        self._world.leave(self.guild, self.user)

    # -- asking the bot -------------------------------------------------------------------------------------

    async def slash(self, channel: Channel, line: str, /, **options: Any) -> Answer:
        """Type a command, as "chat plan" with its options by name, and wait for the answer."""
        self._may_command(channel, line)
        command = find_command(self._world, channel.guild_id, line)
        resolved = self._resolved(channel)
        data = command.data(filled(command, options, resolved)) | resolved.part()
        return await self._asks(COMMAND, channel, data)

    async def autocompletes(
        self, channel: Channel, line: str, option: str, typed: str, /, **others: Any
    ) -> list[Choice]:
        """Type into an option and give what is offered; `others` are filled in already."""
        self._may_command(channel, line)
        command = find_command(self._world, channel.guild_id, line)
        said = filled(command, others, self._resolved(channel), partly=True)
        asked = next((one for one in command.options if one["name"] == option), None)
        if asked is None or not asked.get("autocomplete"):
            raise NotOfferedError(f"{line!r} offers nothing for {option!r}")
        focused = {"name": option, "type": asked["type"], "value": typed, "focused": True}
        answer = await self._asks(AUTOCOMPLETE, channel, command.data([*said, focused]))
        return answer.choices

    async def chooses(self, message: Message, name: str) -> Answer:
        """Choose a command from a message's menu."""
        channel = self._channel_of(message)
        self._may_command(channel, name, ON_MESSAGE)
        command = find_command(self._world, channel.guild_id, name, ON_MESSAGE)
        resolved = self._resolved(channel)
        resolved.message(message.id, self._world.message_json(message))
        return await self._asks(COMMAND, channel, command.on(message.id) | resolved.part())

    async def clicks(self, message: Message | Answer, label: str) -> Answer:
        """Press a button by what stands on it."""
        shown = self._shown(message, label)
        button = buttons_of(shown).get(label)
        if button is None or button.get("disabled") or "custom_id" not in button:
            raise NotOfferedError(f"{label!r} cannot be clicked; there are {sorted(buttons_of(shown))}")
        return await self._component(shown, button, {})

    async def picks(self, message: Message | Answer, *labels: str) -> Answer:
        """Choose lines of a message's list, by what stands in it or by their values."""
        shown = self._shown(message, None)
        for one in walk(shown.components):
            by_name = {line["label"]: line["value"] for line in one.get("options") or []}
            by_name |= {value: value for value in by_name.values()}
            if one["type"] == STRING_SELECT and set(labels) <= set(by_name):
                return await self._component(shown, one, {"values": [by_name[label] for label in labels]})
        raise NotOfferedError(f"no list offers {labels}")

    async def submits(self, answer: Answer, /, **fields: Any) -> Answer:
        """Send a form off; fields by label or by the label as a Python name, others as they were filled."""
        asked = answer.interaction
        channel = self._world.channels[asked.channel_id]
        resolved = self._resolved(channel)
        rows = submitted(answer.form, fields, resolved)
        data = {"custom_id": answer.form.custom_id, "components": rows} | resolved.part()
        return await self._asks(FORM, channel, data, asked.message)

    # -- what they see --------------------------------------------------------------------------------------

    def reads(self, channel: Channel) -> list[str]:
        """Give what stands in a channel for them to see, oldest first."""
        if not self._world.sees(self.user, channel):
            return []
        return [words_of(one) for _, one in sorted(self._world.messages[channel.id].items())]

    @property
    def whispers(self) -> list[str]:
        """Everything that only they were shown, oldest first."""
        mine = [one for one in self._world.interactions.values() if one.user is self.user]
        said = [part for one in mine for part in Answer(one).messages if part.flags & EPHEMERAL]
        return [words_of(one) for one in sorted(said, key=lambda one: one.id)]

    @property
    def letters(self) -> list[str]:
        """What stands in their private conversation with the bot."""
        return self.reads(self._world.private_channel(self.user))

    @property
    def member(self) -> Member:
        """They in their guild."""
        return self.guild.members[self.user.id]

    # -- how it is sent -------------------------------------------------------------------------------------

    @property
    def _world(self) -> World:
        return self.fake.world

    def _channel_of(self, message: Message) -> Channel:
        return self._world.channels[message.channel_id]

    def _resolved(self, channel: Channel) -> Resolved:
        return Resolved(self._world, channel.guild_id, self.user)

    def _may(self, channel: Channel, right: Can) -> None:
        if not self._world.sees(self.user, channel):
            raise NotOfferedError(f"{self.user.username} does not see #{channel.name}")
        if not self._world.permissions(self.user, channel) & right:
            raise NotOfferedError(f"{self.user.username} has no {right.name} in #{channel.name}")

    def _may_command(self, channel: Channel, line: str, kind: int = 1) -> None:
        self._may(channel, Can.USE_APPLICATION_COMMANDS)
        needed = find_command(self._world, channel.guild_id, line, kind).root.get(
            "default_member_permissions"
        )
        rights = self._world.permissions(self.user, channel)
        if needed is not None and not rights & Can.ADMINISTRATOR and int(needed) & ~rights:
            raise NotOfferedError(f"Discord does not show {line!r} to {self.user.username}")

    def _own(self, message: Message) -> None:
        if message.author is not self.user:
            raise NotOfferedError("nobody edits what somebody else wrote")

    def _shown(self, message: Message | Answer, label: str | None) -> Message:
        if isinstance(message, Message):
            return message
        with_it = [one for one in message.messages if label is None or label in buttons_of(one)]
        if not with_it:
            raise NotOfferedError(f"{message!r} has no {label!r} but {message.buttons}")
        return with_it[-1]

    async def _component(self, message: Message, component: Json, more: Json) -> Answer:
        channel = self._channel_of(message)
        if not message.flags & EPHEMERAL and message.id not in self._world.messages[channel.id]:
            raise NotOfferedError("the message is gone")
        data = {
            "component_type": component["type"],
            "custom_id": component["custom_id"],
            "id": component.get("id", 1),
        }
        return await self._asks(COMPONENT, channel, data | more, message)

    async def _asks(self, kind: int, channel: Channel, data: Json, message: Message | None = None) -> Answer:
        asked = self._world.open_interaction(kind, self.user, channel, message)
        self._world.emit("INTERACTION_CREATE", self._payload(asked, channel, data), channel.guild_id)
        return await Answer(asked, self._world.answer_within).settled(self.patience)

    def _payload(self, asked: Interaction, channel: Channel, data: Json) -> Json:
        world = self._world
        may = str(world.permissions(self.user, channel))
        payload: Json = {
            "id": str(asked.id),
            "application_id": str(world.application_id),
            "type": asked.kind,
            "token": asked.token,
            "version": 1,
            "data": data,
            "channel": channel.json() | {"permissions": may},
            "channel_id": str(channel.id),
            "app_permissions": str(world.permissions(world.bot, channel)),
            "locale": self.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        payload |= {"message": world.message_json(asked.message)} if asked.message else {}
        return payload | (self._in_guild(channel.guild_id, may) if channel.guild_id else self._in_private())

    def _in_guild(self, guild_id: int, may: str) -> Json:
        return {
            "guild_id": str(guild_id),
            "guild": {"id": str(guild_id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": self._world.guilds[guild_id].members[self.user.id].json() | {"permissions": may},
            "authorizing_integration_owners": {"0": str(guild_id)},
            "context": 0,
        }

    def _in_private(self) -> Json:
        owners = {"0": "0"}
        return {"user": self.user.json(), "authorizing_integration_owners": owners, "context": 1}
