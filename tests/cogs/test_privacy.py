"""One's own words, by talking: shown, renamed, left out, given back, forgotten."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.core.hearing import Author, Edited
from bot.core.model import Role
from cogs.answers import Answers
from cogs.hosts import Hosts
from cogs.privacy import Privacy
from tests.support.bad_inputs import case
from tests.support.evening import Evening, evening

ANA = Author("ana", "Ana")


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Privacy(), Answers(), Hosts(), rooms=rooms) as opened:
        await opened.until(7)
        yield opened


async def offered(room: Evening, line: str) -> list[str]:
    return [offer.line for offer in (await room.asks("ana", line)).offers]


async def test_everything_is_private(room: Evening) -> None:
    lines = (
        "show",
        "name Reader 12",
        "export",
        "exclude",
        "include",
        "forget",
        "forget sure=yes",
        "nonsense",
    )
    assert all([(await room.asks("ana", f"privacy {line}")).private for line in lines])


async def test_show_tells_what_is_kept_under_which_name_and_for_whom(room: Evening) -> None:
    assert (await room.asks("ana", "privacy show")).text == (
        "Nothing you said is kept here.\n"
        "Readers see you as Ana.\n"
        "Members of this place can read your answers afterwards."
    )
    await room.says("ana", "A1: novels")
    await room.says("ana", "good evening")
    await room.asks("ana", "privacy name Reader 12")
    assert (await room.asks("ana", "privacy show")).text.startswith(
        "Kept of you here: 2 messages in 1 chat, 1 answer among them.\nReaders see you as Reader 12.\n"
    )
    assert await offered(room, "privacy show") == ["privacy export", "privacy exclude", "privacy forget"]


async def test_a_pseudonym_comes_and_goes(room: Evening) -> None:
    assert (await room.asks("ana", "privacy name Reader  12")).text.startswith(
        "Readers now see you as Reader 12;"
    )
    assert await room.rows("SELECT pseudonym FROM consent") == [("Reader 12",)]
    assert (await room.asks("ana", "privacy name")).text == "Readers see your own name again."
    assert await room.rows("SELECT pseudonym FROM consent") == [(None,)]
    await room.asks("ana", "privacy name Reader 12")
    assert (await room.asks("ana", "privacy name ANA")).text == "Readers see your own name again."


async def test_b385_a_name_by_chance_tells_nothing_and_stands_where_others_said_the_own(
    room: Evening,
) -> None:
    assert "not a hash" in case("B385").expect
    said = await room.says("ben", "@Ana said it: @ana, anaconda")
    drawn = set()
    for _ in range(3):
        reply = await room.asks("ana", "privacy name chance=yes")
        [(name,)] = await room.rows("SELECT pseudonym FROM consent")
        assert re.fullmatch(r"Reader \d{4}", name)
        assert reply.text.startswith(f"Readers now see you as {name};")
        drawn.add(name)
    assert len(drawn) > 1
    first = re.match(r"@(Reader \d{4}) said it: @\1, anaconda", (await room.message(said)).text)
    assert first is not None


async def test_another_name_changes_the_pages_on_which_one_spoke(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    before = await room.rows("SELECT version FROM chat WHERE id = :id", id=room.chat.id)
    await room.asks("ana", "privacy name Reader 12")
    assert await room.rows("SELECT version FROM chat WHERE id = :id", id=room.chat.id) != before


async def test_names_in_use_are_refused_in_whatever_letters(room: Evening) -> None:
    await room.says("ben", "hello")
    await room.says("mo", "welcome", Role.HOST)
    await room.asks("cy", "privacy name Bookworm")
    for name in ("Ben", "BEN", "@ben", "Ｂｅｎ", "B\u200ben", "Mo", "cy", "bookworm"):
        assert (await room.asks("ana", f"privacy name {name}")).text.startswith(
            "That name belongs to somebody here"
        )
    assert (await room.asks("ana", f"privacy name {'x' * 41}")).text.startswith(
        "A name has at most 40 characters"
    )
    assert (await room.asks("ana", "privacy name \u3164")).text.startswith("A name needs at least one letter")
    assert (
        await room.rows(
            "SELECT pseudonym FROM consent WHERE person_id = (SELECT id FROM person WHERE name='Ana')"
        )
        == []
    )


async def test_a_name_of_another_community_is_free(room: Evening) -> None:
    async with room.store.begin() as tx:
        elsewhere = await tx.add_community("Elsewhere", "UTC")
        far = await tx.add_place(elsewhere.id, room.place.platform, "9", "far")
        await tx.person(room.place.platform, Author("zed", "Zed"), far.community_id)
    assert "Zed" in (await room.asks("ana", "privacy name Zed")).text


async def test_exclude_keeps_nothing_new_and_hides_what_was(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    assert await offered(room, "privacy exclude") == ["privacy include"]
    later = await room.says("ana", "A1: comics")
    await room.hear(Edited(said, ANA, "A1: another book", room.clock.at))
    assert await room.message(later) is None
    row = await room.message(said)
    assert row.text == "A1: novels"
    assert row.hidden_at is not None
    shown = await room.asks("ana", "privacy show")
    assert shown.text.endswith("nothing new is kept, and what you said before is hidden from readers.")
    assert [offer.line for offer in shown.offers] == ["privacy include", "privacy export", "privacy forget"]
    assert "A1: novels" in (await room.asks("ana", "privacy export")).text


async def test_b379_include_keeps_only_what_is_new(room: Evening) -> None:
    assert case("B379").expect == "only new messages"
    assert (await room.asks("ana", "privacy include")).text.startswith("Your words are kept already")
    said = await room.says("ana", "A1: novels")
    await room.asks("ana", "privacy exclude")
    await room.asks("ana", "privacy include")
    assert (await room.message(said)).hidden_at is not None
    new = await room.says("ana", "A1: comics")
    assert (await room.message(new)).hidden_at is None
    assert (await room.asks("ana", "privacy include")).text.startswith("Your words are kept already")


async def test_exclusion_is_ones_own(room: Evening) -> None:
    await room.says("ben", "A1: novels")
    await room.asks("ana", "privacy exclude")
    said = await room.says("ben", "A1: comics")
    assert await room.rows("SELECT count(*) FROM message WHERE hidden_at IS NULL") == [(2,)]
    assert await room.message(said) is not None


async def test_export_gives_ones_own_rows_alone(room: Evening) -> None:
    said = await room.says("ana", "A1: novels \U0001f4da")
    await room.hear(Edited(said, ANA, "A1: old novels", room.clock.at))
    await room.says("ben", "A1: nobody else's business", reply_to=said)
    await room.asks("mod", "host invite Ana", Role.HOST)
    await room.asks("ana", "privacy name Reader 12")
    text = (await room.asks("ana", "privacy export")).text
    document: dict[str, Any] = json.loads(text)
    assert (document["format"], document["version"]) == ("edchat-own-words", 1)
    assert document["person"] == {
        "platform": room.place.platform,
        "native_id": room.native("ana"),
        "name": "Ana",
        "pseudonym": "Reader 12",
        "excluded_at": None,
        "forgotten_at": None,
    }
    assert document["guest_host_of"] == [room.chat.id]
    [message] = document["messages"]
    assert message["text"] == "A1: old novels"
    assert [old["text"] for old in message["earlier"]] == ["A1: novels \U0001f4da"]
    assert message["filed"] == [{"question": 1, "how": "label", "inferred": False, "flags": []}]
    assert (message["place"], message["chat"]["id"]) == ("edchat", room.chat.id)
    assert "Ben" not in text
    assert "business" not in text


async def test_export_of_a_stranger_is_empty_and_sound(room: Evening) -> None:
    document = json.loads((await room.asks("ana", "privacy export")).text)
    assert document["messages"] == []
    ana = {"platform": room.place.platform, "native_id": room.native("ana"), "name": "Ana"}
    assert document["person"] == ana


async def test_forget_asks_first(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    reply = await room.asks("ana", "privacy forget")
    assert reply.text.startswith("This erases 1 message of yours here and your name, and cannot be undone.")
    assert [offer.line for offer in reply.offers] == ["privacy forget sure=yes"]
    assert await room.rows("SELECT text FROM message") == [("A1: novels",)]


async def test_forget_erases_words_filings_history_rights_and_name(room: Evening) -> None:
    said = await room.says("ana", "A1: aardvark")
    await room.hear(Edited(said, ANA, "A1: armadillo", room.clock.at))
    await room.says("ana", "albatross")
    other = await room.says("ben", "badger")
    await room.asks("ana", "answer 2 antelope")
    await room.asks("mod", "host handover Ana", Role.HOST)
    await room.reacts("ana", other, 1)
    await room.asks("ana", "privacy name Reader 12")
    await room.until(70)  # the hosts' panel names her and quotes her
    reply = await room.asks("ana", "privacy forget sure=yes")
    assert reply.text == (
        "Erased on Tue 24 Nov 2026, 9:10 pm GMT: 3 messages of yours, with earlier versions, and your name. "
        "Nothing more is kept until you say `privacy include`."
    )
    kept = everything(room)
    assert re.search(r"\bAna\b", kept) is None
    assert "Thank you for hosting, somebody." in kept
    for word in ("aardvark", "armadillo", "albatross", "antelope", "Reader 12"):
        assert word not in kept
    assert await name_of_ana(room) == [("",)]
    assert await room.rows("SELECT lead FROM chat") == [("",)]
    assert await room.rows("SELECT count(*) FROM chat_host") == [(0,)]
    assert await room.rows("SELECT count(*) FROM message WHERE person_id IS NULL") == [(3,)]
    assert await room.filed(other) == [(1, "reaction")]
    assert (await room.message(other)).text == "badger"


async def test_b376_after_forgetting_nothing_more_is_kept_and_replies_still_work(room: Evening) -> None:
    assert "no crash for replies" in case("B376").expect
    said = await room.says("ana", "A1: novels")
    await room.asks("ana", "privacy forget sure=yes")
    assert await room.message(await room.says("ana", "A1: comics")) is None
    assert await room.message(await room.says("ben", "oh?", reply_to=said)) is not None
    assert (await room.asks("ana", "privacy show")).text.endswith("nothing new is kept.")
    assert (await room.asks("ana", "answer 1 novels")).text.startswith(
        "You asked that nothing of yours be kept"
    )
    assert await name_of_ana(room) == [("",)]
    assert (await room.asks("ana", "privacy include")).text.startswith(
        "From now on your words are kept again"
    )
    assert await room.message(await room.says("ana", "A1: poems")) is not None
    assert await name_of_ana(room) == [("Ana",)]


async def test_another_community_remembers_for_itself(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    async with room.store.begin() as tx:
        elsewhere = await tx.add_community("Elsewhere", "UTC")
        far = await tx.add_place(elsewhere.id, room.place.platform, "9", "far")
    await room.asks("ana", "privacy forget sure=yes", place=far)
    assert (await room.message(said)).text == "A1: novels"
    assert await name_of_ana(room) == [("Ana",)]
    assert await room.message(await room.says("ana", "A1: comics")) is not None


async def name_of_ana(room: Evening) -> Sequence[Any]:
    """Give the name under which she is known."""
    return await room.rows("SELECT name FROM person WHERE native_id = :ana", ana=room.native("ana"))


def everything(room: Evening) -> str:
    """Give all rows of all tables as text."""
    with sqlite3.connect(str(room.store.url.database)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [str(row) for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]
    connection.close()
    return "\n".join(rows)
