"""People on a homeserver: what their programs ask it for, as raw JSON."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from yarl import URL

Json = dict[str, Any]
PASSWORD: Final = "correct horse"
KEYCAP: Final = "\ufe0f\u20e3"
_CLIENT: Final = "/_matrix/client/"


class Unanswered(Exception):
    """The homeserver said no; `body` is what it said."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


def part(native_id: str) -> str:
    """Quote one part of a path."""
    return quote(native_id, safe="")


@dataclass
class Person:
    """Somebody with an account; they speak to the server at `base`, which may be a proxy in front of it."""

    base: str
    session: aiohttp.ClientSession
    user: str = ""
    token: str = ""
    device: str = ""
    name: str = ""
    since: str | None = field(default=None, repr=False)

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str | int | None
    ) -> Any:
        """Ask for something below /_matrix/client/ and give its JSON."""
        said = {name.rstrip("_"): str(value) for name, value in query.items() if value is not None}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        asked = self.session.request(
            method,
            URL(self.base + (path if path.startswith("/") else _CLIENT + path), encoded=True),
            json=body if method != "GET" else None,
            params=said,
            headers=headers,
        )
        async with asked as answer:
            read = await answer.json()
            if answer.status >= 300:
                raise Unanswered(answer.status, read)
            return read

    async def register(self, local: str, name: str = "") -> None:
        """Get an account, and a name that others see."""
        self.name = name or local
        body = {"username": local, "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
        told = await self.ask("POST", "v3/register", body)
        self.user, self.token, self.device = told["user_id"], told["access_token"], told["device_id"]
        if self.name != local:
            await self.call_oneself(self.name)

    async def call_oneself(self, name: str) -> None:
        """Take a name that others see."""
        self.name = name
        await self.ask("PUT", f"v3/profile/{part(self.user)}/displayname", {"displayname": name})

    # -- rooms ----------------------------------------------------------------------------------------------

    async def makes_room(
        self, name: str = "", *, invited: tuple[str, ...] = (), version: str | None = None, **more: Any
    ) -> str:
        """Make a room that everybody may join, and give its id."""
        body: Json = {"preset": "public_chat", "name": name, "invite": list(invited), **more}
        body |= {"room_version": version} if version else {}
        return str((await self.ask("POST", "v3/createRoom", body))["room_id"])

    async def joins(self, room: str) -> str:
        """Join a room by its id or alias, and give its id."""
        return str((await self.ask("POST", f"v3/join/{part(room)}", {}))["room_id"])

    async def invites(self, room: str, user: str) -> None:
        """Invite somebody."""
        await self.ask("POST", f"v3/rooms/{part(room)}/invite", {"user_id": user})

    async def acts_on(self, room: str, act: str, user: str = "") -> None:
        """Kick, ban, unban somebody, or leave oneself."""
        await self.ask("POST", f"v3/rooms/{part(room)}/{act}", {"user_id": user} if user else {})

    async def gives_power(self, room: str, user: str, level: int) -> None:
        """Give somebody power in a room."""
        levels = await self.state(room, "m.room.power_levels")
        levels["users"] = levels.get("users", {}) | {user: level}
        await self.sets(room, "m.room.power_levels", levels)

    async def state(self, room: str, kind: str, key: str = "") -> Any:
        """Give one piece of a room's state."""
        return await self.ask("GET", f"v3/rooms/{part(room)}/state/{kind}/{part(key)}")

    async def sets(self, room: str, kind: str, content: Mapping[str, Any], key: str = "") -> str:
        """Set one piece of a room's state."""
        told = await self.ask("PUT", f"v3/rooms/{part(room)}/state/{kind}/{part(key)}", content)
        return str(told["event_id"])

    # -- words ----------------------------------------------------------------------------------------------

    async def sends(self, room: str, kind: str, content: Mapping[str, Any], txn: str = "") -> str:
        """Send an event and give its id."""
        where = f"v3/rooms/{part(room)}/send/{kind}/{part(txn or uuid.uuid4().hex)}"
        return str((await self.ask("PUT", where, content))["event_id"])

    async def says(
        self, room: str, text: str, *, thread: str | None = None, reply_to: str | None = None, **more: Any
    ) -> str:
        """Say something, perhaps in a thread or as a reply, and give its id."""
        content = {"msgtype": "m.text", "body": text, "m.mentions": {}, **more}
        relation = _relation(thread, reply_to)
        return await self.sends(room, "m.room.message", content | relation)

    async def edits(self, room: str, event: str, text: str) -> str:
        """Say one's own words anew, and give the id of the edit."""
        new = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        relation = {"rel_type": "m.replace", "event_id": event}
        content = {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        return await self.sends(room, "m.room.message", content)

    async def reacts(self, room: str, event: str, key: str) -> str:
        """Put a sign on a message, and give the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.sends(room, "m.reaction", {"m.relates_to": relation})

    async def digits(self, room: str, event: str, number: int) -> str:
        """Put a digit on a message, and give the id of the reaction."""
        return await self.reacts(room, event, f"{number}{KEYCAP}")

    async def redacts(self, room: str, event: str, reason: str = "") -> str:
        """Take something back, and give the id of that."""
        body = {"reason": reason} if reason else {}
        where = f"v3/rooms/{part(room)}/redact/{part(event)}/{uuid.uuid4().hex}"
        return str((await self.ask("PUT", where, body))["event_id"])

    # -- looking --------------------------------------------------------------------------------------------

    async def syncs(self, within: float = 0.0, **query: Any) -> Json:
        """Give what is new since the last time."""
        told: Json = await self.ask("GET", "v3/sync", since=self.since, timeout=int(within * 1000), **query)
        self.since = told["next_batch"]
        return told

    async def page(self, room: str, direction: str = "f", **query: Any) -> Json:
        """Give one page of a room's events, from its beginning or its end."""
        told: Json = await self.ask("GET", f"v3/rooms/{part(room)}/messages", dir=direction, **query)
        return told

    async def events(self, room: str, *kinds: str) -> list[Json]:
        """Give all of a room's events of these kinds, oldest first."""
        found: list[Json] = []
        start: str | None = None
        while True:
            told = await self.page(room, limit=500, from_=start)
            found += [one for one in told["chunk"] if not kinds or one["type"] in kinds]
            start = told.get("end")
            if start is None or not told["chunk"]:
                return found

    async def event(self, room: str, event: str) -> Json:
        """Give one event."""
        told: Json = await self.ask("GET", f"v3/rooms/{part(room)}/event/{part(event)}")
        return told


def _relation(thread: str | None, reply_to: str | None) -> Json:
    replied = {"m.in_reply_to": {"event_id": reply_to}} if reply_to else {}
    if thread:
        root = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply_to}
        return {"m.relates_to": {"m.in_reply_to": {"event_id": thread}, **root, **replied}}
    return {"m.relates_to": replied} if replied else {}


@dataclass
class People:
    """Gives everybody a fresh account: `await people("Ana")` is somebody whom others see as Ana."""

    base: str
    session: aiohttp.ClientSession

    async def __call__(self, name: str = "Ana") -> Person:
        """Give somebody with this name."""
        one = Person(self.base, self.session)
        await one.register(f"{name.casefold()}-{uuid.uuid4().hex[:8]}", name)
        return one


@asynccontextmanager
async def people_on(base: str) -> AsyncIterator[People]:
    """Let people use the server at this address."""
    wait = aiohttp.ClientTimeout(total=90)
    async with aiohttp.ClientSession(timeout=wait) as session:
        yield People(base, session)
