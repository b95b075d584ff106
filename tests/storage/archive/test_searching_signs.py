"""Words without spaces, narrowed in every way: found is what looking at each message alone would find."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import pytest
from sqlalchemy import text

from bot.core.archive.search_query import Word
from bot.core.audience import Audience
from bot.storage.archive.glance import visit
from bot.storage.archive.word_index import MESSAGE, Wanted, entries, terms_of
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.storage.archive.test_searching import Shelf
from tests.support.archive_seed import Archive, sow
from tests.support.copied import copied

_GLYPHS: Final = ("日",), ("日本",), ("日本語",), ("本語の", "無"), ("無無無",), ("鬱",)
_WORDS: Final = (), ("the",), ("xylophonist",)
_PIECES: Final = "日", "本", "日本語", "語の", "無", "無無", " the ", " https://zzz.example ", " and "


def _found(database: sqlite3.Connection, wanted: Wanted, words: tuple[str, ...], most: int) -> list[int]:
    terms = terms_of(database, (Word(one, whole=True) for one in words))
    found = entries(database, Audience(1), replace(wanted, terms=terms), most)
    assert all(one.kind == MESSAGE for one in found)
    return [one.id for one in found]


class _Said(NamedTuple):
    id: int
    words: str
    chat: int
    person: int


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_signs_are_found_whatever_narrows_it(tmp_path: Path, seed: int) -> None:
    async def sown(store: Store) -> Archive:
        return await sow(store, answers=6)

    archive = await copied(tmp_path, ("signs", 6), sown)
    async with Store(database_url("", tmp_path)) as store:
        chats = archive.held, archive.earlier
        said = await _say(Shelf(store, archive), chats, Random(seed))
        async with store.read() as tx:
            of = {row.id: row.series_id for row in await tx._rows(text("SELECT id, series_id FROM chat"))}
            [name] = [row.name for row in await tx._rows(text("SELECT name FROM person WHERE id = 1"))]
            every = tuple(sorted(set(of.values())))
            ways = product(_GLYPHS, _WORDS, (None, chats[:1], chats), (False, True), (every, every[:1]))
            for glyphs, words, few, by_one, some in ways:
                like = [
                    one.id
                    for one in said
                    if all(sign in one.words for sign in glyphs)
                    and all(word in one.words.split() for word in words)
                    and (few is None or one.chat in few)
                    and of[one.chat] in some
                    and (one.person == 1 or not by_one)
                ]
                who: dict[str, Any] = {"people": (1,), "called": (name,)} if by_one else {}
                wanted = Wanted((), glyphs, some, tuple(set(every) - set(some)), few, **who)
                found = await visit(tx.connection, partial(_found, wanted=wanted, words=words, most=100))
                assert sorted(found) == like, (wanted, words)
                newest = await visit(tx.connection, partial(_found, wanted=wanted, words=words, most=3))
                assert newest == found[:3]


async def _say(shelf: Shelf, chats: Sequence[int], random: Random) -> list[_Said]:
    """What people say here and there, of which some is hidden: the rest, in its order."""
    said = []
    for _ in range(60):
        words = "".join(random.choices(_PIECES, k=random.randint(1, 6))).strip()
        chat, person = random.choice(chats), random.randint(1, 4)
        one = _Said(await shelf.say(words, chat, person), words, chat, person)
        if random.random() < 0.2:
            await shelf.change("UPDATE message SET hidden_at = said_at WHERE id = :id", id=one.id)
        else:
            said.append(one)
    return said
