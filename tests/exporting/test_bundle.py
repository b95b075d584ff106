"""Everything in one file and back: the same content, no secret, nothing forgotten, all or nothing."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import pytest_asyncio

from bot.clock import SystemClock
from bot.core.erasure import Erased, Erasure
from bot.core.hearing import Author
from bot.core.model import Refused
from bot.erasures import EXPORTING, Copies, ErasureList
from bot.exporting.bundle import brought_into, export_bundle, import_bundle
from bot.exporting.manifest import MANIFEST, own_hash
from bot.rendering import Renderer
from bot.settings import Settings
from bot.storage.bundle.carried import LEFT, carried_tables
from bot.storage.bundle.origins import home_id
from bot.storage.doors.secrets import SecretKind
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.schema import tables as t
from bot.storage.schema.columns import metadata
from bot.storage.store import Store
from tests.exporting.houses import (
    bytes_of,
    data_in,
    folder_of,
    is_there,
    make,
    names_in,
    rows_in,
    settings_of,
)
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.whole_house import WholeHouse, whole_house

NUMBERS: Final = re.compile(rb'"(?:id|\w+_id|reply_to)":(?:\d+|"\d+")')
"""Where the numbers stand that a bundle gets anew beside other communities."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path_factory.mktemp("bundles") / "data") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bundle(house: WholeHouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of everything in a house that has something of everything."""
    file = tmp_path_factory.mktemp("bundle") / "all.zip"
    await export_bundle(settings_of(folder_of(house.pages.web.store)), file, None)
    return file


def fresh(tmp_path: Path, name: str = "fresh") -> Settings:
    return settings_of(tmp_path / name)


async def counted(settings: Settings) -> dict[str, int]:
    """How many rows each table has; nothing where there is no database."""
    url = database_url("", settings.data_dir)
    if not is_there(Path(str(url.database))):
        return {}
    async with Store(url) as store, store.read() as tx:
        found = {}
        for table in metadata.sorted_tables:
            rows = await tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}")
            found[table.name] = int(rows.scalar_one())
        return found


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same bundle with something changed in what it holds, and none of its hashes."""
    with ZipFile(source) as bundle:
        held = {name: bundle.read(name) for name in bundle.namelist()}
    change(held)
    with ZipFile(target, "w", ZIP_DEFLATED) as bundle:
        for name, body in held.items():
            bundle.writestr(name, body)
    return target


def forged(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same with every hash made right again: somebody who knows the format did it."""
    import hashlib

    def all_of_it(held: dict[str, bytes]) -> None:
        change(held)
        told = json.loads(held[MANIFEST])
        told["files"] = [
            {"name": name, "rows": 1, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            for name, body in held.items()
            if name != MANIFEST
        ]
        held[MANIFEST] = json.dumps({**told, "sha256": own_hash(told)}).encode()

    return rewritten(source, target, all_of_it)


# --- There and back --------------------------------------------------------------------------


async def test_what_goes_in_comes_out_again_byte_for_byte(bundle: Path, tmp_path: Path) -> None:
    said = await import_bundle(fresh(tmp_path), bundle)
    assert re.search(r"^Brought in: .+, with \d+ chats and \d+ messages\.$", said)
    await export_bundle(fresh(tmp_path), tmp_path / "again.zip", None)
    before, after = data_in(bundle), data_in(tmp_path / "again.zip")
    assert before == after
    rows = rows_in(bundle)
    assert all(
        rows[name] for name in ("community", "place", "person", "consent", "chat", "message", "filing")
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_read_on_the_pages_as_before(bundle: Path, house: WholeHouse, tmp_path: Path) -> None:
    from tests.support.web_house import web_house

    settings = fresh(tmp_path)
    await import_bundle(settings, bundle)
    chat = house.pages.at(house.chats["held"])
    was = await house.pages.web.stranger().get(f"{chat}chat.csv")
    async with web_house(settings.data_dir, house.pages.clock) as there:
        got = await there.stranger().get(f"{chat}chat.csv")
        page = await there.stranger().get(chat)
    assert got.status == 200
    assert _table(got.text) == _table(was.text)
    assert "<strong>bold</strong>" in page.text


def _table(text: str) -> list[str]:
    return [re.sub(r"http://127\.0\.0\.1:\d+", "", line) for line in text.splitlines()]


async def test_one_community_goes_alone_and_comes_in_beside_others(house: WholeHouse, tmp_path: Path) -> None:
    settings = settings_of(folder_of(house.pages.web.store))
    file, again = tmp_path / "one.zip", tmp_path / "again.zip"
    await export_bundle(settings, file, house.pages.archive.community.name)
    rows = rows_in(file)
    assert [one["name"] for one in rows["community"]] == [house.pages.archive.community.name]
    assert {one["community_id"] for one in rows["place"]} == {rows["community"][0]["id"]}
    async with archive_pages(tmp_path / "other", answers=4) as other:
        async with other.web.store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE community SET slug = 'elsewhere' WHERE id = 2")
            await tx.connection.exec_driver_sql("UPDATE message SET public_id = 'x' || public_id")
            away = "UPDATE place SET native_id = 'x' || native_id WHERE platform != 'browser'"
            await tx.connection.exec_driver_sql(away)
        there = settings_of(folder_of(other.web.store))
        said = await import_bundle(there, file)
        assert "The room " in said
        await export_bundle(there, again, house.pages.archive.community.slug)
    before, after = data_in(file), data_in(again)
    for name in before:
        if name not in ("data/person.jsonl", "data/place.jsonl"):
            lines = [sorted(NUMBERS.sub(b"", body).splitlines()) for body in (before[name], after[name])]
            assert lines[0] == lines[1], name
    assert _threads(rows_in(file)) == _threads(rows_in(again))


async def _made_different(store: Store) -> None:
    """Let nothing of one seeded archive be what another has, but the address of its community."""
    async with store.begin() as tx:
        for change in (
            "UPDATE message SET public_id = 'x' || public_id",
            "UPDATE place SET native_id = 'x' || native_id WHERE platform != 'browser'",
        ):
            await tx.connection.exec_driver_sql(change)


async def test_a_community_whose_address_is_taken_comes_in_at_another(
    house: WholeHouse, bundle: Path, tmp_path: Path
) -> None:
    file, here = tmp_path / "one.zip", house.pages.archive.community
    await export_bundle(settings_of(folder_of(house.pages.web.store)), file, here.name)
    async with archive_pages(tmp_path / "other", answers=4) as other:
        await _made_different(other.web.store)
        there = settings_of(folder_of(other.web.store))
        assert f"bring this one in at another with --address {here.slug}-2." in await refused(there, file)
        for address, sentence in (
            ("Staff Room", "is no word for addresses"),
            ("room", "is no word for addresses"),
            ("chess=staffroom", "No community of the bundle is at the address 'chess'"),
        ):
            assert sentence in await refused(there, file, address)
        assert "several communities" in await refused(there, bundle, "staffroom")
        for twice in (("staffroom", "lounge"), (f"{here.slug}=staffroom", f"{here.slug}=lounge")):
            assert "Say once at which address" in await refused(there, file, *twice)
        together = [f"{one['slug']}=lounge" for one in rows_in(bundle)["community"]]
        assert "at the address 'lounge' here already" in await refused(fresh(tmp_path), bundle, *together)
        await import_bundle(there, file, ["staffroom"])
        chat = house.chats["held"]
        page = await other.web.stranger().get(f"/staffroom/{chat}")
        assert (page.status, f"/{here.slug}/{chat}" in page.text) == (200, False)
        assert (await other.web.stranger().get(f"/{here.slug}/")).status == 200
    await import_bundle(fresh(tmp_path), bundle, [f"{here.slug}=staffroom"])
    await export_bundle(fresh(tmp_path), tmp_path / "again.zip", None)
    assert "staffroom" in [one["slug"] for one in rows_in(tmp_path / "again.zip")["community"]]


def _threads(rows: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    """What was said in our own rooms under what, by words: numbers may differ."""
    said = {one["id"]: one["text"] for one in rows["room_message"]}
    return [(one["text"], said.get(one["thread_id"], "")) for one in rows["room_message"]]


async def test_a_running_bot_draws_what_came_in_at_once(bundle: Path, tmp_path: Path) -> None:
    url, changed = database_url("", tmp_path), asyncio.Event()
    migrate(url, SystemClock().real())
    async with Store(url) as store, asyncio.TaskGroup() as tasks:
        store.committed.append(lambda _: changed.set())
        drawing = tasks.create_task(Renderer(store).run())
        await asyncio.sleep(0.2)  # it has nothing to do, and waits
        await brought_into(store, ErasureList(tmp_path / "erased.jsonl"), SystemClock().now(), bundle)
        async with asyncio.timeout(20):
            while await _undrawn(store):
                await changed.wait()
                changed.clear()
        drawing.cancel()


async def _undrawn(store: Store) -> int:
    async with store.read() as tx:
        return len(await tx.unrendered(1))


async def test_links_that_hosts_took_out_stay_out_digests_go_on_and_old_addresses_lead_on(
    tmp_path: Path,
) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            chat = pages.archive.earlier
            await tx.remove_link(pages.archive.community.id, "0123456789abcdef", pages.clock.now())
            await tx._add(t.digest, chat_id=chat, since=pages.clock.now(), until=pages.clock.now())
            await tx.connection.exec_driver_sql("UPDATE series SET digest = 1")
            left = {"chat_id": chat, "slug": "2026-11-09", "left_at": pages.clock.now()}
            await tx.connection.execute(t.former_address.insert(), left)
        await export_bundle(settings_of(folder_of(pages.web.store)), tmp_path / "all.zip", None)
    await import_bundle(fresh(tmp_path), tmp_path / "all.zip")
    await export_bundle(fresh(tmp_path), tmp_path / "again.zip", None)
    rows = rows_in(tmp_path / "again.zip")
    assert [one["mark"] for one in rows["removed_link"]] == ["0123456789abcdef"]
    assert [one["chat_id"] for one in rows["digest"]] == [chat]
    assert [(one["chat_id"], one["slug"]) for one in rows["former_address"]] == [(chat, "2026-11-09")]
    assert {one["digest"] for one in rows["series"]} == {True}


async def test_people_who_are_known_already_stay_who_they_are(bundle: Path, tmp_path: Path) -> None:
    settings = fresh(tmp_path)
    await import_bundle(settings, bundle)
    people = (await counted(settings))["person"]

    def rename(held: dict[str, bytes]) -> None:
        for name in ("community", "place"):
            body = held[f"data/{name}.jsonl"]
            body = re.sub(rb'"platform":"discord","native_id":"', rb"\g<0>x", body)
            held[f"data/{name}.jsonl"] = re.sub(rb'"slug":"([^"]+)"', rb'"slug":"\1-two"', body)
        held["data/message.jsonl"] = re.sub(rb'"public_id":"', rb'"public_id":"y', held["data/message.jsonl"])

    twin = forged(bundle, tmp_path / "twin.zip", rename)
    called = rows_in(bundle)["person"][0]["name"]
    async with Store(database_url("", settings.data_dir)) as store, store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE person SET name = 'Aardvark' WHERE name = ?", (called,))
    await import_bundle(settings, twin)
    async with Store(database_url("", settings.data_dir)) as store, store.read() as tx:
        [ana] = await tx.connection.exec_driver_sql("SELECT id FROM person WHERE name = 'Aardvark'")
        twins = [one.id for one in await tx.communities() if one.slug.endswith("-two")]
        assert twins
        assert {await tx.former_names(ana.id, one) for one in twins} == {(called,)}
    assert (await counted(settings))["person"] == people
    assert (await counted(settings))["message"] == 2 * len(rows_in(bundle)["message"])


@pytest.mark.parametrize(
    ("known_as", "origin", "here", "becomes"),
    [
        ("owner", "aaaaaaaa", "bbbbbbbb", "owner.aaaaaaaa"),
        ("owner", "aaaaaaaa", "aaaaaaaa", "owner"),
        ("owner.aaaaaaaa", "cccccccc", "bbbbbbbb", "owner.aaaaaaaa"),
        ("owner.bbbbbbbb", "cccccccc", "bbbbbbbb", "owner"),
        ("owner", "aaaaaaaa", "", "owner.aaaaaaaa"),
    ],
)
def test_people_of_a_bot_s_own_rooms_are_known_elsewhere_by_where_they_are_at_home(
    known_as: str, origin: str, here: str, becomes: str
) -> None:
    assert home_id(known_as, origin, here) == becomes


async def _owned(pages: ArchivePages, installation: str, name: str) -> Path:
    """An installation of its own, whose owner hosts the community and said its first message; its folder."""
    here = pages.archive.community.id
    async with pages.web.store.begin() as tx:
        await tx.install("name", installation)
        owner = await tx.person("browser", Author("owner", name), here)
        await tx.make_community_host(here, owner.id)
        await tx.connection.exec_driver_sql("UPDATE message SET person_id = ? WHERE id = 1", (owner.id,))
    return folder_of(pages.web.store)


async def _owners(store: Store) -> dict[str, tuple[list[int], int]]:
    """By name: which communities each owner hosts, and how much that they said is kept."""
    found = {}
    async with store.read() as tx:
        query = "SELECT id, name FROM person WHERE platform = 'browser' AND native_id LIKE 'owner%'"
        for owner in await tx.connection.exec_driver_sql(query):
            number, name = owner.id, owner.name
            said = f"SELECT count(*) FROM message WHERE person_id = {number} AND text != ''"
            words = (await tx.connection.exec_driver_sql(said)).scalar_one()
            hosts = f"SELECT community_id FROM community_host WHERE person_id = {number} ORDER BY 1"
            found[name] = [row[0] for row in await tx.connection.exec_driver_sql(hosts)], words
    return found


async def test_the_owner_of_another_bot_is_somebody_else_here_and_can_be_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "theirs.zip"
    async with archive_pages(tmp_path / "theirs", answers=4) as theirs:
        community = theirs.archive.community
        await export_bundle(settings_of(await _owned(theirs, "a1", "Ana Host")), file, community.slug)
    async with archive_pages(tmp_path / "ours", answers=4) as ours:
        store, settings = ours.web.store, settings_of(await _owned(ours, "b2", "Ben Host"))
        await _made_different(store)
        ben = (await _owners(store))["Ben Host"]
        await import_bundle(settings, file, ["theirs"])
        async with store.read() as tx:
            [brought] = [one.id for one in await tx.communities() if one.slug == "theirs"]
        assert await _owners(store) == {"Ben Host": ben, "Ana Host": ([brought], 1)}
        async with store.begin() as tx:
            rows = await tx.connection.exec_driver_sql("SELECT id FROM person WHERE name = 'Ana Host'")
            ana = await tx.person_by_id(rows.scalar_one(), brought)
            assert await tx.forget(ana, brought, ours.clock.now()) == 1
            ErasureList(folder_of(store) / "erased.jsonl").add(tx.erasures)
        assert await _owners(store) == {"Ben Host": ben, "": ([brought], 0)}
        async with store.begin() as tx:
            await tx.erase_community(brought, ours.clock.now())
        assert "Forgotten again" in await import_bundle(settings, file, ["once-more"])
        assert (await _owners(store))[""][1] == 0


async def test_what_our_owner_decided_is_not_done_to_theirs_when_a_community_comes_again(
    tmp_path: Path,
) -> None:
    file = tmp_path / "theirs.zip"
    async with archive_pages(tmp_path / "theirs", answers=4) as theirs:
        community = theirs.archive.community
        await export_bundle(settings_of(await _owned(theirs, "a1", "Ana Host")), file, community.slug)
    async with archive_pages(tmp_path / "ours", answers=4) as ours:
        store, settings = ours.web.store, settings_of(await _owned(ours, "b2", "Ben Host"))
        await _made_different(store)
        await import_bundle(settings, file, ["theirs"])
        async with store.begin() as tx:
            [brought] = [one.id for one in await tx.communities() if one.slug == "theirs"]
            rows = await tx.connection.exec_driver_sql("SELECT id FROM person WHERE name = 'Ben Host'")
            await tx.forget(await tx.person_by_id(rows.scalar_one(), brought), brought, ours.clock.now())
            ErasureList(folder_of(store) / "erased.jsonl").add(tx.erasures)
        async with store.begin() as tx:
            await tx.erase_community(brought, ours.clock.now())
        await import_bundle(settings, file, ["once-more"])
        assert (await _owners(store))["Ana Host"][1] == 1


async def test_an_owner_who_was_forgotten_there_comes_in_forgotten_and_ours_is_not(tmp_path: Path) -> None:
    file = tmp_path / "theirs.zip"
    async with archive_pages(tmp_path / "theirs", answers=4) as theirs:
        community, at = theirs.archive.community, theirs.clock.real() + timedelta(days=1)
        await export_bundle(settings_of(await _owned(theirs, "a1", "Ana Host")), file, community.slug)
    async with archive_pages(tmp_path / "ours", answers=4) as ours:
        store, folder = ours.web.store, await _owned(ours, "b2", "Ben Host")
        await _made_different(store)
        ben = (await _owners(store))["Ben Host"]
        noted = Erasure(Erased.PERSON, at, community.id, community.slug, "browser", native_id="owner")
        ErasureList(folder / "erased.jsonl").add([noted])
        said = await import_bundle(settings_of(folder), file, ["theirs"])
        assert "Forgotten again, as noted here: 1." in said
        assert (await _owners(store))["Ben Host"] == ben
        assert "Ana Host" not in await _owners(store)


# --- What is not in it -----------------------------------------------------------------------


def test_every_table_is_carried_or_stays_behind() -> None:
    names = {table.name for table in carried_tables()}
    assert names | LEFT == set(metadata.tables)
    # A new table is to be thought about: does it hold what people made, or a secret, or this machine's?
    assert set(LEFT) == {
        *("installation", "fault", "secret", "desk_seat", "cursor", "handled_command", "room_event"),
        "shared_link",
    }


def test_no_secret_is_in_it(bundle: Path, house: WholeHouse) -> None:
    links = house.links
    secrets = [links[name].rpartition("/")[2] for name in ("join", "l", "host", "reading", "return", "key")]
    secrets += [token for one in house.readers.values() for token in one.cookies.values()]
    whole = b"".join(data_in(bundle).values())
    assert [one for one in secrets if one.encode() in whole] == []
    assert b"join_secret" not in whole
    assert b"link_secret" not in whole


async def test_links_and_codes_that_open_something_are_taken_out_of_words(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        token = "aB3_" * 10
        words = f"come in by https://chat.example/join/{token} or /l/{token}/2026-11-17, read ?key={token}"
        async with pages.web.store.begin() as tx:
            code = await tx.give_secret(SecretKind.PLACE, 1, pages.clock.real())
            words += f", or series join {code}"
            await tx.connection.exec_driver_sql("UPDATE message SET text = ? WHERE id = 1", (words,))
        await export_bundle(settings_of(folder_of(pages.web.store)), tmp_path / "all.zip", None)
    said = rows_in(tmp_path / "all.zip")["message"][0]["text"]
    assert said == "come in by https://chat.example/join/… or /l/…/2026-11-17, read ?key=…, or series join …"


def test_what_the_bot_told_one_person_alone_is_not_in_it(bundle: Path, house: WholeHouse) -> None:
    whole = b"".join(data_in(bundle).values()).decode()
    whispers = [kept.words for kept in house.kept if "whisper" in kept.words or "notforyou" in kept.words]
    assert len(whispers) == 2
    assert not any(words in whole for words in whispers)


async def test_nothing_that_is_still_to_be_said_is_carried(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            await tx.post(pages.archive.places[0], "This waits.", (), "waits.1", pages.clock.now())
        await export_bundle(settings_of(folder_of(pages.web.store)), tmp_path / "all.zip", None)
    assert {one["state"] for one in rows_in(tmp_path / "all.zip")["outbox"]} <= {"sent"}


# --- What was forgotten stays forgotten ------------------------------------------------------


async def test_who_was_forgotten_since_is_forgotten_again(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=12) as pages:
        store = pages.web.store
        settings = settings_of(folder_of(store))
        await export_bundle(settings, tmp_path / "all.zip", None)
        rows = rows_in(tmp_path / "all.zip")
        here = pages.archive.community
        person = next(one for one in rows["person"] if one["native_id"] == "p1")
        theirs = {one["id"] for one in rows["message"] if one["person_id"] == person["id"]}
        at = pages.clock.real() + timedelta(days=1)
    assert theirs
    there = fresh(tmp_path)
    there.data_dir.mkdir()
    known = {"community_id": here.id, "slug": here.slug, "platform": person["platform"]}
    noted = Erasure(Erased.PERSON, at, native_id=person["native_id"], **known)
    ErasureList(there.data_dir / "erased.jsonl").add([noted])
    assert "Forgotten again, as noted here: 1." in await import_bundle(there, tmp_path / "all.zip")
    await export_bundle(there, tmp_path / "after.zip", None)
    after = [one for one in rows_in(tmp_path / "after.zip")["message"] if one["id"] in theirs]
    assert {(one["text"], one["deleted_at"] is None) for one in after} == {("", False)}
    [kept] = [one for one in rows_in(tmp_path / "after.zip")["person"] if one["native_id"] == "p1"]
    assert kept["name"] == ""


async def test_a_community_that_was_erased_since_does_not_come_back(bundle: Path, tmp_path: Path) -> None:
    made = json.loads(ZipFile(bundle).read(MANIFEST))["made_at"]
    at = datetime.fromisoformat(made) + timedelta(days=1)
    settings = fresh(tmp_path)
    settings.data_dir.mkdir()
    [second] = [one for one in rows_in(bundle)["community"] if one["id"] == 2]
    noted = Erasure(Erased.COMMUNITY, at, community_id=2, slug=second["slug"])
    ErasureList(settings.data_dir / "erased.jsonl").add([noted])
    with pytest.raises(Refused, match="stays erased; nothing was changed"):
        await import_bundle(settings, bundle)
    assert await counted(settings) == {}


# --- What is not believed --------------------------------------------------------------------


async def refused(settings: Settings, file: Path, *addresses: str) -> str:
    """What is said of a bundle that does not come in; nothing may have changed."""
    before = await counted(settings)
    with pytest.raises(Refused) as no:
        await import_bundle(settings, file, addresses)
    assert await counted(settings) == before
    assert "\n" not in str(no.value)
    return str(no.value)


async def tried(settings: Settings, file: Path) -> str:
    """Import it; gives what is said of a bundle that does not come in."""
    try:
        await import_bundle(settings, file)
    except Refused as no:
        return str(no)
    return ""


async def test_one_changed_byte_in_any_of_its_files_is_found(bundle: Path, tmp_path: Path) -> None:
    with ZipFile(bundle) as held:
        names = [name for name in held.namelist() if held.getinfo(name).file_size]
    assert len(names) > 10
    draw = Random(3)
    for name in names:

        def flip(files: dict[str, bytes], name: str = name) -> None:
            body = bytearray(files[name])
            body[draw.randrange(len(body))] ^= 1 << draw.randrange(7)
            files[name] = bytes(body)

        said = await refused(fresh(tmp_path), rewritten(bundle, tmp_path / "changed.zip", flip))
        assert said.startswith((name, str(tmp_path / "changed.zip"))), said


async def test_a_file_that_is_missing_or_one_too_many_is_found(bundle: Path, tmp_path: Path) -> None:
    changes: list[Callable[[dict[str, bytes]], Any]] = [
        lambda held: held.pop("data/chat.jsonl"),
        lambda held: held.pop(MANIFEST),
        lambda held: held.update({"data/../../evil.jsonl": b"{}\n"}),
        lambda held: held.update({"/etc/passwd": b"x"}),
        lambda held: held.update({"data/secret.jsonl": b""}),
    ]
    for change in changes:
        said = await refused(fresh(tmp_path), rewritten(bundle, tmp_path / "odd.zip", change))
        assert "nothing was changed" in said


async def test_flipped_bits_anywhere_in_the_file_change_nothing(bundle: Path, tmp_path: Path) -> None:
    whole, draw, odd = bytes_of(bundle), Random(5), tmp_path / "odd.zip"
    found = 0
    for number in range(40):
        body = bytearray(whole)
        body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
        odd.write_bytes(body)
        settings = fresh(tmp_path, f"fresh{number}")
        said = await tried(settings, odd)
        if said:
            found += 1
            assert "nothing was changed" in said
            assert await counted(settings) == {}
        else:  # a bit of the wrapping that nobody reads, such as a file's time
            await export_bundle(settings, tmp_path / f"again{number}.zip", None)
            assert data_in(tmp_path / f"again{number}.zip") == data_in(bundle)
    assert found > 30


@pytest.mark.parametrize("body", [b"", b"hello", b"PK\x03\x04", bytes(2_000), b'{"format": "edchat-data"}'])
async def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "odd.zip").write_bytes(body)
    assert "is no bundle of edchat" in await refused(fresh(tmp_path), tmp_path / "odd.zip")


async def test_half_a_bundle_is_none(bundle: Path, tmp_path: Path) -> None:
    whole = bytes_of(bundle)
    for part in (0.3, 0.9, 0.999):
        (tmp_path / "half.zip").write_bytes(whole[: int(len(whole) * part)])
        assert "is no bundle of edchat" in await refused(fresh(tmp_path), tmp_path / "half.zip")


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere.zip" in await refused(fresh(tmp_path), tmp_path / "nowhere.zip")


async def test_what_a_newer_version_made_is_said_to_be_newer(bundle: Path, tmp_path: Path) -> None:
    def newer(held: dict[str, bytes]) -> None:
        held[MANIFEST] = held[MANIFEST].replace(b'"version": 1', b'"version": 2')

    def table(held: dict[str, bytes]) -> None:
        held["data/holograms.jsonl"] = b"{}\n"

    def column(held: dict[str, bytes]) -> None:
        held["data/community.jsonl"] = re.sub(rb'"id":', b'"mood":"glad","id":', held["data/community.jsonl"])

    for change in (newer, table, column):
        said = await refused(fresh(tmp_path), forged(bundle, tmp_path / "newer.zip", change))
        assert "newer version" in said


async def test_an_older_bundle_tells_no_more_of_whom_hosts_hold_without_a_name(
    bundle: Path, tmp_path: Path
) -> None:
    """Until 0020 one mark told that somebody was held or banned without a name."""

    def before(held: dict[str, bytes], nameless: object = None) -> None:
        rows = [json.loads(line) for line in held["data/member.jsonl"].splitlines()]
        for row in rows:
            del row["held_nameless"], row["banned_nameless"]
            row["nameless"] = row["held_at"] is not None if nameless is None else nameless
        assert any(row["held_at"] for row in rows)
        held["data/member.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    there = fresh(tmp_path)
    await import_bundle(there, forged(bundle, tmp_path / "older.zip", before))
    async with Store(database_url("", there.data_dir)) as store, store.read() as tx:
        marks = "held_at IS NOT NULL, length(held_nameless), banned_nameless IS NOT NULL"
        found = (await tx.connection.exec_driver_sql(f"SELECT DISTINCT {marks} FROM member")).all()
    assert {tuple(row) for row in found} == {(0, None, 0), (0, 16, 0)}
    odd = forged(bundle, tmp_path / "odd.zip", lambda held: before(held, "yes"))
    assert "line 1" in await refused(fresh(tmp_path, "another"), odd)


async def test_what_unfolds_to_far_more_than_it_is_is_refused(bundle: Path, tmp_path: Path) -> None:
    def swell(held: dict[str, bytes]) -> None:
        held["data/person.jsonl"] = b" " * 50_000_000

    said = await refused(fresh(tmp_path), forged(bundle, tmp_path / "bomb.zip", swell))
    assert "holds far more" in said


async def test_lines_that_no_export_writes_are_refused(bundle: Path, tmp_path: Path) -> None:
    line = {"id": 1, "platform": "discord", "native_id": "1", "name": "Ana"}
    odd = [
        {**line, "name": "x" * 2_000_000},
        {**line, "name": None},
        {**line, "name": 7},
        {**line, "id": "1"},
        {**line, "id": 10**30},
        {**line, "id": True},
        {**line, "name": "half \ud800"},
        {"id": 1},
        [1],
    ]
    lines = [json.dumps(one).encode() for one in odd] + [b"{", b"[" * 100_000, b"\xff", b"x" * 5_000_000]
    for one in lines:

        def put(held: dict[str, bytes], one: bytes = one) -> None:
            held["data/person.jsonl"] = one + b"\n"

        said = await refused(fresh(tmp_path), forged(bundle, tmp_path / "odd.zip", put))
        assert "has a line that no export writes (line 1)" in said


@pytest.mark.parametrize("slug", ["../../x", "room", "", "a/b", "A B", "x?y", "%2e%2e"])
async def test_addresses_that_we_never_give_are_refused(bundle: Path, tmp_path: Path, slug: str) -> None:
    def put(held: dict[str, bytes]) -> None:
        body = held["data/series.jsonl"]
        held["data/series.jsonl"] = re.sub(rb'"slug":"[^"]+"', f'"slug":"{slug}"'.encode(), body)

    said = await refused(fresh(tmp_path), forged(bundle, tmp_path / "odd.zip", put))
    assert "has a line that no export writes" in said


async def test_html_in_a_bundle_is_never_shown(bundle: Path, tmp_path: Path) -> None:
    def put(held: dict[str, bytes]) -> None:
        body = held["data/message.jsonl"]
        held["data/message.jsonl"] = re.sub(rb'"text":', b'"body_html":"<script>","text":', body)

    assert "newer version" in await refused(fresh(tmp_path), forged(bundle, tmp_path / "odd.zip", put))


async def test_words_that_point_at_nobody_are_refused(bundle: Path, tmp_path: Path) -> None:
    def put(held: dict[str, bytes]) -> None:
        body = held["data/message.jsonl"]
        held["data/message.jsonl"] = re.sub(rb'"person_id":\d+', b'"person_id":999999', body)

    assert "nothing was changed" in await refused(fresh(tmp_path), forged(bundle, tmp_path / "o.zip", put))


# --- Clashes ---------------------------------------------------------------------------------


async def test_a_community_that_is_here_already_is_not_brought_in_twice(bundle: Path, tmp_path: Path) -> None:
    settings = fresh(tmp_path)
    await import_bundle(settings, bundle)
    assert "There is a community at the address" in await refused(settings, bundle)


@pytest.mark.parametrize(
    ("table", "was", "becomes", "sentence"),
    [
        ("community", rb'"native_id":null', b'"native_id":"g1"', "belongs to a community here already"),
        ("place", rb'"platform":"browser"', b'"platform":"discord"', "The room .* belongs to a community"),
    ],
)
async def test_a_server_or_a_room_has_one_community(
    bundle: Path, tmp_path: Path, table: str, was: bytes, becomes: bytes, sentence: str
) -> None:
    def first(held: dict[str, bytes]) -> None:
        name = f"data/{table}.jsonl"
        held[name] = re.sub(was, becomes, held[name], count=1)

    def second(held: dict[str, bytes]) -> None:
        first(held)
        body = held["data/community.jsonl"]
        held["data/community.jsonl"] = re.sub(rb'"slug":"([^"]+)"', rb'"slug":"\1-two"', body)

    settings = fresh(tmp_path)
    await import_bundle(settings, forged(bundle, tmp_path / "one.zip", first))
    assert re.search(sentence, await refused(settings, forged(bundle, tmp_path / "two.zip", second)))


async def test_a_file_that_is_there_is_not_overwritten(house: WholeHouse, tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_bytes(b"mine")
    settings = settings_of(folder_of(house.pages.web.store))
    with pytest.raises(Refused, match="already there"):
        await export_bundle(settings, tmp_path / "mine.zip", None)
    with pytest.raises(Refused, match="Chess"):
        await export_bundle(settings, tmp_path / "new.zip", "Chess")
    assert names_in(tmp_path) == ["mine.zip"]
    assert (tmp_path / "mine.zip").read_bytes() == b"mine"


def test_the_file_is_this_users_alone_and_can_be_looked_into(bundle: Path) -> None:
    assert bundle.stat().st_mode & 0o777 == 0o600
    with ZipFile(io.BytesIO(bytes_of(bundle))) as held:
        assert held.testzip() is None
        told = json.loads(held.read(MANIFEST))
    assert (told["format"], told["version"], told["community"]) == ("edchat-bundle", 1, None)
    for one in told["files"]:
        assert one["rows"] == len(rows_in(bundle)[Path(one["name"]).stem])


async def test_what_a_crash_left_of_an_export_goes_the_next_night(tmp_path: Path) -> None:
    clock = SystemClock()
    left, working = tmp_path / f"{EXPORTING}left", tmp_path / f"{EXPORTING}working"
    for folder in (left, working):
        make(folder)
    os.utime(left, (0, clock.real().timestamp() - 2 * 24 * 60 * 60))
    copies = Copies(tmp_path / "edchat.sqlite", tmp_path / "backups", ErasureList(tmp_path / "e"), clock)
    assert await copies.tidy()
    assert names_in(tmp_path) == [working.name]
