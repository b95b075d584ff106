"""Resources by talking: what was shared is listed, taken out and brought back, and posted once a week."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import rendering
from bot.core.model import Chat, Role, Series, Visibility
from bot.rendering import Renderer
from cogs import every_cog
from tests.support.bad_inputs import case
from tests.support.evening import QUESTIONS, START, Evening, add_chat, evening

BASE = "https://chat.example"
CARD = "https://cards.example/two-stars?utm_source=mail"
STEMS = "https://stems.example/peer"
DAY = 24 * 60
WEEK = 7 * DAY


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        async with opened.store.begin() as tx:
            await tx.install("address", BASE)
            await tx.give_addresses()
        yield opened


async def drawn(room: Evening) -> None:
    """What was heard is drawn for readers."""
    while await Renderer(room.store).render_some():
        pass


async def shared(room: Evening, *said: tuple[str, str], minutes: float = 10) -> list[str]:
    """People share links in their answers; gives the ids of their messages."""
    await room.until(minutes)
    ids = [await room.says(who, words) for who, words in said]
    await drawn(room)
    return ids


async def digests(room: Evening, chat: Chat | None = None) -> list[str]:
    """What was queued of a chat's digest, or of all."""
    rows = await room.rows(
        "SELECT chat_id, json_extract(payload, '$.text') AS text FROM outbox"
        " WHERE subject = 'digest' AND state != 'withdrawn' ORDER BY id"
    )
    return [row.text for row in rows if chat is None or row.chat_id == chat.id]


async def marks(room: Evening) -> list[str]:
    return [row.mark for row in await room.rows("SELECT mark FROM shared_link ORDER BY message_id, mark")]


async def wanted(room: Evening) -> None:
    reply = await room.asks("mod", "resource digest on", Role.HOST)
    assert reply.text.startswith("The links shared in Thursday Chat are posted in its places a day after")


async def test_who_asks_sees_the_newest_links_with_who_shared_them_and_where(room: Evening) -> None:
    assert (await room.asks("ana", "resource list")).text.startswith("No links were shared here yet")
    await shared(room, ("ana", f"A1: Two stars and a wish, {CARD}"), ("ben", f"A1: I use {CARD} too"))
    await shared(room, ("ben", f"A1: [Sentence stems]({STEMS})"), minutes=12)
    reply = await room.asks("ana", "resource list")
    assert reply.private
    assert reply.offers == ()
    chat = "Thursday Chat"
    first, where, second, there, page = reply.text.splitlines()
    assert (first, second) == (
        f"1. Sentence stems: {STEMS}",
        "2. Two stars and a wish: https://cards.example/two-stars",
    )
    assert where == f"   stems.example, shared by Ben under Q1 of {chat}"
    assert there == f"   cards.example, shared by Ana under Q1 of {chat}, in 2 messages"
    assert page.startswith(f"{BASE}/")
    assert page.endswith("/resources/")


async def test_hosts_take_a_link_out_by_address_or_button_and_bring_it_back(room: Evening) -> None:
    await shared(room, ("ana", f"A1: see {CARD}"), ("ben", f"A1: {STEMS}"))
    [before] = await room.rows("SELECT version FROM community")
    gone = await room.asks("mod", f"resource remove {CARD}&fbclid=1", Role.HOST)
    assert gone.text.startswith("It is taken out of pages, feeds and digests.")
    [after] = await room.rows("SELECT version FROM community")
    assert after.version > before.version
    listed = await room.asks("mod", "resource list", Role.HOST)
    assert "cards.example" not in listed.text
    assert [offer.label for offer in listed.offers] == ["Take out 1"]
    assert (await room.asks("mod", f"resource remove {CARD}", Role.HOST)).text.endswith("taken out already.")
    out = await room.asks("mod", "resource list removed=yes", Role.HOST)
    assert "cards.example" in out.text
    assert "stems.example" not in out.text
    await room.asks("mod", out.offers[0].line, Role.HOST)
    assert "cards.example" in (await room.asks("ana", "resource list")).text
    assert (await room.asks("mod", gone.offers[0].line, Role.HOST)).refused
    await room.asks("mod", listed.offers[0].line, Role.HOST)
    assert "stems.example" not in (await room.asks("ana", "resource list removed=yes")).text


async def test_only_hosts_take_links_out_and_only_what_was_shared(room: Evening) -> None:
    await shared(room, ("ana", f"A1: see {CARD}"))
    assert (await room.asks("ana", f"resource remove {CARD}")).refused
    assert (await room.asks("ana", "resource digest on")).refused
    for said, answer in (
        ("https://nowhere.example/", "Nobody shared that link in an answer here"),
        ("0123456789abcdef", "Nobody shared that link"),
        ("the card", '"the card" is neither a web address'),
        ("javascript:alert(1)", "is neither a web address"),
    ):
        reply = await room.asks("mod", f"resource remove {said}", Role.HOST)
        assert reply.refused
        assert answer in reply.text
    assert (await room.asks("mod", f"resource restore {CARD}", Role.HOST)).text.startswith("That link is not")


async def test_the_digest_is_posted_a_day_after_the_chat_once(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: Two stars {CARD}"), ("ben", f"A1: {CARD}"))
    await room.until(60 + DAY - 1)
    assert await digests(room) == []
    await room.until(60 + DAY + 1)
    [text] = await digests(room)
    page = (await room.asks("ana", "resource list series=1")).text.splitlines()[-1]
    assert text == (
        "Links shared in Thursday Chat since Tue 24 Nov:\n"
        "- Two stars: https://cards.example/two-stars (2 times)\n"
        f"Who shared them, and what was said: {page}"
    )
    await room.scheduler.take_due()
    await room.until(9 * DAY)
    assert len(await digests(room)) == 1


async def test_nothing_is_posted_where_nothing_was_shared_or_nobody_wants_it(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", "A1: no link at all"))
    later = await add_chat(room, await series_of(room), START + timedelta(days=7))
    await room.until(60 + DAY + 1)
    assert await digests(room) == []
    off = await room.asks("mod", "resource digest off", Role.HOST)
    assert off.text == "No digest of links is posted in the places of Thursday Chat."
    assert await room.rows("SELECT * FROM step WHERE kind = 'digest' AND state = 'planned'") == []
    await shared(room, ("ana", f"A1: {CARD}"), minutes=WEEK + 10)
    await room.until(WEEK + 2 * DAY)
    assert await digests(room, later) == []


async def test_a_chat_on_each_day_has_a_digest_a_week_with_all_that_was_shared(room: Evening) -> None:
    await wanted(room)
    series = await series_of(room)
    for days in range(1, 9):
        await add_chat(room, series, START + timedelta(days=days), QUESTIONS[:1])
    for days in range(9):
        await shared(room, ("ana", f"A1: https://day{days}.example/x"), minutes=days * DAY + 10)
    await room.until(11 * DAY)
    first, second = await digests(room)
    assert [f"day{days}.example" in first for days in range(9)] == [True, True] + [False] * 7
    assert [f"day{days}.example" in second for days in range(9)] == [False] * 2 + [True] * 6 + [False]


async def test_wanted_late_the_digest_still_comes_after_the_chat_that_is_on(room: Evening) -> None:
    await shared(room, ("ana", f"A1: {CARD}"))
    await wanted(room)
    await room.until(60 + DAY + 1)
    assert len(await digests(room)) == 1


async def test_after_an_outage_the_digest_comes_once_and_has_all_that_was_shared(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: {CARD}"))
    await room.until(60 + DAY - 1)
    await shared(room, ("ben", f"A2: late, {STEMS}"), minutes=60 + DAY - 0.5)
    room.clock.at = START + timedelta(days=3)
    for _ in range(2):
        await room.scheduler.take_due()
    [text] = await digests(room)
    assert "cards.example" in text
    assert "stems.example" in text


async def test_after_an_outage_of_days_no_digest_is_posted_any_more(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: {CARD}"))
    await room.until(60 + DAY - 1)
    room.clock.at = START + timedelta(days=8)
    await room.scheduler.take_due()
    assert await digests(room) == []


async def test_what_is_taken_out_goes_from_the_digest_that_was_posted(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: see {CARD}"), ("ben", f"A1: {STEMS}"))
    await room.until(60 + DAY + 1)
    assert "cards.example" in (await digests(room))[0]
    await room.asks("mod", f"resource remove {CARD}", Role.HOST)
    [edit] = await edits(room)
    assert "cards.example" not in edit
    assert "stems.example" in edit
    await room.asks("mod", f"resource restore {CARD}", Role.HOST)
    assert "cards.example" in (await edits(room))[-1]


async def test_who_is_forgotten_leaves_no_word_in_any_digest(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: Badgers and bridges {CARD}"))
    await room.until(60 + DAY + 1)
    assert "Badgers" in (await digests(room))[0]
    await room.asks("ana", "privacy forget sure=yes")
    assert (await edits(room))[-1] == "The links of this digest are not listed any more."
    left = await room.rows(
        "SELECT payload FROM outbox WHERE payload LIKE '%Badgers%' OR payload LIKE '%cards.ex%'"
    )
    assert left == []
    assert await marks(room) == []


async def test_a_digest_is_not_cut_down_while_words_that_came_in_are_drawn(
    room: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: see {CARD}"), ("ben", f"A1: {STEMS}"))
    await room.until(60 + DAY + 1)
    async with room.store.begin() as tx:  # as a bundle brings them in
        await tx.connection.exec_driver_sql("UPDATE message SET body_html = NULL, render_version = 0")
        await tx.connection.exec_driver_sql("DELETE FROM shared_link")
    monkeypatch.setattr(rendering, "MOST", 1)
    assert await Renderer(room.store).render_some() == 1
    assert await edits(room) == []
    await drawn(room)
    assert await edits(room) == []
    await room.asks("mod", f"resource remove {CARD}", Role.HOST)
    [edit] = await edits(room)
    assert "cards.example" not in edit


async def test_who_is_forgotten_while_words_are_drawn_leaves_digests_at_once(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: Badgers {CARD}"), ("ben", f"A1: {STEMS}"))
    await room.until(60 + DAY + 1)
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE message SET body_html = NULL, render_version = 0")
        await tx.connection.exec_driver_sql("DELETE FROM shared_link")
    await room.asks("ana", "privacy forget sure=yes")
    assert await room.rows("SELECT payload FROM outbox WHERE payload LIKE '%Badgers%'") == []


async def test_a_digest_that_did_not_go_out_yet_never_does_when_its_links_went(room: Evening) -> None:
    await wanted(room)
    await shared(room, ("ana", f"A1: {CARD}"))
    await room.until(60 + DAY - 1)
    room.clock.at = START + timedelta(minutes=61 + DAY)
    await room.scheduler.take_due()
    assert len(await digests(room)) == 1
    await room.asks("mod", f"resource remove {CARD}", Role.HOST)
    assert await digests(room) == []
    assert await edits(room) == []


async def test_where_nobody_may_read_no_digest_is_promised(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.set_visibility(await tx.series(1), Visibility.OFF)
    reply = await room.asks("mod", "resource digest on", Role.HOST)
    assert reply.refused
    assert reply.text.startswith("Nobody may read Thursday Chat afterwards")


async def test_b354_the_key_of_a_webhook_is_kept_nowhere_and_hosts_are_told(room: Evening) -> None:
    secret = case("B354").input.split()[0]
    await shared(room, ("ana", f"A1: post it with {secret} please"))
    assert await room.rows("SELECT * FROM message WHERE text LIKE '%/abc%' OR body_html LIKE '%/abc%'") == []
    [told] = await room.rows("SELECT place_id, payload FROM outbox WHERE key LIKE 'webhook.%'")
    assert told.place_id == room.hosts.id
    assert "make the webhook anew" in told.payload
    assert "abc" not in told.payload
    assert (await room.asks("ana", "resource list")).text.startswith("No links were shared here yet")


async def series_of(room: Evening) -> Series:
    async with room.store.read() as tx:
        return await tx.series(room.chat.series_id)


async def edits(room: Evening) -> list[str]:
    """How the digest was to be changed, each time."""
    rows = await room.rows(
        "SELECT json_extract(payload, '$.text') AS text FROM outbox WHERE subject = 'digest.edit' ORDER BY id"
    )
    return [row.text for row in rows]
