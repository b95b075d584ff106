"""How fast words are heard: batched ingest against a commit a message and against bare SQLite."""

import random
import sqlite3
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.rooms import START, open_chat
from bot.core.hearing import Author, Said
from bot.core.model import Place
from bot.storage.store import Store

BATCH = 500
ROUNDS = 15
SINGLES = 200
PEOPLE = tuple(Author(f"p{k}", f"Person {k}") for k in range(300))


async def measure(folder: Path) -> dict[str, float]:
    """Microseconds a message: ours in batches, ours one at a time, and rows into bare SQLite; and ratios."""
    async with open_chat(folder) as (store, place):
        await hear(store, place, talk(0, BATCH))
        connection = await bare(store, folder / "bare.sqlite")
        ours, raw = [], []
        for number in range(1, ROUNDS + 1):
            said = talk(number, BATCH)
            ours.append(await _timed(store, place, said) / BATCH)
            raw.append(_timed_bare(connection, said, place) / BATCH)
        singles = talk(ROUNDS + 1, SINGLES)
        one_by_one = sum([await _timed(store, place, [one]) for one in singles]) / SINGLES
    batched, bare_row = statistics.median(ours), statistics.median(raw)
    return {
        "batched_us": batched * 1e6,
        "bare_us": bare_row * 1e6,
        "one_by_one_us": one_by_one * 1e6,
        "batched / commit a message": one_by_one / batched,
        "batched / bare SQLite": bare_row / batched,
    }


async def hear(store: Store, place: Place, said: Sequence[Said]) -> None:
    """What the inbox does with one sweep: parse, file, store, cursor, one commit."""
    now = said[-1].at
    async with store.begin() as tx:
        attended = await tx.attended(place.id, now)
        batch = await tx.store_said(place, said, attended, now)
        for correction in batch.corrections:
            await tx.correct(correction, attended, now)
        await tx.set_cursor(place.platform, place.id, said[-1].id)


def talk(number: int, count: int) -> list[Said]:
    """People's messages, a third of them labelled, as in real chats."""
    dice = random.Random(number)  # nosec - no secret
    at = START + timedelta(minutes=10, seconds=number)
    texts = [
        "A{k}: I let my students ask first, then we look for the pattern together.",
        "I agree with that, and it works with my youngest ones too!",
        "Good point, thank you for sharing it with all of us tonight.",
    ]
    return [
        Said(
            f"{number}-{k}",
            PEOPLE[k % len(PEOPLE)],
            texts[k % 3].format(k=dice.randint(1, 5)),
            at,
        )
        for k in range(count)
    ]


async def bare(store: Store, path: Path) -> sqlite3.Connection:
    """The same database with no layer of ours, as durable and as careful as ours."""
    await store.backup(path)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _timed_bare(connection: sqlite3.Connection, said: Sequence[Said], place: Place) -> float:
    first = connection.execute("SELECT max(id) FROM message").fetchone()[0] + 1
    people = dict(connection.execute("SELECT native_id, id FROM person").fetchall())
    stamp = said[0].at.isoformat()
    rows = [
        (
            first + k,
            place.id,
            m.id,
            1,
            people[m.author.native_id],
            False,
            m.text,
            "answer",
            "label",
            stamp,
            stamp,
        )
        for k, m in enumerate(said)
    ]
    filed = [(row[0], 1 + row[0] % 5, "label", stamp) for row in rows[::3]]
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_BARE_MESSAGE, rows)
    connection.executemany(_BARE_FILING, filed)
    connection.execute("INSERT OR REPLACE INTO cursor VALUES ('terminal', ?, ?)", (place.id, said[-1].id))
    connection.execute("COMMIT")
    return time.perf_counter() - began


_BARE_MESSAGE = """
    INSERT INTO message (id, place_id, platform_message_id, chat_id, person_id, by_host, text, kind, why,
        said_at, heard_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_BARE_FILING = "INSERT INTO filing (message_id, question_id, how, filed_at) VALUES (?, ?, ?, ?)"


async def _timed(store: Store, place: Place, said: Sequence[Said]) -> float:
    began = time.perf_counter()
    await hear(store, place, said)
    return time.perf_counter() - began
