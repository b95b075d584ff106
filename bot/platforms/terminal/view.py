"""What a room shows, made from its lines: messages with their numbers, threads, the pin, the topic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.actions import Action
from bot.core.hearing import Deleted, Edited, Reacted, Said
from bot.core.model import Offer
from bot.platforms.terminal.lines import Event, Posted


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it stands now; `who` is None for the bot's, `only_for` the one it is whispered to."""

    id: str
    who: str | None
    name: str
    text: str
    offers: tuple[Offer, ...] = ()
    thread: str | None = None
    reply_to: str | None = None
    only_for: str | None = None
    reactions: frozenset[tuple[str, int]] = frozenset()
    receipts: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The number to call the message by, here and in commands."""
        return int(self.id)


@dataclass(slots=True)
class View:
    """A room as it stands after the lines taken so far."""

    bot: str = "EdChat"
    topic: str = ""
    pinned: str | None = None
    threads: dict[str, str] = field(default_factory=dict)
    _messages: dict[str, Shown] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)

    def take(self, events: Iterable[Event]) -> None:
        """Go on with these lines."""
        for event in events:
            self._take(event)

    def posts(self) -> tuple[Shown, ...]:
        """Give what the bot posted for everybody, oldest first."""
        return tuple(shown for shown in self.messages() if shown.who is None)

    def messages(self) -> tuple[Shown, ...]:
        """Give all that everybody sees, oldest first."""
        return tuple(shown for shown in self._messages.values() if shown.only_for is None)

    def whispers(self, person: str) -> tuple[Shown, ...]:
        """Give what only this person sees, oldest first."""
        return tuple(shown for shown in self._messages.values() if shown.only_for == person)

    def message(self, native_id: str) -> Shown | None:
        """Give a message by its id, unless it was taken back."""
        return self._messages.get(native_id)

    def numbered(self, number: int) -> Shown | None:
        """Give a message by the number it is shown with, unless it was taken back."""
        shown = self._messages.get(str(number))
        return shown if shown and shown.only_for is None else None

    def number(self, native_id: str) -> int | None:
        """Give the number a message is or was shown with."""
        return int(native_id) if native_id in self._shown else None

    def thread_called(self, name: str) -> str | None:
        """Give the newest thread whose name begins with this, as "q2" for "17 Nov Q2 What works?"."""
        head = re.compile(rf"(?:\d+ \w+ )?\W*{re.escape(name)}\b", re.IGNORECASE)
        return next((thread for thread in reversed(self.threads) if head.match(self.threads[thread])), None)

    def _take(self, event: Event) -> None:
        match event:
            case Said():
                self._add(_said(event))
            case Edited():
                self._change(event.id, text=event.text, offers=())
            case Deleted():
                self._messages.pop(event.id, None)
            case Reacted():
                self._react(event)
            case Posted():
                self._post(event)

    def _post(self, post: Posted) -> None:
        match post.action:
            case Action.POST:
                self._add(_posted(post, self.bot))
            case Action.WHISPER:
                self._messages[post.id] = _posted(post, self.bot)
            case Action.THREAD if post.target:
                self.threads[post.target] = post.text
            case Action.PIN:
                self.pinned = post.target
            case Action.TOPIC:
                self.topic = post.text
            case Action.EDIT if post.target:
                self._change(post.target, text=post.text, offers=post.offers)
            case Action.RECEIPT if post.target:
                self._receipt(post.target, post.text)

    def _add(self, shown: Shown) -> None:
        self._shown.add(shown.id)
        self._messages[shown.id] = shown

    def _change(self, native_id: str, **what: Any) -> None:
        if native_id in self._messages:
            self._messages[native_id] = replace(self._messages[native_id], **what)

    def _react(self, event: Reacted) -> None:
        if (shown := self._messages.get(event.id)) is not None:
            wish = {(event.author.native_id, event.number)}
            wishes = shown.reactions - wish if event.removed else shown.reactions | wish
            self._change(shown.id, reactions=wishes)

    def _receipt(self, native_id: str, text: str) -> None:
        if (shown := self._messages.get(native_id)) is not None:
            self._change(shown.id, receipts=(text,) if text else ())


def _said(said: Said) -> Shown:
    who, name = said.author.native_id, said.author.name
    return Shown(said.id, who, name, said.text, thread=said.thread, reply_to=said.reply_to)


def _posted(post: Posted, bot: str) -> Shown:
    thread, person = post.target, post.person
    return Shown(post.id, None, bot, post.text, post.offers, thread=thread, only_for=person)
