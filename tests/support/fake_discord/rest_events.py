"""Scheduled events over REST: a guild's list of what is to come; `world.without` can hide it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes, invalid
from tests.support.fake_discord.shapes import Can, Guild, Json, ScheduledEvent

routes: Final = Routes()
LIST: Final = "/guilds/{guild}/scheduled-events"
ONE: Final = LIST + "/{event}"
OVER: Final = frozenset({3, 4})
NEXT: Final = {1: {1, 2, 4}, 2: {2, 3}, 3: {3}, 4: {4}}


def _guild(call: Call) -> Guild:
    if "events" in call.world.without:
        raise ProblemError(0)
    return call.guild()


def _event(call: Call) -> ScheduledEvent:
    guild = _guild(call)
    event = call.world.events.get(call.number("event"))
    if event is None or event.guild_id != guild.id:
        raise ProblemError(10070)
    return event


@routes.on("GET", LIST)
def listed(call: Call) -> Answer:
    """Give the events of a guild."""
    guild = _guild(call)
    return 200, [one.json() for one in call.world.events.values() if one.guild_id == guild.id]


@routes.on("POST", LIST)
def create(call: Call) -> Answer:
    """Put an event into the list."""
    guild = _guild(call)
    call.may_in_guild(guild, Can.CREATE_EVENTS, Can.MANAGE_EVENTS)
    coming = [e for e in call.world.events.values() if e.guild_id == guild.id and e.status not in OVER]
    if len(coming) >= 100:
        raise ProblemError(30038)
    _check(call, call.body)
    return 200, call.world.schedule(guild, call.me, call.body).json()


def _check(call: Call, said: Json) -> None:
    start = datetime.fromisoformat(said["scheduled_start_time"])
    if start <= call.world.now():
        message = "Cannot schedule event in the past."
        raise invalid("scheduled_start_time", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", message)
    end = said.get("scheduled_end_time")
    if said["entity_type"] == 3 and not end:
        raise invalid("scheduled_end_time", "BASE_TYPE_REQUIRED", "This field is required")
    if end and datetime.fromisoformat(end) <= start:
        message = "Cannot schedule event's end before its start."
        raise invalid("scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START", message)


@routes.on("GET", ONE)
def one(call: Call) -> Answer:
    """Give one event."""
    return 200, _event(call).json()


def _may_change(call: Call, event: ScheduledEvent) -> None:
    own = (Can.CREATE_EVENTS,) if event.creator_id == call.me.id else ()
    call.may_in_guild(call.guild(), Can.MANAGE_EVENTS, *own)


@routes.on("PATCH", ONE)
def change(call: Call) -> Answer:
    """Move, rename, begin, end or cancel an event."""
    event = _event(call)
    _may_change(call, event)
    status = call.body.get("status") or event.status
    if status not in NEXT[event.status]:
        raise invalid("status", "TRANSITION_INVALID", "Invalid Guild Scheduled Event Status Transition")
    if event.status in OVER:
        raise invalid("status", "ALREADY_OVER", "The event is over")
    if event.status == status == 1:
        _check(call, event.said | call.body)
    call.world.change_event(event, call.body)
    return 200, event.json()


@routes.on("DELETE", ONE)
def delete(call: Call) -> Answer:
    """Take an event out of the list."""
    event = _event(call)
    _may_change(call, event)
    call.world.delete_event(event)
    return 204, None


@routes.on("GET", ONE + "/users")
def interested(call: Call) -> Answer:
    """Give who is interested: nobody has said so."""
    _event(call)
    return 200, []
