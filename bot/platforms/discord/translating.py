"""What happens on Discord in the words of our ears; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import discord

from bot.clock import Clock, in_chat_time
from bot.core.grammar import command_text
from bot.core.hearing import Author, Commanded, Deleted, Edited, Reacted, Said
from bot.core.plain import cut
from bot.core.sentences import servers as sentences
from bot.platforms import digits

_BY_PEOPLE: Final = frozenset({discord.MessageType.default, discord.MessageType.reply})
_KB, _MB = 1_000, 1_000_000
_LONGEST_ALT: Final = 300


def by_people(message: discord.Message) -> bool:
    """Whether somebody wrote it: bots, their answers and Discord's own lines are nobody."""
    return message.type in _BY_PEOPLE and (passed_on(message) or not message.author.bot)


def passed_on(message: discord.Message) -> bool:
    """Whether a webhook says somebody's words under their name, as bridges and PluralKit do.

    An answer to an asking and what another server publishes come in the same way. Nobody commands by it.
    """
    foreign = message.webhook_id not in (None, message.application_id)
    return foreign and not message.flags.is_crossposted and command_text(message.content) is None


def says_something(message: discord.Message) -> bool:
    """Whether there are words or files; what the bot may not read comes empty."""
    return bool(message.content or attachments(message))


class Translator:
    """Says what happened in chat time, which goes faster than Discord's in the demo."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def heard_as(self, message: discord.Message, author: Author, *, own: bool) -> Said | Commanded:
        """A new message; one in a thread of its place, unless the thread is a place of its `own`."""
        native_id, at = str(message.id), self.at(message.created_at)
        command = command_text(message.content)
        if command is not None:
            return Commanded(native_id, author, command, at)
        return Said(
            native_id,
            author,
            message.content,
            at,
            thread=None if own else thread_of(message),
            reply_to=_replied_to(message),
            attachments=attachments(message),
        )

    def edit_of(self, message: discord.Message, author: Author) -> Edited | None:
        """A change of words; None where nobody changed any, as when a link's preview was added."""
        if message.edited_at is None:
            return None
        changed, said = self.at(message.edited_at), self.at(message.created_at)
        return Edited(str(message.id), author, message.content, changed, said)

    def deletion_of(self, native_id: int) -> Deleted:
        """A message taken back; its id tells when it was written."""
        return Deleted(str(native_id), self._clock.now(), self.at(discord.utils.snowflake_time(native_id)))

    def reaction_of(self, native_id: int, author: Author, number: int, *, removed: bool = False) -> Reacted:
        """A digit put on a message or taken off."""
        return Reacted(str(native_id), author, number, self._clock.now(), removed)

    def at(self, real: datetime) -> datetime:
        """An instant of Discord's in chat time."""
        return in_chat_time(self._clock, real)


def digit(emoji: discord.PartialEmoji | discord.Emoji | str) -> int:
    """The number on a keycap from 1 to 9; 0 for anything else."""
    return digits.digit(emoji if isinstance(emoji, str) else emoji.name)


def thread_of(message: discord.Message) -> str | None:
    """The thread that a message stands in."""
    return str(message.channel.id) if isinstance(message.channel, discord.Thread) else None


def attachments(message: discord.Message) -> tuple[str, ...]:
    """Names and sizes of files, whose links die within a day, and what else there is beside the words."""
    files = [_described(one) for one in message.attachments]
    stickers = [sentences.STICKER.format(name=one.name) for one in message.stickers]
    polls = [sentences.POLL.format(question=message.poll.question)] if message.poll else []
    forwarded = [sentences.FORWARDED for _ in message.message_snapshots]
    return (*files, *stickers, *polls, *forwarded)


def newest(ids: Iterable[int | None], least: int = 0) -> int:
    """The greatest id, or `least`."""
    return max((one for one in ids if one is not None), default=least)


def _replied_to(message: discord.Message) -> str | None:
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    return str(message.reference.message_id) if message.reference.message_id else None


def _described(file: discord.Attachment) -> str:
    """A file by name and size, and what its writer says is to be seen on it."""
    named = f"{file.filename} ({_size(file.size)})"
    return f"{named}: {cut(file.description, _LONGEST_ALT)}" if file.description else named


def _size(count: int) -> str:
    if count < _KB:
        return f"{count} bytes"
    return f"{count / _KB:.0f} kB" if count < _MB else f"{count / _MB:.1f} MB"
