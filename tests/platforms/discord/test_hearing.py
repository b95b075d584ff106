"""What people do on Discord while the bot is there: heard from places in use only, each in its order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.model import Series
from tests.platforms.discord.hall import Hall, hall, keycap, sent
from tests.platforms.discord.living import seen
from tests.support.bad_inputs import case
from tests.support.fake_discord.asking import Upload
from tests.support.fake_discord.places import Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can
from tests.support.fake_discord.state_messages import PINNED


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(fake, tmp_path) as made:
        yield made


async def test_labelled_threaded_and_replied_answers_are_filed(here: Hall) -> None:
    async with here.heard():
        labelled = here.ana.says(here.general, "A1 in pairs")
        threaded = here.ben.says(here.threads[1], "with songs")
        replied = here.ben.says(here.general, "by walking", reply_to=here.posts[0])
        comment = here.ana.says(here.general, "how far?", reply_to=replied)
        talk = here.ana.says(here.general, "hello all")
        stored = {row.id: row for row in await here.has(5)}
    assert stored[str(labelled.id)].filed == "1 label"
    assert stored[str(threaded.id)].filed == "2 thread"
    assert stored[str(replied.id)].filed == "1 reply"
    assert (stored[str(comment.id)].kind, stored[str(comment.id)].reply_to) == ("comment", str(replied.id))
    assert (stored[str(talk.id)].kind, stored[str(talk.id)].name) == ("conversation", "Ana")


async def test_edits_follow_and_an_update_without_words_keeps_the_text(here: Hall) -> None:
    async with here.heard() as platform:
        client = platform.client
        said = here.ana.says(here.general, "A1 see https://example.org")
        late = here.ben.says(here.general, "in pairs")
        await here.has(2)
        here.fake.world.unfurl(said, [{"type": "link", "title": "Example"}])
        here.ben.edits(late, "A2 in pairs")
        rows = await here.see(lambda rows: [row.filed for row in rows] == ["1 label", "2 label"])
        assert [row.text for row in rows] == ["A1 see https://example.org", "A2 in pairs"]
        assert platform.client is client


async def test_deletions_one_by_one_and_in_bulk_take_the_words_away(here: Hall) -> None:
    async with here.heard():
        said = [here.ana.says(here.general, f"A1 number {number}") for number in range(5)]
        await here.has(5)
        here.ana.deletes(said[0])
        here.fake.world.delete(*said[2:])
        [row] = await here.has(1)
        assert row.text == "A1 number 1"
        gone = await here.messages("m.deleted_at IS NOT NULL")
        assert [one.text for one in gone] == [""] * 4


async def test_digits_file_a_message_and_taking_them_off_undoes_it(here: Hall) -> None:
    async with here.heard():
        mine, theirs = here.ana.says(here.general, "in pairs"), here.ben.says(here.general, "in groups")
        await here.has(2)
        here.ana.reacts(mine, keycap(2))
        here.ana.reacts(theirs, keycap(2))
        here.mod.reacts(theirs, keycap(1))
        here.ben.reacts(mine, "👍")
        await here.see(lambda rows: [row.filed for row in rows] == ["2 reaction", "1 reaction"])
        here.ana.unreacts(mine, keycap(2))
        here.mod.unreacts(theirs, keycap(1))
        await here.see(lambda rows: [row.filed for row in rows] == [None, None])


async def test_digits_swept_off_a_message_by_a_host_count_no_more(here: Hall) -> None:
    async with here.heard():
        one, other = here.ana.says(here.general, "in pairs"), here.ana.says(here.general, "in groups")
        await here.has(2)
        here.ana.reacts(one, keycap(2))
        here.ana.reacts(other, keycap(1))
        await here.see(lambda rows: all(row.filed for row in rows))
        here.fake.world.clear_reactions(one)
        here.fake.world.clear_reactions(other, keycap(1))
        await here.see(lambda rows: [row.filed for row in rows] == [None, None])


async def test_what_is_said_in_channel_and_threads_keeps_its_order(here: Hall) -> None:
    rooms = (here.general, *here.threads)
    async with here.heard():
        for number in range(60):
            here.ana.says(rooms[number % 3], f"number {number}")
            if number % 20 == 0:
                await asyncio.sleep(0.05)
        await here.has(60)
    assert await here.texts() == [f"number {number}" for number in range(60)]


async def test_only_people_in_places_in_use_are_heard(here: Hall) -> None:
    world = here.fake.world
    async with here.heard():
        here.ana.says(here.idle, "A1 in another channel")
        private = world.start_thread(here.general, here.ana.user, "between us", private=True)
        world.enter_thread(private, world.bot)
        here.ana.says(private, "A1 between us")
        world.post(here.general, world.bot, "A1 from the bot")
        robot = world.user("robot", "Robot")
        robot.bot = True
        world.join(here.guild, robot)
        world.post(here.general, robot, "A1 from a robot")
        world.pin(here.posts[0], world.bot)
        here.ana.says(here.general, "A1 heard")
        await here.has(1)
        await here.settled()
    assert await here.texts() == ["A1 heard"]
    assert (
        await here.rows("SELECT * FROM cursor c JOIN place p ON p.id = c.place_id WHERE p.name = 'idle'")
        == []
    )


async def test_what_discord_and_other_bots_said_goes_without_a_trace(here: Hall) -> None:
    world = here.fake.world
    robot = world.user("robot", "Robot")
    robot.bot = True
    world.join(here.guild, robot)
    async with here.heard():
        spoke = world.post(here.general, robot, "A1 from a robot")
        world.pin(here.posts[0], world.bot)
        [line] = [one for one in world.messages[here.general.id].values() if one.type == PINNED]
        for gone in (spoke, line):
            world.delete(gone)
        taken_back = here.ana.says(here.general, "A1 heard")
        here.ana.deletes(taken_back)
        await here.see(lambda rows: not rows)
        await here.settled()
    [kept] = await here.messages("1")
    assert kept.id == str(taken_back.id)


async def test_a_channel_is_heard_as_soon_as_a_weekly_chat_is_at_home_there(here: Hall) -> None:
    async with here.heard():
        async with here.store.begin() as tx:
            idle = await tx.place_called("discord", str(here.idle.id))
            assert idle is not None
            series = Series(0, idle.community_id, "#ideas")
            await tx.add_series(series, idle.id, (), SystemClock().now())
        here.mod.says(here.idle, "!edchat help")
        rows = await seen(lambda: here.rows("SELECT text, native_role FROM handled_command"))
    assert [(row.text, row.native_role > 0) for row in rows] == [("help", True)]


async def test_hosts_are_known_by_manage_events_and_by_the_role_that_was_chosen(here: Hall) -> None:
    chosen = here.fake.world.make_role(here.guild, "Helpers")
    cleo = here.fake.person("Cleo", here.guild, (chosen,))
    async with here.store.begin() as tx:
        await tx.set_host_role(here.place.community_id, str(chosen.id))
    async with here.heard():
        for who in (here.ana, here.mod, cleo):
            who.says(here.threads[0], f"I am {who.user.username}")
        rows = await here.has(3)
    assert {row.name: bool(row.by_host) for row in rows} == {"Ana": False, "Mod": True, "Cleo": True}


async def test_files_are_kept_by_name_and_size(here: Hall) -> None:
    async with here.heard():
        plan = Upload("plan.pdf", b"x" * 31_000, "application/pdf")
        here.ana.says(here.threads[0], "", files=[plan])
        [row] = await here.has(1)
    assert (row.attachments, row.filed) == ('["plan.pdf (31 kB)"]', "1 thread")


async def test_without_the_intent_nothing_is_heard_as_empty_words(here: Hall) -> None:
    assert case("B198").expect.startswith("not stored as an empty answer")
    async with here.heard():
        known = here.ana.says(here.general, "A1 before")
        await here.has(1)
    here.fake.world.message_content = False
    async with here.heard() as platform:
        assert not platform.client.reads
        here.ana.edits(known, "A1 after")
        unread = here.ben.says(here.general, "A2 unread")
        here.ben.says(here.general, f"<@{here.fake.world.bot.id}> A2 for you")
        await here.has(2)
    assert await here.texts() == ["A1 before", f"<@{here.fake.world.bot.id}> A2 for you"]
    here.fake.world.message_content = True
    async with here.heard():
        rows = await here.has(3)
    assert sorted(row.text for row in rows)[:2] == [f"<@{here.fake.world.bot.id}> A2 for you", "A1 after"]
    assert await here.filed(unread) == "2 label"


async def test_a_deleted_question_keeps_its_answers_and_is_told_once(here: Hall) -> None:
    here.fake.world.set_bot_permissions(here.guild, int(Can.ADMINISTRATOR))
    async with here.heard():
        before = here.ben.says(here.threads[0], "with songs")
        await here.has(1)
        here.fake.world.delete(here.posts[0])
        after = here.ana.says(here.threads[0], "by walking")
        await here.has(2)
    assert [await here.filed(one) for one in (before, after)] == ["1 thread", "1 thread"]
    said_once = (
        "Somebody deleted the message of Q1 in general. Its answers are kept and its thread goes on; "
        "answers with the label A1 are still heard."
    )
    assert [text for text in await here.told() if "deleted" in text] == [said_once]


async def test_b234_a_locked_thread_is_told_once_and_answers_in_the_channel_count(here: Hall) -> None:
    assert case("B234").expect.startswith("unarchived once by posting; if locked")
    world = here.fake.world
    other = world.start_thread(here.general, here.ana.user, "biscuits")
    async with here.heard():
        world.archive(here.threads[0])
        here.ben.says(here.threads[0], "with songs")
        await here.has(1)
        assert await here.told() == []
        for thread in (other, here.threads[0]):
            world.lock(thread)
        here.ana.says(here.general, "A1 by walking")
        rows = await here.has(2)
        told = await seen(here.told)
        world.lock(here.threads[0])
        await here.settled()
        assert await here.told() == told
    assert [row.filed for row in rows] == ["1 thread", "1 label"]
    [told_once] = told
    assert here.threads[0].name in told_once
    assert "labels in the channel still count" in told_once


async def copied(here: Hall) -> tuple[Message, Message]:
    """Ana's answer in the channel, and its copy in the thread of the first question."""
    world = here.fake.world
    said = here.ana.says(here.general, "A1 in pairs")
    await here.has(1)
    copy = world.post(here.threads[0], world.bot, "**Ana:** A1 in pairs")
    async with here.store.begin() as tx:
        [row] = (await tx.connection.exec_driver_sql("SELECT id FROM message")).all()
        await sent(tx, here.place, f"copy.{row.id}.q1", copy, SystemClock().now())
    return said, copy


async def test_a_reply_to_a_copy_is_a_comment_on_the_answer_though_it_stands_in_the_thread(
    here: Hall,
) -> None:
    async with here.heard():
        said, copy = await copied(here)
        reply = here.ben.says(here.threads[0], "me too", reply_to=copy)
        rows = await here.has(2)
        assert (rows[1].reply_to, rows[1].kind, rows[1].filed) == (str(said.id), "comment", None)
        here.ben.edits(reply, "me too, in threes")
        rows = await seen(lambda: here.messages("m.text = 'me too, in threes'"))
    assert [(row.kind, row.filed) for row in rows] == [("comment", None)]


async def test_a_digit_on_a_copy_files_the_answer_itself_and_goes_when_it_is_taken_off(here: Hall) -> None:
    async with here.heard():
        said, copy = await copied(here)
        here.mod.reacts(copy, keycap(2))
        await seen(lambda: here.messages("m.id IN (SELECT message_id FROM filing WHERE how = 'reaction')"))
        assert await here.filed(said) == "2 reaction"
        here.ben.reacts(copy, keycap(1))
        here.mod.unreacts(copy, keycap(2))
        await here.settled()
    assert await here.filed(said) == "1 label"


async def test_a_thread_that_sleeps_and_is_out_of_sight_is_still_known(here: Hall) -> None:
    said = here.ana.says(here.threads[0], "in pairs")
    async with here.heard():
        here.ana.edits(said, "in pairs, always")
        [row] = await here.has(1)
        here.fake.world.archive(here.threads[0])
        await asyncio.sleep(0.1)
        here.fake.world.delete(said)
        await here.has(0)
        here.ben.says(here.threads[0], "awake again")
        [row] = await here.has(1)
    assert row.filed == "1 thread"
