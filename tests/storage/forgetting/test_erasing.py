"""Words that go: from every row, every byte and every page, and again when an old copy comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import sqlite

from bot.commands import Asker
from bot.core import sentences
from bot.core.actions import Action
from bot.core.archive.shared_links import links_in
from bot.core.archive.web_addresses import cleaned, mark, worth_listing
from bot.core.audience import Audience, Reads
from bot.core.erasure import Erased, Erasure
from bot.core.hearing import Author, Edited, Said
from bot.core.mentioning import Mentions
from bot.core.model import Person, Role, Series, Visibility
from bot.core.names import looks
from bot.core.sentences.bar import HOSTS_STAY
from bot.erasures import FILE, ErasureList, reapply
from bot.markup import render
from bot.storage.doors.secrets import SecretKind
from bot.storage.engine import StorageFull, database_url
from bot.storage.forgetting.scrubbing import Scrubber
from bot.storage.heard.inbound import Form
from bot.storage.outgoing.outbound import SHOWS_WORDS
from bot.storage.outgoing.queued import Queued
from bot.storage.schema import tables as t
from bot.storage.store import Store, Tx
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.bad_inputs import case
from tests.support.evening import START
from tests.support.parlour import Parlour, every_byte, native_id, parlour

DAY = timedelta(days=1)
MEMBERS = Audience(1, Reads.MEMBERS)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(tmp_path, Answers(), Privacy()) as opened:
        await opened.evening.until(7)
        yield opened


async def forget(room: Parlour, who: Person) -> int:
    async with room.store.begin() as tx:
        return await tx.forget(who, 1, room.evening.clock.at)


async def remembered(room: Parlour, who: Person) -> tuple[Person, int]:
    """Let the bot keep all that it ever keeps of somebody; gives them as they are known, and their answer."""
    now = room.evening.clock.at
    said = await room.says(who, "A1: armadillos")
    async with room.store.begin() as tx:
        await tx.room_edit(said, who, "A1: antelopes", "<p>antelopes</p>", now)
        await tx.give_secret(SecretKind.RETURN, 1, now, person_id=who.id)
        await tx.set_consent(who.id, 1, now, pseudonym="Alpaca")
        known = await tx.person_by_id(who.id, 1)
        await tx.room_react(said, known, 2, now)
        await tx.room_post(room.place, "w", "Thank you, Alpaca!", "<p>Thank you, Alpaca!</p>", (), START)
        await tx.room_post(room.place, "x", "secret albatross", "", (), START, only_for=known.native_id)
    await room.hears()
    return known, said


async def test_b375_b378_of_a_forgotten_person_no_byte_is_left(room: Parlour) -> None:
    assert "erased from DB" in case("B375").expect
    assert "quoted text stays" in case("B378").expect
    ben = await room.joins("Ben")
    ana, said = await remembered(room, await room.joins("Aardvark Zebedee"))
    others = await room.says(ben, "@aardvark zebedee is right\n> Alpaca: badgers too", reply_to=said)
    await room.renders()
    await room.evening.until(70)  # the hosts' panel names her and quotes her
    before = room.bytes()
    for word in (b"armadillos", b"antelopes", b"Aardvark", b"Alpaca", b"albatross"):
        assert word in before
    assert await forget(room, ana) == 1
    assert await room.store.scrub()
    kept = room.bytes()
    for word in (b"rmadillo", b"ntelope", b"ardvark", b"ebedee", b"Alpaca", b"lbatross"):
        assert word not in kept, word
    assert await room.evening.rows("SELECT * FROM secret") == []
    assert await room.evening.rows("SELECT name FROM member JOIN person ON id = person_id") == [("Ben",)]
    message = await room.evening.message(str(others))
    assert (message.text, message.render_version) == ("somebody is right\n> somebody: badgers too", 0)
    assert "badgers too" in message.body_html
    shown = await room.evening.rows("SELECT text FROM room_message WHERE id = :id", id=others)
    assert shown == [(message.text,)]


async def test_b375_no_byte_is_left_of_a_name_that_others_noted_or_of_words_copied_elsewhere(
    room: Parlour,
) -> None:
    now, chat = room.evening.clock.at, room.evening.chat
    ana, ben = await room.joins("Aardvark"), await room.joins("Ben")
    hers = (await room.evening.message(str(await room.says(ana, "A1: armadillos")))).id
    his = (await room.evening.message(str(await room.says(ben, "A1: badgers")))).id
    async with room.store.begin() as tx:
        await tx.report(his, "an answer", "Aardvark told me to", ben.id, now)
        await tx.hide(hers, now, "it names a llama")
        before = await tx.as_it_is(his)
        await tx.hide(his, now, "Aardvark asked for it")
        await tx.remember(replace(before, was={**before.was, "hidden_why": "Aardvark again"}), ben.id, now)
        await tx.remember(await tx.as_it_is(his), ben.id, now)
        for change in (
            "UPDATE series SET welcome = 'Ask @Aardvark.', about = 'Held by @Aardvark.'",
            "UPDATE community SET about = 'A house of @Aardvark.'",
            "UPDATE place SET topic = 'Q2: What would Aardvark do?'",
        ):
            await tx.connection.execute(text(change))
        row = {"place_id": room.place.id, "chat_id": chat.id, "urgency": 0, "state": "sent", "due_at": now}
        entry = {"entry": {"title": "Aardvark on maths", "about": ""}}
        for action, subject, payload in (
            (Action.POST, "q1", {}),
            (Action.ENTRY, "entry", entry),
            (Action.CARD, f"copy.{hers}.q1", {"text": "Who: armadillos"}),
        ):
            made = row | {"action": action, "subject": subject, "key": f"{action}.1", "payload": payload}
            await tx.connection.execute(t.outbox.insert().values(**made))
    for word in (b"Aardvark", b"armadillos", b"llama"):
        assert word in room.bytes()
    await forget(room, ana)
    assert await room.store.scrub()
    kept = room.bytes()
    for word in (b"ardvark", b"rmadillo", b"llama"):
        assert word not in kept, word
    assert b"somebody told me to" in kept
    assert await room.evening.rows("SELECT topic FROM place LIMIT 1") == [("Q2: What would somebody do?",)]


async def test_what_is_listed_gives_nobody_away(room: Parlour) -> None:
    ana = await room.joins("Aardvark")
    await room.says(ana, "A1: armadillos")
    await forget(room, ana)
    [line] = (room.folder / FILE).read_text().splitlines()
    assert json.loads(line) == {
        "what": "person",
        "at": "2026-11-24T20:07:00+00:00",
        "community_id": 1,
        "slug": "edhouse",
        "platform": "browser",
        "native_id": native_id("Aardvark"),
    }


async def test_what_is_erased_is_listed_before_it_is_gone(room: Parlour) -> None:
    ana = await room.joins("Ana")
    await room.says(ana, "A1: novels")

    def full(_erasures: object, _known: object) -> None:
        raise StorageFull("full")

    room.store._erased = full
    with pytest.raises(StorageFull):
        await forget(room, ana)
    assert [row.text for row in await room.evening.rows("SELECT text FROM message")] == ["A1: novels"]


async def test_a_message_taken_back_leaves_the_bytes_and_the_quotes(room: Parlour) -> None:
    ana = await room.joins("Ana")
    said = await room.says(ana, "an armadillo that nobody filed anywhere, yet")
    host = await room.joins("Mo")
    async with room.store.begin() as tx:
        row = await tx.message_named(room.evening.chat.id, room.place.id, str(said))
        question = (await tx.questions(room.evening.chat.id))[0]
        quote = sentences.moved_answer(
            await tx.series(1), question, "an armadillo that nobody filed anywhere, yet"
        )
        await tx.room_post(room.place, "r", quote, quote, (), START, only_for=host.native_id)
        await tx.report(row or 0, "an answer", "it says armadillo", None, START)
        await tx.room_delete(said, ana, room.evening.clock.at)
    await room.evening.until(8)
    await room.hears()
    await room.store.scrub()
    assert b"rmadillo" not in room.bytes()
    assert await room.evening.rows("SELECT * FROM report") == []
    [listed] = room.listed.read()
    assert (listed.what, listed.native_id, listed.place) == (Erased.MESSAGE, str(said), room.place.native_id)


@pytest.mark.parametrize("by", ["taking it back", "being left out", "a host who hides it"])
@pytest.mark.parametrize("reply", ["waiting", "on its way", "told", "of another sort"])
async def test_replies_that_may_show_words_go_with_them_however_far_they_came(
    room: Parlour, by: str, reply: str
) -> None:
    ana, zoe, now = await room.joins("Ana"), await room.joins("Zoë"), room.evening.clock.at
    said = await room.says(ana, "A1: armadillos")
    subject = "" if reply == "of another sort" else SHOWS_WORDS
    async with room.store.begin() as tx:
        await tx.whisper(room.place, zoe.native_id, "rmadill…", (), "reply.1", now, subject=subject)
        row = await tx.waiting_in(room.place.id)
        assert row is not None
        if reply != "waiting":
            assert await tx.claim(row, now)
        if reply in ("told", "of another sort"):
            await _shown(tx, row, zoe, now)
    await _goes(room, ana, said, by)
    if reply == "on its way":
        async with room.store.begin() as tx:
            await _shown(tx, row, zoe, now)
    standing = "SELECT text FROM room_message WHERE only_for IS NOT NULL AND text <> ''"
    kept = [row.text for row in await room.evening.rows(standing)]
    assert kept == (["rmadill…", "…os"] if reply == "of another sort" else [])
    waiting = await room.evening.rows("SELECT payload FROM outbox WHERE payload LIKE '%rmadill%'")
    assert waiting == []


async def test_replies_are_found_by_their_keys_however_much_was_posted(
    room: Parlour, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await room.says(await room.joins("Ana"), "A1: armadillos")
    asked, look = list[Any](), Tx._rows

    async def noted(tx: Tx, query: Any, **values: object) -> Any:
        asked.append(query)
        return await look(tx, query, **values)

    monkeypatch.setattr(Tx, "_rows", noted)
    async with room.store.begin() as tx:
        row = await tx.message(await tx.message_named(room.evening.chat.id, room.place.id, str(said)) or 0)
        asked.clear()
        await tx.let_replies_go([row], room.evening.clock.at) if row else None
        plans = [await _plan(tx, query) for query in asked]
    assert [step for plan in plans for step in plan if " outbox " in step] == [
        "SEARCH outbox USING INDEX sqlite_autoindex_outbox_1 (key>? AND key<?)"
    ]


async def _plan(tx: Tx, query: Select[Any]) -> list[str]:
    """In which order SQLite reads tables for a query, and by which of their indexes."""
    asked = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    rows = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
    return [row.detail for row in rows]


async def _shown(tx: Tx, row: Queued, who: Person, now: datetime) -> None:
    """What a network does with a reply that is too long for one post."""
    first = 0
    for key, part in ((f"edchat-{row.id}", "rmadill…"), (f"edchat-{row.id}.1", "…os")):
        posted = await tx.room_post(row.place, key, part, part, (), now, only_for=who.native_id)
        first = first or posted
    await tx.confirm(row, str(first), now)


async def _goes(room: Parlour, ana: Person, said: int, by: str) -> None:
    """What Ana said goes from her readers' eyes."""
    now = room.evening.clock.at
    async with room.store.begin() as tx:
        if by == "being left out":
            await tx.exclude(ana, 1, now)
        elif by == "taking it back":
            await tx.room_delete(said, ana, now)
        else:
            await tx.hide(await tx.message_named(room.evening.chat.id, room.place.id, str(said)) or 0, now)
    await room.hears()


@pytest.mark.parametrize("by", ["taking it back", "being forgotten"])
async def test_comments_on_erased_answers_stand_on_under_their_questions(room: Parlour, by: str) -> None:
    ana, ben, chat = await room.joins("Ana"), await room.joins("Ben"), room.evening.chat
    await room.evening.until(30)  # all questions are out
    said = await room.says(ana, "A1: armadillos")
    hers = await room.says(ana, "A1: ants")
    await room.says(ben, "badgers too", reply_to=said)
    await room.renders()
    if by == "being forgotten":
        await forget(room, ana)
    else:
        async with room.store.begin() as tx:
            await tx.room_delete(said, ana, room.evening.clock.at)
            await tx.room_delete(hers, ana, room.evening.clock.at)
        await room.hears()
    page = room.store.chat_page(chat.id, Audience(1, Reads.HOSTS))
    assert page is not None
    assert [[(one.html, one.orphan) for one in asked.answers] for asked in page.questions] == [
        [("badgers too", True)],
        [],
        [],
    ]
    assert len(await room.evening.rows("SELECT * FROM filing")) == 1  # on the other one nothing hangs


async def test_a_scrubber_takes_the_bytes_by_itself_even_behind_an_old_reader(room: Parlour) -> None:
    ana = await room.joins("Ana")
    await room.says(ana, "A1: armadillos")
    scrubbing = asyncio.create_task(Scrubber(room.store, every=0.05).run())
    async with room.store.read() as old:
        await old.communities()
        await forget(room, ana)
        await asyncio.sleep(0.3)
        assert b"rmadillos" in room.bytes()
        assert not await room.store.scrub()
        await room.says(await room.joins("Ben"), "A1: others go on writing")
    for _ in range(100):
        if b"rmadillos" not in room.bytes():
            break
        await asyncio.sleep(0.05)
    assert b"rmadillos" not in room.bytes()
    scrubbing.cancel()
    with suppress(asyncio.CancelledError):
        await scrubbing


async def test_addresses_and_names_leave_memory_with_what_is_taken_back(room: Parlour) -> None:
    Scrubber(room.store)
    ana, url = await room.joins("Ana"), "https://armadillos.example/mine"
    message = (await room.evening.message(str(await room.says(ana, f"A1: {url}")))).id
    now = room.evening.clock.at
    for take_back in ("hide", "show", "erase_for_good"):
        assert links_in(render(url))
        looks("Ana")
        async with room.store.begin() as tx:
            await getattr(tx, take_back)(await tx.message(message) if "erase" in take_back else message, now)
        kept = [one.cache_info().currsize for one in (cleaned, mark, worth_listing, looks)]
        assert kept == [0, 0, 0, 0], take_back


async def test_whatever_changes_a_page_changes_its_version_in_the_same_transaction(room: Parlour) -> None:
    ana = await room.joins("Ana")
    now = room.evening.clock.at
    said = await room.says(ana, "A1: novels")
    await room.says(ana, "A2: comics")
    message_id = (await room.evening.message(str(said))).id

    async def changes(act: Any) -> bool:
        before = await room.versions()
        async with room.store.begin() as tx:
            await act(tx)
        chat, community = await room.versions()
        return chat > before[0] and community > before[1]

    series = room.evening.chat.series_id
    acts = (
        lambda tx: tx.hide(message_id, now),
        lambda tx: tx.show(message_id, now),
        lambda tx: tx.pick(message_id, now),
        lambda tx: tx.erase([message_id], now),
        lambda tx: tx.publish(room.evening.chat.id, now),
        lambda tx: tx.exclude(ana, 1, now),
        lambda tx: tx.forget(ana, 1, now),
        lambda tx: tx.erase_chat(room.evening.chat, now),
    )
    assert [await changes(act) for act in acts] == [True] * len(acts)

    async def closes(tx: Any) -> None:
        await tx.set_visibility(await tx.series(series), Visibility.OFF)

    assert await changes(closes)


async def erased_after_a_copy(room: Parlour, copy: Path) -> None:
    """Copy the database, and then let one be forgotten, one left out, one message deleted and one hidden."""
    evening = room.evening
    ana, ben, cyd = [await room.joins(name) for name in ("Aardvark", "Ben", "Cyd")]
    await room.says(ana, "A1: armadillos")
    gone, hidden = await room.says(ben, "A1: badgers"), await room.says(ben, "A1: boars")
    await room.says(cyd, "A1: cuckoos")
    await room.says(ben, "A1: beavers")
    await room.store.backup(copy)
    evening.clock.at += timedelta(minutes=1)
    await forget(room, ana)
    async with room.store.begin() as tx:
        await tx.room_delete(gone, ben, evening.clock.at)
        await tx.exclude(cyd, 1, evening.clock.at)
        await tx.hide((await evening.message(str(hidden))).id, evening.clock.at, "off topic")
    await room.hears()


async def test_b384_a_restored_copy_forgets_again_before_it_serves(room: Parlour, tmp_path: Path) -> None:
    assert "re-applied" in case("B384").expect
    old = tmp_path / "old"
    old.mkdir()
    await erased_after_a_copy(room, old / "edchat.sqlite")
    async with Store(database_url("", old)) as restored:
        assert await reapply(restored, room.listed.read(), room.evening.clock.at) == 4
        async with restored.read() as tx:
            query = text("SELECT text, hidden_at IS NULL FROM message ORDER BY id")
            rows = [tuple(row) for row in await tx.connection.execute(query)]
        kept = every_byte(old)
        assert await reapply(restored, room.listed.read(), room.evening.clock.at) == 0
    assert rows == [("", 1), ("", 1), ("A1: boars", 0), ("A1: cuckoos", 0), ("A1: beavers", 1)]
    for word in (b"rmadillo", b"ardvark", b"badger"):
        assert word not in kept
    assert b"A1: beavers" in kept


async def test_words_said_after_coming_back_survive_the_list(room: Parlour) -> None:
    ana = await room.joins("Ana")
    await room.says(ana, "A1: armadillos")
    await forget(room, ana)
    room.evening.clock.at += timedelta(minutes=1)
    async with room.store.begin() as tx:
        await tx.include(ana, 1, room.evening.clock.at)
    room.evening.clock.at += timedelta(minutes=1)
    said = Said("m.9", Author(native_id("Ana"), "Ana"), "A1: new words", room.evening.clock.at)
    await room.evening.hear(said, place=room.place)
    assert await reapply(room.store, room.listed.read(), room.evening.clock.at) == 0
    assert (await room.evening.message("m.9")).text == "A1: new words"


def test_a_damaged_list_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / FILE
    listed = ErasureList(file)
    assert listed.read() == ()
    one = Erasure(Erased.MESSAGE, START, platform="browser", place="edchat", native_id="7")
    chat = Erasure(Erased.CHAT, START, 3, "house", chat_id=4, starts_at=START)
    listed.add([one])
    with file.open("ab") as torn:
        torn.write(b'{"what":"person","at":"2026-\xff')
    listed.add([chat])
    with file.open("ab") as torn:
        torn.write(
            b'null\n{"what":"flood","at":"2026-11-24T20:00:00+00:00"}\n{"what":"chat","at":"2026-11-24"}\n{"wh'
        )
    assert listed.read() == (one, chat)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("order", ["told off", "turned off"])
async def test_where_nothing_is_kept_words_are_erased_when_late_answers_end(
    tmp_path: Path, order: str
) -> None:
    visibility = Visibility.OFF if order == "told off" else Visibility.PUBLIC
    series = Series(0, 1, "Quiet Chat", "#quiet", visibility=visibility)
    async with parlour(tmp_path, Answers(), series=series) as room:
        await room.evening.until(7)
        ana = await room.joins("Ana")
        await room.says(ana, "A1: armadillos")
        if order == "turned off":
            async with room.store.begin() as tx:
                await tx.set_visibility(await tx.series(room.evening.chat.series_id), Visibility.OFF)
        await room.evening.until(60 + 6 * 24 * 60)
        assert (await room.evening.rows("SELECT text FROM message"))[0].text == "A1: armadillos"
        await room.evening.until(60 + 7 * 24 * 60 + 1)
        assert await room.evening.rows("SELECT text, person_id FROM message") == [("", None)]
        await room.store.scrub()
        assert b"rmadillos" not in room.bytes()
        [listed] = room.listed.read()
        assert (listed.what, listed.chat_id) == (Erased.CHAT, room.evening.chat.id)


async def test_where_words_are_kept_the_seal_erases_none(room: Parlour) -> None:
    await room.says(await room.joins("Ana"), "A1: novels")
    await room.evening.until(60 + 7 * 24 * 60 + 1)
    assert [row.text for row in await room.evening.rows("SELECT text FROM message")] == ["A1: novels"]


async def test_words_older_than_a_community_keeps_them_go(room: Parlour) -> None:
    await room.says(await room.joins("Ana"), "A1: armadillos")
    await room.evening.until(70)
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE community SET retention_days = 30"))
    async with room.store.begin() as tx:
        assert await tx.keep_house(START + 30 * DAY) == 0
    async with room.store.begin() as tx:
        assert await tx.keep_house(START + 31 * DAY) == 1
        assert await tx.keep_house(START + 31 * DAY) == 0
    await room.store.scrub()
    assert b"rmadillos" not in room.bytes()


async def test_old_words_of_other_communities_chats_go_together_and_each_is_listed(
    room: Parlour, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await room.joins("Ana")
    for number in range(3):
        await room.says(ana, f"A1: armadillos {number}")
    looked, look = [], Tx.let_replies_go

    async def counted(tx: Tx, said: Any, now: datetime) -> None:
        looked.append(len(said))
        await look(tx, said, now)

    monkeypatch.setattr(Tx, "let_replies_go", counted)
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE message SET chat_id = NULL"))
        await tx.connection.execute(text("UPDATE community SET retention_days = 30"))
    async with room.store.begin() as tx:
        await tx.keep_house(START + 31 * DAY)
    assert looked == [3]
    assert [one.what for one in room.listed.read()] == [Erased.MESSAGE] * 3
    assert await room.evening.rows("SELECT DISTINCT text FROM message") == [("",)]


async def test_in_which_order_things_happened_in_a_room_is_known_for_a_month(room: Parlour) -> None:
    await room.says(await room.joins("Ana"), "A1: armadillos")
    async with room.store.begin() as tx:
        await tx.set_cursor("browser", room.place.id, str(room.cursor))
    events = "SELECT count(*) FROM room_event"
    assert await room.evening.rows(events) != [(0,)]
    async with room.store.begin() as tx:
        await tx.keep_house(START + 31 * DAY)
    assert await room.evening.rows(events) == [(0,)]


async def test_b383_a_community_that_left_goes_after_thirty_days_and_leaves_the_others(room: Parlour) -> None:
    assert "30 days" in case("B383").expect
    ana = await room.joins("Aardvark")
    said = await room.says(ana, "A1: armadillos")
    await room.evening.until(70)
    async with room.store.begin() as tx:
        message = (await room.evening.message(str(said))).id
        await tx.report(message, "an answer", "why?", ana.id, START)
        await tx.give_secret(SecretKind.SESSION, 1, START, person_id=ana.id)
        other = await tx.add_house("Elsewhere", "UTC")
        await tx.make_member(other.id, ana.id, START)
        await tx.connection.execute(text("UPDATE community SET left_at = :at WHERE id = 1"), {"at": START})
    async with room.store.begin() as tx:
        assert await tx.keep_house(START + 29 * DAY) == 0
    async with room.store.begin() as tx:
        assert await tx.keep_house(START + 31 * DAY) == 1
    await room.store.scrub()
    assert b"rmadillos" not in room.bytes()
    counts = {
        name: (await room.evening.rows(f'SELECT count(*) AS n FROM "{name}"'))[0].n
        for name in ("community", "place", "series", "chat", "message", "room_message", "secret", "report")
    }
    assert counts == dict.fromkeys(counts, 0) | {"community": 1, "place": 2}
    assert [row.name for row in await room.evening.rows("SELECT name FROM person")] == ["Aardvark"]


async def test_opening_a_weekly_chat_later_opens_no_older_words(tmp_path: Path) -> None:
    series = Series(0, 1, "Members Only", "#members", visibility=Visibility.MEMBERS)
    async with parlour(tmp_path, Answers(), series=series) as room:
        await room.evening.until(70)
        async with room.store.begin() as tx:
            await tx.publish(room.evening.chat.id, START)
            opened = await tx.set_visibility(await tx.series(room.evening.chat.series_id), Visibility.PUBLIC)
            assert opened.visibility is Visibility.PUBLIC
        async with room.store.read() as tx:
            assert [
                await tx.chat_page(room.evening.chat.id, who) is None for who in (Audience(1), MEMBERS)
            ] == [True, False]
        assert await room.evening.rows("SELECT told FROM chat") == [("members",)]


@pytest.mark.parametrize(
    ("visibility", "openness", "told"),
    [
        ("public", "public", "Everybody can"),
        ("public", "members", "Members of this place can"),
        ("link", "off", "Nobody"),
        ("members", "public", "Members of this place can"),
    ],
)
async def test_people_are_told_at_the_start_who_will_read(
    tmp_path: Path, visibility: str, openness: str, told: str
) -> None:
    series = Series(0, 1, "Some Chat", "#some", visibility=Visibility(visibility))
    async with parlour(tmp_path, series=series) as room:
        async with room.store.begin() as tx:
            await tx.connection.execute(text("UPDATE place SET openness = :o"), {"o": openness})
        await room.evening.until(1)
        welcome = room.evening.posts[room.place.id, "open"]
        assert welcome.splitlines()[-1].startswith(told)
        assert "`privacy show` tells what is kept and how to be left out." in welcome
        stored = await room.evening.rows("SELECT told FROM chat")
        assert stored == [(min(visibility, openness, key=[*map(str, Visibility)].index),)]


def test_names_are_masked_where_people_are_addressed_and_nowhere_else() -> None:
    joy = Person(1, "discord", "77", "Joy", "Ana Torres")
    mask = Mentions(joy).words
    assert (
        mask("@Joy and @joy, hello <@77> and <@!77>") == "somebody and somebody, hello somebody and somebody"
    )
    assert mask("with joy, @Joyce wrote joy@Joy.example") == "with joy, @Joyce wrote joy@Joy.example"
    assert mask("> **Joy**: I said\n> joyful: no") == "> **somebody**: I said\n> joyful: no"
    assert mask("as Ana Torres says, ana") == "as somebody says, ana"
    assert Mentions(Person(1, "discord", "77", "")).words("@Joy <@77>") == "@Joy somebody"


async def test_a_host_may_not_see_who_answers_namelessly(room: Parlour) -> None:
    ana = await room.joins("Aardvark")
    said = await room.says(ana, "A1: novels", Role.ANYONE)
    await room.says(ana, "Just talk", Role.ANYONE)
    async with room.store.begin() as tx:
        assert [one.name for one in await tx.talk(room.evening.chat.id)] == ["Aardvark"]
        assert [one.name for one in await tx.speakers(room.evening.chat.id)] == ["Aardvark"]
        await tx.connection.execute(text("UPDATE message SET anonymous = 1"))
        talk = await tx.talk(room.evening.chat.id)
        speakers = await tx.speakers(room.evening.chat.id)
    assert said
    assert ([one.name for one in talk], speakers) == ([sentences.SOMEBODY], ())


async def test_b378_who_is_left_out_is_called_by_nobody_from_then_on(room: Parlour) -> None:
    assert "mention masked" in case("B378").expect
    ana, ben = await room.joins("Ana"), await room.joins("Ben")
    before = await room.says(ben, "A1: as @Ana said")
    async with room.store.begin() as tx:
        await tx.exclude(ana, 1, room.evening.clock.at)
    after = await room.says(ben, "A2: @Ana again")
    async with room.store.begin() as tx:
        await tx.room_edit(after, ben, "A1: @ana once more", "", room.evening.clock.at)
    await room.hears()
    texts = [(await room.evening.message(str(said))).text for said in (before, after)]
    assert texts == ["A1: as somebody said", "A1: somebody once more"]


async def test_who_goes_by_another_name_is_called_so_from_then_on(room: Parlour) -> None:
    ana, ben = await room.joins("Ana Lund"), await room.joins("Ben")
    before = await room.says(ben, "A1: as @Ana Lund said")
    async with room.store.begin() as tx:
        await tx.rename(ana, 1, "Night Owl", room.evening.clock.at)
    after, edited = await room.says(ben, "A2: @ana lund again"), await room.says(ben, "A2: comics")
    async with room.store.begin() as tx:
        await tx.room_edit(edited, ben, "A2: and Ana Lund, too", "", room.evening.clock.at)
    await room.hears()
    texts = [(await room.evening.message(str(said))).text for said in (before, after, edited)]
    assert texts == ["A1: as @Night Owl said", "A2: @Night Owl again", "A2: and Night Owl, too"]


async def test_words_that_came_in_without_their_chat_let_go_of_a_name_and_are_changed_like_others(
    room: Parlour,
) -> None:
    ana, ben = await room.joins("Ana"), await room.joins("Ben")
    for words in ("A1: as @Ana said", "A1: what @Ana says"):
        await room.says(ben, words)
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE message SET chat_id = NULL WHERE text LIKE '%says'"))
    await forget(room, ana)
    said = await room.evening.rows("SELECT text, chat_id IS NULL AS alone FROM message ORDER BY id")
    assert said == [("A1: as somebody said", 0), ("A1: what somebody says", 1)]
    async with room.store.begin() as tx:
        attended = await tx.attended(room.place.id, room.evening.clock.at)
        for row in await room.evening.rows("SELECT platform_message_id FROM message ORDER BY id"):
            ben_again = Author(ben.native_id, ben.name)
            edited = Edited(row.platform_message_id, ben_again, "A1: novels", room.evening.clock.at)
            await tx.edit(room.place, edited, attended, room.evening.clock.at)
    assert await room.evening.rows("SELECT DISTINCT text FROM message") == [("A1: novels",)]


async def test_an_answer_by_a_command_calls_nobody_who_is_left_out(room: Parlour) -> None:
    ana, ben = await room.joins("Ana"), await room.joins("Ben")
    async with room.store.begin() as tx:
        await tx.exclude(ana, 1, room.evening.clock.at)
        [question, *_] = await tx.questions(room.evening.chat.id)
        form = Form(room.evening.chat.id, question, ben.id, False, "as @Ana said")
        await tx.store_form(room.place, form, room.evening.clock.at)
    assert await room.evening.rows("SELECT text FROM message") == [("as somebody said",)]


async def test_a_message_that_no_chat_heard_stays_away_from_a_restored_copy(
    room: Parlour, tmp_path: Path
) -> None:
    ana = await room.joins("Ana")
    await room.evening.until(60 + 8 * 24 * 60)  # nothing is heard any more
    said = await room.says(ana, "armadillos at midnight")
    assert await room.evening.message(str(said)) is None
    old = tmp_path / "old"
    old.mkdir()
    await room.store.backup(old / "edchat.sqlite")
    async with room.store.begin() as tx:
        await tx.room_delete(said, ana, room.evening.clock.at)
    async with Store(database_url("", old)) as restored:
        assert await reapply(restored, room.listed.read(), room.evening.clock.at) == 1
        assert b"rmadillos" not in every_byte(old)


async def test_a_copy_of_ones_words_goes_with_them_and_whispers_go_after_a_week(room: Parlour) -> None:
    ana, now = await room.joins("Ana"), room.evening.clock.at
    said = await room.says(ana, "A1: armadillos")
    copy = '{"format":"edchat-own-words","messages":["A1: armadillos"]}'
    async with room.store.begin() as tx:
        for key, words in (("copy", copy), ("other", "Filed under Q1.")):
            await tx.room_post(room.place, key, words, words, (), now, only_for=ana.native_id)
        await tx.room_delete(said, ana, now)
    await room.hears()
    whispers = "SELECT text FROM room_message WHERE only_for IS NOT NULL"
    assert await room.evening.rows(whispers) == [("",), ("Filed under Q1.",)]
    async with room.store.begin() as tx:
        await tx.keep_house(now + 6 * DAY)
    assert await room.evening.rows(whispers) == [("",), ("Filed under Q1.",)]
    async with room.store.begin() as tx:
        await tx.keep_house(now + 8 * DAY)
    assert await room.evening.rows(whispers) == [("",), ("",)]


async def test_a_page_that_names_a_guest_host_changes_when_they_do_though_they_said_nothing(
    room: Parlour,
) -> None:
    ana, now, chat_id = await room.joins("Ana"), room.evening.clock.at, room.evening.chat.id

    async def version_after(act: Any) -> int:
        async with room.store.begin() as tx:
            await act(tx)
        return (await room.versions())[0]

    acts = (
        lambda tx: tx.invite(chat_id, ana.id, now),
        lambda tx: tx.rename(ana, 1, "Alpaca", now),
        lambda tx: tx.forget(ana, 1, now),
        lambda tx: tx.uninvite(chat_id, ana.id),
    )
    versions = [await version_after(act) for act in acts]
    assert versions == sorted(set(versions))


async def test_who_led_a_chat_is_named_there_as_they_choose(room: Parlour) -> None:
    ana, now = await room.joins("Ana"), room.evening.clock.at

    async def lead_after(act: Any) -> str:
        async with room.store.begin() as tx:
            await act(tx, await tx.person_by_id(ana.id, 1))
        [(lead,)] = await room.evening.rows("SELECT lead FROM chat WHERE id = :id", id=room.evening.chat.id)
        return str(lead)

    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE chat SET lead = 'Ana'"))
    assert await lead_after(lambda tx, who: tx.rename(who, 1, "Alpaca", now)) == "Alpaca"
    assert await lead_after(lambda tx, who: tx.rename(who, 1, "Llama", now)) == "Llama"
    assert await lead_after(lambda tx, who: tx.rename(who, 1, None, now)) == "Ana"
    assert await lead_after(lambda tx, who: tx.forget(who, 1, now)) == ""


async def test_hosts_hold_the_writer_of_a_nameless_answer_without_seeing_who(room: Parlour) -> None:
    ana, host = await room.joins("Aardvark"), await room.joins("Mo")
    said = await room.says(ana, "A1: something rude")
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE message SET anonymous = 1"))
    asker = Asker(host, room.place, Role.HOST)
    reply = await room.evening.tree.answer(asker, f"answers hide {said} hold=yes")
    assert "without a name from now on in our own rooms waits until hosts let it in" in reply.text
    assert "Aardvark" not in reply.text
    async with room.store.begin() as tx:
        member = await tx.membership(1, ana.id)
        assert member is not None
        assert (member.held, bool(member.held_nameless)) == (False, True)
        await tx.forget(ana, 1, room.evening.clock.at)
        assert await tx.membership(1, ana.id) == member, "what hosts hold against them stays"


async def test_a_host_is_held_back_by_no_other_who_hides_their_words(room: Parlour) -> None:
    lea, host = await room.joins("Lea"), await room.joins("Mo")
    said = await room.says(lea, "A1: something rude")
    async with room.store.begin() as tx:
        await tx.make_community_host(1, lea.id)
    reply = await room.evening.tree.answer(
        Asker(host, room.place, Role.HOST), f"answers hide {said} hold=yes"
    )
    assert (reply.refused, reply.text) == (True, HOSTS_STAY)
    async with room.store.read() as tx:
        member = await tx.membership(1, lea.id)
    assert member is not None
    assert not member.held
    assert await room.evening.rows("SELECT id FROM message WHERE hidden_at IS NOT NULL") == []


async def test_a_new_room_is_as_open_as_its_first_weekly_chat_and_one_in_use_is_not(room: Parlour) -> None:
    async with room.store.begin() as tx:
        house = await tx.add_house("New House", "UTC")
        [home, _] = await tx.places_of_community(house.id)
        await tx.open_untold([home], Visibility.MEMBERS)
        assert await tx.openness(home.id) is Visibility.LINK
        await tx.open_untold([home], Visibility.PUBLIC)
        assert await tx.openness(home.id) is Visibility.PUBLIC
        await tx.connection.execute(text("UPDATE place SET openness = 'link'"))
        await tx.make_member(house.id, (await tx.join(home, "Ben", START)).id, START)
        await tx.open_untold([home], Visibility.PUBLIC)
        assert await tx.openness(home.id) is Visibility.LINK
