"""A chat as data over HTTP: who gets what of it, in sound JSON, CSV and Markdown, from one snapshot."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import resource
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.audience import Audience, Reads
from bot.core.model import Visibility
from bot.storage.archive.chat_export import as_json, as_markdown, as_table, head_of
from bot.storage.export import own_words
from bot.storage.json_stream import JsonStream
from bot.storage.schema import tables as t
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW, PEOPLE, QUESTIONS, TOPIC
from tests.support.chat_files import head, said

FILES = ("chat.json", "chat.csv", "chat.md", "event.ics")
FOR_ALL = {
    *(
        "id",
        "url",
        "kind",
        "questions",
        "reply_to",
        "author",
        "by_host",
        "picked",
        "said_at",
        "edited_at",
        "text",
        "where",
    ),
}


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


async def held(pages: ArchivePages, name: str) -> str:
    return await pages.page(pages.archive.held) + name


async def messages(pages: ArchivePages, browser: Any = None) -> dict[str, dict[str, Any]]:
    document = await pages.document(await held(pages, "chat.json"), browser)
    return {one["text"] or f"gone {one['platform_message_id']}": one for one in document["messages"]}


async def say(pages: ArchivePages, words: str, **values: object) -> int:
    """Somebody says something in the chat that was held; gives the message's id."""
    row = {
        "place_id": pages.archive.places[1].id,
        "chat_id": pages.archive.held,
        "person_id": 1,
        "platform_message_id": f"native-{words[:20]}",
        "text": words,
        "body_html": "<p>x</p>",
        "public_id": f"pub-{abs(hash(words))}",
        "kind": "answer",
        "said_at": NOW,
        "heard_at": NOW,
    } | values
    async with pages.web.store.begin() as tx:
        return await tx._add(t.message, **row)


# --- Who gets what ---------------------------------------------------------------------------


async def test_strangers_get_answers_and_comments_of_a_public_chat(pages: ArchivePages) -> None:
    await say(pages, "only talk", kind="conversation")
    document = await pages.document(await held(pages, "chat.json"))
    assert (document["format"], document["version"], document["readers"]) == ("edchat-chat", 1, "public")
    assert (document["title"], document["day"], document["zone"]) == (TOPIC, "2026-11-17", "America/New_York")
    assert document["url"] == pages.web.base + pages.at(await held(pages, ""))
    assert [one["text"] for one in document["questions"]] == list(QUESTIONS)
    assert [one["url"].rpartition("#")[2] for one in document["questions"]][:2] == ["q1", "q2"]
    said = document["messages"]
    assert {one["kind"] for one in said} == {"answer", "comment"}
    assert all(set(one) == FOR_ALL for one in said)
    assert sum(one["kind"] == "answer" for one in said) == 24
    assert "posts" not in document
    assert [one["said_at"] for one in said] == sorted(one["said_at"] for one in said)


async def test_each_message_has_its_question_its_address_and_what_it_is_on(pages: ArchivePages) -> None:
    document = await pages.document(await held(pages, "chat.json"))
    by_id = {one["id"]: one for one in document["messages"]}
    for one in by_id.values():
        assert one["url"] == f"{pages.web.base}{pages.at('a/')}{one['id']}"
        led = await pages.get(f"a/{one['id']}", follow=False)
        assert led.headers["location"] == f"{pages.at(await held(pages, ''))}#a-{one['id']}"
        assert bool(one["questions"]) == (one["kind"] == "answer")
        assert one["author"]["name"] in PEOPLE
    comments = [one for one in by_id.values() if one["kind"] == "comment"]
    assert comments
    assert all(by_id[one["reply_to"]]["kind"] == "answer" for one in comments)


async def test_hosts_get_everything(pages: ArchivePages) -> None:
    talk = await say(pages, "only talk", kind="conversation", public_id=None, body_html=None)
    gone = await say(pages, "", deleted_at=NOW)
    hidden = await say(pages, "rude", hidden_at=NOW, hidden_why="rude")
    await pages.change(
        "INSERT INTO message_revision(message_id, text, replaced_at) VALUES(:id, 'worse', :at)",
        id=hidden,
        at=NOW,
    )
    await pages.change(
        "INSERT INTO outbox(place_id, chat_id, action, subject, key, payload, urgency, state, due_at,"
        " platform_message_id) VALUES(:place, :chat, 'post', 'q1', 'k', json_object('text', 'Q1: Why?'), 0,"
        " 'sent', :at, 'n9')",
        place=pages.archive.places[1].id, chat=pages.archive.held, at=NOW,
    )  # fmt: skip
    mo = await pages.host()
    document = await pages.document(await held(pages, "chat.json"), mo)
    assert document["readers"] == "hosts"
    rows = await pages.rows(
        "SELECT id, platform_message_id FROM message WHERE chat_id = :id", id=pages.archive.held
    )
    native = {row["platform_message_id"]: row["id"] for row in rows}
    by_id = {native[one["platform_message_id"]]: one for one in document["messages"]}
    assert len(by_id) == len(document["messages"]) == len(rows)
    assert (by_id[talk]["text"], by_id[talk]["kind"], by_id[talk]["filed"]) == (
        "only talk",
        "conversation",
        [],
    )
    assert (by_id[gone]["text"], by_id[gone]["author"], by_id[gone]["url"]) == ("", None, None)
    assert by_id[gone]["deleted_at"] == NOW.isoformat()
    assert (by_id[hidden]["hidden"], by_id[hidden]["hidden_why"]) == (True, "rude")
    assert by_id[hidden]["edits"] == [NOW.isoformat()]
    assert "worse" not in json.dumps(document)
    answer = next(one for one in by_id.values() if one["filed"])
    assert answer["filed"][0] == {
        "question": answer["questions"][0],
        "how": "label",
        "inferred": False,
        "flags": [],
    }
    assert [(one["subject"], one["text"], one["platform_message_id"]) for one in document["posts"]] == [
        ("q1", "Q1: Why?", "n9")
    ]


async def test_what_is_hidden_deleted_left_out_or_anonymous_is_so_for_readers(pages: ArchivePages) -> None:
    await say(pages, "hidden words", hidden_at=NOW)
    await say(pages, "deleted words", deleted_at=NOW)
    await say(pages, "forgotten words", person_id=2)
    await say(pages, "left out words", person_id=3)
    await say(pages, "nameless words", anonymous=True, by_host=True)
    await say(pages, "renamed words", person_id=4)
    for person, column in ((2, "forgotten_at"), (3, "excluded_at")):
        await pages.change(
            f"INSERT INTO consent(person_id, community_id, {column}, changed_at) VALUES(:p, :c, :at, :at)",
            p=person, c=pages.archive.community.id, at=NOW,
        )  # fmt: skip
    await pages.change(
        "INSERT INTO consent(person_id, community_id, pseudonym, changed_at) VALUES(4, :c, 'Reader 12', :at)",
        c=pages.archive.community.id, at=NOW,
    )  # fmt: skip
    found = await messages(pages)
    assert not {"hidden words", "deleted words", "forgotten words", "left out words"} & set(found)
    assert (found["nameless words"]["author"], found["nameless words"]["by_host"]) == (None, False)
    assert found["renamed words"]["author"] == {"name": "Reader 12"}
    for name in ("chat.csv", "chat.md"):
        text = (await pages.get(await held(pages, name))).text
        assert "renamed words" in text
        assert "Reader 12" in text
        for words in ("hidden words", "deleted words", "forgotten words", "left out words"):
            assert words not in text
    by_host = await messages(pages, await pages.host())
    assert by_host["nameless words"]["author"] is None
    assert by_host["hidden words"]["hidden"]
    assert not {"deleted words", "forgotten words"} & set(by_host)


@pytest.mark.parametrize("gone", ["hidden_at", "deleted_at", "excluded_at", "forgotten_at"])
async def test_a_comment_names_no_answer_that_its_readers_may_not_read(
    pages: ArchivePages, gone: str
) -> None:
    await say(pages, "above", person_id=2, public_id="above", platform_message_id="a1")
    await say(pages, "below", kind="comment", reply_to="a1")
    assert (await messages(pages))["below"]["reply_to"] == "above"
    if gone in ("excluded_at", "forgotten_at"):
        await pages.change(
            f"INSERT INTO consent(person_id, community_id, {gone}, changed_at) VALUES(2, :c, :at, :at)",
            c=pages.archive.community.id, at=NOW,
        )  # fmt: skip
    else:
        await pages.change(f"UPDATE message SET {gone} = :at WHERE public_id = 'above'", at=NOW)
    assert (await messages(pages))["below"]["reply_to"] is None
    by_host = (await messages(pages, await pages.host()))["below"]["reply_to"]
    assert by_host == ("above" if gone in ("hidden_at", "excluded_at") else None)


async def test_it_tells_how_complete_it_is_and_what_hosts_picked(pages: ArchivePages) -> None:
    document = await pages.document(await held(pages, "chat.json"))
    assert document["completeness"] == {"state": "so_far", "gaps": [], "kept_out": 0}
    rows = await pages.rows(
        "SELECT public_id FROM message WHERE chat_id = :id AND picked_at IS NOT NULL", id=pages.archive.held
    )
    before = {one["id"] for one in document["messages"] if one["picked"]}
    assert before == {row["public_id"] for row in rows}
    assert (await pages.document(await pages.page(pages.archive.live) + "chat.json"))["completeness"] == {
        "state": None,
        "gaps": [],
        "kept_out": 0,
    }
    chosen = next(one["id"] for one in document["messages"] if not one["picked"])
    room = pages.archive.places[0]
    since = datetime.fromisoformat(document["starts_at"]) + timedelta(minutes=5)
    await pages.change("UPDATE message SET picked_at = :at WHERE public_id = :id", at=NOW, id=chosen)
    await pages.change("INSERT INTO missed (place_id, since) VALUES (:p, :at)", p=room.id, at=since)
    document = await pages.document(await held(pages, "chat.json"))
    assert {one["id"] for one in document["messages"] if one["picked"]} == {*before, chosen}
    assert document["completeness"]["state"] == "gaps"
    [gap] = document["completeness"]["gaps"]
    assert (gap["place"], gap["network"], gap["why"], gap["until"]) == (room.name, "Browser", "unheard", None)
    assert datetime.fromisoformat(gap["since"]) == since
    await pages.change("UPDATE message SET deleted_at = :at WHERE public_id = :id", at=NOW, id=chosen)
    document = await pages.document(await held(pages, "chat.json"), await pages.host())
    assert {one["id"] for one in document["messages"] if one["picked"]} == before


async def test_ids_of_networks_are_for_hosts_alone(pages: ArchivePages) -> None:
    await say(pages, "thanks <@123456789012>!")
    for name in ("chat.json", "chat.csv", "chat.md"):
        text = (await pages.get(await held(pages, name))).text
        assert "thanks @somebody!" in text.replace("\\", "")
        assert "native-" not in text
        assert "123456789012" not in text
    assert "thanks <@123456789012>!" in await messages(pages, await pages.host())


@pytest.mark.parametrize("name", FILES)
async def test_what_one_may_not_read_is_not_there(tmp_path: Path, name: str) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        path = await held(pages, name)
        assert (await pages.get(path)).status == 404
        got = await pages.get(path, await pages.member())
        assert got.status == 200
        assert "private" in got.headers["cache-control"]
        assert (await pages.get(await pages.page(pages.archive.held) + "../2020-01-01/" + name)).status == 404


async def test_a_live_chat_is_data_too(pages: ArchivePages) -> None:
    document = await pages.document(await pages.page(pages.archive.live) + "chat.json")
    assert (document["state"], len(document["questions"]), len(document["messages"]) >= 21) == (
        "open",
        3,
        True,
    )
    coming = await pages.document(await pages.page(pages.archive.ahead) + "chat.json")
    assert (coming["state"], len(coming["questions"]), coming["messages"]) == ("announced", 5, [])
    planned = await pages.document(await pages.page(pages.archive.after_that) + "chat.json")
    assert planned["questions"] == []


# --- The formats -----------------------------------------------------------------------------


async def test_the_table_has_a_line_for_each_message(pages: ArchivePages) -> None:
    got = await pages.get(await held(pages, "chat.csv"))
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert got.body.startswith(b"\xef\xbb\xbfseries,")
    assert got.headers["content-disposition"] == (
        'attachment; filename="2026-11-17-feedback-that-moves-learning-not-just-grades.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(got.body.decode("utf-8-sig"), newline="")))
    document = await pages.document(await held(pages, "chat.json"))
    assert [row["id"] for row in rows] == [one["id"] for one in document["messages"]]
    assert {row["title"] for row in rows} == {TOPIC}
    assert "platform_message_id" not in rows[0]
    hosts = (await pages.get(await held(pages, "chat.csv"), await pages.host())).body.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(hosts)))["platform_message_id"].startswith("n")


async def test_the_markdown_has_each_answer_under_its_question_and_comments_below(
    pages: ArchivePages,
) -> None:
    got = await pages.get(await held(pages, "chat.md"))
    assert got.headers["content-type"] == "text/markdown; charset=utf-8"
    lines = got.text.splitlines()
    assert lines[0] == f"# {TOPIC}"
    assert [line for line in lines if line.startswith("## ")] == [
        f"## Q{number}: {text}" for number, text in enumerate(QUESTIONS, 1)
    ]
    document = await pages.document(await held(pages, "chat.json"))
    answers = [one["id"] for one in document["messages"] if one["kind"] == "answer"]
    parents = {one["id"]: one["reply_to"] for one in document["messages"]}
    heads = {line.rpartition("/a/")[2].rstrip(")"): line for line in lines if "([link](" in line}
    order = list(heads)
    assert sorted(order) == sorted(parents)
    above = ""
    for one in order:
        assert one in answers or parents[one] == above
        assert (", comment, " in heads[one]) == (one not in answers)
        above = one if one in answers else above


async def test_talk_stands_at_the_end_of_the_hosts_markdown(pages: ArchivePages) -> None:
    await say(pages, "only talk", kind="conversation", public_id=None)
    got = await pages.get(await held(pages, "chat.md"), await pages.host())
    assert "> only talk" in got.text.partition("## Besides")[2]
    assert "## Besides" not in (await pages.get(await held(pages, "chat.md"))).text


async def test_a_file_that_is_the_same_is_not_sent_again(pages: ArchivePages) -> None:
    path = await held(pages, "chat.json")
    first = await pages.get(path)
    again = await pages.get(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    await pages.change("UPDATE message SET text = 'other words' WHERE id = 1")
    assert (await pages.get(path, If_None_Match=first.headers["etag"])).status == 200


# --- Bad input -------------------------------------------------------------------------------


async def test_b343_json_is_sound_whatever_was_said(pages: ArchivePages) -> None:
    await say(pages, "nul \0 here")
    assert "nul \ufffd here" in await messages(pages)
    written: list[str] = []
    JsonStream(written.append).value(said("half \ud83d whole \U0001f4da", "\udc00").as_row(head()))
    row = json.loads("".join(written).encode("utf-8"))
    assert (row["text"], row["author"]["name"]) == ("half \ufffd whole \U0001f4da", "\ufffd")


@pytest.mark.parametrize("write", [as_json, as_table, as_markdown])
async def test_b340_a_file_is_one_snapshot_while_messages_arrive(pages: ArchivePages, write: Any) -> None:
    audience = Audience(pages.archive.community.id, Reads.HOSTS)
    chat = await pages.chat(pages.archive.held)
    written = ""
    async with pages.web.store.read() as tx:
        about = await head_of(tx, chat, "https://x.example/", audience)
        async for piece in write(tx, chat, about, audience):
            await say(pages, f"meanwhile {len(written)}")
            await pages.change(
                "UPDATE message SET text = 'meanwhile changed' WHERE chat_id = :id", id=chat.id
            )
            written += piece
    assert "meanwhile" not in written
    assert written.count("http") > 20
    assert "meanwhile changed" in (await pages.get(await held(pages, "chat.json"))).text


async def test_a_long_chat_comes_in_small_pieces(pages: ArchivePages) -> None:
    await fill(pages, 3_000)
    audience, chat = Audience(pages.archive.community.id), await pages.chat(pages.archive.held)
    async with pages.web.store.read() as tx:
        about = await head_of(tx, chat, "https://x.example/", audience)
        pieces = [len(piece) async for piece in as_json(tx, chat, about, audience)]
    assert sum(pieces) > 1_000_000
    assert max(pieces) < 200_000
    document = await pages.document(await held(pages, "chat.json"))
    assert len([one for one in document["messages"] if one["text"].startswith("long")]) == 3_000
    whole = await pages.get(await held(pages, "chat.json"))
    assert int(whole.headers["content-length"]) == len(whole.body) > 1_000_000
    again = await pages.get(await held(pages, "chat.json"), If_None_Match=whole.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.slow
async def test_b339_200_000_messages_take_little_memory_and_hold_nobody_up(pages: ArchivePages) -> None:
    await fill(pages, 200_000, html=None)  # not drawn yet: the search need not take them in
    mo, lags = await pages.host(), []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            lags.append(time.perf_counter() - began - 0.01)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ticking = asyncio.create_task(tick())
    url = pages.web.base + pages.at(await held(pages, "chat.json"))
    size = 0
    async with mo.session.get(url) as answer:
        assert answer.status == 200
        async for piece in answer.content.iter_chunked(65_536):
            size += len(piece)
    ticking.cancel()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert size > 100_000_000
    assert grown < 200 * 1024 * 1024
    assert sorted(lags)[int(len(lags) * 0.99)] < 0.1


async def test_b342_own_data_holds_nobody_elses_words(pages: ArchivePages) -> None:
    await say(pages, "mine alone", person_id=2)
    await say(pages, "not mine", person_id=3)
    written: list[str] = []
    async with pages.web.store.read() as tx:
        person = await tx.person_by_id(2, pages.archive.community.id)
        await own_words(tx, written.append, person, pages.archive.community, NOW)
    document = json.loads("".join(written))
    rows = await pages.rows("SELECT text FROM message WHERE person_id = 2 ORDER BY id")
    assert [one["text"] for one in document["messages"]] == [row["text"] for row in rows]
    assert "mine alone" in "".join(written)
    assert "not mine" not in "".join(written)
    assert document["person"]["name"] == PEOPLE[1]
    assert not [name for name in PEOPLE if name != PEOPLE[1] and f'"{name}"' in "".join(written)]


async def fill(pages: ArchivePages, count: int, html: str | None = "<p>x</p>") -> None:
    """So many long answers in the chat that was held."""
    await pages.change(
        "INSERT INTO message(place_id, chat_id, person_id, platform_message_id, text, body_html, public_id,"
        " kind, said_at, heard_at, render_version) WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1"
        " FROM n WHERE k < :count) SELECT :place, :chat, 1 + k % 20, 'many-' || k, 'long ' || k || :words,"
        " :html, 'p' || k, 'answer', :at, :at, 1 FROM n",
        count=count, html=html, words=" word" * 50,
        place=pages.archive.places[1].id, chat=pages.archive.held, at=NOW,
    )  # fmt: skip
