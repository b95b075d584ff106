"""Secrets: only a hash is stored, and each opens what it is for, for as long as it may."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.doors.secrets import SecretKind, hashed
from tests.support.web_house import WebHouse

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


async def test_a_secret_opens_what_it_is_for_and_nothing_else(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        person = await tx.join(web.place, "Ana", NOW)
        token = await tx.give_secret(
            SecretKind.RETURN, web.community.id, NOW, person_id=person.id, place_id=web.place.id
        )
        found = await tx.secret(token, SecretKind.RETURN, NOW + timedelta(days=5_000))
        assert found is not None
        assert (found.person_id, found.place_id, found.community_id) == (person.id, web.place.id, 1)
        others = [kind for kind in SecretKind if kind is not SecretKind.RETURN]
        assert {await tx.secret(token, kind, NOW) for kind in others} == {None}


async def test_no_secret_stands_in_the_database(web: WebHouse, tmp_path: Path) -> None:
    async with web.store.begin() as tx:
        tokens = [await tx.give_secret(kind, web.community.id, NOW) for kind in SecretKind]
    with sqlite3.connect(tmp_path / "edchat.sqlite") as connection:
        rows = connection.execute("SELECT hash FROM secret").fetchall()
        everything = "\n".join(connection.iterdump())
    connection.close()
    assert {row[0] for row in rows} == {hashed(token) for token in tokens}
    assert [token for token in tokens if token in everything] == []
    assert min(map(len, tokens)) >= 40


@pytest.mark.parametrize(
    ("kind", "days"), [(SecretKind.HOST, 7), (SecretKind.READING, 7), (SecretKind.SESSION, 90)]
)
async def test_a_secret_runs_out_to_the_second(web: WebHouse, kind: SecretKind, days: int) -> None:
    async with web.store.begin() as tx:
        token = await tx.give_secret(kind, web.community.id, NOW)
        end = NOW + timedelta(days=days)
        assert await tx.secret(token, kind, end - timedelta(seconds=1)) is not None
        assert await tx.secret(token, kind, end) is None
        assert await tx.use_secret(token, kind, end) is None


async def test_one_time_secrets_open_once_and_others_as_often_as_asked(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        for kind in SecretKind:
            token = await tx.give_secret(kind, web.community.id, NOW)
            opened = [await tx.use_secret(token, kind, NOW) is not None for _ in range(3)]
            assert opened == ([True, False, False] if kind.once else [True] * 3)


async def test_of_many_who_use_a_one_time_secret_at_once_one_gets_in(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        token = await tx.give_secret(SecretKind.HOST, web.community.id, NOW)

    async def use() -> bool:
        async with web.store.begin() as tx:
            return await tx.use_secret(token, SecretKind.HOST, NOW) is not None

    assert sum(await asyncio.gather(*(use() for _ in range(20)))) == 1


async def test_what_is_undone_is_not_used_up(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        token = await tx.give_secret(SecretKind.HOST, web.community.id, NOW)

    async def use_and_fail() -> None:
        async with web.store.begin() as tx:
            await tx.use_secret(token, SecretKind.HOST, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await use_and_fail()
    async with web.store.begin() as tx:
        assert await tx.use_secret(token, SecretKind.HOST, NOW) is not None


async def test_revoking_is_for_one_person_one_kind_one_community(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        other = await tx.add_house("History Chat", "Europe/London")
        ana, ben = [await tx.join(web.place, name, NOW) for name in ("Ana", "Ben")]
        given = {
            (kind, who.id, where): await tx.give_secret(kind, where, NOW, person_id=who.id)
            for kind in (SecretKind.SESSION, SecretKind.FEED)
            for who in (ana, ben)
            for where in (web.community.id, other.id)
        }

        async def left() -> int:
            return sum(
                [await tx.secret(token, kind, NOW) is not None for (kind, _, _), token in given.items()]
            )

        assert await left() == 8
        await tx.revoke_secrets(ana.id, NOW, kind=SecretKind.FEED, community_id=other.id)
        assert await left() == 7
        await tx.revoke_secrets(ana.id, NOW, kind=SecretKind.SESSION)
        assert await left() == 5
        await tx.revoke_secrets(ana.id, NOW)
        assert await left() == 4
        await tx.revoke_secret(given[SecretKind.FEED, ben.id, other.id], NOW)
        assert await left() == 3


async def test_what_opened_nothing_for_a_month_is_thrown_away(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        spent, old, kept = [await tx.give_secret(SecretKind.HOST, 1, NOW) for _ in range(3)]
        await tx.use_secret(spent, SecretKind.HOST, NOW)
        await tx.revoke_secret(old, NOW)
        assert await tx.sweep_secrets(NOW + timedelta(days=30)) == 0
        assert await tx.sweep_secrets(NOW + timedelta(days=31)) == 2
        assert await tx.secret(kept, SecretKind.HOST, NOW) is not None


@given(st.text(max_size=300))
def test_anything_may_be_tried_as_a_secret(guess: str) -> None:
    assert len(hashed(guess)) == 64


@pytest.mark.parametrize("guess", ["", "x", "\0", "\ud800", "🦊" * 50, "x" * 100_000, "' OR 1=1 --"])
async def test_a_guess_opens_nothing(web: WebHouse, guess: str) -> None:
    async with web.store.begin() as tx:
        await tx.join_secret(web.place.id)
        assert await tx.secret(guess, SecretKind.HOST, NOW) is None
        assert await tx.place_by_join_secret(guess) is None
        assert await tx.series_by_link_secret(guess) is None
        assert await tx.signed_in([guess], 1, NOW) is None
