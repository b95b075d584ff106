"""Threads over REST: started, listed, changed, entered; `world.without` can hide their lists."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.support.fake_discord.places import (
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    ThreadState,
)
from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes
from tests.support.fake_discord.rest_messages import extras_of
from tests.support.fake_discord.shapes import Can, Json, User

routes: Final = Routes()
PEOPLE: Final = "/channels/{channel}/thread-members"
UNARCHIVING: Final = frozenset({"archived", "locked", "auto_archive_duration"})


def _hidden(call: Call) -> None:
    if "threads" in call.world.without:
        raise ProblemError(0)


@routes.on("POST", "/channels/{channel}/messages/{message}/threads")
def from_message(call: Call) -> Answer:
    """Start a thread from a message; a message has one at most."""
    channel = call.channel()
    if channel.thread is not None or channel.guild_id is None:
        raise ProblemError(50024)
    message = call.message(channel)
    call.may(channel, Can.CREATE_PUBLIC_THREADS)
    if message.thread is not None or message.id in call.world.channels:
        raise ProblemError(160004)
    archive = call.body.get("auto_archive_duration") or 4320
    thread = call.world.start_thread(
        channel, call.me, call.body["name"], message=message, auto_archive=archive
    )
    return 201, call.world.thread_json(thread)


@routes.on("POST", "/channels/{channel}/threads")
def alone(call: Call) -> Answer:
    """Start a thread from nothing: public, private, or a forum's post."""
    channel = call.channel()
    if channel.thread is not None or channel.guild_id is None:
        raise ProblemError(50024)
    private = call.body.get("type", PRIVATE_THREAD) == PRIVATE_THREAD and channel.type == TEXT
    if channel.type == FORUM:
        call.may(channel, Can.SEND_MESSAGES)
    else:
        call.may(channel, Can.CREATE_PRIVATE_THREADS if private else Can.CREATE_PUBLIC_THREADS)
    archive = call.body.get("auto_archive_duration") or 4320
    thread = call.world.start_thread(
        channel, call.me, call.body["name"], private=private, auto_archive=archive
    )
    data = call.world.thread_json(thread)
    if channel.type == FORUM:
        said: Json = call.body["message"]
        message = call.world.post(
            thread, call.me, said.get("content") or "", extras=extras_of(call, said, id=thread.id)
        )
        data["message"] = call.world.message_json(message)
    return 201, data


def _thread(call: Call) -> tuple[Channel, ThreadState]:
    channel = call.channel()
    if channel.thread is None:
        raise ProblemError(10003)
    return channel, channel.thread


def change_thread(call: Call, channel: Channel, state: ThreadState) -> Answer:
    """Rename, archive, lock or slow down a thread."""
    body: Json = call.body
    owns = state.owner_id == call.me.id
    if not owns or "locked" in body or "rate_limit_per_user" in body or state.locked:
        call.may(channel, Can.MANAGE_THREADS)
    if state.archived and body.get("archived") is not False and not set(body) <= UNARCHIVING:
        raise ProblemError(50083)
    channel.name = body.get("name") or channel.name
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode)
    state.locked = body.get("locked", state.locked)
    state.auto_archive = body.get("auto_archive_duration") or state.auto_archive
    if "archived" in body and body["archived"] != state.archived:
        state.archived, state.archive_timestamp = body["archived"], call.world.now()
    call.world.channel_changed(channel)
    return 200, call.world.thread_json(channel)


def delete_thread(call: Call, channel: Channel) -> Answer:
    """Delete a thread."""
    call.may(channel, Can.MANAGE_THREADS)
    data = channel.json()
    call.world.delete_channel(channel)
    return 200, data


@routes.on("GET", "/guilds/{guild}/threads/active")
def active(call: Call) -> Answer:
    """Give the guild's threads that are awake and that the bot sees, newest first."""
    _hidden(call)
    guild = call.guild()
    found = [one for one in call.world.channels.values() if one.guild_id == guild.id and one.thread]
    awake = [one for one in found if one.thread and not one.thread.archived and call.world.sees(call.me, one)]
    awake.sort(key=lambda one: one.id, reverse=True)
    data = _listed(call, awake)
    del data["has_more"]
    return 200, data | {"has_more": False}


@routes.on("GET", "/channels/{channel}/threads/archived/public")
def archived_public(call: Call) -> Answer:
    """Give a page of a channel's public threads that sleep."""
    _hidden(call)
    return 200, _archived(call, call.channel(Can.READ_MESSAGE_HISTORY), {10, PUBLIC_THREAD})


@routes.on("GET", "/channels/{channel}/threads/archived/private")
def archived_private(call: Call) -> Answer:
    """Give a page of a channel's private threads that sleep."""
    _hidden(call)
    channel = call.channel(Can.READ_MESSAGE_HISTORY, Can.MANAGE_THREADS)
    return 200, _archived(call, channel, {PRIVATE_THREAD})


@routes.on("GET", "/channels/{channel}/users/@me/threads/archived/private")
def archived_joined(call: Call) -> Answer:
    """Give a page of the private threads that sleep and that the bot is in."""
    _hidden(call)
    channel = call.channel(Can.READ_MESSAGE_HISTORY)
    return 200, _archived(call, channel, {PRIVATE_THREAD}, joined=True)


def _archived(call: Call, channel: Channel, kinds: set[int], *, joined: bool = False) -> Json:
    found = []
    for one in call.world.channels.values():
        state = one.thread
        if one.parent_id != channel.id or one.type not in kinds or state is None or not state.archived:
            continue
        if not joined or call.me.id in state.members:
            found.append((state.archive_timestamp, one.id, one))
    if before := call.asked("before"):
        found = [entry for entry in found if entry[0] < datetime.fromisoformat(before)]
    found.sort(reverse=True, key=lambda entry: entry[:2])
    limit = int(call.asked("limit", "50"))
    return _listed(call, [one for _, _, one in found[:limit]], more=len(found) > limit)


def _listed(call: Call, threads: list[Channel], *, more: bool = False) -> Json:
    me = call.me.id
    inside = [(one, one.thread) for one in threads if one.thread and me in one.thread.members]
    return {
        "threads": [call.world.thread_json(one) for one in threads],
        "members": [state.member_json(one.id, me) for one, state in inside],
        "has_more": more,
    }


@routes.on("GET", PEOPLE)
def people(call: Call) -> Answer:
    """Give who is in a thread."""
    channel, state = _thread(call)
    return 200, [state.member_json(channel.id, user) for user in state.members]


@routes.on("GET", PEOPLE + "/{user}")
def person(call: Call) -> Answer:
    """Give one person's membership."""
    channel, state = _thread(call)
    if call.number("user") not in state.members:
        raise ProblemError(10007)
    return 200, state.member_json(channel.id, call.number("user"))


def _somebody(call: Call) -> User:
    user = call.world.users.get(call.number("user"))
    if user is None:
        raise ProblemError(10013)
    return user


@routes.on("PUT", PEOPLE + "/@me")
def enter(call: Call) -> Answer:
    """Let the bot enter a thread."""
    channel, _ = _thread(call)
    call.awake(channel)
    call.world.enter_thread(channel, call.me)
    return 204, None


@routes.on("DELETE", PEOPLE + "/@me")
def leave(call: Call) -> Answer:
    """Let the bot leave a thread."""
    channel, _ = _thread(call)
    call.awake(channel)
    call.world.exit_thread(channel, call.me)
    return 204, None


@routes.on("PUT", PEOPLE + "/{user}")
def add(call: Call) -> Answer:
    """Add somebody to a thread."""
    channel, _ = _thread(call)
    call.awake(channel)
    call.may(channel, Can.SEND_MESSAGES_IN_THREADS)
    call.world.enter_thread(channel, _somebody(call))
    return 204, None


@routes.on("DELETE", PEOPLE + "/{user}")
def remove(call: Call) -> Answer:
    """Take somebody out of a thread."""
    channel, state = _thread(call)
    call.awake(channel)
    if channel.type != PRIVATE_THREAD or state.owner_id != call.me.id:
        call.may(channel, Can.MANAGE_THREADS)
    call.world.exit_thread(channel, _somebody(call))
    return 204, None
