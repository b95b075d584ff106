"""The sheets of a room's page: a thread or the conversation, each with a form to write in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from bot.core.model import Question
from bot.core.sentences import bar as say
from bot.core.tongue import _
from bot.storage.rooms.views import RoomMessage
from bot.storage.store import Tx
from bot.web.numbers import numbered
from bot.web.room import loading
from bot.web.room.door import Door
from bot.web.room.view import TALK, Shown, address
from bot.web.site import alone


@dataclass(frozen=True, slots=True)
class Form:
    """A form to write in: where it goes, what goes with it, and how it is kept on the device.

    One about a single message `leaves` for the usual one by a link.
    """

    action: str
    keep: str
    label: str
    button: str
    hidden: Mapping[str, str]
    about: str = ""
    text: str = ""
    leaves: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One thread or the conversation, with its messages and its form."""

    key: str
    label: str
    title: str
    empty: str
    messages: tuple[Shown, ...]
    form: Form | None = None
    earlier: int | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a refused form had in it, and why it was refused: it is shown again with its words."""

    refused: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


async def sheets(
    tx: Tx, door: Door, open_key: str, asked: Mapping[str, str], said: Said
) -> tuple[Sheet, ...]:
    """The open thread beside the conversation; where that is open, the question that is on beside it."""
    beside = door.stage.current or next((root for _, root in reversed(door.stage.asked)), None)
    thread = int(open_key) if open_key != TALK else beside
    keys = [thread, None] if thread is not None else [None]
    return tuple([await _sheet(tx, door, key, open_key, asked, said) for key in keys])


async def _sheet(
    tx: Tx, door: Door, thread: int | None, open_key: str, asked: Mapping[str, str], said: Said
) -> Sheet:
    key = str(thread) if thread is not None else TALK
    is_open = key == open_key
    before = numbered(asked.get("before", "")) if is_open else None
    filled = await loading.sheet_of(tx, door, thread, before)
    question = next((one for one, root in door.stage.asked if root == thread), None)
    label = f"{door.stage.letter}{question.position}" if question else ""
    form = await _form(tx, door, thread, label, asked if is_open else {}, said)
    return Sheet(
        key=key,
        label=label,
        title=_title(door, thread, question),
        empty=_(say.NO_ANSWER_YET) if question else _(say.NO_WORD_YET),
        messages=filled.messages,
        form=form,
        earlier=filled.earlier,
        later=before is not None,
    )


def _title(door: Door, thread: int | None, question: Question | None) -> str:
    """What heads a sheet; the question that is on stands in the bar already."""
    if question is None:
        return _(say.TALK)
    return _(say.ANSWERS) if thread == door.stage.current else question.text


async def _form(
    tx: Tx, door: Door, thread: int | None, label: str, asked: Mapping[str, str], said: Said
) -> Form:
    at = address(door.place)
    key = str(thread) if thread is not None else TALK
    meant = said.fields if said.fields.get("thread", TALK) == key else {}
    hidden = {"once": meant.get("once") or secrets.token_urlsafe(9), "thread": key}
    text = meant.get("text", "")
    target = await _target(tx, door, asked)
    if target is not None and "edit" in asked and target.person_id == door.viewer.person.id:
        return _edit(f"{at}m/{target.id}/", target, hidden, text)
    if target is not None and "reply" in asked:
        who = target.name or _("somebody")
        reply = hidden | {"reply": str(target.id)}
        to = Markup(_("Your reply to {name}")).format(name=alone(who))  # noqa: S704 - our words; escapes
        return Form(f"{at}say", f"reply-{target.id}", to, _("Reply"), reply, text=text, leaves=True)
    if label:
        series = door.stage.series
        nameless = series is not None and series.anonymous_answers
        answer = hidden | {"by_form": "yes"}
        asks = _("Your answer to {question}").format(question=label)
        return Form(f"{at}say", key, asks, _("Answer"), answer, text=text, anonymous=nameless)
    return Form(f"{at}say", key, _("Say something to everybody here"), _("Send"), hidden, "", text)


def _edit(goes: str, target: RoomMessage, hidden: Mapping[str, str], text: str) -> Form:
    change = {**hidden, "act": "edit", "edit": str(target.id)}
    about, words = _("You are changing what you said."), text or target.text
    keep, label, button = f"edit-{target.id}", _("Your words"), _("Change")
    return Form(goes, keep, label, button, change, about, words, leaves=True)


async def _target(tx: Tx, door: Door, asked: Mapping[str, str]) -> RoomMessage | None:
    """The message that is replied to or changed."""
    wanted = numbered(asked.get("edit", "") or asked.get("reply", ""))
    if wanted is None:
        return None
    found = await tx.room_message(wanted, viewer=door.viewer.person.native_id, host=door.viewer.hosting)
    return found if found and found.place_id == door.place.id and found.only_for is None else None
