"""What somebody sees after asking the bot for something: its words, its buttons, its form."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tests.support.fake_discord.places import EPHEMERAL, Interaction, Message
from tests.support.fake_discord.shapes import Json

BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY, LABEL, FILE_UPLOAD = 2, 3, 4, 10, 18, 19
RADIO, CHECKBOXES, CHECKBOX = 21, 22, 23
SELECTS: Final = frozenset({3, 5, 6, 7, 8})
FIELDS: Final = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX}


class NotOfferedError(AssertionError):
    """Somebody tried what Discord's own program would not let them do."""


class Choice(NamedTuple):
    """One line that a list offers while somebody types."""

    name: str
    value: str | int | float


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Give all components, also those inside others."""
    for one in components:
        yield one
        inside = [*one.get("components", ()), one.get("component"), one.get("accessory")]
        yield from walk([part for part in inside if part])


def words_of(message: Message) -> str:
    """Give all that can be read in a message: its words, its cards, its text components."""
    cards = [
        part
        for embed in message.embeds
        for part in (
            embed.get("title"),
            embed.get("description"),
            *(line for row in embed.get("fields", ()) for line in (row["name"], row["value"])),
            (embed.get("footer") or {}).get("text"),
        )
    ]
    texts = [one["content"] for one in walk(message.components) if one["type"] == TEXT_DISPLAY]
    return "\n".join(part for part in (message.content, *cards, *texts) if part)


def buttons_of(message: Message) -> dict[str, Json]:
    """Give a message's buttons by what stands on them."""
    found = (one for one in walk(message.components) if one["type"] == BUTTON)
    return {one.get("label") or (one.get("emoji") or {}).get("name") or "": one for one in found}


@dataclass(frozen=True)
class Field:
    """One field of a form; `value` is what stands in it before anybody types."""

    name: str
    label: str
    kind: int
    said: Json

    @property
    def value(self) -> Any:
        """What it is filled with: text, the chosen value (a list where several may be), or a tick."""
        if self.kind == TEXT_INPUT:
            return self.said.get("value") or ""
        if self.kind == CHECKBOX:
            return bool(self.said.get("default"))
        if self.kind in SELECTS - {STRING_SELECT}:
            return [str(one["id"]) for one in self.said.get("default_values") or []]
        chosen = [one["value"] for one in self.options if one.get("default")]
        return (chosen[0] if chosen else None) if self.kind == RADIO else chosen

    @property
    def required(self) -> bool:
        """Whether it must be filled in."""
        return bool(self.said.get("required", self.kind != CHECKBOX))

    @property
    def options(self) -> list[Json]:
        """What may be chosen."""
        return list(self.said.get("options") or [])


@dataclass(frozen=True)
class Modal:
    """A form that the bot has opened."""

    title: str
    custom_id: str
    components: list[Json]

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by their labels."""
        return {field.label: field for field in self._fields()}

    @property
    def text(self) -> str:
        """What the form says besides its fields."""
        hints = [one.get("description") or one.get("content") for one in walk(self.components)]
        return "\n".join(hint for hint in hints if hint)

    def field(self, name: str) -> Field:
        """Give a field by its label, by the label as a Python name, or by its custom id."""
        for field in self._fields():
            if name in (field.label, field.name, _as_name(field.label)):
                return field
        raise NotOfferedError(f"{self.title!r} has no field {name!r} but {sorted(self.fields)}")

    def _fields(self) -> Iterator[Field]:
        for row in self.components:
            inner = [row["component"]] if row["type"] == LABEL else row.get("components", ())
            for one in inner:
                yield Field(one["custom_id"], row.get("label") or one.get("label") or "", one["type"], one)


def _as_name(label: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in label.casefold()).split()
    return "_".join(words)


class Answer:
    """What the bot says to one command, click or form; it stays up to date when the bot says more.

    After `deadline` seconds without a sign of life people read that the application did not respond.
    """

    def __init__(self, interaction: Interaction, deadline: float = 3.0) -> None:
        self.interaction = interaction
        self.deadline = deadline

    def __repr__(self) -> str:
        said = self.modal.title if self.modal else self.text
        return f"<Answer type {self.interaction.callback_type}: {said!r}>"

    @property
    def failed(self) -> bool:
        """Whether people read "The application did not respond"."""
        late = time.monotonic() - self.interaction.started >= self.deadline
        return self.interaction.callback_type is None and late

    @property
    def deferred(self) -> bool:
        """Whether the bot has only said that it is thinking."""
        return self.interaction.deferred

    @property
    def messages(self) -> list[Message]:
        """The messages that answer, in order; not the one whose button was clicked."""
        first, asked = self.interaction.original, self.interaction.message
        own = [first] if first is not None and first is not asked else []
        return [*own, *self.interaction.followups]

    @property
    def message(self) -> Message:
        """The first message that answers."""
        return self.messages[0]

    @property
    def text(self) -> str:
        """All that the answer says."""
        return "\n".join(words_of(one) for one in self.messages)

    @property
    def buttons(self) -> list[str]:
        """What stands on its buttons."""
        return [label for one in self.messages for label in buttons_of(one)]

    @property
    def links(self) -> dict[str, str]:
        """Where the buttons that are links lead."""
        found = (pair for one in self.messages for pair in buttons_of(one).items())
        return {label: button["url"] for label, button in found if button.get("url")}

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees it."""
        said = self.messages
        return all(one.flags & EPHEMERAL for one in said) if said else self.interaction.ephemeral

    @property
    def updated(self) -> bool:
        """Whether it changed the message whose button was clicked."""
        return self.interaction.callback_type == 7

    @property
    def modal(self) -> Modal | None:
        """The form it opens, if it does."""
        if self.interaction.callback_type != 9:
            return None
        said = self.interaction.callback_data
        return Modal(said["title"], said["custom_id"], said["components"])

    @property
    def form(self) -> Modal:
        """The form it opens; NotOfferedError when it is none."""
        if self.modal is None:
            raise NotOfferedError(f"{self!r} opens no form")
        return self.modal

    @property
    def choices(self) -> list[Choice]:
        """What it offers to somebody who types."""
        said = self.interaction.callback_data.get("choices") or []
        return [Choice(one["name"], one["value"]) for one in said]

    async def until(self, so: Callable[[Answer], bool], within: float = 5.0) -> Answer:
        """Wait until something is so; TimeoutError when it is not within so many seconds."""
        async with asyncio.timeout(within):
            while not so(self):
                self.interaction.changed.clear()
                await self.interaction.changed.wait()
        return self

    async def settled(self, patience: float) -> Answer:
        """Wait for the answer as people do: so long for a sign of life, then for what was promised."""
        try:
            await self.until(lambda answer: answer.interaction.callback_type is not None, self.deadline)
            quiet = 1.0 if self.interaction.callback_type == 6 else patience
            await self.until(lambda answer: not answer.deferred, quiet)
        except TimeoutError:
            return self
        return self
