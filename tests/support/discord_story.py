"""What happens on our little Discord, told line by line as people there would read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tests.support.fake_discord.answers import Answer, buttons_of, words_of
from tests.support.fake_discord.people import COMMAND, COMPONENT, FORM, Someone
from tests.support.fake_discord.places import EPHEMERAL, PRIVATE_THREAD, Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Json, User
from tests.support.story_lines import BOT, DEEP, Show, paragraph, shortly, standing

PEOPLES: Final = frozenset({0, 19})
"""The types of messages that somebody wrote; others are Discord's own lines."""


class Story:
    """Listens to everything that happens in a world, and shows it as lines."""

    def __init__(self, fake: FakeDiscord, show: Show) -> None:
        self._world, self._show = fake.world, show
        self._known: dict[int, str] = {}
        self._pinned: set[int] = set()
        fake.world.listeners.append(self._happened)

    def answered(self, member: Someone, answer: Answer) -> None:
        """Show what only somebody who asked was shown."""
        for line in told(member, answer):
            self._show(line)

    def _happened(self, event: str, data: Json, guild_id: int | None) -> None:
        tell = {
            "MESSAGE_CREATE": self._wrote,
            "MESSAGE_UPDATE": self._changed,
            "MESSAGE_DELETE": self._took_back,
            "MESSAGE_REACTION_ADD": self._reacted,
            "THREAD_CREATE": self._opened,
            "GUILD_SCHEDULED_EVENT_CREATE": self._listed,
            "INTERACTION_CREATE": self._asked,
        }.get(event)
        for line in tell(data) if tell else ():
            self._show(line)

    def _wrote(self, data: Json) -> Iterator[str]:
        message = self._message(data)
        if message is not None and message.type in PEOPLES:
            self._known[message.id] = message.content
            yield from written(self._place(message.channel_id), message)

    def _changed(self, data: Json) -> Iterator[str]:
        message = self._message(data)
        if message is None or message.id not in self._known:
            return
        where, before = self._place(message.channel_id), self._known[message.id]
        if message.pinned_at and message.id not in self._pinned:
            self._pinned.add(message.id)
            yield f"{where} (pinned: {shortly(message.content)})"
        elif message.content != before and message.author is not self._world.bot:
            self._known[message.id] = message.content
            yield f"{where} ({who(message.author)} changes it to: {shortly(message.content)})"

    def _took_back(self, data: Json) -> Iterator[str]:
        text = self._known.pop(int(data["id"]), None)
        if text is not None:
            yield f"{self._place(int(data['channel_id']))} (taken back: {shortly(text)})"

    def _reacted(self, data: Json) -> Iterator[str]:
        by = self._world.users[int(data["user_id"])]
        where, text = self._place(int(data["channel_id"])), self._known.get(int(data["message_id"]), "")
        if by is not self._world.bot:
            yield f"{where} ({who(by)} puts {data['emoji']['name']} on: {shortly(text)})"

    def _opened(self, data: Json) -> Iterator[str]:
        thread = self._world.channels[int(data["id"])]
        kind = "private thread" if thread.type == PRIVATE_THREAD else "thread"
        yield f"{self._place(thread.parent_id or 0)} ({kind}: {thread.name})"

    def _listed(self, data: Json) -> Iterator[str]:
        yield f"(event of the server: {data['name']}, {data['entity_metadata']['location']})"

    def _asked(self, data: Json) -> Iterator[str]:
        asker = self._world.users[int((data.get("member") or data)["user"]["id"])]
        line = asked(data)
        if line:
            yield f"{self._place(int(data['channel_id']))} ({who(asker)} {line})"

    def _message(self, data: Json) -> Message | None:
        return self._world.messages[int(data["channel_id"])].get(int(data["id"]))

    def _place(self, channel_id: int) -> str:
        return place(self._world.channels.get(channel_id))


def written(where: str, message: Message) -> Iterator[str]:
    """A message with its buttons, the first line beginning with where and by whom."""
    head = f"{where} {who(message.author)}:" if where else f"{who(message.author)}:"
    replied = f" (to {shortly(message.replied_to.content)})" if message.replied_to else ""
    yield from paragraph(f"{head}{replied}", words_of(message))
    yield from standing(buttons_of(message))


def told(member: Someone, answer: Answer) -> Iterator[str]:
    """What only somebody who asked was shown: words with buttons, or a form."""
    if answer.modal is not None:
        yield f"  (only {who(member.user)} sees) a form: {answer.modal.title}"
        for field in answer.modal.fields.values():
            filled = field.value if isinstance(field.value, str) and field.value else ""
            yield from paragraph(f"{DEEP}{field.label}:", filled or "...")
        return
    for message in answer.messages:
        alone = f"  (only {who(member.user)} sees)" if message.flags & EPHEMERAL else " "
        yield from paragraph(f"{alone} {BOT}:", words_of(message))
        yield from standing(buttons_of(message))


def asked(data: Json) -> str:
    """What somebody did who asked the bot for something, from the interaction that Discord sent."""
    match data["type"]:
        case kind if kind == COMMAND and data["data"]["type"] == 1:
            return f"types /{_typed(data['data'])}"
        case kind if kind == COMMAND:
            return f"chooses {data['data']['name']}"
        case kind if kind == COMPONENT:
            return f"presses {_label(data)}"
        case kind if kind == FORM:
            return "sends the form"
    return ""


def who(user: User) -> str:
    """What somebody is called."""
    return BOT if user.bot else user.global_name or user.username


def place(channel: Channel | None) -> str:
    """What a channel is called where its messages stand."""
    if channel is None or channel.guild_id is None:
        return "(in private)"
    return f"[{shortly(channel.name)}]" if channel.thread else f"#{channel.name}"


def _typed(data: Json) -> str:
    words, options = [data["name"]], data.get("options") or []
    while options and options[0]["type"] in (1, 2):
        words.append(options[0]["name"])
        options = options[0].get("options") or []
    return " ".join([*words, *(f"{one['name']}:{one['value']}" for one in options)])


def _label(data: Json) -> str:
    pressed = data["data"]["custom_id"]
    rows = (data.get("message") or {}).get("components", ())
    found = [one for row in rows for one in row.get("components", ()) if one.get("custom_id") == pressed]
    return found[0].get("label", "a list") if found else re.sub(r"^edchat\W", "", pressed)
