"""Messages over REST: written, read back page by page, edited, deleted, reacted to and pinned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from tests.support.fake_discord.places import CATEGORY, FORUM, Attachment, Channel, Message
from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes, invalid
from tests.support.fake_discord.shapes import Can, Json, written
from tests.support.fake_discord.state_messages import Extras, Pings
from tests.support.fake_discord.store import time_of

routes: Final = Routes()
LONGEST: Final = 2000
NONCE_LASTS: Final = timedelta(minutes=5)
SYSTEM: Final = frozenset({1, 2, 3, 4, 5, 14, 15, 16, 17, 18, 21})


@routes.on("POST", "/channels/{channel}/messages")
def post(call: Call) -> Answer:
    """Post a message; the same enforced nonce within minutes gives the same message back."""
    channel = call.channel()
    _may_write(call, channel)
    body: Json = call.body or {}
    if earlier := _earlier(call, channel, body):
        return 200, call.world.message_json(earlier)
    check_content(body, has_files=bool(call.files))
    replied = _replied(call, channel, body)
    message = call.world.post(
        channel, call.me, body.get("content") or "", reply_to=replied, extras=extras_of(call, body)
    )
    return 200, call.world.message_json(message)


def _may_write(call: Call, channel: Channel) -> None:
    if channel.type in {CATEGORY, FORUM}:
        raise ProblemError(50008)
    if channel.thread is None:
        call.may(channel, Can.SEND_MESSAGES)
    else:
        call.may(channel, Can.SEND_MESSAGES_IN_THREADS)
        if channel.thread.locked and not call.world.permissions(call.me, channel) & Can.MANAGE_THREADS:
            raise ProblemError(50083 if channel.thread.archived else 160005)
    if any(user.id in call.world.closed_to_bot for user in channel.recipients):
        raise ProblemError(50007)


def _earlier(call: Call, channel: Channel, body: Json) -> Message | None:
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    since = call.world.now() - NONCE_LASTS
    for message in reversed(call.world.messages[channel.id].values()):
        if message.sent < since:
            return None
        if message.author is call.me and str(message.nonce) == str(nonce):
            return message
    return None


def check_content(body: Json, *, has_files: bool, kept: Message | None = None) -> None:
    """Refuse a message that is too long or says nothing."""
    content = body.get("content", kept.content if kept else None)
    if content and len(content) > LONGEST:
        raise invalid("content", "BASE_TYPE_MAX_LENGTH", f"Must be {LONGEST} or fewer in length.")
    named = ("embeds", "components", "attachments", "sticker_ids", "poll")
    other = any(body.get(name, getattr(kept, name, None)) for name in named)
    if not (content and content.strip()) and not other and not has_files:
        raise ProblemError(50006)


def _replied(call: Call, channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    if not call.world.permissions(call.me, channel) & Can.READ_MESSAGE_HISTORY:
        raise ProblemError(160002)
    found = call.world.messages[channel.id].get(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return found


def extras_of(call: Call, body: Json, **more: Any) -> Extras:
    """Give what a request puts on a message besides its words."""
    return Extras(
        nonce=body.get("nonce"),
        flags=int(body.get("flags") or 0) & (4 | 64 | 4096 | 32768),
        attachments=attachments_of(call, body),
        embeds=tuple({"type": "rich"} | one for one in body.get("embeds") or ()),
        components=tuple(numbered(body.get("components") or [])),
        pings=Pings.of(body),
        **more,
    )


def attachments_of(call: Call, body: Json) -> tuple[Attachment, ...]:
    """Put uploaded files on the shelf, with the descriptions the body gives them."""
    said = {str(one["id"]): one for one in body.get("attachments") or []}
    made = []
    for name, (filename, kind, data) in call.files.items():
        about = said.get(name.removeprefix("files[").rstrip("]"), {})
        made.append(
            call.world.attach(about.get("filename") or filename, data, kind, about.get("description"))
        )
    return tuple(made)


def numbered(components: list[Json], numbers: Iterator[int] | None = None) -> list[Json]:
    """Give components, and those inside them, the numbers that Discord gives them."""
    numbers = numbers or count(1)
    rows = []
    for component in components:
        row: Json = {"id": next(numbers)} | component
        if "components" in row:
            row["components"] = numbered(row["components"], numbers)
        if "accessory" in row:
            row["accessory"] = numbered([row["accessory"]], numbers)[0]
        rows.append(row)
    return rows


@routes.on("GET", "/channels/{channel}/messages")
def history(call: Call) -> Answer:
    """Give a page of messages, newest first, next to what was asked for."""
    channel = call.channel()
    if not call.world.permissions(call.me, channel) & Can.READ_MESSAGE_HISTORY:
        return 200, []
    limit = _limit(call, 50, 100)
    messages = sorted(call.world.messages[channel.id].values(), key=lambda one: one.id)
    return 200, [call.shown(one) for one in reversed(_page(call, messages, limit))]


def _limit(call: Call, usual: int, most: int) -> int:
    limit = int(call.asked("limit", str(usual)))
    if not 1 <= limit <= most:
        raise invalid("limit", "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")
    return limit


def _page(call: Call, messages: list[Message], limit: int) -> list[Message]:
    if around := call.asked("around"):
        older = [one for one in messages if one.id < int(around)][-(limit // 2) :]
        return older + [one for one in messages if one.id >= int(around)][: limit - len(older)]
    if after := call.asked("after"):
        return [one for one in messages if one.id > int(after)][:limit]
    if before := call.asked("before"):
        messages = [one for one in messages if one.id < int(before)]
    return messages[-limit:]


@routes.on("GET", "/channels/{channel}/messages/{message}")
def one(call: Call) -> Answer:
    """Give one message."""
    channel = call.channel()
    if not call.world.permissions(call.me, channel) & Can.READ_MESSAGE_HISTORY:
        raise ProblemError(50001)
    return 200, call.shown(call.message(channel))


@routes.on("PATCH", "/channels/{channel}/messages/{message}")
def edit(call: Call) -> Answer:
    """Change one of the bot's own messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.me:
        raise ProblemError(50005)
    if message.type in SYSTEM or message.type == 6:
        raise ProblemError(50021)
    call.awake(channel)
    check_content(call.body, has_files=bool(call.files), kept=message)
    _old_edit(call, message)
    apply_edit(call, message)
    return 200, call.world.message_json(message)


def _old_edit(call: Call, message: Message) -> None:
    """Count edits of messages older than an hour, when the test has said how many there may be."""
    world = call.world
    if world.old_edits_left is None or world.now() - message.sent <= timedelta(hours=1):
        return
    if world.old_edits_left <= 0:
        raise ProblemError(30046)
    world.old_edits_left -= 1


def apply_edit(call: Call, message: Message) -> None:
    """Change what a request names of a message, and nothing else."""
    body: Json = call.body
    fields: dict[str, object] = {}
    if "components" in body:
        fields["components"] = numbered(body["components"] or [])
    if "embeds" in body:
        fields["embeds"] = [{"type": "rich"} | one for one in body["embeds"] or []]
    if "attachments" in body or call.files:
        kept = {int(one["id"]) for one in body.get("attachments") or []}
        old = [one for one in message.attachments if "attachments" not in body or one.id in kept]
        fields["attachments"] = [*old, *attachments_of(call, body)]
    content = (body["content"] or "") if "content" in body else None
    call.world.edit(message, content, **fields)


@routes.on("DELETE", "/channels/{channel}/messages/{message}")
def delete(call: Call) -> Answer:
    """Delete a message: the bot's own, or anybody's with the right to manage messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.type in SYSTEM:
        raise ProblemError(50021)
    if message.author is not call.me:
        call.may(channel, Can.MANAGE_MESSAGES)
    call.world.delete(message)
    return 204, None


@routes.on("POST", "/channels/{channel}/messages/bulk-delete")
def bulk_delete(call: Call) -> Answer:
    """Delete several messages at once."""
    channel = call.channel(Can.MANAGE_MESSAGES)
    ids = [int(number) for number in call.body["messages"]]
    if any(time_of(number) < call.world.now() - timedelta(days=14) for number in ids):
        raise ProblemError(50034)
    found = [
        call.world.messages[channel.id][number] for number in ids if number in call.world.messages[channel.id]
    ]
    if found:
        call.world.delete(*found)
    return 204, None


@routes.on("POST", "/channels/{channel}/typing")
def typing(call: Call) -> Answer:
    """Show that the bot is writing."""
    channel = call.channel()
    _may_write(call, channel)
    return 204, None


@routes.on("PUT", "/channels/{channel}/messages/pins/{message}")
@routes.on("PUT", "/channels/{channel}/pins/{message}")
def pin(call: Call) -> Answer:
    """Pin a message."""
    channel = call.channel(Can.PIN_MESSAGES)
    message = call.message(channel)
    call.awake(channel)
    if message.type in SYSTEM:
        raise ProblemError(50021)
    if len(call.world.pins(channel)) >= 250:
        raise ProblemError(30003)
    call.world.pin(message, call.me)
    return 204, None


@routes.on("DELETE", "/channels/{channel}/messages/pins/{message}")
@routes.on("DELETE", "/channels/{channel}/pins/{message}")
def unpin(call: Call) -> Answer:
    """Take a pin away."""
    channel = call.channel(Can.PIN_MESSAGES)
    message = call.message(channel)
    call.awake(channel)
    call.world.unpin(message)
    return 204, None


@routes.on("GET", "/channels/{channel}/messages/pins")
def pins(call: Call) -> Answer:
    """Give a page of pinned messages with when they were pinned, the latest first."""
    channel = call.channel()
    limit = _limit(call, 50, 50)
    found = [(one.pinned_at, one) for one in call.world.pins(channel) if one.pinned_at is not None]
    if before := call.asked("before"):
        found = [(when, one) for when, one in found if when < datetime.fromisoformat(before)]
    items = [{"pinned_at": written(when), "message": call.shown(one)} for when, one in found[:limit]]
    return 200, {"items": items, "has_more": len(found) > limit}


@routes.on("GET", "/channels/{channel}/pins")
def all_pins(call: Call) -> Answer:
    """Give pinned messages the old way, all at once."""
    return 200, [call.shown(one) for one in call.world.pins(call.channel())[:50]]
