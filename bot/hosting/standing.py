"""How things stand with a bot: what is open, what comes, what waits, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.app import App
from bot.core import sentences
from bot.core.model import Chat
from bot.core.sentences.wellness import moment_shown
from bot.core.state import Running
from bot.core.wellness import MEBIBYTE, NetworkState, Reading, faults
from bot.storage.store import Tx

SOON: Final = 5
"""How many of the coming chats are named."""
_MINUTE: Final = 60
_MS: Final = 1000


async def standing(app: App) -> dict[str, Any]:
    """How things stand, ready to be written as JSON."""
    reading = await app.vitals.look()
    late = app.vitals.metrics.recent_lateness
    async with app.store.read() as tx:
        chats = await _chats(tx, app.clock.now())
    return chats | _waiting(reading) | _machine(reading) | {"running": True, "lateness": lateness(late)}


async def _chats(tx: Tx, now: datetime) -> dict[str, Any]:
    live, coming = await tx.live_chats(), await tx.coming_chats(SOON)
    called = [await tx.series(chat.series_id) for chat in coming]
    return {
        **await tx.counts(),
        "live": [f"{c.topic or 'chat'} (question {c.asked})" for c in live],
        "open": [_open(await tx.running(chat.id), now) for chat in live],
        "next": [sentences.coming_of(c, series) for c, series in zip(coming, called, strict=True)],
        "coming": [_coming(c, series.title) for c, series in zip(coming, called, strict=True)],
    }


def _open(running: Running, now: datetime) -> dict[str, Any]:
    chat, turn = running.chat, running.next_turn
    left = max(0.0, (turn - now).total_seconds()) if turn else None
    return {
        "chat": f"{running.series.title}: {chat.topic}" if chat.topic else running.series.title,
        "asked": chat.asked,
        "questions": len(running.questions),
        "paused": chat.paused_at is not None,
        "minutes_left": None if left is None else round(left / _MINUTE, 1),
    }


def _coming(chat: Chat, series: str) -> dict[str, Any]:
    return {"series": series, "topic": chat.topic, "starts_at": chat.starts_at.isoformat()}


def _waiting(reading: Reading) -> dict[str, Any]:
    oldest = max((one.oldest.total_seconds() for one in reading.waiting), default=0.0)
    return {
        "waiting_to_be_sent": sum(one.count for one in reading.waiting),
        "oldest_waiting_seconds": round(oldest, 1),
    }


def _machine(reading: Reading) -> dict[str, Any]:
    return {
        "networks": [_network(one) for one in reading.networks],
        "last_backup": moment_shown(reading.backup_at) if reading.backup_at else None,
        "disk_free_mb": None if reading.free is None else reading.free // MEBIBYTE,
        "gaps": sum(one.gaps for one in reading.networks),
        "unwell": [fault.sentence for fault in faults(reading)],
    }


def _network(one: NetworkState) -> dict[str, Any]:
    since = moment_shown(one.since)
    return {
        "name": one.name, "connected": one.connected, "since": since, "refused": one.unwell, "gaps": one.gaps,
    }  # fmt: skip


def lateness(ordered: Sequence[float]) -> dict[str, Any]:
    """How late posts were, in milliseconds, of seconds in order."""
    if not ordered:
        return {"posts": 0, "p50_ms": None, "p99_ms": None, "max_ms": None}
    at = {"p50_ms": len(ordered) // 2, "p99_ms": len(ordered) * 99 // 100, "max_ms": len(ordered) - 1}
    return {"posts": len(ordered)} | {name: round(ordered[place] * _MS, 1) for name, place in at.items()}
