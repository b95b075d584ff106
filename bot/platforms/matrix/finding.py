"""Finding again what an earlier attempt left in a room, so that nothing is said twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.platforms.matrix.drawing import KEY
from bot.platforms.matrix.homeserver import part
from bot.platforms.matrix.voice import Voice

KEY_HOLDS: Final = timedelta(minutes=10)
"""So long every homeserver knows what was sent under a key, a Synapse for a day; after that we look first."""
SKEW: Final = timedelta(minutes=5)
"""How far the homeserver's clock may be off ours."""
MOST_READ: Final = 2_000
_PAGE: Final = 100


async def message_under(voice: Voice, room: str, key: str, since: datetime) -> str | None:
    """Give our own message that carries this key and was sent since then."""
    ours = json.dumps({"types": ["m.room.message"], "senders": [voice.home.user], "lazy_load_members": True})
    path, start, read = f"v3/rooms/{part(room)}/messages", None, 0
    while read < MOST_READ:
        page = await voice.get(path, dir="b", limit=_PAGE, filter=ours, **{"from": start})
        for event in page.get("chunk", ()):
            if (event.get("content") or {}).get(KEY) == key and not _is_edit(event):
                return str(event["event_id"])
            if _sent(event) < since - SKEW:
                return None
            read += 1
        start = page.get("end")
        if not start:
            return None
    return None


def _is_edit(event: Any) -> bool:
    return (event["content"].get("m.relates_to") or {}).get("rel_type") == "m.replace"


def _sent(event: Any) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
