"""The bot's answers to commands, clicks and forms: the callback, then messages by the same token."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tests.support.fake_discord.places import EPHEMERAL, Interaction, Message
from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes
from tests.support.fake_discord.rest_messages import apply_edit, check_content, extras_of
from tests.support.fake_discord.shapes import Json

routes: Final = Routes()
SAYS, THINKS, THINKS_SILENTLY, UPDATES, COMPLETES, ASKS = 4, 5, 6, 7, 8, 9
AUTOCOMPLETE, COMPONENT, FORM = 4, 3, 5
TOKEN_LASTS: Final = timedelta(minutes=15)
HOOK: Final = "/webhooks/{application}/{token}"


@routes.on("POST", "/interactions/{interaction}/{token}/callback")
def callback(call: Call) -> Answer:
    """Answer an interaction, once and in time."""
    asked = call.world.interactions.get(call.word("token"))
    if asked is None or asked.id != call.number("interaction") or _late(call, asked):
        raise ProblemError(10062)
    if asked.callback_type is not None:
        raise ProblemError(40060)
    kind, data = call.body["type"], call.body.get("data") or {}
    _fits(asked, kind)
    ACTS.get(kind, _note)(call, asked, data)
    asked.callback_type, asked.callback_data = kind, data
    asked.changed.set()
    if call.asked("with_response").lower() not in {"true", "1"}:
        return 204, None
    return 200, _told(call, asked, kind)


def _late(call: Call, asked: Interaction) -> bool:
    return asked.callback_type is None and time.monotonic() - asked.started > call.world.answer_within


def _fits(asked: Interaction, kind: int) -> None:
    suits = kind == COMPLETES if asked.kind == AUTOCOMPLETE else kind != COMPLETES
    if kind in {THINKS_SILENTLY, UPDATES} and asked.message is None:
        suits = False
    if kind == ASKS and asked.kind == FORM:
        suits = False
    if not suits:
        raise ProblemError(50035, {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Value"}]}})


def _note(call: Call, asked: Interaction, data: Json) -> None:
    """Only note the answer: there is nothing to show in a channel yet."""


def _say(call: Call, asked: Interaction, data: Json) -> None:
    asked.original = _new_message(call, asked, data)


def _update(call: Call, asked: Interaction, data: Json) -> None:
    asked.original = asked.message
    if asked.message is not None:
        _edit(call, asked.message, data)


ACTS: Final[dict[int, Callable[[Call, Interaction, Json], None]]] = {SAYS: _say, UPDATES: _update}


def _edit(call: Call, message: Message, data: Json) -> None:
    inner = Call(call.request, call.world, data, call.files)
    check_content(data, has_files=bool(call.files), kept=message)
    apply_edit(inner, message)


def _new_message(call: Call, asked: Interaction, data: Json, *, hidden: bool = False) -> Message:
    check_content(data, has_files=bool(call.files))
    world = call.world
    about = {
        "id": str(asked.id),
        "type": asked.kind,
        "user": asked.user.json(),
        "authorizing_integration_owners": {"0": str(asked.guild_id or 0)},
    }
    if asked.kind == COMPONENT and asked.message is not None:
        about["interacted_message_id"] = str(asked.message.id)
    if asked.kind == FORM:
        about["triggering_interaction_metadata"] = about | {"type": 2}
    extras = extras_of(call, data, interaction=about, application_id=world.application_id, type=_type(asked))
    channel, content = world.channels[asked.channel_id], data.get("content") or ""
    if extras.flags & EPHEMERAL or hidden:
        message = world.compose(channel, call.me, content, extras=extras)
        message.flags |= EPHEMERAL
        return message
    return world.post(channel, call.me, content, extras=extras)


def _type(asked: Interaction) -> int:
    return 20 if asked.kind == 2 and asked.original is None else 0


def _told(call: Call, asked: Interaction, kind: int) -> Json:
    note: Json = {"id": str(asked.id), "type": asked.kind, "channel_id": str(asked.channel_id)}
    note |= {"response_message_ephemeral": asked.ephemeral, "response_message_loading": kind == THINKS}
    data: Json = {"interaction": note}
    if asked.original is not None:
        note["response_message_id"] = str(asked.original.id)
        data["resource"] = {"type": kind, "message": call.world.message_json(asked.original)}
    return data


def _asked(call: Call) -> Interaction:
    """Give the interaction of a token that lives: 15 minutes, and only after a first answer."""
    if call.number("application") != call.world.application_id:
        raise ProblemError(10015)
    asked = call.world.interactions.get(call.word("token"))
    if asked is None or call.world.now() - asked.began > TOKEN_LASTS:
        raise ProblemError(50027)
    if asked.callback_type is None:
        raise ProblemError(10015)
    return asked


@routes.on("POST", HOOK)
def follow_up(call: Call) -> Answer:
    """Say something more; after a bare "thinking" it takes that one's place."""
    asked = _asked(call)
    first = asked.callback_type == THINKS and asked.original is None
    message = _new_message(call, asked, call.body, hidden=first and asked.ephemeral)
    if first:
        asked.original = message
    else:
        asked.followups.append(message)
    asked.changed.set()
    return 200, call.world.message_json(message)


def _found(call: Call, asked: Interaction) -> Message:
    if call.word("message") == "@original":
        found = asked.original or (asked.message if asked.callback_type == THINKS_SILENTLY else None)
    else:
        mine = [asked.original, asked.message, *asked.followups]
        found = next((one for one in mine if one and one.id == call.number("message")), None)
    if found is None:
        raise ProblemError(10008)
    return found


@routes.on("GET", HOOK + "/messages/{message}")
def answered(call: Call) -> Answer:
    """Give what was answered."""
    return 200, call.world.message_json(_found(call, _asked(call)))


@routes.on("PATCH", HOOK + "/messages/{message}")
def change(call: Call) -> Answer:
    """Change what was answered; after a bare "thinking" this is the answer."""
    asked = _asked(call)
    if call.word("message") == "@original" and asked.callback_type == THINKS and asked.original is None:
        asked.original = _new_message(call, asked, call.body, hidden=asked.ephemeral)
        message = asked.original
    else:
        message = _found(call, asked)
        _edit(call, message, call.body)
    asked.changed.set()
    return 200, call.world.message_json(message)


@routes.on("DELETE", HOOK + "/messages/{message}")
def take_back(call: Call) -> Answer:
    """Delete what was answered."""
    asked = _asked(call)
    message = _found(call, asked)
    if message.id in call.world.messages[message.channel_id]:
        call.world.delete(message)
    asked.original = None if asked.original is message else asked.original
    asked.followups = [one for one in asked.followups if one is not message]
    asked.changed.set()
    return 204, None
