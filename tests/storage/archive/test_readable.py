"""Who may read: every combination, asked in SQL and of a few plain lines of Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, and_, select

from bot.core.audience import Audience, Reads
from bot.core.model import ChatState, Visibility
from bot.storage.archive.readable import indexed_chats, listed_chats, readable_chats, readable_messages
from bot.storage.engine import database_url
from bot.storage.schema import tables as t
from bot.storage.store import Store

NOW: Final = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
ORDER: Final = tuple(map(str, Visibility))
WRITERS: Final = {1: "kept", 2: "excluded", 3: "forgotten", 4: "unknown here"}


@dataclass(frozen=True, slots=True)
class World:
    """What was stored, by id."""

    store: Store
    series: Mapping[int, dict[str, Any]]
    places: Mapping[int, dict[str, Any]]
    chats: Mapping[int, dict[str, Any]]
    messages: Mapping[int, dict[str, Any]]


def audiences() -> Iterator[Audience]:
    """Strangers, holders of links to every second weekly chat, members, hosts, and those of elsewhere."""
    links = frozenset(range(1, 1000, 2))
    yield Audience(1)
    yield Audience(1, series=links)
    yield Audience(1, Reads.MEMBERS)
    yield Audience(1, Reads.HOSTS)
    yield from (Audience(2, reads, links) for reads in Reads)


AUDIENCES: Final = tuple(audiences())


def least_open(*openness: str) -> str:
    return min(openness, key=ORDER.index)


def reaches(audience: Audience, series_id: int, openness: str) -> bool:
    """Whether something so open is for this audience."""
    holds = "link" if series_id in audience.series else "public"
    floor = "members" if audience.reads is Reads.MEMBERS else holds
    return ORDER.index(openness) >= ORDER.index(floor)


def may_read(world: World, audience: Audience, chat: dict[str, Any], *places: str) -> bool:
    series = world.series[chat["series_id"]]
    if chat["rehearsal"] or audience.community_id != 1:
        return False
    if audience.reads is Reads.HOSTS:
        return True
    if chat["state"] in ("open", "wrapping"):
        out = series["publish_at_once"]
    else:
        out = chat["state"] in ("planned", "announced", "cancelled") or bool(chat["published_at"])
    openness = least_open(series["visibility"], chat["told"] or series["visibility"], *places)
    return out and reaches(audience, chat["series_id"], openness)


def may_read_message(world: World, audience: Audience, said: dict[str, Any]) -> bool:
    chat, writer = world.chats[said["chat_id"]], WRITERS.get(said["person_id"])
    if said["deleted_at"] or writer == "forgotten":
        return False
    if audience.reads is Reads.HOSTS:
        return may_read(world, audience, chat)
    if said["kind"] == "conversation" or said["hidden_at"] or said["body_html"] is None:
        return False
    return writer != "excluded" and may_read(
        world, audience, chat, world.places[said["place_id"]]["openness"]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with weekly chats, chats and messages of every kind; filled once."""
    made = tmp_path_factory.mktemp("readable")
    asyncio.run(_fill(made))
    return made


@pytest.fixture
async def world(folder: Path) -> AsyncIterator[World]:
    series, places, chats = _all_series(), _all_places(), _all_chats()
    async with Store(database_url("", folder)) as store:
        yield World(store, series, places, chats, _all_messages(series, places, chats))


async def _fill(folder: Path) -> None:
    series, places, chats = _all_series(), _all_places(), _all_chats()
    people = [{"id": n, "platform": "terminal", "native_id": str(n)} for n in WRITERS]
    messages = _all_messages(series, places, chats)
    async with Store(database_url("", folder)) as store, store.begin() as tx:
        await tx.connection.run_sync(t.metadata.create_all)
        for name in ("Edhouse", "Elsewhere"):
            await tx.add_community(name, "UTC")
        for table, rows in (
            (t.person, people),
            (t.consent, _consents()),
            (t.series, series.values()),
            (t.place, places.values()),
            (t.chat, chats.values()),
            (t.message, messages.values()),
        ):
            await tx.connection.execute(table.insert(), list(rows))


def _consents() -> list[dict[str, Any]]:
    said = {"community_id": 1, "changed_at": NOW, "excluded_at": None, "forgotten_at": None}
    return [
        {**said, "person_id": 1},
        {**said, "person_id": 2, "excluded_at": NOW},
        {**said, "person_id": 3, "forgotten_at": NOW},
        {**said, "person_id": 4, "community_id": 2, "excluded_at": NOW, "forgotten_at": NOW},
    ]


def _all_series() -> dict[int, dict[str, Any]]:
    kinds = product(Visibility, (True, False), ((False, None), (True, None), (False, NOW)))
    lengths = {"minutes": 60, "opening_minutes": 6, "wrapping_minutes": 6, "tail_days": 7}
    return {
        n: {
            "id": n,
            "community_id": 1,
            "title": str(n),
            **lengths,
            "visibility": str(visibility),
            "publish_at_once": at_once,
            "paused": paused,
            "deleted_at": deleted,
            "indexable": at_once,
        }
        for n, (visibility, at_once, (paused, deleted)) in enumerate(kinds, 1)
    }


def _all_places() -> dict[int, dict[str, Any]]:
    about = {"community_id": 1, "platform": "terminal"}
    return {n: {"id": n, **about, "native_id": str(n), "openness": o} for n, o in enumerate(ORDER, 1)}


def _all_chats() -> dict[int, dict[str, Any]]:
    told = (None, *map(str, Visibility))
    kinds = product(_all_series(), told, map(str, ChatState), (None, NOW), (True, False))
    times = {"zone": "UTC", "starts_at": NOW, "ends_at": NOW, "pace_seconds": 480}
    return {
        n: {
            "id": n,
            "series_id": series,
            "told": told,
            "state": state,
            "published_at": published,
            "rehearsal": rehearsal,
            "slug": None if rehearsal or n % 7 == 0 else str(n),
            **times,
        }
        for n, (series, told, state, published, rehearsal) in enumerate(kinds, 1)
    }


def _all_messages(
    series: Mapping[int, dict[str, Any]],
    places: Mapping[int, dict[str, Any]],
    chats: Mapping[int, dict[str, Any]],
) -> dict[int, dict[str, Any]]:
    """Every kind of message in chats that are live, published and not published yet."""
    plain = {n for n, one in series.items() if not one["paused"] and not one["deleted_at"]}
    some = [n for n, one in chats.items() if one["series_id"] in plain and one["state"] in ("open", "tail")]
    said = product(("answer", "comment", "conversation"), (None, NOW), (None, NOW), ("<p>hm</p>", None))
    kinds, dice = [*said, *[("answer", None, None, "<p>hm</p>")] * 12], Random(7)
    every = (where for where in product(some, places, (*WRITERS, None)) for _ in range(2))
    rows = ((where, dice.choice(kinds)) for where in every)
    about = {"said_at": NOW, "heard_at": NOW, "text": "hm"}
    return {
        n: {
            "id": n,
            "chat_id": chat,
            "place_id": place,
            "person_id": person,
            "platform_message_id": str(n),
            "kind": kind,
            "hidden_at": hidden,
            "deleted_at": deleted,
            "body_html": html,
            **about,
        }
        for n, ((chat, place, person), (kind, hidden, deleted, html)) in enumerate(rows, 1)
    }


async def chats_where(world: World, condition: ColumnElement[bool]) -> set[int]:
    async with world.store.read() as tx:
        found = await tx.connection.execute(select(t.chat.c.id).join(t.series).where(condition))
    return {row.id for row in found}


async def messages_where(world: World, condition: ColumnElement[bool]) -> set[int]:
    mine = and_(
        t.consent.c.person_id == t.message.c.person_id, t.consent.c.community_id == t.series.c.community_id
    )
    whole = t.message.join(t.place, t.place.c.id == t.message.c.place_id).join(t.chat).join(t.series)
    async with world.store.read() as tx:
        query = select(t.message.c.id).select_from(whole.outerjoin(t.consent, mine)).where(condition)
        return {row.id for row in await tx.connection.execute(query)}


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.key[:20])
async def test_chats_are_for_those_whom_the_least_open_of_all_lets_in(
    world: World, audience: Audience
) -> None:
    wanted = {n for n, chat in world.chats.items() if may_read(world, audience, chat)}
    assert await chats_where(world, readable_chats(audience)) == wanted
    assert bool(wanted) == (audience.community_id == 1)


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.key[:20])
async def test_messages_are_for_those_whom_the_least_open_of_all_lets_in(
    world: World, audience: Audience
) -> None:
    wanted = {n for n, said in world.messages.items() if may_read_message(world, audience, said)}
    assert await messages_where(world, readable_messages(audience)) == wanted
    assert bool(wanted) == (audience.community_id == 1)


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.key[:20])
async def test_lists_leave_out_what_has_no_address_or_will_not_be_held(
    world: World, audience: Audience
) -> None:
    wanted = set()
    for n, chat in world.chats.items():
        series = world.series[chat["series_id"]]
        never = chat["state"] in ("planned", "announced") and (series["paused"] or series["deleted_at"])
        if may_read(world, audience, chat) and chat["slug"] and not never:
            wanted.add(n)
    assert await chats_where(world, listed_chats(audience)) == wanted


async def test_search_engines_find_public_chats_of_series_that_want_it(world: World) -> None:
    found = [world.chats[n] for n in await chats_where(world, indexed_chats(1))]
    assert {world.series[chat["series_id"]]["indexable"] for chat in found} == {True}
    assert {world.series[chat["series_id"]]["visibility"] for chat in found} == {"public"}
    assert {chat["told"] for chat in found} == {None, "public"}
