"""Words in addresses: unique, never a page's own, a chat's its day; and versions that tell of changes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, select, text, update

from bot.app import opened
from bot.core import steering
from bot.core.audience import Audience, Reads
from bot.core.model import Chat, Community, Series
from bot.storage.archive.addresses import RESERVED
from bot.storage.engine import database_url
from bot.storage.migrate import config, head
from bot.storage.schema import tables as t
from bot.storage.store import Store, Tx
from bot.web.app import ROOT, WITHIN
from bot.web.site import Page
from tests.support.house import prepare, settings

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
EIGHT = datetime(2026, 11, 17, 20, tzinfo=UTC)
HOSTS = Audience(1, Reads.HOSTS)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as opened_store:
        yield opened_store


async def add_series(tx: Tx, title: str, community_id: int = 1, **fields: Any) -> Series:
    series = await tx.add_series(Series(0, community_id, title, **fields), 1, (), NOW)
    await tx.give_addresses()
    return await tx.series(series.id)


async def add_chat(
    tx: Tx, series: Series, starts_at: datetime, zone: str = "Europe/London", **fields: Any
) -> int:
    chat = Chat(0, series.id, zone, starts_at, starts_at + timedelta(hours=1), **fields)
    return (await tx.add_chat(chat)).id


async def slugs(tx: Tx) -> list[str | None]:
    rows = await tx.connection.execute(select(t.chat.c.slug).order_by(t.chat.c.id))
    return [row.slug for row in rows]


async def versions(store: Store) -> tuple[dict[int, int], dict[int, int]]:
    """The versions of every chat and community, by id."""
    async with store.read() as tx:
        chats = await tx.connection.execute(select(t.chat.c.id, t.chat.c.version))
        communities = await tx.connection.execute(select(t.community.c.id, t.community.c.version))
        return {row.id: row.version for row in chats}, {row.id: row.version for row in communities}


async def test_no_address_has_a_dot_as_files_have(store: Store) -> None:
    async with store.begin() as tx:
        assert (await tx.add_house("favicon.ico", "UTC")).slug == "favicon-ico"


def words(pages: Iterable[Page], at: int) -> set[str]:
    """The words that stand in paths at one place, where no parameter stands."""
    parts = [page.path.split("/") for page in pages]
    return {path[at] for path in parts if len(path) > at and path[at] and "{" not in path[at]}


def test_every_word_that_a_page_has_at_the_root_is_reserved() -> None:
    assert {word for word in words(ROOT, 1) if "." not in word} - RESERVED == set()
    assert {"room", "in", "join", "static", "healthz"} <= words(ROOT, 1)


def test_every_word_that_a_page_has_in_a_community_is_reserved() -> None:
    found = words(WITHIN, 2)
    assert {"upcoming", "archive", "about"} <= found
    assert {word for word in found if "." not in word} - RESERVED == set()


@pytest.mark.parametrize("word", sorted(RESERVED))
async def test_nobodys_address_is_a_pages_word(store: Store, word: str) -> None:
    async with store.begin() as tx:
        community = await tx.add_house(word, "UTC")
        series = await add_series(tx, word)
        tagged = await add_series(tx, "Another", hashtag=f"#{word}")
    found = {community.slug, series.slug, tagged.slug}
    assert not found & RESERVED
    assert "" not in found
    assert series.slug != tagged.slug


async def test_two_of_one_name_have_two_addresses(store: Store) -> None:
    async with store.begin() as tx:
        houses = [await tx.add_house(name, "UTC") for name in ("Maths Chat", "MATHS chat!", "maths-chat")]
        series = [await add_series(tx, "Tuesday") for _ in range(3)]
        elsewhere = await add_series(tx, "Tuesday", houses[0].id)
    assert [one.slug for one in houses] == ["maths-chat", "maths-chat-2", "maths-chat-3"]
    assert [one.slug for one in series] == ["tuesday", "tuesday-2", "tuesday-3"]
    assert elsewhere.slug == "tuesday"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Физика", "физика"),
        ("数学", "数学"),
        ("🎓🎓", "chat"),
        ("../../etc", "etc"),
        ("a/b?c#d", "a-b-c-d"),
        ("CON", "con-chat"),
    ],
)
async def test_a_name_of_any_script_becomes_a_word(store: Store, name: str, word: str) -> None:
    async with store.begin() as tx:
        assert (await tx.add_house(name, "UTC")).slug == word


async def test_the_weekly_chats_hashtag_is_its_word_where_it_has_one(store: Store) -> None:
    async with store.begin() as tx:
        assert (await add_series(tx, "The long title of a chat", hashtag="#ukedchat")).slug == "ukedchat"


async def test_an_address_stays_when_a_title_changes(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        await tx.save_series(replace(series, title="Wednesday"))
        await tx.give_addresses()
        assert (await tx.series(series.id)).slug == "tuesday"


async def test_a_chat_has_its_local_day_and_the_second_that_day_a_two(store: Store) -> None:
    async with store.begin() as tx:
        series, other = await add_series(tx, "Tuesday"), await add_series(tx, "Other")
        for hours in (0, 1, 2):
            await add_chat(tx, series, EIGHT + timedelta(hours=hours))
        await add_chat(tx, other, EIGHT)
        await add_chat(tx, series, datetime(2026, 11, 18, 2, tzinfo=UTC), "America/New_York")
        await add_chat(tx, series, datetime(2026, 11, 17, 12, tzinfo=UTC), "Pacific/Auckland")
        await tx.give_addresses()
        assert await slugs(tx) == [
            "2026-11-17", "2026-11-17-2", "2026-11-17-3", "2026-11-17", "2026-11-17-4", "2026-11-18",
        ]  # fmt: skip


async def test_the_tenth_chat_of_a_day_has_a_ten(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        for minutes in range(12):
            await add_chat(tx, series, EIGHT + timedelta(minutes=minutes))
        await tx.give_addresses()
        assert (await slugs(tx))[9:] == ["2026-11-17-10", "2026-11-17-11", "2026-11-17-12"]


async def test_a_rehearsal_has_no_address(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        await add_chat(tx, series, EIGHT, rehearsal=True)
        await add_chat(tx, series, EIGHT)
        await tx.give_addresses()
        assert await slugs(tx) == [None, "2026-11-17"]


async def test_a_chat_in_a_zone_that_is_gone_has_an_address(store: Store) -> None:
    async with store.begin() as tx:
        await add_chat(tx, await add_series(tx, "Tuesday"), EIGHT, "Mars/Olympus")
        await tx.give_addresses()
        assert await slugs(tx) == ["2026-11-17"]


async def test_a_chat_that_moves_has_its_new_days_address_and_frees_the_old(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        first = await add_chat(tx, series, EIGHT)
        before = await tx.running(first)
        await tx.change(before, steering.move(before, EIGHT + timedelta(days=1), NOW), NOW)
    async with store.begin() as tx:
        assert await slugs(tx) == ["2026-11-18"]
        await add_chat(tx, series, EIGHT)
        await tx.give_addresses()
        assert await slugs(tx) == ["2026-11-18", "2026-11-17"]


async def moved(store: Store, chat: int, days: int, now: datetime = NOW) -> None:
    async with store.begin() as tx:
        before = await tx.running(chat)
        await tx.change(before, steering.move(before, EIGHT + timedelta(days=days), now), now)


async def led(store: Store, *words: str) -> list[str | None]:
    """Where links to earlier addresses lead a host."""
    async with store.read() as tx:
        found = [await tx.moved_from(HOSTS, "tuesday", word) for word in words]
    return [one.chat.slug if one else None for one in found]


async def stands(store: Store, hour: datetime = EIGHT, series: Series | None = None) -> Chat:
    """A chat of no slot whose page stands at the address of its day."""
    async with store.begin() as tx:
        number = await add_chat(tx, series or await add_series(tx, "Tuesday"), hour)
        await tx.give_addresses()
        found = await tx.chat(number)
    assert found is not None
    return found


async def test_a_chat_of_no_slot_that_moves_twice_is_found_at_every_address_it_had(store: Store) -> None:
    chat = (await stands(store)).id
    for days in (1, 2):
        await moved(store, chat, days)
    assert await led(store, "2026-11-17", "2026-11-18", "2026-11-19") == ["2026-11-19", "2026-11-19", None]
    await moved(store, chat, 0)
    assert await led(store, "2026-11-17", "2026-11-18", "2026-11-19") == [None, "2026-11-17", "2026-11-17"]


async def test_an_address_that_two_chats_left_leads_to_the_last(store: Store) -> None:
    first = await stands(store)
    await moved(store, first.id, 1)
    async with store.read() as tx:
        series = await tx.series(first.series_id)
    await moved(store, (await stands(store, EIGHT, series)).id, 2, NOW + timedelta(hours=1))
    assert await led(store, "2026-11-17") == ["2026-11-19"]


async def test_the_day_it_was_meant_for_leads_to_a_chat_that_came_from_elsewhere(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        await add_chat(tx, series, EIGHT, occurrence_local=datetime(2026, 11, 16, 20))  # noqa: DTZ001 - a wall clock's
        await tx.give_addresses()
    assert await led(store, "2026-11-16") == ["2026-11-17"]


@pytest.mark.parametrize("what", ["drop_chat", "erase_chat", "erase_community"])
async def test_addresses_are_forgotten_with_their_chat(store: Store, what: str) -> None:
    chat = await stands(store)
    await moved(store, chat.id, 1)
    async with store.begin() as tx:
        assert [row.slug for row in await tx.connection.execute(select(t.former_address))] == ["2026-11-17"]
        if what == "drop_chat":
            await tx.drop_chat(chat.id)
        elif what == "erase_chat":
            await tx.erase_chat(chat, NOW)
        else:
            await tx.erase_community(1, NOW)
        assert (await tx.connection.execute(select(t.former_address))).all() == []


async def test_a_chat_that_moves_within_its_day_keeps_its_address(store: Store) -> None:
    async with store.begin() as tx:
        series = await add_series(tx, "Tuesday")
        first = await add_chat(tx, series, EIGHT)
        await add_chat(tx, series, EIGHT + timedelta(hours=2))
        await tx.give_addresses()
        before = await tx.running(first)
        await tx.change(before, steering.move(before, EIGHT + timedelta(hours=1), NOW), NOW)
    async with store.begin() as tx:
        assert await slugs(tx) == ["2026-11-17", "2026-11-17-2"]


async def test_no_two_rooms_have_one_address(store: Store) -> None:
    async with store.begin() as tx:
        houses = [await tx.add_house("Maths Chat", "UTC") for _ in range(2)]
        more = await tx.add_room(houses[0].id, "Edchat", "Another")
        rooms = await tx.places_on("browser")
    found = [room.native_id for room in rooms]
    assert len(found) == len(set(found)) == 7
    assert found[:2] == ["edchat", "hosts"]
    assert more.native_id == "edchat-2"


async def test_a_community_is_found_by_its_word_alone(store: Store) -> None:
    async with store.begin() as tx:
        made: Community = await tx.add_house("Maths Chat", "UTC")
    async with store.read() as tx:
        assert await tx.community_called("maths-chat") == made
        assert await tx.community_called("Maths Chat") is None
        assert await tx.community_called("") is None


# --- Versions --------------------------------------------------------------------------------


async def test_versions_grow_exactly_where_something_shows_else(store: Store) -> None:
    async with store.begin() as tx:
        other = await tx.add_house("Elsewhere", "UTC")
        mine, theirs = await add_series(tx, "Mine"), await add_series(tx, "Theirs", other.id)
        first, second = await add_chat(tx, mine, EIGHT), await add_chat(tx, mine, EIGHT + timedelta(days=7))
        third = await add_chat(tx, theirs, EIGHT)
    chats, communities = await versions(store)
    async with store.begin() as tx:
        tx.stale.add(first)
    assert await versions(store) == (
        chats | {first: chats[first] + 1},
        communities | {1: communities[1] + 1},
    )
    async with store.begin() as tx:
        tx.stale |= {second, third}
        tx.stale_communities.add(other.id)
    assert await versions(store) == (
        {one: version + 1 for one, version in chats.items()},
        {1: communities[1] + 2, other.id: communities[other.id] + 1},
    )
    async with store.begin() as tx:
        tx.stale_communities.add(other.id)
    assert (await versions(store))[1][other.id] == communities[other.id] + 2


async def test_versions_rest_when_nothing_changed_or_a_change_is_taken_back(store: Store) -> None:
    async with store.begin() as tx:
        chat = await add_chat(tx, await add_series(tx, "Mine"), EIGHT)
    before = await versions(store)
    async with store.begin():
        pass
    async with store.read() as tx:
        await tx.communities()
    with pytest.raises(ZeroDivisionError):
        await _taken_back(store, chat)
    assert await versions(store) == before


async def _taken_back(store: Store, chat: int) -> None:
    async with store.begin() as tx:
        tx.stale.add(chat)
        raise ZeroDivisionError


async def test_who_is_told_of_a_commit_sees_the_new_version(store: Store) -> None:
    async with store.begin() as tx:
        chat = await add_chat(tx, await add_series(tx, "Mine"), EIGHT)
    told: list[set[int]] = []
    store.committed.append(lambda tx: told.append(set(tx.stale)))
    async with store.begin() as tx:
        tx.stale.add(chat)
    assert told == [{chat}]


# --- Databases from before -------------------------------------------------------------------

OLD = (
    "INSERT INTO community (id, name, zone) VALUES (1, 'Old Friends', 'UTC'), (2, 'old friends', 'UTC')",
    "INSERT INTO place (id, community_id, platform, native_id, name) VALUES (1, 1, 'terminal', 'r', 'r')",
)


def founded_before(file: Path) -> None:
    """A database as the version before the pages left it, with weekly chats and chats."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as there:
        command.upgrade(config(there), "0002")
        for line in OLD:
            there.execute(text(line))
        there.execute(t.installation.insert(), {"name": "name", "value": "abc"})
        _add(there, "series", id=1, community_id=1, title="Tuesday chat", hashtag="#about")
        _add(there, "series", id=2, community_id=1, title="Tuesday chat", hashtag="")
        for number, series, day in ((1, 1, "17"), (2, 1, "17"), (3, 2, "17"), (4, 1, "18")):
            moment = f"2026-11-{day} 2{number % 3}:00:00.000000"
            end = f"2026-11-{day} 23:30:00.000000"
            _add(
                there,
                "chat",
                id=number,
                series_id=series,
                zone="Europe/London",
                starts_at=moment,
                ends_at=end,
            )
        there.execute(text("UPDATE chat SET rehearsal = 1 WHERE id = 4"))
        there.commit()
    engine.dispose()


def _add(there: Any, table: str, **values: Any) -> None:
    """Insert a row, with something in every other column that needs it."""
    for _, name, kind, needed, default, key in there.execute(text(f"PRAGMA table_info({table})")):
        if needed and default is None and not key and name not in values:
            values[name] = 0 if kind.startswith(("INT", "BOOL")) else "planned" if name == "state" else ""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    there.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def rows(file: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as there:
        return there.execute(query).fetchall()


def copies(folder: Path) -> list[Path]:
    return list(folder.glob("edchat-before-*"))


async def test_what_is_older_than_the_pages_gets_its_addresses_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "edchat.sqlite"
    founded_before(file)
    for _ in range(2):
        async with opened(settings(tmp_path)) as app:
            async with app.store.read() as tx:
                assert [one.slug for one in await tx.communities()] == ["old-friends", "old-friends-2"]
            assert set(app.platforms) == {"terminal", "browser"}
        assert rows(file, "SELECT version_num FROM alembic_version") == [(head(),)]
        assert rows(file, "SELECT slug FROM series ORDER BY id") == [("about-2",), ("tuesday-chat",)]
        assert rows(file, "SELECT slug FROM chat ORDER BY id") == [
            ("2026-11-17",), ("2026-11-17-2",), ("2026-11-17",), (None,),
        ]  # fmt: skip
    [copy] = copies(tmp_path)
    assert rows(copy, "SELECT version_num FROM alembic_version") == [("0002",)]
    assert rows(copy, "SELECT count(*) FROM chat") == [(4,)]


async def test_a_community_that_lost_its_word_gets_it_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.connection.execute(update(t.community).values(slug=None))
        await tx.give_addresses()
        assert [one.slug for one in await tx.communities()] == ["edchat"]
