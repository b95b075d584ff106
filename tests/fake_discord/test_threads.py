"""Threads, permissions and guilds on our little Discord, through the real discord.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
import pytest

from tests.fake_discord.rooms import Room
from tests.support.fake_discord.shapes import ANYBODY, BOT_NEEDS, EVERYTHING, Can


async def test_a_thread_from_a_message_has_its_id_and_starts_once(room: Room) -> None:
    question = await room.general.send("Q1 Why?")
    thread = await question.create_thread(name="19 Nov Q1", auto_archive_duration=10080)
    assert thread.id == question.id
    assert thread.auto_archive_duration == 10080
    await thread.send("Answer here")
    assert [one.content async for one in thread.history()] == ["Answer here", ""]
    assert (await room.general.fetch_message(question.id)).flags.has_thread
    with pytest.raises(discord.HTTPException) as refused:
        await question.create_thread(name="again")
    assert refused.value.code == 160004


async def test_deleting_a_question_keeps_its_thread(room: Room) -> None:
    question = await room.general.send("Q1")
    thread = await question.create_thread(name="Q1")
    await question.delete()
    assert (await thread.send("still here")).channel.id == question.id


async def test_a_thread_that_sleeps_wakes_up_for_a_message_and_for_nothing_else(room: Room) -> None:
    thread = await (await room.general.send("Q1")).create_thread(name="Q1")
    said = await thread.send("A1")
    await thread.edit(archived=True)
    for touch in (said.edit(content="A2"), said.add_reaction("👍"), said.pin(), thread.edit(name="Q2")):
        with pytest.raises(discord.HTTPException) as refused:
            await touch
        assert refused.value.code == 50083
    await thread.send("More")
    assert not room.world.channels[thread.id].json()["thread_metadata"]["archived"]
    await said.edit(content="A2")


async def test_a_locked_thread_is_open_only_to_those_who_manage_threads(room: Room) -> None:
    thread = await (await room.general.send("Q1")).create_thread(name="Q1")
    await thread.edit(locked=True)
    await thread.send("The bot manages threads")
    room.allow(BOT_NEEDS & ~int(Can.MANAGE_THREADS))
    with pytest.raises(discord.Forbidden) as refused:
        await thread.send("now it does not")
    assert refused.value.code == 160005
    room.world.archive(room.world.channels[thread.id])
    with pytest.raises(discord.HTTPException) as refused_too:
        await thread.send("and it sleeps")
    assert refused_too.value.code == 50083


async def test_threads_are_listed_active_and_archived_page_by_page(room: Room) -> None:
    made = [await (await room.general.send(f"Q{n}")).create_thread(name=f"Q{n}") for n in range(5)]
    for thread in made[:4]:
        room.hands.go(minutes=1)
        await thread.edit(archived=True)
    assert [one.name for one in await room.client.guilds[0].active_threads()] == ["Q4"]
    names = [one.name async for one in room.general.archived_threads(limit=3)]
    assert names == ["Q3", "Q2", "Q1"]
    assert [one.name async for one in room.general.archived_threads(limit=None)] == ["Q3", "Q2", "Q1", "Q0"]


async def test_a_private_thread_is_seen_from_inside(room: Room) -> None:
    thread = await room.general.create_thread(name="hosts")
    assert thread.is_private()
    await thread.add_user(discord.Object(room.ann.id))
    assert {one.id for one in await thread.fetch_members()} == {room.ann.id, room.world.bot.id}
    place = room.world.channels[thread.id]
    bob = room.world.user("bob")
    room.world.join(room.guild, bob)
    assert room.world.sees(room.ann, place)
    assert not room.world.sees(bob, place)
    await thread.remove_user(discord.Object(room.ann.id))
    assert not room.world.sees(room.ann, place)


async def test_a_discord_that_speaks_part_of_the_protocol_says_404(room: Room) -> None:
    room.world.without = {"threads", "events"}
    for asked in (room.client.guilds[0].active_threads(), room.client.guilds[0].fetch_scheduled_events()):
        with pytest.raises(discord.NotFound) as refused:
            await asked
        assert refused.value.code == 0


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (Can.VIEW_CHANNEL, 50001),
        (Can.SEND_MESSAGES, 50013),
        (Can.SEND_MESSAGES_IN_THREADS, 50013),
        (Can.CREATE_PUBLIC_THREADS, 50013),
        (Can.PIN_MESSAGES, 50013),
        (Can.ADD_REACTIONS, 50013),
        (Can.CREATE_EVENTS | Can.MANAGE_EVENTS, 50013),
    ],
)
async def test_each_missing_permission_is_refused_with_its_code(room: Room, missing: Can, code: int) -> None:
    question = await room.general.send("Q1")
    thread = await (await room.general.send("Q0")).create_thread(name="Q0")
    room.allow(BOT_NEEDS & ~int(missing))
    acts: dict[Can, Callable[[], Awaitable[object]]] = {
        Can.VIEW_CHANNEL: lambda: room.general.send("Q2"),
        Can.SEND_MESSAGES: lambda: room.general.send("Q2"),
        Can.SEND_MESSAGES_IN_THREADS: lambda: thread.send("A1"),
        Can.CREATE_PUBLIC_THREADS: lambda: question.create_thread(name="Q1"),
        Can.PIN_MESSAGES: question.pin,
        Can.ADD_REACTIONS: lambda: question.add_reaction("👍"),
        Can.CREATE_EVENTS | Can.MANAGE_EVENTS: lambda: room.client.http.request(
            discord.http.Route("POST", "/guilds/{guild_id}/scheduled-events", guild_id=room.guild.id),
            json={
                "name": "EdChat",
                "privacy_level": 2,
                "scheduled_start_time": "2026-11-26T20:00:00+00:00",
                "scheduled_end_time": "2026-11-26T21:00:00+00:00",
                "entity_type": 3,
                "entity_metadata": {"location": "#general"},
            },
        ),
    }
    with pytest.raises(discord.Forbidden) as refused:
        await acts[missing]()
    assert refused.value.code == code


async def test_permissions_are_computed_as_discord_computes_them(room: Room) -> None:
    world, guild, channel = room.world, room.guild, room.channel
    ann = guild.members[room.ann.id]
    assert world.permissions(ann, channel) == ANYBODY
    teacher = world.make_role(guild, "Teacher")
    world.change_member(guild, ann, roles=[teacher.id])
    world.set_overwrite(channel, guild.everyone, deny=int(Can.SEND_MESSAGES))
    denied = world.permissions(ann, channel)
    assert not denied & (Can.SEND_MESSAGES | Can.ATTACH_FILES)
    world.set_overwrite(channel, teacher, allow=int(Can.SEND_MESSAGES))
    assert world.permissions(ann, channel) & Can.SEND_MESSAGES
    world.set_overwrite(channel, ann, deny=int(Can.VIEW_CHANNEL))
    assert world.permissions(ann, channel) == 0
    world.set_role_permissions(guild, teacher, int(Can.ADMINISTRATOR))
    assert world.permissions(ann, channel) == EVERYTHING
    assert world.permissions(guild.members[guild.owner_id], channel) == EVERYTHING


async def test_our_permissions_are_those_that_discord_py_computes(room: Room) -> None:
    world, guild, channel = room.world, room.guild, room.channel
    mine = guild.members[world.bot.id]
    world.set_overwrite(channel, guild.everyone, deny=int(Can.SEND_MESSAGES | Can.CREATE_PUBLIC_THREADS))
    world.set_overwrite(channel, guild.roles[mine.roles[0]], allow=int(Can.SEND_MESSAGES))
    world.set_overwrite(channel, mine, deny=int(Can.PIN_MESSAGES))
    await room.client.until(lambda: len(room.general.overwrites) == 3)
    theirs = room.general.permissions_for(room.client.guilds[0].me)
    assert theirs.value == world.permissions(mine, channel)


async def test_deleted_channels_and_guilds_left_are_unknown(room: Room) -> None:
    general = room.general
    room.world.delete_channel(room.channel)
    with pytest.raises(discord.NotFound) as gone:
        await general.send("Anybody?")
    assert gone.value.code == 10003
    room.world.kick_bot(room.guild)
    with pytest.raises(discord.Forbidden) as out:
        await room.client.fetch_guild(room.guild.id)
    assert out.value.code == 50001
    with pytest.raises(discord.NotFound) as unknown:
        await room.client.fetch_guild(12345678)
    assert unknown.value.code == 10004


async def test_guilds_channels_roles_and_members_are_fetched(room: Room) -> None:
    guild = await room.client.fetch_guild(room.guild.id)
    assert (guild.name, guild.approximate_member_count) == ("School", 3)
    assert [one.name for one in await guild.fetch_channels()] == ["general"]
    assert [one.name for one in await guild.fetch_roles()] == ["@everyone", "edchat"]
    assert (await guild.fetch_member(room.ann.id)).display_name == "Ann"
    assert len(await room.client.http.get_members(guild.id, 1000, None)) == 3
    assert isinstance(await room.client.fetch_channel(room.channel.id), discord.TextChannel)
    with pytest.raises(discord.NotFound) as unknown:
        await guild.fetch_member(12345678)
    assert unknown.value.code == 10013
