"""People who write, react, come and go, heard by real discord.py."""

from __future__ import annotations

import pytest

from tests.fake_discord.bots import Bot
from tests.support.fake_discord.answers import NotOfferedError
from tests.support.fake_discord.asking import Upload
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild


async def test_people_write_edit_react_and_take_back(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone, bot: Bot
) -> None:
    question = ann.says(general, "Q1 Why?")
    reply = ann.says(general, "Because.", reply_to=question, files=[Upload("a.txt", b"words")])
    ann.edits(reply, "Because it is.")
    ann.reacts(question, "1️⃣")
    ann.unreacts(question, "1️⃣")
    ann.deletes(reply)
    told = ["CREATE", "CREATE", "UPDATE", "REACTION_ADD", "REACTION_REMOVE", "DELETE"]
    await bot.until(lambda: "MESSAGE_DELETE" in bot.happened)
    assert [name for name in bot.happened if name.startswith("MESSAGE_")] == [f"MESSAGE_{n}" for n in told]
    assert reply.attachments[0].filename == "a.txt"
    assert reply.reference is not None
    assert ann.reads(general) == ["Q1 Why?"]


async def test_people_come_and_go(fake: FakeDiscord, school: Guild, ann: Someone) -> None:
    other = fake.guild("Other")
    there = ann.joins(other)
    assert there.member.user is ann.user
    there.leaves()
    assert ann.user.id not in other.members
    assert ann.user.id in school.members


async def test_people_can_do_only_what_they_may(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    ben = fake.person("ben", school)
    message = ann.says(general, "mine")
    with pytest.raises(NotOfferedError):
        ben.edits(message, "yours")
    with pytest.raises(NotOfferedError, match="MANAGE_MESSAGES"):
        ben.deletes(message)
    fake.world.set_overwrite(general, ann.user, deny=int(Can.SEND_MESSAGES | Can.ADD_REACTIONS))
    with pytest.raises(NotOfferedError, match="SEND_MESSAGES"):
        ann.says(general, "more")
    with pytest.raises(NotOfferedError, match="ADD_REACTIONS"):
        ann.reacts(message, "👍")
    fake.world.set_overwrite(general, ann.user, deny=int(Can.VIEW_CHANNEL))
    with pytest.raises(NotOfferedError, match="does not see"):
        await ann.slash(general, "chat told")
    assert ann.reads(general) == []


async def test_in_a_locked_thread_only_moderators_write(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    thread = fake.world.start_thread(general, ann.user, "17 Nov Q1")
    fake.world.lock(thread)
    with pytest.raises(NotOfferedError, match="MANAGE_THREADS"):
        ann.says(thread, "more")


async def test_private_letters_are_read_by_whom_they_are_for(
    fake: FakeDiscord, ann: Someone, bot: Bot
) -> None:
    user = await bot.fetch_user(ann.user.id)
    await user.send("Your chat begins")
    assert ann.letters == ["Your chat begins"]
    ann.says(fake.world.private_channel(ann.user), "Thank you")
    await bot.until(lambda: "Thank you" in bot.heard)
