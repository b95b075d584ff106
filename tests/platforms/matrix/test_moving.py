"""A room is replaced in the middle of a chat, which goes on in the new one: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.actions import Action
from bot.core.hearing import Author, Commanded
from bot.core.model import Place, Role
from bot.core.sentences import matrix_rooms as sentences
from bot.platform import Impossible, Later
from bot.storage.schema import tables as t
from tests.platforms.matrix.lives import seen
from tests.platforms.matrix.speaking import Speaking, speaking, until
from tests.platforms.matrix.test_room_life import replaced
from tests.platforms.matrix.whole import Whole
from tests.platforms.matrix.whole import whole as running
from tests.support.synapse.people import People, Person, part
from tests.support.synapse.proxy import FaultProxy, late

PLAN = "chat plan Asking\nWhat works?\nWhat does not?\nWhat next?"


@pytest.fixture
async def whole(tmp_path: Path, bot: Person, people: People) -> AsyncIterator[Whole]:
    async with running(tmp_path, bot, people) as made:
        await made.dana.gives_power(made.room, bot.user, 50)
        yield made


async def begun(whole: Whole) -> str:
    """Begin a chat of three questions; gives the first question's event."""
    await whole.dana.says(whole.room, "!edchat setup where=Lakeside readers=link")
    rooms = [await whole.let_in(), await whole.let_in()]
    hosts = [one for one in rooms if await named(whole, one)]
    for line in (
        'series create "Lake chat" when="every day 8 pm" zone=ET',
        PLAN,
        "chat start sure=yes",
        "chat next",
    ):
        await whole.types(line, hosts[0])
    return str((await whole.says("Q1"))["event_id"])


async def named(whole: Whole, room: str) -> bool:
    state = await whole.dana.ask("GET", f"v3/rooms/{part(room)}/state")
    return any(one["type"] == "m.room.name" for one in state)


async def filed(whole: Whole, event: str) -> list[int]:
    """Give the numbers of the questions under which words are filed, once they are heard."""

    async def found() -> Any:
        async with whole.store.read() as tx:
            f, m, q = t.filing.c, t.message.c, t.question.c
            joined = t.filing.join(t.message, m.id == f.message_id).join(t.question, q.id == f.question_id)
            query = select(q.position).select_from(joined).where(m.platform_message_id == event)
            return [row.position for row in (await tx.connection.execute(query)).all()]

    return list(await seen(found))


async def hung(whole: Whole, state: str) -> list[Any]:
    async with whole.store.read() as tx:
        rows = await tx.connection.execute(select(t.outbox).where(t.outbox.c.state == state))
        return list(rows.all())


async def test_a_chat_goes_on_in_the_new_room_with_the_question_that_is_on(whole: Whole) -> None:
    first = await begun(whole)
    answer = await whole.dana.says(whole.room, "in pairs", thread=first)
    assert await filed(whole, answer) == [1]
    new = await replaced(whole.dana, whole.room)
    again = await whole.says("Q1", new)
    late = await whole.dana.says(new, "in threes", thread=again["event_id"])
    assert await filed(whole, late) == [1]
    typed = await whole.dana.says(new, "!edchat chat next")
    second = await whole.says("Q2", new)
    assert await filed(whole, await whole.dana.says(new, "noise", thread=second["event_id"])) == [2]

    async def pinned() -> bool:
        pins = await whole.dana.state(new, "m.room.pinned_events")
        return bool(pins["pinned"] == [second["event_id"]])

    await until(pinned, 20)
    said = await whole.said(new)
    hooks = [one["content"].get("m.relates_to") or {} for one in said]
    assert [one["event_id"] for one in hooks if one.get("rel_type") == "m.thread"] == [again["event_id"]]
    bodies = [one["content"]["body"] for one in said]
    assert [sum(one.startswith(f"Q{number}: ") for one in bodies) for number in (1, 2)] == [1, 1]
    assert await whole.answer(typed, new)
    assert [row.subject for row in await hung(whole, "failed")] == []
    told = [row.payload.get("text") for row in await hung(whole, "sent")]
    assert told.count(sentences.room_replaced("Lakeside")) == 1


@pytest.fixture
async def moved(people: People, tmp_path: Path) -> AsyncIterator[tuple[Speaking, str, str]]:
    """A bot whose place went on in another room; with what it said in the old one, and what Dana did."""
    async with speaking(people, tmp_path) as room:
        before, asked = await room.posts("Q1"), await room.dana.says(room.room, "!edchat chat now")
        new = await replaced(room.dana, room.room)

        async def there() -> Place | None:
            async with room.store.read() as tx:
                return await tx.place_called("matrix", new)

        yield replace(room, place=await seen(there)), before, asked


async def test_what_hangs_on_words_that_were_left_behind_is_posted_on_its_own(
    moved: tuple[Speaking, str, str],
) -> None:
    room, before, asked = moved
    sent = [
        await room.posts("Q2 is out", target=before, about=before),
        await room.does(Action.CARD, "a copy", thread=before),
        await room.does(Action.WHISPER, "Q1 is on", person=room.dana.user, reply_to=asked),
    ]
    contents = [await room.content(one) for one in sent]
    assert [one["body"] for one in contents] == ["Q2 is out", "a copy", "Q1 is on"]
    assert not any("m.relates_to" in one for one in contents)


async def test_nothing_is_done_to_words_that_were_left_behind(moved: tuple[Speaking, str, str]) -> None:
    room, before, _ = moved
    for action in (Action.PIN, Action.EDIT, Action.RECEIPT):
        assert await room.does(action, "1", target=before) == ""
    assert await room.does(Action.CARD, target=before) == ""
    assert await room.bodies() == []
    assert (await room.platform.send(room.out(Action.POST, "Q2"))).startswith("$")


async def test_a_command_typed_before_the_move_is_carried_out_once_and_answered_in_the_new_room(
    moved: tuple[Speaking, str, str],
) -> None:
    room, _, asked = moved
    typed = Commanded(asked, Author(room.dana.user, "Dana", Role.HOST), "series list", room.clock.now())
    async with room.store.begin() as tx:
        await tx.store_commands(room.place, [typed], room.clock.now())
    newer = await replaced(room.dana, room.room)

    async def there() -> Place | None:
        async with room.store.read() as tx:
            return await tx.place_called("matrix", newer)

    place = await seen(there)
    async with room.store.begin() as tx:
        await tx.store_commands(place, [typed], room.clock.now())
    async with room.store.read() as tx:
        rows = (await tx.connection.execute(select(t.handled_command.c.native_id))).scalars().all()
    assert rows == [f"{newer}:{asked}"]


async def test_a_question_that_meets_a_room_just_closed_is_asked_in_the_next(
    people: People, tmp_path: Path, proxy: FaultProxy
) -> None:
    async with speaking(people, tmp_path, proxy.url) as room:
        await room.dana.gives_power(room.room, room.bot.user, 0)
        await until(lambda: powerless(room), 20)
        proxy.faults.on("GET", ".*/sync", times=1).does(late(2.0))
        await room.dana.says(room.room, "so that the next news are late")
        await replaced(room.dana, room.room)
        with pytest.raises(Later):
            await room.posts("Q2", key="q2", first_attempt_at=room.clock.now())
        with pytest.raises(Impossible):
            await room.posts("Q2", key="q2", first_attempt_at=room.ago(minutes=5))


async def test_what_was_refused_holds_no_more_once_the_bot_is_back_however_quickly(
    people: People, tmp_path: Path, proxy: FaultProxy
) -> None:
    async with speaking(people, tmp_path, proxy.url) as room:
        await room.posts("Q1")
        proxy.faults.on("GET", ".*/sync", times=1).does(late(1.5))
        await room.dana.says(room.room, "so that the next news are late")
        await room.dana.acts_on(room.room, "kick", room.bot.user)
        with pytest.raises(Impossible):
            await room.posts("Q2")
        await room.bot.joins(room.room)

        async def again() -> str:
            try:
                return await room.posts("Q3")
            except Impossible:
                return ""

        assert await until(again, 10)


async def powerless(room: Speaking) -> bool:
    there = room.platform.life.rooms.room(room.room)
    return there is not None and there.power(room.bot.user) == 0
