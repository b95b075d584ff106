"""What the gateway tells whom: intents, rights, members, shards; heard by real discord.py."""

from __future__ import annotations

import aiohttp
import discord

from tests.fake_discord.bots import Bot, logged_in
from tests.support.fake_discord.intents import valid
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild


async def test_without_the_intent_messages_of_others_come_empty(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake, Bot(discord.Intents.default())) as bot:
        ann.says(general, "A1 secret")
        ann.says(general, f"<@{fake.world.bot.id}> for you")
        await bot.until(lambda: len(bot.heard) == 2)
        assert bot.heard == ["", f"<@{fake.world.bot.id}> for you"]


async def test_what_a_bot_does_not_see_it_is_not_told(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    staff = fake.world.make_channel(school, "staff")
    ann = fake.person("ann", school)
    fake.world.set_overwrite(staff, fake.world.bot, deny=int(Can.VIEW_CHANNEL))
    async with logged_in(fake) as bot:
        ann.says(staff, "among us")
        ann.says(general, "for all")
        await bot.until(lambda: bot.heard)
        assert bot.heard == ["for all"]


async def test_a_channel_seen_again_brings_its_threads(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    fake.world.set_overwrite(general, fake.world.bot, deny=int(Can.VIEW_CHANNEL))
    thread = fake.world.start_thread(general, ann.user, "17 Nov Q1", message=ann.says(general, "Q1"))
    async with logged_in(fake) as bot:
        ann.says(thread, "A1 unseen")
        fake.world.set_overwrite(general, fake.world.bot)
        await bot.until(lambda: bot.guilds[0].get_thread(thread.id))
        assert bot.happened.count("THREAD_LIST_SYNC") == 1
        assert "THREAD_CREATE" not in bot.happened
        fake.world.make_channel(school, "more")
        ann.says(thread, "A1 seen")
        await bot.until(lambda: bot.heard)
        assert bot.heard == ["A1 seen"]
        assert bot.happened.count("THREAD_LIST_SYNC") == 1


async def test_only_what_was_asked_for_is_told(fake: FakeDiscord, school: Guild) -> None:
    general = fake.world.channel_named(school, "general")
    ann = fake.person("ann", school)
    async with logged_in(fake, Bot(discord.Intents(guilds=True, guild_reactions=True))) as bot:
        ann.reacts(ann.says(general, "quiet"), "👍")
        await bot.until(lambda: "MESSAGE_REACTION_ADD" in bot.happened)
        assert "MESSAGE_CREATE" not in bot.happened


async def test_members_are_told_when_they_are_asked_for(fake: FakeDiscord, school: Guild) -> None:
    ann = fake.person("ann", school)
    async with logged_in(fake) as bot:
        guild = bot.guilds[0]
        assert guild.get_member(ann.user.id) is None
        found = await guild.query_members(user_ids=[ann.user.id])
        assert [member.name for member in found] == ["ann"]
        assert [member.name for member in await guild.query_members("an")] == ["ann"]


async def test_all_members_are_told_with_the_intent_only(fake: FakeDiscord, school: Guild) -> None:
    fake.person("ann", school)
    intents = discord.Intents.default()
    intents.members = True
    async with logged_in(fake, Bot(intents)) as bot:
        await bot.until(lambda: bot.guilds[0].chunked)
        assert {member.name for member in bot.guilds[0].members} >= {"ann", "edchat"}


async def test_a_heartbeat_comes_when_it_is_asked_for(fake: FakeDiscord, school: Guild) -> None:
    async with logged_in(fake) as bot:
        before = fake.gateway.log.count("HEARTBEAT")
        fake.gateway.ask_heartbeat()
        await bot.until(lambda: fake.gateway.log.count("HEARTBEAT") > before)


async def test_a_client_without_compression_is_spoken_to_plainly(fake: FakeDiscord) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 1, "properties": {}}})
        ready = await socket.receive_json()
        assert (ready["t"], ready["s"], ready["d"]["v"]) == ("READY", 1, 10)


async def test_shards_hear_of_their_own_guilds_only(fake: FakeDiscord) -> None:
    guilds = [fake.guild(f"School {number}") for number in range(4)]
    for shard in (0, 1):
        async with logged_in(fake, Bot(shard_id=shard, shard_count=2)) as bot:
            mine = {guild.id for guild in guilds if (guild.id >> 22) % 2 == shard}
            assert {guild.id for guild in bot.guilds} == mine


def test_the_known_intents_are_valid() -> None:
    assert valid(discord.Intents.all().value)
    assert not valid(True)
