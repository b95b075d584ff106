"""Answers given in the channel, brought into their question's thread on networks that collect them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.hearing import Author, Deleted, Edited
from bot.core.model import Collecting, Role, Series
from cogs import every_cog
from tests.support.evening import Evening, evening
from tests.support.networks import NOT_OURS


async def house(folder: Path, collecting: Collecting, rooms: str = "terminal") -> AsyncIterator[Evening]:
    series = Series(0, 1, "Thursday Chat", "#edchat", collecting=collecting)
    async with evening(folder, *every_cog(), series=series, rooms=rooms) as opened:
        opened.store.keeps = opened.store.collects = frozenset({rooms})
        opened.store.clock = opened.clock.now
        await opened.until(15)
        yield opened


@pytest.fixture(params=NOT_OURS)
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Evening]:
    async for opened in house(tmp_path, Collecting.COPY, request.param):
        yield opened


async def copies(room: Evening) -> dict[str, Any]:
    """The copies that stand or are to stand, by the number of the question they are under."""
    rows = await room.rows(
        "SELECT o.subject, o.payload, on_.subject AS thread, json_extract(o.payload, '$.text') AS text,"
        " json_extract(o.payload, '$.about') AS about FROM outbox o"
        " LEFT JOIN outbox on_ ON on_.id = o.depends_on"
        " WHERE o.subject LIKE 'copy.%' AND o.state IN ('waiting', 'sent') ORDER BY o.id"
    )
    last = {row.subject: row for row in rows}
    return {subject.split(".")[2]: row.text for subject, row in last.items() if row.text is not None}


async def test_a_labelled_answer_is_copied_into_its_thread_and_follows_its_edits(room: Evening) -> None:
    said = await room.says("ana", "A1: a story")
    assert await copies(room) == {"q1": "**Ana:** A1: a story"}
    await room._deliver()
    await room.hear(Edited(said, Author("ana", "Ana"), "A1: two stories", room.clock.at))
    assert await copies(room) == {"q1": "**Ana:** A1: two stories"}
    await room._deliver()
    [row] = await room.rows("SELECT count(*) AS n FROM outbox WHERE payload LIKE '%a story%'")
    assert row.n == 0


async def test_an_answer_edited_to_another_label_moves(room: Evening) -> None:
    said = await room.says("ana", "A1: a story")
    await room._deliver()
    await room.hear(Edited(said, Author("ana", "Ana"), "A2: a story", room.clock.at))
    await room._deliver()
    assert await copies(room) == {"q2": "**Ana:** A2: a story"}


async def test_a_deleted_answer_leaves_no_copy_and_no_word_behind(room: Evening) -> None:
    said = await room.says("ana", "A1: my secret")
    await room._deliver()
    await room.hear(Deleted(said, room.clock.at))
    await room._deliver()
    assert await copies(room) == {}
    [row] = await room.rows("SELECT count(*) AS n FROM outbox WHERE payload LIKE '%secret%'")
    assert row.n == 0


async def test_what_stands_in_the_thread_or_is_no_answer_is_not_copied(room: Evening) -> None:
    await room.says("ana", "in the thread", thread=await room.post("q1"))
    await room.says("ben", "I agree with Ana")
    assert await copies(room) == {}


async def test_a_refiled_message_and_an_answer_by_form_are_copied(room: Evening) -> None:
    said = await room.says("ana", "we sing")
    await room.reacts("ana", said, 2)
    assert await copies(room) == {"q2": "**Ana:** we sing"}
    await room.reacts("ana", said, 2, removed=True)
    assert await copies(room) == {}
    await room.asks("ben", "answer 1 a poem", id_="form1")
    assert await copies(room) == {"q1": "**Ben:** a poem"}


async def test_hidden_excluded_and_forgotten_words_have_no_copy(room: Evening) -> None:
    for act in ("answers hide", "privacy exclude"):
        await room.says("ana", "A1: words")
        await room._deliver()
        assert await copies(room) == {"q1": "**Ana:** A1: words"}
        if act == "answers hide":
            [row] = await room.rows("SELECT max(id) AS id FROM message")
            await room.asks("mod", f"answers hide m{row.id}", Role.HOST)
        else:
            await room.asks("ana", act)
        await room._deliver()
        assert await copies(room) == {}, act


async def standing(room: Evening) -> list[str]:
    """What copies stand on the network, or are to stand there."""
    query = "SELECT subject, payload ->> 'text' AS text, state FROM outbox WHERE subject LIKE 'copy.%'"
    last = {row.subject: row for row in await room.rows(f"{query} ORDER BY id")}
    return sorted(row.text for row in last.values() if row.text and row.state in ("waiting", "sent"))


async def words_left(room: Evening, words: str) -> int:
    [row] = await room.rows("SELECT count(*) AS n FROM outbox WHERE payload LIKE :words", words=f"%{words}%")
    return int(row.n)


async def test_who_is_forgotten_leaves_no_copy_also_when_late_answers_no_longer_count(room: Evening) -> None:
    await room.says("ana", "A1: my secret")
    said = await room.says("ben", "A1: my shame")
    await room.until(8 * 24 * 60)
    assert (await room.rows("SELECT state FROM chat WHERE id = :id", id=room.chat.id))[0].state == "sealed"
    assert await standing(room) == ["**Ana:** A1: my secret", "**Ben:** A1: my shame"]
    await room.asks("ben", "privacy name Robin")
    assert await standing(room) == ["**Ana:** A1: my secret", "**Ben:** A1: my shame"], "threads sleep on"
    assert not (await room.asks("ana", "privacy forget sure=yes")).refused
    await room._deliver()
    assert await standing(room) == ["**Ben:** A1: my shame"]
    await room.hear(Deleted(said, room.clock.at))
    await room._deliver()
    assert await standing(room) == []
    assert [await words_left(room, one) for one in ("secret", "shame")] == [0, 0]


async def test_another_name_stands_on_copies_too_and_no_link_leads_to_the_first_one(room: Evening) -> None:
    await room.says("ana", "A1: a story")
    await room._deliver()
    for line, name, links in (("privacy name Robin", "Robin", False), ("privacy name", "Ana", True)):
        await room.asks("ana", line)
        await room._deliver()
        assert await copies(room) == {"q1": f"**{name}:** A1: a story"}
        [*_, last] = await room.rows("SELECT payload FROM outbox WHERE subject LIKE 'copy.%' ORDER BY id")
        assert ("about" in last.payload) is links


async def test_a_copy_that_is_on_its_way_when_its_words_are_taken_back_leaves_none_behind(
    room: Evening,
) -> None:
    said = await room.says("ana", "A1: my secret")
    async with room.store.begin() as tx:
        row = await tx.waiting_in(room.place.id)
        assert row is not None
        assert row.subject.startswith("copy.")
        await tx.claim(row, room.clock.at)
    await room.hear(Deleted(said, room.clock.at))
    async with room.store.begin() as tx:
        await tx.confirm(row, "c.1", room.clock.at)
    await room._deliver()
    assert await standing(room) == []
    assert await words_left(room, "secret") == 0


async def test_with_links_alone_no_words_are_repeated(tmp_path: Path) -> None:
    async for room in house(tmp_path, Collecting.LINK):
        await room.says("ana", "A1: a story")
        assert await copies(room) == {"q1": "**Ana** answered in the channel:"}


async def test_only_an_answer_by_form_stands_nowhere_else_than_in_the_thread(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.asks("ben", "answer 1 a poem", id_="form1")
    rows = await room.rows(
        "SELECT payload ->> 'text' AS text, payload ->> 'alone' AS alone FROM outbox"
        " WHERE subject LIKE 'copy.%' ORDER BY id"
    )
    assert [(row.alone, row.text.endswith("poem")) for row in rows] == [(None, False), (1, True)]


async def test_without_collecting_only_answers_by_form_stand_in_the_thread(tmp_path: Path) -> None:
    async for room in house(tmp_path, Collecting.OFF):
        await room.says("ana", "A1: a story")
        await room.asks("ben", "answer 1 a poem", id_="form1")
        assert await copies(room) == {"q1": "**Ben:** a poem"}


async def test_the_hosts_panel_is_one_post_kept_in_step(room: Evening) -> None:
    rows = await room.rows(
        "SELECT place_id, platform_message_id FROM outbox WHERE subject = 'steering' ORDER BY id"
    )
    assert {row.place_id for row in rows} == {room.hosts.id}
    assert room.posts[room.hosts.id, "steering"].startswith("**Thursday Chat**: Q2 is on.")
    assert "Next at 8:22 pm GMT: Q3: Where do you read?" in room.posts[room.hosts.id, "steering"]
    await room.until(70)
    assert room.posts[room.hosts.id, "steering"] == "Thursday Chat is over; late answers still count."


async def retold(room: Evening) -> list[tuple[str, str | None]]:
    """Which questions' posts were told anew what comes after them, and what that is."""
    rows = await room.rows(
        "SELECT on_.subject, o.payload ->> '$.moments[0][0]' AS comes FROM outbox o"
        " JOIN outbox on_ ON on_.id = o.depends_on WHERE o.action = 'edit' ORDER BY o.id"
    )
    return [tuple(row) for row in rows]


async def test_a_question_s_post_follows_what_hosts_do_to_its_time(room: Evening) -> None:
    await room.asks("mod", "chat extend 2", Role.HOST)
    await room.asks("mod", "chat pause", Role.HOST)
    await room._deliver()
    assert await retold(room) == [("q2", "Next question"), ("q2", None)]
    room.store.keeps = frozenset()
    await room.asks("mod", "chat resume", Role.HOST)
    assert len(await retold(room)) == 2, "networks that show no instants are told nothing"


async def test_a_post_that_is_a_moderator_s_own_message_is_left_alone(room: Evening) -> None:
    await room.says("mod", "Q3: My own words?", Role.HOST)
    [row] = await room.rows("SELECT max(id) AS id FROM message")
    reply = await room.asks("mod", f"question adopt {row.id} chat={room.chat.id} meant=3", Role.HOST)
    assert not reply.refused, reply.text
    await room._deliver()
    before = await retold(room)
    assert before == [("q2", "Next question")], "it came early"
    await room.asks("mod", "chat extend 2", Role.HOST)
    assert await retold(room) == before


async def test_an_entry_in_the_calendar_follows_the_chat(room: Evening) -> None:
    rows = await room.rows("SELECT payload, state FROM outbox WHERE action = 'entry' ORDER BY id")
    assert rows, "none was wished for"
    await room.until(70)
    rows = await room.rows("SELECT payload, state FROM outbox WHERE action = 'entry' ORDER BY id")
    if room.place.platform == "matrix":  # it has no calendar that people look at
        assert {row.state for row in rows} == {"dropped"}
    else:
        assert rows[-1].payload == "{}"


async def test_a_reply_to_a_copy_is_a_reply_to_the_answer_itself(room: Evening) -> None:
    said = await room.says("ana", "A1: a story")
    await room._deliver()
    [copy] = await room.rows("SELECT platform_message_id AS id FROM outbox WHERE subject LIKE 'copy.%'")
    replied = await room.says("ben", "which one?", reply_to=copy.id)
    message = await room.message(replied)
    assert (message.kind, message.reply_to) == ("comment", said)
    inside = await room.says("ben", "I do it too", thread=await room.post("q1"), reply_to=copy.id)
    message = await room.message(inside)
    assert (message.kind, message.reply_to) == ("comment", said)
    assert await room.filed(inside) == []
    labelled = await room.says("ben", "A1: I sing", thread=await room.post("q1"), reply_to=copy.id)
    assert await room.filed(labelled) == [(1, "label")]


async def test_a_question_that_is_out_gets_its_thread_though_the_hour_is_ended_at_once(
    tmp_path: Path,
) -> None:
    async for room in house(tmp_path, Collecting.COPY):
        await room.asks("mod", f"chat next chat={room.chat.id} after=2", Role.HOST)
        async with room.store.begin() as tx:
            row = await tx.waiting_in(room.place.id)
            assert row is not None
            assert row.subject == "q3"
            await tx.confirm(row, "question three", room.clock.at)
        await room.asks("mod", f"chat end chat={room.chat.id} sure=yes", Role.HOST)
        [thread] = await room.rows("SELECT state FROM outbox WHERE subject = 'q3.thread'")
        assert thread.state == "waiting"
