"""What happens on Discord while the bot is away: found afterwards, all of it, once, and with few requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import discord
import pytest

from bot import failpoints
from bot.core.model import How
from tests.platforms.discord.hall import Hall, hall, keycap, until
from tests.platforms.discord.living import ready
from tests.support.bad_inputs import case
from tests.support.fake_discord.places import Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import BOT_NEEDS, Can


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(fake, tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_wait_for_a_new_login(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(self: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
        """Log in again at once: there is no limit here to wait for."""

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)


@pytest.fixture
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm(None)


async def known(here: Hall) -> None:
    """Let the bot be there once, so that it knows where listening stopped."""
    async with here.heard():
        pass


def history(fake: FakeDiscord, *, since: int = 0) -> list[str]:
    """Give the channels whose messages were read."""
    read = [one for one in fake.requests[since:] if one.method == "GET" and one.path.endswith("/messages")]
    return [one.path.split("/")[-2] for one in read]


def evening_without_the_bot(here: Hall) -> list[str]:
    """Say 250 things in the channel and two threads; edit, delete and react; give the words that stand."""
    said: list[Message] = []
    for number in range(250):
        room = (here.general, *here.threads)[number % 3]
        who = (here.ana, here.ben)[number % 2]
        said.append(who.says(room, f"A1 number {number}" if number % 3 == 0 else f"number {number}"))
    for message in said[0:60:6]:
        here.ana.edits(message, message.content.replace("A1", "A2") + " (edited)")
    here.fake.world.delete(said[100])
    here.fake.world.delete(*said[200:202])
    return [one.content for number, one in enumerate(said) if number not in {100, 200, 201}]


@pytest.mark.parametrize("resume", ["refused", "accepted"])
async def test_nothing_said_during_a_break_is_lost_or_doubled(here: Hall, resume: str) -> None:
    async with here.heard() as platform:
        old = [here.ana.says(here.general, f"A1 before {number}") for number in range(4)]
        inside = here.ben.says(here.threads[1], "before, in a thread")
        await here.has(5)
        client = platform.client
        if resume == "refused":
            here.fake.gateway.refuse_resume()
        with here.fake.gateway.away():
            await asyncio.sleep(0.1)
            here.ana.edits(old[0], "A2 changed")
            here.ana.deletes(old[1])
            here.ana.reacts(old[2], keycap(2))
            here.ben.deletes(inside)
            words = evening_without_the_bot(here)
        rows = await here.see(lambda rows: len(rows) == 3 + 247)
        await here.settled()
        assert platform.client is client
        here.ana.says(here.general, "A1 after")
        rows = await here.see(lambda rows: rows[-1].text == "A1 after")
    assert [row.text for row in rows] == [
        "A2 changed",
        "A1 before 2",
        "A1 before 3",
        *words,
        "A1 after",
    ]
    assert [row.filed for row in rows[:3]] == ["2 label", "2 reaction", "1 label"]
    filed = {row.text: row.filed for row in rows}
    assert (filed["A1 number 3"], filed["number 4"], filed["number 5"]) == ("1 label", "1 thread", "2 thread")
    assert filed["A2 number 0 (edited)"] == "2 label"


async def test_what_happened_between_two_lives_is_found(here: Hall) -> None:
    async with here.heard():
        old = [here.ana.says(here.general, f"A1 before {number}") for number in range(3)]
        put = here.ben.says(here.general, "in pairs")
        await here.has(4)
        here.ben.reacts(put, keycap(2))
        await here.see(lambda rows: rows[3].filed == "2 reaction")
    here.ana.edits(old[0], "A2 changed")
    here.ana.deletes(old[1])
    here.ben.unreacts(put, keycap(2))
    new = here.ben.says(here.general, "with songs")
    here.ben.reacts(new, keycap(1))
    words = evening_without_the_bot(here)
    async with here.heard():
        rows = await here.messages()
    assert [row.text for row in rows] == ["A2 changed", "A1 before 2", "in pairs", "with songs", *words]
    assert [row.filed for row in rows[:4]] == ["2 label", "1 label", None, "1 reaction"]


async def test_what_a_host_filed_otherwise_stays_there(here: Hall) -> None:
    async with here.heard():
        moved, unfiled, overruled = (here.ana.says(here.general, text) for text in ("pairs", "two", "three"))
        await here.has(3)
        for said in (moved, unfiled, overruled):
            here.ana.reacts(said, keycap(2))
        await here.see(lambda rows: [row.filed for row in rows] == ["2 reaction"] * 3)
        here.mod.reacts(overruled, keycap(1))
        await here.see(lambda rows: rows[2].filed == "1 reaction")
    async with here.store.begin() as tx:
        [first, second, _] = (await tx.connection.exec_driver_sql("SELECT id FROM message ORDER BY id")).all()
        [one, _] = (await tx.connection.exec_driver_sql("SELECT id FROM question ORDER BY id")).all()
        await tx.file_by_person(first.id, [one.id], How.MODERATOR, None, discord.utils.utcnow())
        await tx.keep_unfiled(second.id, discord.utils.utcnow())
    async with here.heard():
        assert [row.filed for row in await here.messages()] == ["1 moderator", None, "1 reaction"]


async def test_the_first_time_nothing_older_is_read(here: Hall) -> None:
    for number in range(3):
        here.ana.says(here.general, f"A1 before {number}")
    await asyncio.sleep(0.05)
    async with here.heard():
        here.ana.says(here.general, "A1 now")
        await here.has(1)
    assert await here.texts() == ["A1 now"]


async def test_what_is_said_while_it_comes_for_the_first_time_is_heard(here: Hall) -> None:
    coming = asyncio.create_task(_live(here))
    await until(lambda: here.fake.requests)
    assert here.platform is not None
    assert not ready(here.platform)
    here.ana.says(here.general, "A1 while it came")
    await here.has(1)
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)


@pytest.mark.usefixtures("_disarmed")
@pytest.mark.parametrize("after", [1, 2])
async def test_dying_between_two_pages_loses_nothing_and_doubles_nothing(here: Hall, after: int) -> None:
    await known(here)
    before = await here.cursor()
    words = evening_without_the_bot(here)
    passed: list[str] = []

    def dies(name: str) -> None:
        passed.append(name)
        if passed.count("inbox.committed") == after:
            dying.set()

    dying = asyncio.Event()
    failpoints.arm(dies)
    task = asyncio.create_task(_live(here))
    await dying.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    failpoints.arm(None)
    assert 0 < len(await here.texts()) < len(words)
    assert await here.cursor() == before
    async with here.heard():
        await here.has(len(words))
        await here.settled()
        assert await here.texts() == words
        assert await here.cursor() > before


async def _live(here: Hall) -> None:
    async with here.heard():
        await asyncio.Event().wait()


async def test_what_is_said_meanwhile_waits_for_what_was_said_before(here: Hall) -> None:
    await known(here)
    words = [here.ana.says(here.general, f"number {number}").content for number in range(150)]
    slow = here.fake.faults.on("GET", rf"/channels/{here.general.id}/messages", times=1)
    slow.hang(0.4)
    async with here.heard_soon():
        await until(lambda: slow.hits)
        words.append(here.ben.says(here.general, "meanwhile").content)
        await here.has(151)
    assert await here.texts() == words


async def test_threads_that_sleep_are_read_too(here: Hall) -> None:
    await known(here)
    late = here.ana.says(here.threads[0], "late, but here")
    here.fake.world.archive(here.threads[0])
    async with here.heard():
        assert await here.filed(late) == "1 thread"
    here.ana.edits(late, "late")
    here.fake.world.archive(here.threads[0])
    async with here.heard():
        assert await here.texts() == ["late"]


async def test_a_server_without_thread_lists_is_read_all_the_same(here: Hall) -> None:
    here.fake.world.without.add("threads")
    async with here.heard():
        gone, kept = here.ana.says(here.general, "A1 gone"), here.ana.says(here.threads[0], "kept")
        await here.has(2)
    here.ana.deletes(gone)
    here.ben.says(here.general, "A2 new")
    here.ben.says(here.threads[1], "new")
    here.ana.edits(kept, "kept, and changed")
    async with here.heard():
        assert await here.texts() == ["kept, and changed", "A2 new", "new"]


async def test_where_lists_are_forbidden_only_what_is_sure_to_be_gone_goes(here: Hall) -> None:
    other = here.fake.world.start_thread(here.general, here.ana.user, "aside")
    async with here.heard():
        here.ana.says(other, "said aside")
        gone = here.ana.says(here.threads[0], "A1 gone")
        await here.has(2)
    here.fake.world.archive(other)
    here.ana.deletes(gone)
    here.fake.faults.on("GET", r"/channels/\d+/threads/archived/public", times=None).status(403)
    async with here.heard():
        assert await here.texts() == ["said aside"]


async def test_a_thread_that_was_deleted_keeps_its_answers(here: Hall) -> None:
    assert case("B235").expect.startswith("answers kept")
    async with here.heard():
        here.ana.says(here.threads[0], "with songs")
        await here.has(1)
    here.fake.world.delete_channel(here.threads[0])
    async with here.heard():
        assert await here.texts() == ["with songs"]


async def test_words_in_other_threads_are_looked_for_before_they_are_given_up(here: Hall) -> None:
    other = here.fake.world.start_thread(here.general, here.ana.user, "aside")
    async with here.heard():
        kept, gone = here.ana.says(other, "A1 aside"), here.ana.says(other, "A2 aside")
        await here.has(2)
    here.ana.deletes(gone)
    here.fake.world.archive(other)
    async with here.heard():
        assert await here.texts() == [kept.content]


async def test_only_places_where_something_is_new_are_read(here: Hall) -> None:
    async with here.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE chat SET state = 'sealed'")
    rooms = [here.fake.world.make_channel(here.guild, f"room-{number}") for number in range(20)]
    for room in rooms:
        here.fake.world.post(room, here.ana.user, "hello")
    await known(here)
    asked = len(here.fake.requests)
    async with here.heard():
        assert history(here.fake, since=asked) == []
        assert not [one for one in here.fake.requests[asked:] if "threads" in one.path]
    here.ana.says(here.threads[1], "new in one thread")
    here.ana.says(here.staff, "new among hosts")
    asked = len(here.fake.requests)
    async with here.heard():
        read = history(here.fake, since=asked)
        assert sorted(read) == sorted([str(here.threads[1].id), str(here.staff.id)])


async def test_a_quiet_break_costs_a_few_requests_for_a_chat_in_its_hour(here: Hall) -> None:
    async with here.heard():
        for number in range(120):
            here.ana.says(here.general, f"A1 number {number}")
        here.ben.says(here.threads[0], "in the thread")
        await here.has(121)
        asked = len(here.fake.requests)
        here.fake.gateway.reconnect()
        await until(lambda: "RESUME" in here.fake.gateway.log)
        await here.settled()
    read = history(here.fake, since=asked)
    assert read.count(str(here.general.id)) == 2
    assert read.count(str(here.threads[0].id)) == 1
    assert len(read) == 3


async def test_what_was_said_while_history_was_forbidden_is_read_when_it_is_allowed(here: Hall) -> None:
    await known(here)
    world = here.fake.world
    world.set_overwrite(here.general, world.bot, deny=int(Can.READ_MESSAGE_HISTORY))
    here.ana.says(here.general, "A1 unread")
    async with here.heard():
        here.ben.says(here.general, "A1 live")
        await here.has(1)
        (gap,) = await here.standing()
        assert gap.startswith("Not complete: general could not be read from ")
        world.set_overwrite(here.general, world.bot)
        rows = await here.has(2)
        await here.settled()
        assert await here.standing() == ["Complete so far: every place of the chat is heard."]
    assert {row.text for row in rows} == {"A1 unread", "A1 live"}
    assert history(here.fake)


async def test_what_was_said_while_the_channel_was_out_of_sight_is_read(here: Hall) -> None:
    async with here.heard():
        here.fake.world.set_bot_permissions(here.guild, BOT_NEEDS & ~int(Can.VIEW_CHANNEL))
        here.fake.world.set_overwrite(here.general, here.fake.world.bot, deny=int(Can.VIEW_CHANNEL))
        await here.settled()
        here.ana.says(here.general, "A1 unseen")
        (gap,) = await here.standing()
        assert gap.startswith("Not complete: general cannot be read since ")
        async with here.store.read() as tx:
            assert await tx.gaps_on_each() == {"discord": 1}
        here.fake.world.set_overwrite(here.general, here.fake.world.bot)
        await here.has(1)
        await here.settled()
        assert await here.standing() == ["Complete so far: every place of the chat is heard."]


async def test_trouble_with_reading_holds_nobody_up_and_is_tried_again(here: Hall) -> None:
    await known(here)
    here.ana.says(here.general, "A1 missed")
    trouble = here.fake.faults.on("GET", rf"/channels/{here.general.id}/messages", times=2).reset()
    async with here.heard_soon():
        await until(lambda: trouble.hits)
        here.ben.says(here.general, "A1 live")
        rows = await here.has(2)
    assert {row.text for row in rows} == {"A1 missed", "A1 live"}


async def test_a_question_deleted_meanwhile_is_told_to_the_hosts_once(here: Hall) -> None:
    async with here.heard():
        said = here.ana.says(here.threads[0], "with songs")
        await here.has(1)
    here.fake.world.delete(here.posts[0])
    for _ in range(2):
        async with here.heard():
            pass
    assert len([text for text in await here.told() if "deleted the message of Q1" in text]) == 1
    assert await here.filed(said) == "1 thread"


async def test_hosts_are_known_in_what_was_said_meanwhile(here: Hall) -> None:
    await known(here)
    for who in (here.ana, here.mod):
        who.says(here.general, "A1 said meanwhile")
    here.fake.world.change_member(here.guild, here.ana.member, nick="Ana of 4b")
    here.mod.says(here.general, "!edchat help")
    async with here.heard():
        rows = await here.messages()
        assert [(row.name, bool(row.by_host)) for row in rows] == [("Ana of 4b", False), ("Mod", True)]
        [command] = await here.rows("SELECT text, native_role FROM handled_command")
        assert (command.text, command.native_role > 0) == ("help", True)


async def test_an_outage_of_the_server_is_read_up_when_it_is_over(here: Hall) -> None:
    async with here.heard():
        here.fake.world.outage(here.guild)
        await asyncio.sleep(0.1)
        with here.fake.gateway.silence():
            here.ana.says(here.general, "A1 unheard")
        here.fake.world.recover(here.guild)
        await here.has(1)
        here.ana.says(here.general, "A1 heard")
        await here.has(2)
    assert await here.texts() == ["A1 unheard", "A1 heard"]


async def test_every_refused_resume_is_caught_up_with(here: Hall) -> None:
    words: list[str] = []
    async with here.heard():
        for number in range(3):
            here.fake.gateway.refuse_resume()
            with here.fake.gateway.away():
                words += [here.ana.says(here.general, f"A1 away {number}").content]
            await here.has(len(words))
            words += [here.ben.says(here.threads[0], f"here {number}").content]
            await here.has(len(words))
    assert await here.texts() == words


async def test_a_server_that_describes_nobody_over_the_gateway_is_asked_singly(
    here: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unanswered(self: discord.Guild, **_: object) -> list[discord.Member]:
        """Wait in vain, only sooner than the library does."""
        raise TimeoutError

    monkeypatch.setattr(discord.Guild, "query_members", unanswered)
    await known(here)
    here.mod.says(here.general, "A1 from a host")
    here.ben.says(here.general, "A1 from one who left")
    here.ben.leaves()
    async with here.heard():
        rows = await here.has(2)
    assert [(row.name, bool(row.by_host)) for row in rows] == [("Mod", True), ("Ben", False)]
