"""How fast words are found among 1,000,000 messages: the commonest, by those who may read much and little."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from alembic import command
from sqlalchemy import create_engine

from bot.core.archive.search_query import read_query
from bot.core.audience import Audience, Reads
from bot.storage.archive.searching import Search, find
from bot.storage.engine import database_url
from bot.storage.migrate import config, migrate
from bot.storage.store import Store

SIZE: Final = 1_000_000
ROUNDS: Final = 100
OF_A_CHAT: Final = 300
BIG, SMALL = Audience(1), Audience(2)
MEMBERS: Final = Audience(1, Reads.MEMBERS)
THE, STUDENTS = "the", "students"
"""The commonest word, and the commonest one that others begin with."""
SIGNS: Final = "日本語"
_JAPANESE: Final = f" 今日は{SIGNS}の授業です みんなで話そう"
"""In every fourth message, behind its words."""
_WORDS: Final = (
    *(
        THE,
        "and",
        "to",
        "of",
        STUDENTS,
        "in",
        "we",
        "it",
        "that",
        "for",
        "they",
        "school",
        "teach",
        "teaching",
    ),
    *(
        "questions",
        "learning",
        "class",
        "time",
        "feedback",
        "lesson",
        "because",
        "student",
        "teachers",
        "schools",
    ),
)
_LETTERS: Final = "etaoinshrdlucmfwypvbgk"
_NOW: Final = datetime(2026, 11, 22, 20, tzinfo=UTC)
_BEFORE_SEARCH: Final = "0008"


async def measure(folder: Path) -> dict[str, float]:
    """How long it takes until something is found, beside bare FTS5, and how long indexing took."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    began = time.perf_counter()
    await asyncio.to_thread(_fill, folder, _size())
    filled = time.perf_counter()
    url = database_url("", folder)
    await asyncio.to_thread(migrate, url, _NOW, keep=False)
    indexed = time.perf_counter()
    async with Store(url) as store:
        found = await _found(store)
    bare = await asyncio.to_thread(_bare, Path(str(url.database)))
    ranked = bare["bare FTS5 by rank, commonest word, p95 ms"]
    return {
        **found,
        **bare,
        "search / bare FTS5 by rank": found["search, commonest word, p95 ms"] / ranked,
        "search, messages filled, s": filled - began,
        "search, messages indexed, s": indexed - filled,
    }


async def _found(store: Store) -> dict[str, float]:
    everywhere = {
        "commonest word": (BIG, THE),
        "commonest beginning": (BIG, STUDENTS[:-3]),
        "commonest word, small community": (SMALL, THE),
        "commonest word, little to read": (BIG, f"{THE} series:12"),
        "commonest word, long ago": (BIG, f"{THE} before:2016"),
        "commonest word, one person": (BIG, f'{THE} from:"Person 77"'),
        "commonest phrase": (MEMBERS, f'"of {STUDENTS}"'),
        "word that is nowhere": (BIG, "xylophonist"),
        "commonest sign": (BIG, SIGNS[:1]),
        "commonest signs, one weekly chat": (BIG, f"{SIGNS[:2]} series:3"),
        "commonest signs, little to read": (BIG, f"{SIGNS} series:12"),
        "commonest signs, one person": (BIG, f'{SIGNS} from:"Person 77"'),
        "commonest signs and word, one weekly chat": (BIG, f"{THE} {SIGNS[:2]} series:3"),
    }
    told: dict[str, float] = {}
    for name, (audience, typed) in everywhere.items():
        await _took(store, audience, typed)  # each kind of question is compiled once
        took = [await _took(store, audience, typed) for _ in range(ROUNDS)]
        told |= {f"search, {name}, p50 ms": median(took), f"search, {name}, p95 ms": _p95(took)}
    return told


async def _took(store: Store, audience: Audience, typed: str) -> float:
    began = time.perf_counter()
    async with store.read() as tx:
        await find(tx, audience, Search(read_query(typed), "UTC"))
    return (time.perf_counter() - began) * 1000


def _bare(file: Path) -> dict[str, float]:
    """The same word of FTS5 alone, for no reader: the newest thirty, and, as is usual, the best."""
    asked = (
        "SELECT rowid, chat, snippet(search, 2, '<mark>', '</mark>', '…', 24) FROM search"
        " WHERE search MATCH ? ORDER BY {} LIMIT 30"
    )
    told = {}
    with closing(sqlite3.connect(file)) as database:
        for name, order, rounds in (
            ("newest first", "rowid DESC", ROUNDS),
            ("by rank", "rank", ROUNDS // 10),
        ):
            took = []
            for _ in range(rounds):
                began = time.perf_counter()
                database.execute(asked.format(order), (f'words : "{THE}" *',)).fetchall()
                took.append((time.perf_counter() - began) * 1000)
            told[f"bare FTS5 {name}, commonest word, p95 ms"] = _p95(took)
    return told


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


def _size() -> int:
    """How many messages: `--size=20000` is for a quick look."""
    written = [one.partition("=")[2] for one in sys.argv if one.startswith("--size=")]
    return int(written[-1]) if written else SIZE


# --- An archive of many years ----------------------------------------------------------------


def _fill(folder: Path, size: int) -> None:
    """Messages as an earlier version kept them: bringing the schema up indexes them, as at a host."""
    url = database_url("", folder)
    engine = create_engine(url.set(drivername="sqlite"))
    with engine.connect() as connection:
        command.upgrade(config(connection), _BEFORE_SEARCH)
        connection.commit()
    engine.dispose()
    with closing(sqlite3.connect(str(url.database))) as database:
        database.execute("PRAGMA synchronous=OFF")
        _house(database, size // OF_A_CHAT)
        rows = "(:place, :native, :chat, :person, :text, :text, 1, 'answer', :at, :at, :native)"
        columns = "(place_id, platform_message_id, chat_id, person_id, text, body_html, render_version, kind"
        database.executemany(
            f"INSERT INTO message {columns}, said_at, heard_at, public_id) VALUES {rows}",
            _messages(size),
        )
        database.commit()


def _house(database: sqlite3.Connection, chats: int) -> None:
    """Two communities: one of twenty weekly chats, of which a stranger may read little, and a small one."""
    database.executemany(
        "INSERT INTO community (id, name, zone, slug) VALUES (?, ?, 'UTC', ?)",
        [(1, "Big", "big"), (2, "Small", "small")],
    )
    database.executemany(
        "INSERT INTO place (id, community_id, platform, native_id, openness) VALUES (?, ?, 'x', ?, 'public')",
        [(1, 1, "1"), (2, 2, "2")],
    )
    series = "community_id, title, slug, visibility, minutes, opening_minutes, wrapping_minutes, tail_days"
    database.executemany(
        f"INSERT INTO series (id, {series}) VALUES (?, ?, ?, ?, 'public', 60, 5, 5, 7)",
        [(k, 2 if k == 20 else 1, f"Series {k}", f"series-{k}") for k in range(1, 21)],
    )
    chat = "id, series_id, zone, starts_at, ends_at, state, told, published_at, slug, pace_seconds"
    database.executemany(
        f"INSERT INTO chat ({chat}) VALUES (?, ?, 'UTC', ?, ?, 'sealed', ?, ?, ?, 480)",
        _chats(chats),
    )
    database.executemany(
        "INSERT INTO person (id, platform, native_id, name) VALUES (?, 'x', ?, ?)",
        [(k, str(k), f"Person {k}") for k in range(1, 3001)],
    )


def _chats(chats: int) -> Iterator[tuple[Any, ...]]:
    """The newest two are the small community's; of series 12 strangers may read one chat in a hundred."""
    for k in range(1, chats + 2):
        series = 20 if k > chats - 2 else 1 + k % 19
        at = _NOW - timedelta(days=1 + (chats - k) * 1.2)
        told = "members" if series == 12 and k // 19 % 100 else "public"
        yield k, series, _stored(at), _stored(at + timedelta(hours=1)), told, _stored(at), f"c{k}"


def _messages(size: int) -> Iterator[dict[str, Any]]:
    random = Random(7)
    spelled = ("".join(random.choices(_LETTERS, k=random.randint(3, 10))) for _ in range(60_000))
    words = [*_WORDS, *dict.fromkeys(spelled)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    chats = size // OF_A_CHAT
    for k in range(size):
        chat = min(1 + k // OF_A_CHAT, chats + 1)
        text = " ".join(random.choices(words, cum_weights=weights, k=random.randint(4, 26)))
        text += _JAPANESE if k % 4 == 0 else ""
        at = _stored(_NOW - timedelta(days=1 + (chats - chat) * 1.2, seconds=-(k % 3000)))
        place = 2 if chat > chats - 2 else 1
        yield {
            "place": place,
            "native": f"n{k}",
            "chat": chat,
            "person": 1 + k % 3000,
            "text": text,
            "at": at,
        }


def _stored(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.000000"
