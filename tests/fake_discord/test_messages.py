"""Messages on our little Discord, through the real discord.py."""

from __future__ import annotations

import discord
import pytest

from tests.fake_discord.rooms import Room
from tests.support.fake_discord.shapes import BOT_NEEDS, Can


async def test_the_client_logs_in_and_sees_its_guild(room: Room) -> None:
    assert room.client.user is not None
    assert room.client.user.id == room.world.bot.id
    assert [guild.name for guild in room.client.guilds] == ["School"]
    assert [channel.name for channel in room.client.guilds[0].text_channels] == ["general"]
    info = await room.client.application_info()
    assert info.flags.gateway_message_content


async def test_a_message_is_sent_edited_and_deleted(room: Room) -> None:
    sent = await room.general.send("Welcome", allowed_mentions=discord.AllowedMentions.none())
    edited = await sent.edit(content="Welcome all")
    assert edited.content == "Welcome all"
    assert edited.edited_at is not None
    assert [one.content for one in room.world.messages[room.channel.id].values()] == ["Welcome all"]
    await sent.delete()
    assert room.world.messages[room.channel.id] == {}


async def test_the_same_nonce_within_minutes_is_the_same_message(room: Room) -> None:
    first = await _sent_with_nonce(room, "Q1", "n1")
    again = await _sent_with_nonce(room, "Q1", "n1")
    other = await _sent_with_nonce(room, "Q2", "n2")
    assert first["id"] == again["id"] != other["id"]
    room.hands.go(minutes=6)
    assert (await _sent_with_nonce(room, "Q1", "n1"))["id"] != first["id"]
    assert len(room.world.messages[room.channel.id]) == 3


async def _sent_with_nonce(room: Room, content: str, nonce: str) -> discord.types.message.Message:
    params = discord.http.handle_message_parameters(content=content, nonce=nonce)
    assert params.payload is not None
    params.payload["enforce_nonce"] = True
    return await room.client.http.send_message(room.channel.id, params=params)


async def test_history_is_read_page_by_page_in_every_direction(room: Room) -> None:
    posted = [room.world.post(room.channel, room.ann, str(number)) for number in range(230)]
    marks = [discord.Object(one.id) for one in posted]
    newest_first = [one.content async for one in room.general.history(limit=None)]
    assert newest_first == [str(number) for number in reversed(range(230))]
    after = [one.content async for one in room.general.history(limit=None, after=marks[99])]
    assert after == [str(number) for number in range(100, 230)]
    before = [one.content async for one in room.general.history(limit=3, before=marks[10])]
    assert before == ["9", "8", "7"]
    around = [one.content async for one in room.general.history(limit=5, around=marks[50])]
    assert sorted(around) == ["48", "49", "50", "51", "52"]


async def test_pins_are_set_listed_and_taken_away_and_discord_says_a_line(room: Room) -> None:
    sent = [await room.general.send(f"Q{number}") for number in (1, 2)]
    for one in sent:
        room.hands.go(seconds=1)
        await one.pin()
    assert [one.content async for one in room.general.pins()] == ["Q2", "Q1"]
    said = [one.type async for one in room.general.history()]
    assert said.count(discord.MessageType.pins_add) == 2
    await sent[0].unpin()
    assert [one.content async for one in room.general.pins()] == ["Q2"]


async def test_reactions_come_and_go(room: Room) -> None:
    message = await room.general.send("Vote")
    await message.add_reaction("1️⃣")
    room.world.react(room.world.messages[room.channel.id][message.id], room.ann, "1️⃣")
    read = await room.general.fetch_message(message.id)
    assert [(str(one.emoji), one.count, one.me) for one in read.reactions] == [("1️⃣", 2, True)]
    assert {one.name async for one in read.reactions[0].users()} == {"edchat", "ann"}
    assert room.client.user is not None
    await message.remove_reaction("1️⃣", room.client.user)
    read = await room.general.fetch_message(message.id)
    assert [(one.count, one.me) for one in read.reactions] == [(1, False)]
    await message.clear_reactions()
    assert (await room.general.fetch_message(message.id)).reactions == []


async def test_a_word_is_no_emoji(room: Room) -> None:
    message = await room.general.send("Vote")
    with pytest.raises(discord.HTTPException) as refused:
        await message.add_reaction("yes")
    assert refused.value.code == 10014


async def test_a_reply_carries_what_it_replies_to(room: Room) -> None:
    asked = room.world.post(room.channel, room.ann, "Where?")
    answer = await (await room.general.fetch_message(asked.id)).reply("Here")
    read = await room.general.fetch_message(answer.id)
    assert read.reference is not None
    assert isinstance(read.reference.resolved, discord.Message)
    assert read.reference.resolved.content == "Where?"


async def test_a_file_is_stored_and_its_link_lives_a_day(room: Room) -> None:
    picture = discord.File(__file__, "plan.txt", description="The plan")
    sent = await room.general.send("See", file=picture)
    attached = sent.attachments[0]
    assert (attached.filename, attached.description) == ("plan.txt", "The plan")
    data = await attached.read()
    assert data.startswith(b'"""Messages on our little')
    room.hands.go(days=1, seconds=1)
    with pytest.raises(discord.NotFound):
        await attached.read()


@pytest.mark.parametrize(
    ("content", "code"), [("", 50006), ("   ", 50006), ("x" * 2001, 50035)], ids=["empty", "blank", "long"]
)
async def test_messages_that_say_nothing_or_too_much_are_refused(room: Room, content: str, code: int) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await room.general.send(content)
    assert refused.value.code == code


async def test_only_own_messages_are_edited_and_others_deleted_with_the_right(room: Room) -> None:
    posted = room.world.post(room.channel, room.ann, "Hello")
    theirs = await room.general.fetch_message(posted.id)
    with pytest.raises(discord.Forbidden) as refused:
        await theirs.edit(content="Bye")
    assert refused.value.code == 50005
    room.world.set_bot_permissions(room.guild, BOT_NEEDS & ~int(Can.MANAGE_MESSAGES))
    with pytest.raises(discord.Forbidden) as refused:
        await theirs.delete()
    assert refused.value.code == 50013
    room.world.set_bot_permissions(room.guild, BOT_NEEDS)
    await theirs.delete()
    with pytest.raises(discord.NotFound) as gone:
        await room.general.fetch_message(posted.id)
    assert gone.value.code == 10008


async def test_edits_of_old_messages_run_out_when_a_test_says_so(room: Room) -> None:
    room.world.old_edits_left = 1
    room.world.old_edit_pause = 0.001
    sent = await room.general.send("Copy")
    await sent.edit(content="young")
    room.hands.go(hours=1, seconds=1)
    await sent.edit(content="old")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="too old")
    assert (refused.value.status, refused.value.code) == (429, 30046)


async def test_without_the_content_intent_only_own_words_are_read(room: Room) -> None:
    room.world.message_content = False
    posted = room.world.post(room.channel, room.ann, "A1 Because")
    mention = room.world.post(room.channel, room.ann, f"<@{room.world.bot.id}> A1 Because")
    own = await room.general.send("Q1")
    replied = room.world.post(
        room.channel, room.ann, "A2 So", reply_to=room.world.messages[room.channel.id][own.id]
    )
    read = {one.id: one.content async for one in room.general.history()}
    assert read[posted.id] == ""
    assert read[mention.id].endswith("Because")
    assert read[own.id] == "Q1"
    assert read[replied.id] == "A2 So"  # a reply pings whom it replies to, and pings carry words


async def test_private_conversations_open_unless_they_are_closed(room: Room) -> None:
    ann = await room.client.fetch_user(room.ann.id)
    assert (await ann.send("Hello")).content == "Hello"
    room.world.closed_to_bot.add(room.ann.id)
    with pytest.raises(discord.Forbidden) as refused:
        await ann.send("Hello?")
    assert refused.value.code == 50007
