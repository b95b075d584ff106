"""The data export: one sound document of one snapshot, never whole in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.hearing import Author, Deleted, Edited, Said
from bot.core.model import Role
from bot.storage.doors.secrets import SecretKind
from bot.storage.export import export
from bot.storage.json_stream import JsonStream
from bot.storage.schema import tables as t
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.evening import QUESTIONS, START, Evening, add_chat, evening

ANA = Author("ana", "Ana")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Answers(), Privacy()) as opened:
        await opened.until(15)
        yield opened


async def exported(room: Evening) -> dict[str, Any]:
    pieces: list[str] = []
    async with room.store.read() as tx:
        await export(tx, pieces.append, room.clock.at)
    document: dict[str, Any] = json.loads("".join(pieces).encode("utf-8"))
    return document


def chat_in(document: dict[str, Any], number: int = 0) -> dict[str, Any]:
    chat: dict[str, Any] = document["communities"][0]["series"][0]["chats"][number]
    return chat


async def test_an_empty_house_is_a_document_too(tmp_path: Path) -> None:
    async with evening(tmp_path) as room:
        async with room.store.begin() as tx:
            for table in ("step", "question", "chat", "series_place", "series", "place", "community"):
                await tx.connection.exec_driver_sql(f"DELETE FROM {table}")
        assert await exported(room) == {
            "format": "edchat-data",
            "version": 1,
            "exported_at": room.clock.at.isoformat(),
            "communities": [],
            "people": [],
        }


async def test_the_plan_is_there(room: Evening) -> None:
    document = await exported(room)
    [community] = document["communities"]
    assert (community["name"], community["zone"]) == ("Edhouse", "Europe/London")
    assert [place["name"] for place in community["places"]] == ["edchat", "edchat-hosts"]
    [series] = community["series"]
    assert (series["title"], series["minutes"], series["slots"]) == ("Thursday Chat", 60, [])
    chat = chat_in(document)
    assert (chat["state"], chat["occurrence_local"]) == ("open", None)
    assert datetime.fromisoformat(chat["starts_at"]) == START
    assert [(one["number"], one["text"], one["state"]) for one in chat["questions"]] == [
        (1, QUESTIONS[0], "asked"),
        (2, QUESTIONS[1], "asked"),
        (3, QUESTIONS[2], "drafted"),
    ]
    assert datetime.fromisoformat(chat["questions"][0]["asked_at"]) == START + timedelta(minutes=6)
    [asked] = [post for post in chat["posts"] if post["subject"] == "q1"]
    assert (asked["text"], asked["state"], asked["place"]) == (f"Q1: {QUESTIONS[0]}", "sent", room.place.id)
    assert asked["platform_message_id"] == f"q1@{room.chat.id}.{room.place.id}"


async def test_messages_say_who_where_and_how_they_were_filed(room: Evening) -> None:
    await room.says("ana", "A1/A3: novels")
    await room.says("mod", "welcome", Role.HOST)
    await room.asks("ben", "answer 2 comics", id_="7")
    await room.asks("ana", "privacy name Reader 12")
    first, second, third = chat_in(await exported(room))["messages"]
    assert first["author"] == {"id": 1, "name": "Reader 12"}
    assert (first["place"], first["platform_message_id"], first["kind"]) == (room.place.id, "m.1", "answer")
    assert first["filed"] == [{"question": 1, "how": "label", "inferred": False, "flags": ["multi"]}]
    assert (first["held"], first["hidden"], first["by_host"]) == ([3], False, False)
    assert datetime.fromisoformat(first["said_at"]) == room.clock.at
    assert (second["by_host"], second["kind"], second["filed"]) == (True, "conversation", [])
    assert (third["platform_message_id"], third["text"]) == ("form:7", "comics")
    assert [one["how"] for one in third["filed"]] == ["form"]


async def test_what_was_taken_back_is_gone_and_keeps_its_place(room: Evening) -> None:
    for words in ("A1: aardvark", "A1: badger", "A1: civet"):
        await room.says("ana", words)
    await room.hear(Edited("m.2", ANA, "A1: beaver", room.clock.at), Deleted("m.1", room.clock.at))
    await room.asks("mod", "answers hide m.3", Role.HOST)
    document = await exported(room)
    assert "aardvark" not in json.dumps(document)
    assert "badger" not in json.dumps(document)
    first, second, third = chat_in(document)["messages"]
    assert (first["text"], first["filed"], first["deleted_at"] is None) == ("", [], False)
    assert (second["text"], second["edited_at"] is None) == ("A1: beaver", False)
    assert third["hidden"]


async def test_the_forgotten_have_no_name_and_no_author(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.asks("ana", "privacy forget sure=yes")
    document = await exported(room)
    assert chat_in(document)["messages"][0]["author"] is None
    [ana] = document["people"]
    assert (ana["native_id"], ana["name"]) == ("ana", "")
    assert ana["consents"][0]["forgotten_at"] is not None


async def test_whatever_was_said_it_is_sound_utf_8(room: Evening) -> None:
    await room.hear(
        Said("m.1", Author("x", "\ud83d\0Zo\u00eb"), "half \ud83d whole \U0001f4da nul \0", room.clock.at)
    )
    async with room.store.begin() as tx:
        await tx.post(room.place, "half \udc00 post", (), "k1", room.clock.at)
        await tx.connection.exec_driver_sql("UPDATE outbox SET chat_id = 1")
    document = await exported(room)
    [message] = chat_in(document)["messages"]
    assert message["text"] == "half \ufffd whole \U0001f4da nul \ufffd"
    assert message["author"]["name"] == "\ufffd\ufffdZo\u00eb"
    assert "half \ufffd post" in [post["text"] for post in chat_in(document)["posts"]]


async def test_many_messages_come_in_order_and_in_small_pieces(room: Evening) -> None:
    await room.hear(*[Said(f"s.{k}", ANA, f"A1: {'x' * 1_000} {k}", room.clock.at) for k in range(1_201)])
    pieces: list[int] = []
    async with room.store.read() as tx:
        await export(tx, lambda text: pieces.append(len(text)), room.clock.at)
    assert sum(pieces) > 1_201_000
    assert max(pieces) < 3_000
    said = chat_in(await exported(room))["messages"]
    assert [one["platform_message_id"] for one in said] == [f"s.{k}" for k in range(1_201)]
    assert all(one["filed"] for one in said)


async def test_it_is_one_snapshot_beside_writing(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    pieces: list[str] = []
    async with room.store.read() as tx:
        assert await tx.communities()  # the snapshot begins with the first look
        await room.says("ana", "A1: comics")
        await export(tx, pieces.append, room.clock.at)
    assert "comics" not in "".join(pieces)
    assert len(chat_in(await exported(room))["messages"]) == 2


async def test_chats_and_series_keep_apart(room: Evening) -> None:
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    await add_chat(room, series, START + timedelta(days=7), texts=("Why?",))
    await room.says("ana", "A1: novels")
    document = await exported(room)
    assert [len(chat_in(document, number)["messages"]) for number in (0, 1)] == [1, 0]
    assert [one["text"] for one in chat_in(document, 1)["questions"]] == ["Why?"]


async def test_without_a_time_the_machines_own_is_given(room: Evening) -> None:
    pieces: list[str] = []
    async with room.store.read() as tx:
        await export(tx, pieces.append)
    assert datetime.fromisoformat(json.loads("".join(pieces))["exported_at"]).tzinfo is not None


def test_only_what_json_knows_is_written() -> None:
    pieces: list[str] = []
    with pytest.raises(TypeError, match="set has no place in JSON"):
        JsonStream(pieces.append).value({1})


async def test_what_opens_a_door_is_left_out_of_posts_and_of_what_people_said(room: Evening) -> None:
    async with room.store.begin() as tx:
        code, used = [await tx.give_secret(SecretKind.PLACE, 1, room.clock.at) for _ in range(2)]
        link = await tx.give_secret(SecretKind.HOST, 1, room.clock.at)
        await tx.use_secret(used, SecretKind.PLACE, room.clock.at)
        join = "https://chat.example.org/join/" + "j" * 22
        await tx.connection.execute(
            t.outbox.update().where(t.outbox.c.subject == "open").values(payload={"text": f"Come by {join}."})
        )
    await room.hear(
        Said("s1", ANA, f"A1: {code} or {used}, else https://x.example.org/in/{link}", room.clock.at)
    )
    chat = chat_in(await exported(room))
    assert "Come by https://chat.example.org/join/…." in [one["text"] for one in chat["posts"]]
    assert chat["messages"][0]["text"] == f"A1: … or {used}, else https://x.example.org/in/…"
