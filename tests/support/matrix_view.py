"""What stands in rooms of a homeserver, asked of it by somebody there; asking takes no virtual time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tests.support.synapse.people import Json, part

PAGE: Final = 500
_DIGIT: Final = re.compile("([1-9])\ufe0f?\u20e3")


@dataclass
class Message:
    """A message as it stands now."""

    id: str
    sender: str
    at: int
    body: str
    content: Json
    thread: str | None = None
    reply_to: str | None = None
    signs: list[tuple[str, str]] = field(default_factory=list)
    """Who put which sign on it."""

    def digits(self, by: str) -> tuple[str, ...]:
        """Give the digits that somebody put on it."""
        found = [_DIGIT.fullmatch(sign) for who, sign in self.signs if who == by]
        return tuple(one[1] for one in found if one)


@dataclass
class Asking:
    """Asks a homeserver and waits, as a process of its own would."""

    base: str
    _wire: HTTPConnection | None = None

    def ask(self, token: str, path: str, method: str = "GET", **query: str | int | None) -> Any:
        """Ask for something below /_matrix/client/v3/ and give its JSON."""
        given = {name.rstrip("_"): str(value) for name, value in query.items() if value is not None}
        url = f"/_matrix/client/v3/{path}?{urlencode(given)}"
        try:
            answer, read = self._asked(method, url, token)
        except (HTTPException, OSError):  # what stays open is closed by a server that ends, or is bored
            self.close()
            answer, read = self._asked(method, url, token)
        assert answer.status == 200, f"{method} {path}: {answer.status} {read[:500]!r}"
        return json.loads(read)

    def _asked(self, method: str, url: str, token: str) -> tuple[HTTPResponse, bytes]:
        if self._wire is None:
            self._wire = HTTPConnection(urlsplit(self.base).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._wire.request(method, url, body=None if method == "GET" else "{}", headers=headers)
        answer = self._wire.getresponse()
        return answer, answer.read()

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None


@dataclass
class RoomView:
    """All that happened in a room, read on with every look."""

    asking: Asking
    token: str
    room: str
    changes: Callable[[], int | None] = lambda: None
    """A number that stays the same as long as nothing can have happened, where there is one."""
    events: list[Json] = field(default_factory=list)
    _from: str | None = None
    _seen_at: int | None = None
    _standing: tuple[int, list[Message]] = (-1, [])

    def look(self) -> list[Json]:
        """Give every event of the room, oldest first."""
        at = self.changes()
        if at is not None and at == self._seen_at:
            return self.events
        while True:
            where = f"rooms/{part(self.room)}/messages"
            told = self.asking.ask(self.token, where, dir="f", limit=PAGE, from_=self._from)
            self.events += told["chunk"]
            self._from = told.get("end", self._from)
            if len(told["chunk"]) < PAGE:
                break
        self._seen_at = at
        return self.events

    def standing(self) -> list[Message]:
        """Give the messages that stand in the room, oldest first."""
        events = self.look()
        if self._standing[0] != len(events):
            self._standing = (len(events), _standing(events))
        return self._standing[1]

    def state(self, kind: str) -> Json:
        """Give the newest content of a kind of state, or nothing."""
        found = [one["content"] for one in self.look() if one["type"] == kind and one.get("state_key") == ""]
        return found[-1] if found else {}


def _standing(events: list[Json]) -> list[Message]:
    taken = {_redacted(one) for one in events if one["type"] == "m.room.redaction"}
    left = [one for one in events if one["event_id"] not in taken]
    found = {one["event_id"]: _message(one) for one in left if _is_message(one)}
    for one, relation in _related(left):
        about = found.get(str(relation.get("event_id")))
        if about is None:
            continue
        if one["type"] == "m.reaction":
            about.signs.append((one["sender"], str(relation.get("key"))))
        elif relation.get("rel_type") == "m.replace" and one["sender"] == about.sender:
            about.content = one["content"].get("m.new_content", {})
            about.body = str(about.content.get("body", ""))
    return list(found.values())


def _related(events: list[Json]) -> Iterator[tuple[Json, Json]]:
    for one in events:
        relation = one["content"].get("m.relates_to")
        if isinstance(relation, dict):
            yield one, relation


def _is_message(event: Json) -> bool:
    if event["type"] != "m.room.message" or "body" not in event["content"]:
        return False
    relation = event["content"].get("m.relates_to")
    return not (isinstance(relation, dict) and relation.get("rel_type") == "m.replace")


def _message(event: Json) -> Message:
    content = event["content"]
    relation = content.get("m.relates_to") or {}
    threaded = relation.get("rel_type") == "m.thread"
    replied = (relation.get("m.in_reply_to") or {}).get("event_id")
    if threaded and relation.get("is_falling_back"):
        replied = None
    thread = relation["event_id"] if threaded else None
    made = (event["event_id"], event["sender"], event["origin_server_ts"], str(content["body"]), content)
    return Message(*made, thread, replied)


def _redacted(event: Json) -> str:
    return str(event.get("redacts") or event["content"].get("redacts"))
