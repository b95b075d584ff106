"""The breadth of our little Discord: guilds, channels, roles, members, and rarer things done to messages."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import discord
import pytest
from discord.http import Route

from tests.fake_discord.rooms import Room
from tests.support.fake_discord.places import CATEGORY, FORUM, THREADS
from tests.support.fake_discord.shapes import BOT_NEEDS, Can

MANAGES = BOT_NEEDS | int(Can.MANAGE_CHANNELS | Can.MANAGE_ROLES)


async def code_of(asked: Awaitable[object]) -> int:
    """Give the code with which something is refused."""
    with pytest.raises(discord.HTTPException) as refused:
        await asked
    return refused.value.code


async def raw(room: Room, method: str, path: str, body: Any = None, **query: Any) -> Any:
    """Send a request that discord.py has no method for."""
    more = {} if body is None else {"json": body}
    return await room.client.http.request(Route(method, path), params=query, **more)


async def test_channels_are_made_changed_and_deleted_with_the_right(room: Room) -> None:
    assert await code_of(room.client.guilds[0].create_text_channel("hosts")) == 50013
    room.allow(MANAGES)
    everyone = room.client.guilds[0].default_role
    hidden: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {
        everyone: discord.PermissionOverwrite(view_channel=False),
        room.client.guilds[0].me: discord.PermissionOverwrite(view_channel=True),
    }
    made = await room.client.guilds[0].create_text_channel("hosts", topic="For hosts", overwrites=hidden)
    place = room.world.channels[made.id]
    assert (place.topic, room.world.sees(room.ann, place)) == ("For hosts", False)
    await made.set_permissions(everyone, view_channel=True)
    assert room.world.sees(room.ann, place)
    await made.set_permissions(everyone, overwrite=None)
    assert [*place.overwrites] == [room.world.bot.id]
    await made.edit(name="planning")
    assert [one["name"] for one in await raw(room, "GET", f"/guilds/{room.guild.id}/channels")] == [
        "general",
        "planning",
    ]
    await made.delete()
    assert await code_of(room.client.fetch_channel(made.id)) == 10003


async def test_roles_are_made_given_taken_and_deleted(room: Room) -> None:
    room.allow(MANAGES)
    guild = await room.client.fetch_guild(room.guild.id)
    role = await guild.create_role(name="Host")
    ann = await guild.fetch_member(room.ann.id)
    await ann.add_roles(role)
    await ann.add_roles(role)
    assert room.guild.members[room.ann.id].roles == [role.id]
    assert (await guild.fetch_role(role.id)).name == "Host"
    await ann.remove_roles(role)
    assert room.guild.members[room.ann.id].roles == []
    await ann.add_roles(role)
    await role.delete()
    assert room.guild.members[room.ann.id].roles == []
    assert await code_of(guild.fetch_role(role.id)) == 10011
    room.allow(BOT_NEEDS)
    assert await code_of(guild.create_role(name="Host")) == 50013


async def test_the_bot_knows_itself_its_guilds_and_leaves(room: Room) -> None:
    assert [one.name async for one in room.client.fetch_guilds()] == ["School"]
    assert (await raw(room, "GET", "/users/@me"))["id"] == str(room.world.bot.id)
    assert (await raw(room, "GET", "/gateway"))["url"] == room.fake.gateway_url
    await room.client.guilds[0].me.edit(nick="EdChat bot")
    assert room.guild.members[room.world.bot.id].nick == "EdChat bot"
    assert await code_of(room.client.fetch_user(12345678)) == 10013
    await room.client.guilds[0].leave()
    assert room.world.bot.id not in room.guild.members
    await room.client.until(lambda: not room.client.guilds)


async def test_people_of_a_guild_are_listed_only_with_the_intent(room: Room) -> None:
    path = f"/guilds/{room.guild.id}/members"
    assert len(await raw(room, "GET", path, limit=2)) == 2
    assert await code_of(raw(room, "GET", path, limit=1001)) == 50035
    room.world.members_intent = False
    assert await code_of(raw(room, "GET", path)) == 50001


async def test_a_guild_that_is_ill_comes_back(room: Room) -> None:
    room.world.outage(room.guild)
    await room.client.until(lambda: room.client.guilds[0].unavailable)
    room.world.recover(room.guild)
    await room.client.until(lambda: not room.client.guilds[0].unavailable)


async def test_several_messages_are_deleted_at_once_unless_they_are_old(room: Room) -> None:
    old = room.world.post(room.channel, room.ann, "old")
    room.hands.go(days=14, seconds=1)
    young = [room.world.post(room.channel, room.ann, f"young {n}") for n in range(3)]
    await room.general.delete_messages([discord.Object(one.id) for one in young])
    assert [*room.world.messages[room.channel.id]] == [old.id]
    young = [room.world.post(room.channel, room.ann, f"young {n}") for n in range(3)]
    assert (
        await code_of(room.general.delete_messages([discord.Object(one.id) for one in (old, *young)]))
        == 50034
    )


async def test_the_bots_own_system_lines_can_be_deleted_where_discord_lets_them(room: Room) -> None:
    question = await room.general.send("Q1")
    await question.pin()
    line = next(one for one in room.world.messages[room.channel.id].values() if one.type == 6)
    await (await room.general.fetch_message(line.id)).delete()
    thread = await question.create_thread(name="Q1")
    start = next(one for one in room.world.messages[thread.id].values() if one.type == 21)
    assert await code_of((await thread.fetch_message(start.id)).delete()) == 50021


async def test_the_old_way_to_pins_gives_the_same(room: Room) -> None:
    sent = await room.general.send("Q1")
    await raw(room, "PUT", f"/channels/{room.channel.id}/pins/{sent.id}")
    assert [one["content"] for one in await raw(room, "GET", f"/channels/{room.channel.id}/pins")] == ["Q1"]
    await raw(room, "DELETE", f"/channels/{room.channel.id}/pins/{sent.id}")
    assert [one async for one in room.general.pins()] == []


async def test_pins_and_reactions_run_out(room: Room) -> None:
    for number in range(250):
        room.world.post(room.channel, room.ann, str(number)).pinned_at = room.hands.time + timedelta(
            seconds=number
        )
    sent = await room.general.send("Q1")
    assert await code_of(sent.pin()) == 30003
    newest = [one.content async for one in room.general.pins(limit=None)]
    assert newest == [str(number) for number in reversed(range(250))]
    message = room.world.messages[room.channel.id][sent.id]
    for number in range(20):
        room.world.react(message, room.ann, chr(0x1F600 + number))
    assert await code_of(sent.add_reaction("👍")) == 30010
    await sent.add_reaction(chr(0x1F600))


async def test_others_reactions_go_with_the_right_to_manage_messages(room: Room) -> None:
    sent = await room.general.send("Vote")
    message = room.world.messages[room.channel.id][sent.id]
    for emoji in ("👍", "👎"):
        room.world.react(message, room.ann, emoji)
    await sent.remove_reaction("👍", discord.Object(room.ann.id))
    assert message.reactions == {"👎": [room.ann.id]}
    await sent.clear_reaction("👎")
    assert message.reactions == {}
    room.allow(BOT_NEEDS & ~int(Can.MANAGE_MESSAGES))
    assert await code_of(sent.clear_reactions()) == 50013


async def test_a_reply_needs_its_message_and_the_right_to_read(room: Room) -> None:
    gone = discord.MessageReference(message_id=room.world.snowflake(), channel_id=room.channel.id)
    assert await code_of(room.general.send("To nobody", reference=gone)) == 50035
    lost = discord.MessageReference(
        message_id=gone.message_id or 0, channel_id=room.channel.id, fail_if_not_exists=False
    )
    assert (await room.general.send("To nobody", reference=lost)).reference is None
    sent = await room.general.send("Q1")
    room.allow(BOT_NEEDS & ~int(Can.READ_MESSAGE_HISTORY))
    assert await code_of(sent.reply("A1")) == 160002
    assert [one async for one in room.general.history()] == []
    assert await code_of(room.general.fetch_message(sent.id)) == 50001


async def test_mentions_ping_only_whom_they_may(room: Room) -> None:
    quiet = await room.general.send(
        f"Hi {room.ann.id} <@{room.ann.id}>", allowed_mentions=discord.AllowedMentions.none()
    )
    loud = await room.general.send(
        f"Hi <@{room.ann.id}>", allowed_mentions=discord.AllowedMentions(users=True)
    )
    named = await room.general.send(
        f"Hi <@{room.ann.id}>", allowed_mentions=discord.AllowedMentions(users=[discord.Object(room.ann.id)])
    )
    assert [len(one.raw_mentions) for one in (quiet, loud, named)] == [1, 1, 1]
    assert [[user.name for user in one.mentions] for one in (quiet, loud, named)] == [[], ["ann"], ["ann"]]


async def test_everybody_is_called_only_by_those_who_may_and_mean_it(room: Room) -> None:
    teacher = room.world.make_role(room.guild, "Teacher")
    words, none = f"@everyone <@&{teacher.id}>", discord.AllowedMentions.none()
    refused = await room.general.send(words, allowed_mentions=discord.AllowedMentions.all())
    assert (refused.mention_everyone, refused.raw_role_mentions) == (False, [teacher.id])
    room.allow(BOT_NEEDS | int(Can.MENTION_EVERYONE))
    loud = await room.general.send(words, allowed_mentions=discord.AllowedMentions.all())
    quiet = await room.general.send(words, allowed_mentions=none)
    assert (loud.mention_everyone, quiet.mention_everyone) == (True, False)
    said = room.world.messages[room.channel.id]
    assert (said[loud.id].mention_roles, said[quiet.id].mention_roles) == ([teacher.id], [])


async def test_cards_and_files_are_changed_by_an_edit(room: Room) -> None:
    plan = discord.File(__file__, "plan.txt")
    sent = await room.general.send("See", embed=discord.Embed(title="Plan"), file=plan)
    changed = await sent.edit(embed=discord.Embed(title="New plan"), attachments=[])
    assert [one.title for one in changed.embeds] == ["New plan"]
    assert changed.attachments == []
    again = await sent.edit(content=None, attachments=[discord.File(__file__, "again.txt")])
    assert ([one.filename for one in again.attachments], again.content) == (["again.txt"], "")
    assert await code_of(sent.edit(content="", embed=None, attachments=[])) == 50006


async def test_a_links_preview_comes_as_an_update_without_words(room: Room) -> None:
    posted = room.world.post(room.channel, room.ann, "See https://example.org")
    await room.client.until(lambda: posted.content in room.client.heard)
    told: list[Any] = []
    room.world.listeners.append(
        lambda name, data, _: told.append((name, "content" in data, "author" in data))
    )
    room.world.unfurl(posted, [{"type": "link", "title": "Example"}])
    assert told == [("MESSAGE_UPDATE", False, False)]
    read = await room.general.fetch_message(posted.id)
    assert (read.content, [one.title for one in read.embeds]) == ("See https://example.org", ["Example"])


async def test_writing_is_shown_where_the_bot_may_write(room: Room) -> None:
    async with room.general.typing():
        pass
    category = room.world.make_channel(room.guild, "Chats", CATEGORY)
    assert await code_of(raw(room, "POST", f"/channels/{category.id}/typing")) == 50008


async def test_a_forum_takes_posts_and_no_messages(room: Room) -> None:
    place = room.world.make_channel(room.guild, "questions", FORUM)
    await room.client.until(lambda: room.client.get_channel(place.id))
    forum = room.client.get_channel(place.id)
    assert isinstance(forum, discord.ForumChannel)
    made = await forum.create_thread(name="Q1", content="Why?")
    assert (made.thread.name, made.message.content) == ("Q1", "Why?")
    assert made.message.id == made.thread.id
    assert await code_of(raw(room, "POST", f"/channels/{place.id}/messages", {"content": "x"})) == 50008


async def test_threads_are_entered_left_and_deleted(room: Room) -> None:
    parent = room.world.post(room.channel, room.ann, "Idea")
    place = room.world.start_thread(room.channel, room.ann, "Ann's", message=parent)
    await room.client.until(lambda: room.client.guilds[0].get_thread(place.id))
    thread = room.client.guilds[0].get_thread(place.id)
    assert thread is not None
    await thread.join()
    assert (await thread.fetch_member(room.world.bot.id)).id == room.world.bot.id
    await thread.leave()
    assert await code_of(thread.fetch_member(room.world.bot.id)) == 10007
    assert await code_of(thread.add_user(discord.Object(12345678))) == 10013
    assert await code_of(raw(room, "POST", f"/channels/{place.id}/threads", {"name": "inner"})) == 50024
    assert await code_of(raw(room, "GET", f"/channels/{room.channel.id}/thread-members")) == 10003
    await thread.delete()
    assert not [one for one in room.world.channels.values() if one.type in THREADS]
    assert parent.thread is None


async def test_private_threads_that_sleep_are_listed_for_those_who_may_see_them(room: Room) -> None:
    mine = await room.general.create_thread(name="panel")
    await mine.edit(archived=True)
    theirs = room.world.start_thread(room.channel, room.ann, "secret", private=True)
    room.world.archive(theirs)
    assert [one.name async for one in room.general.archived_threads(private=True)] == ["secret", "panel"]
    joined = room.general.archived_threads(private=True, joined=True)
    assert [one.name async for one in joined] == ["panel"]
    room.allow(BOT_NEEDS & ~int(Can.MANAGE_THREADS))
    assert await code_of(raw(room, "GET", f"/channels/{room.channel.id}/threads/archived/private")) == 50013


async def test_public_threads_without_a_message_leave_a_line(room: Room) -> None:
    made = await room.general.create_thread(name="Tea", type=discord.ChannelType.public_thread)
    lines = [one for one in room.world.messages[room.channel.id].values() if one.type == 18]
    assert [(one.content, one.thread.id if one.thread else 0) for one in lines] == [("Tea", made.id)]
