"""A bot's logins at the gateway: what each asked to hear, was told, and may be told again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.fake_discord import wire as ops
from tests.support.fake_discord.intents import Intent, channels_of, valid, wanted
from tests.support.fake_discord.shapes import Guild, Json
from tests.support.fake_discord.state import World
from tests.support.fake_discord.wire import Wire

_MADE: Final = ("CHANNEL_CREATE", "GUILD_CREATE")
_TURNS: Final = ("CHANNEL_UPDATE", "GUILD_ROLE_", "GUILD_MEMBER_UPDATE")
"""After these a bot may see channels that it did not see before."""


@dataclass(slots=True)
class Session:
    """A login, and all it was told, so that it can be told again after a break."""

    id: str
    world: World
    intents: int
    shard: tuple[int, int]
    wire: Wire | None
    sequence: int = 0
    told: list[tuple[int, str]] = field(default_factory=list)
    seen: dict[int, set[int]] = field(default_factory=dict)

    def tell(self, event: str, data: Any) -> None:
        """Tell an event now, or keep it for the next RESUME."""
        self.sequence += 1
        payload = json.dumps({"op": ops.DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.told.append((self.sequence, payload))
        if self.wire is not None:
            self.wire.put_raw(payload)

    def greet(self, resume_url: str) -> None:
        """Say READY, then tell every guild."""
        self.tell("READY", self._ready(resume_url))
        for guild in self._guilds():
            self.seen[guild.id] = self._visible(guild.id)
            if guild.available:
                self.tell("GUILD_CREATE", self._heard("GUILD_CREATE", self.world.guild_create(guild)))

    def take_up(self, wire: Wire, since: int) -> None:
        """Go on over a new connection: tell what came since, then that this was all."""
        self.wire = wire
        for number, payload in self.told:
            if number > since:
                wire.put_raw(payload)
        self.tell("RESUMED", {"_trace": ["here"]})

    def hear(self, event: str, data: Json, guild_id: int | None) -> None:
        """Tell what happened in the world, as far as this bot may know."""
        if self.concerned(event, data, guild_id):
            self.tell(event, self._heard(event, data))
        if guild_id is not None and event.startswith((*_MADE, *_TURNS)):
            self._look_again(guild_id, tell=event not in _MADE)

    def concerned(self, event: str, data: Json, guild_id: int | None) -> bool:
        """Tell whether an event is for this login."""
        if not self._mine(guild_id) or not wanted(self.intents, event, data, guild_id, self.world.bot.id):
            return False
        if guild_id is not None and event != "GUILD_DELETE" and not self._inside(guild_id):
            return False
        places = [self.world.channels.get(one) for one in channels_of(event, data)]
        place = next((one for one in places if one is not None), None)
        return place is None or self.world.sees(self.world.bot, place)

    def chunks(self, asked: Json) -> list[Json]:
        """Give the members asked for, at most a thousand at a time; everybody only with the intent."""
        guild = self.world.guilds.get(int(asked["guild_id"]))
        if guild is None or self.world.bot.id not in guild.members:
            return []
        found, unknown = self._asked_for(guild, asked)
        parts = [found[start : start + 1000] for start in range(0, len(found), 1000)] or [[]]
        common: Json = {"guild_id": str(guild.id), "chunk_count": len(parts), "not_found": unknown}
        common |= {"nonce": asked["nonce"]} if asked.get("nonce") else {}
        return [common | {"members": part, "chunk_index": number} for number, part in enumerate(parts)]

    def _asked_for(self, guild: Guild, asked: Json) -> tuple[list[Json], list[str]]:
        people = {member.user.id: member for member in guild.members.values()}
        if "user_ids" in asked:
            named = asked["user_ids"] if isinstance(asked["user_ids"], list) else [asked["user_ids"]]
            there = [people[int(one)].json() for one in named if int(one) in people]
            return there, [str(one) for one in named if int(one) not in people]
        query = asked.get("query", "").lower()
        if not query and not self.intents & Intent.GUILD_MEMBERS:
            return [], []
        by_name = [
            one for one in people.values() if (one.nick or one.user.username).lower().startswith(query)
        ]
        return [one.json() for one in by_name[: asked.get("limit") or None]], []

    def _look_again(self, guild_id: int, *, tell: bool) -> None:
        """Tell the threads of channels that the bot sees from now on."""
        before, now = self.seen.get(guild_id), self._visible(guild_id)
        self.seen[guild_id] = now
        fresh = now - before if before is not None else set()
        if tell and fresh and self._mine(guild_id) and self.intents & Intent.GUILDS:
            self.tell("THREAD_LIST_SYNC", self._threads(guild_id, fresh))

    def _threads(self, guild_id: int, channels: set[int]) -> Json:
        inside = [one for one in self.world.channels.values() if one.thread and one.parent_id in channels]
        active = [one for one in inside if one.thread and not one.thread.archived]
        threads = [self.world.thread_json(one) for one in active if self.world.sees(self.world.bot, one)]
        own = [one["member"] for one in threads if "member" in one]
        ids = [str(one) for one in sorted(channels)]
        return {"guild_id": str(guild_id), "channel_ids": ids, "threads": threads, "members": own}

    def _visible(self, guild_id: int) -> set[int]:
        inside = [one for one in self.world.channels.values() if one.guild_id == guild_id and not one.thread]
        return {one.id for one in inside if self.world.sees(self.world.bot, one)}

    def _mine(self, guild_id: int | None) -> bool:
        number, of = self.shard
        return ((guild_id or 0) >> 22) % of == number

    def _inside(self, guild_id: int) -> bool:
        return self.world.member(guild_id, self.world.bot.id) is not None

    def _guilds(self) -> list[Guild]:
        return [one for one in self.world.guilds.values() if self._inside(one.id) and self._mine(one.id)]

    def _ready(self, resume_url: str) -> Json:
        return {
            "v": 10,
            "user": self.world.bot.json() | {"mfa_enabled": False, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self._guilds()],
            "session_id": self.id,
            "resume_gateway_url": resume_url,
            "shard": [*self.shard],
            "application": {"id": str(self.world.application_id), "flags": 0},
            "session_type": "normal",
            "relationships": [],
            "private_channels": [],
            "user_settings": {},
            "_trace": ["here"],
        }

    def _heard(self, event: str, data: Json) -> Json:
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and not self.intents & Intent.MESSAGE_CONTENT:
            return self.world.redacted(data)
        if event == "GUILD_CREATE" and not self.intents & Intent.GUILD_PRESENCES:
            me = str(self.world.bot.id)
            return data | {"members": [one for one in data["members"] if one["user"]["id"] == me]}
        return data


def fault_of(world: World, said: Json) -> int | None:
    """Give the code with which Discord closes on a wrong IDENTIFY, or nothing when it is right."""
    number, of = said.get("shard", (0, 1))
    if str(said.get("token", "")).removeprefix("Bot ") != world.token:
        return 4004
    if not 0 <= number < of:
        return 4010
    if not valid(said.get("intents")):
        return 4013
    barred = Intent.GUILD_PRESENCES
    barred |= Intent(0) if world.members_intent else Intent.GUILD_MEMBERS
    barred |= Intent(0) if world.message_content else Intent.MESSAGE_CONTENT
    return 4014 if said["intents"] & barred else None
