"""What every REST answer stands on: who asks, what for, whether they may, and Discord's errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, Final

from aiohttp import web

from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.shapes import Can, Guild, Json, User
from tests.support.fake_discord.state import World

PROBLEMS: Final = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10070: (404, "Unknown Guild Scheduled Event"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "This thread is locked"),
}


class ProblemError(Exception):
    """A request that Discord refuses, by its own code."""

    def __init__(self, code: int, errors: Json | None = None, status: int | None = None) -> None:
        usual, message = PROBLEMS[code]
        super().__init__(message)
        self.status = status or usual
        self.body: Json = {"message": message, "code": code} | ({"errors": errors} if errors else {})


def invalid(field: str, code: str, message: str) -> ProblemError:
    """Give the error of a field that has a wrong value."""
    return ProblemError(50035, {field: {"_errors": [{"code": code, "message": message}]}})


@dataclass(frozen=True)
class Call:
    """One request: the world it is about, what it says, and checks of what it may."""

    request: web.Request
    world: World
    body: Any
    files: dict[str, tuple[str, str, bytes]]
    """What was uploaded, by the field's name: file name, type, content."""

    def word(self, name: str) -> str:
        """Give a part of the path."""
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """Give an id in the path."""
        return int(self.word(name))

    def asked(self, name: str, default: str = "") -> str:
        """Give a word of the query."""
        return self.request.query.get(name, default)

    @property
    def me(self) -> User:
        """Who asks: the bot."""
        return self.world.bot

    def channel(self, *needed: Can) -> Channel:
        """Give the channel in the path, if the bot sees it and may do this in it."""
        channel = self.world.channels.get(self.number("channel"))
        if channel is None:
            raise ProblemError(10003)
        if not self.world.sees(self.me, channel):
            raise ProblemError(50001)
        self.may(channel, *needed)
        return channel

    def may(self, channel: Channel, *needed: Can) -> None:
        """Refuse unless the bot may do all this in a channel."""
        allowed = self.world.permissions(self.me, channel)
        if any(not allowed & one for one in needed):
            raise ProblemError(50013)

    def may_in_guild(self, guild: Guild, *needed: Can) -> None:
        """Refuse unless the bot may do one of these things in a guild."""
        if not self.world.guild_permissions(self.me, guild) & sum(needed):
            raise ProblemError(50013)

    def guild(self) -> Guild:
        """Give the guild in the path, if the bot is in it."""
        guild = self.world.guilds.get(self.number("guild"))
        if guild is None:
            raise ProblemError(10004)
        if self.me.id not in guild.members:
            raise ProblemError(50001)
        return guild

    def message(self, channel: Channel) -> Message:
        """Give the message in the path."""
        found = self.world.messages[channel.id].get(self.number("message"))
        if found is None:
            raise ProblemError(10008)
        return found

    def awake(self, channel: Channel) -> None:
        """Refuse to touch what stands in an archived thread."""
        if channel.thread is not None and channel.thread.archived:
            raise ProblemError(50083)

    def shown(self, message: Message) -> Json:
        """Give a message as this bot may read it."""
        data = self.world.message_json(message)
        return data if self.world.message_content else self.world.redacted(data)


Answer = tuple[int, Any]
Handler = Callable[[Call], Answer]


class Routes:
    """The requests that one module answers."""

    def __init__(self) -> None:
        self.table: list[tuple[str, str, Handler]] = []

    def on(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Note who answers a request; {channel}, {guild}, {message} and such are ids."""

        def note(handler: Handler) -> Handler:
            self.table.append((method, path, handler))
            return handler

        return note


def read_body(content_type: str, raw: bytes) -> tuple[Any, dict[str, tuple[str, str, bytes]]]:
    """Give the JSON of a request and the files that came with it."""
    if content_type.startswith("application/json"):
        return (json.loads(raw) if raw else None), {}
    if not content_type.startswith("multipart/form-data"):
        return None, {}
    form = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw, policy=HTTP)
    said, files = None, {}
    for part in form.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "payload_json":
            said = json.loads(content)
        else:
            files[name] = (part.get_filename() or name, part.get_content_type(), content)
    return said, files
