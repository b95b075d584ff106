"""What places lack, by letting a network say it: hosts are told, and a chat with no place left waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.hearing import Barred, Deleted
from bot.core.model import Role
from bot.core.sentences.servers import lacks
from cogs import every_cog
from tests.support.bad_inputs import case
from tests.support.evening import Evening, evening
from tests.support.networks import NOT_OURS

NO_PINS = "Pin Messages is missing: the question stays unpinned. Give it to the bot's role."


pytestmark = pytest.mark.parametrize("rooms", NOT_OURS, indirect=True)


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        yield opened


async def bars(room: Evening, *lacking: str, gone: bool = False, goes_on: bool = False) -> str:
    """Let the network say what is missing; gives what the hosts are told."""
    room.heard += 1
    told = f"barred.{room.place.id}.{room.heard}"
    await room.hear(Barred(str(room.heard), lacking, room.clock.at, gone, goes_on))
    await room._deliver()
    return room.posts.get((room.hosts.id, told), "")


async def paused(room: Evening) -> bool:
    async with room.store.read() as tx:
        return (await tx.running(room.chat.id)).chat.paused_at is not None


async def test_hosts_hear_what_is_missing_and_the_chat_goes_on_without_it(room: Evening) -> None:
    await room.until(10)
    assert await bars(room, NO_PINS, goes_on=True) == f"Something is missing in edchat:\n- {NO_PINS}"
    assert not await paused(room)


async def test_a_chat_that_cannot_be_held_there_is_paused_and_goes_on_when_a_host_says_so(
    room: Evening,
) -> None:
    await room.until(10)
    told = await bars(room, "Send Messages is missing.")
    assert told.endswith("The chat is paused until that is mended; `chat resume` goes on.")
    assert await paused(room)
    assert await bars(room, goes_on=True) == "All is well again in edchat."
    assert await paused(room)
    await room.asks("mod", f"chat resume chat={room.chat.id}", Role.HOST)
    assert not await paused(room)


async def test_a_deleted_channel_is_told_once_and_other_chats_are_left_alone(room: Evening) -> None:
    told = await bars(room, gone=True)
    assert told == "edchat is gone: I cannot see that channel any more."
    async with room.store.read() as tx:
        assert (await tx.running(room.chat.id)).chat.state.ahead


async def test_b233_a_channel_deleted_in_its_hour_leaves_the_chat_which_waits_with_its_answers_kept(
    room: Evening,
) -> None:
    assert case("B233").expect.startswith("that place leaves the chat, the archive is kept")
    await room.until(10)
    said = await room.says("ana", "A1: in pairs")
    told = await bars(room, gone=True)
    assert told.splitlines() == [
        "edchat is gone: I cannot see that channel any more.",
        "The chat is paused until that is mended; `chat resume` goes on.",
    ]
    here = {what for where, what in room.posts if where == room.place.id}
    await room.until(30)
    assert await paused(room)
    assert {what for where, what in room.posts if where == room.place.id} == here
    assert (await room.message(said)).text == "A1: in pairs"


async def test_ten_minutes_before_hosts_are_told_once_more(room: Evening) -> None:
    await room.until(-10.5)  # a network looks for itself once it is there
    async with room.store.begin() as tx:
        community = (await tx.communities())[0]
        await tx.connection.exec_driver_sql(
            f"UPDATE place SET lacking = '{NO_PINS.replace(chr(39), chr(39) * 2)}'"
        )
        assert community.hosts_place_id == room.hosts.id
    await room.until(-9)
    [told] = [text for (place, what), text in room.posts.items() if what.startswith("lacking")]
    assert told == f"Something is missing in edchat:\n- {NO_PINS}"
    await room.until(20)
    assert not await paused(room)


async def test_setup_says_what_is_missing(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET lacking = 'No pins.'")
    reply = await room.asks("mod", "setup where=edchat readers=members", Role.HOST)
    assert "Something is missing in edchat:\n- No pins." in reply.text


async def test_b210_before_anything_is_announced_setup_names_the_permission_that_threads_need(
    room: Evening,
) -> None:
    assert case("B210").expect == "preflight lists the missing permissions by name before saving"
    lacking = lacks("send_messages_in_threads", "edchat", "edchat")
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET lacking = ?", (lacking,))
    reply = await room.asks("mod", "setup where=edchat readers=members", Role.HOST)
    assert "Send Messages in Threads is missing in #edchat" in reply.text


async def test_hosts_hear_once_that_somebody_deleted_a_question_and_its_answers_stay(room: Evening) -> None:
    await room.until(10)
    post = await room.post("q1")
    said = await room.says("ana", "a story", thread=post)
    for _ in range(2):
        await room.hear(Deleted(post, room.clock.at))
        await room._deliver()
    told = [text for (place, _), text in room.posts.items() if place == room.hosts.id and "deleted" in text]
    said_once = (
        "Somebody deleted the message of Q1 in edchat. Its answers are kept and its thread goes on; "
        "answers with the label A1 are still heard."
    )
    assert told == [said_once]
    later = await room.says("ben", "another story", thread=post)
    assert [await room.filed(one) for one in (said, later)] == [[(1, "thread")], [(1, "thread")]]


async def test_deleting_another_post_of_the_bot_tells_nobody_and_leaves_no_trace(room: Evening) -> None:
    await room.until(10)
    before = dict(room.posts)
    await room.hear(Deleted(await room.post("open"), room.clock.at))
    await room._deliver()
    assert room.posts == before
    assert await room.rows("SELECT * FROM message") == []
