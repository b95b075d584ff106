"""Servers and channels: our books follow them, places in use tell what they lack, strangers are left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.model import Place, Visibility
from bot.core.sentences import servers as sentences
from bot.storage.store import Store
from tests.platforms.discord.living import Living, living, ready, settings
from tests.support.bad_inputs import case
from tests.support.fake_discord.places import CATEGORY, Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import BOT_NEEDS, Can, Guild


@pytest.fixture
async def life(fake: FakeDiscord, school: Guild, store: Store) -> AsyncIterator[Living]:
    async with living(fake, store) as made:
        await made.place(school)
        yield made


async def test_a_server_becomes_a_community_with_a_place_for_each_text_channel(
    life: Living, school: Guild
) -> None:
    life.fake.world.make_channel(school, "staff room")
    life.fake.world.make_channel(school, "Shelf", kind=CATEGORY)
    await life.place(school, "staff room")
    community, known = await life.community(school), await life.server(school)
    assert (community.name, community.zone, community.language) == ("School", "America/New_York", "en")
    assert community.slug == "school"
    assert sorted(one.place.name for one in known.places.values()) == ["general", "staff room"]
    assert [one.lacking for one in known.places.values()] == [(), ()]


async def test_pages_begin_in_a_server_s_own_language_where_they_are_translated(
    fake: FakeDiscord, store: Store
) -> None:
    german, danish = fake.guild("Schule"), fake.guild("Skole")
    german.locale, danish.locale = "de", "da"
    async with living(fake, store) as life:
        assert [(await life.community(one)).language for one in (german, danish)] == ["de", "en"]
        async with store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE community SET language = 'fr' WHERE name = 'Schule'")
        fake.world.make_channel(german, "zimmer")
        await life.place(german, "zimmer")
        assert (await life.community(german)).language == "fr"  # hosts have the last word


async def test_a_server_joined_says_hello_once(life: Living, school: Guild, store: Store) -> None:
    general = await life.place(school)
    assert await life.posts(general) == ["Hello. `/edchat` is all you need."]
    life.fake.world.kick_bot(school)
    await life.server(school, lambda one: one.left)
    life.fake.world.invite_bot(school)
    await life.server(school, lambda one: not one.left)
    college = life.fake.guild("College")
    assert await life.posts(await life.place(college)) == [sentences.HELLO]
    assert await life.posts(general) == [sentences.HELLO]


async def test_hello_waits_for_a_channel_that_the_bot_may_write_in(fake: FakeDiscord, store: Store) -> None:
    quiet = fake.guild("Quiet", BOT_NEEDS)
    room = fake.world.channel_named(quiet, "general")
    fake.world.set_overwrite(room, fake.world.bot, deny=Can.SEND_MESSAGES)
    async with living(fake, store) as life:
        place = await life.place(quiet)
        assert await life.posts(place) == []
        fake.world.set_overwrite(room, fake.world.bot)
        await life.server(quiet, lambda one: not one.places[place.native_id].lacking)
        assert await life.posts(place) == [sentences.HELLO]


async def test_channel_names_are_kept_in_step(life: Living, school: Guild) -> None:
    room = life.fake.world.channel_named(school, "general")
    room.name = "edchat"
    life.fake.world.channel_changed(room)
    place = await life.place(school, "edchat")
    assert place.native_id == str(room.id)


async def test_a_renamed_server_renames_its_community(life: Living, school: Guild) -> None:
    school.name = "Academy"
    life.fake.world.emit("GUILD_UPDATE", school.json(), school.id)
    await life.server(school, lambda one: one.name == "Academy")
    assert (await life.community(school)).slug == "school"


async def hosts_thread(life: Living, school: Guild) -> tuple[Channel, Place]:
    world = life.fake.world
    general = await life.place(school)
    thread = world.start_thread(
        world.channel_named(school, "general"), world.bot, "Hosts", private=True, auto_archive=10080
    )
    async with life.store.begin() as tx:
        place = await tx.add_place(general.community_id, "discord", str(thread.id), "Hosts")
        await tx.make_hosts_room(place.id)
    return thread, place


async def test_a_hosts_thread_follows_its_name_and_is_left_only_when_it_is_deleted(
    life: Living, school: Guild
) -> None:
    thread, place = await hosts_thread(life, school)
    world = life.fake.world
    world.archive(thread)
    world.make_channel(school, "new")
    await life.place(school, "new")
    assert not (await life.server(school)).places[place.native_id].left
    world.delete_channel(thread)
    await life.server(school, lambda one: one.places[place.native_id].left)
    assert [(one.gone, one.lacking) for one in life.barred(place)] == [
        (True, ("The channel #Hosts was deleted.",))
    ]


async def test_a_hosts_thread_lacks_what_its_channel_lacks(life: Living, school: Guild) -> None:
    _, place = await hosts_thread(life, school)
    room = life.fake.world.channel_named(school, "general")
    life.fake.world.set_overwrite(room, life.fake.world.bot, deny=Can.SEND_MESSAGES_IN_THREADS)
    await life.until(lambda: life.barred(place))
    (barred,) = life.barred(place)
    assert not barred.goes_on
    assert barred.lacking[0].startswith("Send Messages in Threads is missing in #general, so")


async def test_a_role_taken_away_takes_what_it_allowed(life: Living, school: Guild) -> None:
    place = await life.use(school)
    member = life.fake.world.member(school.id, life.fake.world.bot.id)
    assert member is not None
    life.fake.world.delete_role(school, school.roles[member.roles[0]])
    known = await life.server(school, lambda one: one.places[place.native_id].lacking)
    missing = [one.split(" is missing")[0] for one in known.places[place.native_id].lacking]
    assert missing == ["Create Private Threads", "Manage Threads", "Pin Messages", "Create Events"]


async def test_a_deleted_channel_is_left_and_told_where_it_is_used(life: Living, school: Guild) -> None:
    idle = life.fake.world.make_channel(school, "idle")
    place, unused = await life.use(school), await life.place(school, "idle")
    for room in (life.fake.world.channel_named(school, "general"), idle):
        life.fake.world.delete_channel(room)
    known = await life.server(school, lambda one: all(each.left for each in one.places.values()))
    assert not known.left
    (barred,) = life.barred(place)
    assert (barred.gone, barred.goes_on, barred.lacking) == (
        True,
        False,
        ("The channel #general was deleted.",),
    )
    assert life.barred(unused) == []


async def test_a_bot_thrown_out_leaves_every_place(life: Living, school: Guild) -> None:
    place = await life.use(school)
    life.fake.world.kick_bot(school)
    known = await life.server(school, lambda one: one.left)
    assert all(one.left for one in known.places.values())
    assert [(one.gone, one.lacking) for one in life.barred(place)] == [(True, (sentences.SERVER_LEFT,))]
    life.fake.world.invite_bot(school)
    known = await life.server(school, lambda one: not one.left)
    assert known.places[place.native_id].place.id == place.id
    assert [(one.gone, one.lacking) for one in life.barred(place)[1:]] == [(False, ())]


async def test_what_happened_while_the_bot_was_away_is_noted_when_it_is_back(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    other = fake.guild("Other")
    async with living(fake, store) as life:
        used = await life.use(school)
        await life.place(other)
    fake.world.kick_bot(other)
    fake.world.delete_channel(fake.world.channel_named(school, "general"))
    late = fake.guild("Late")
    async with living(fake, store) as life:
        await life.server(other, lambda one: one.left)
        await life.server(school, lambda one: one.places[used.native_id].left)
        assert await life.posts(await life.place(late)) == [sentences.HELLO]
        assert [one.gone for one in life.barred(used)] == [True]


async def test_an_outage_of_a_server_is_no_leaving(life: Living, school: Guild) -> None:
    assert case("B237").expect.startswith("chat held, resumes when back")
    other = life.fake.guild("Other")
    await life.place(other)
    life.fake.world.outage(school)
    life.fake.world.kick_bot(other)
    await life.server(other, lambda one: one.left)
    known = await life.known(school)
    assert known is not None
    assert not known.left
    life.fake.world.make_channel(school, "new")
    life.fake.world.recover(school)
    await life.place(school, "new")


async def test_what_a_channel_lacks_is_said_with_how_to_give_it(life: Living, school: Guild) -> None:
    place = await life.use(school)
    room = life.fake.world.channel_named(school, "general")
    life.fake.world.set_overwrite(room, life.fake.world.bot, deny=Can.PIN_MESSAGES)
    known = await life.server(school, lambda one: one.places[place.native_id].lacking)
    missing = (
        "Pin Messages is missing in #general, so questions stay unpinned: "
        "open the channel's settings, then Permissions, choose edchat, allow it."
    )
    assert known.places[place.native_id].lacking == (missing,)
    life.fake.world.set_overwrite(room, life.fake.world.bot)
    await life.server(school, lambda one: not one.places[place.native_id].lacking)
    lesser, well = life.barred(place)
    assert (lesser.lacking, lesser.goes_on, lesser.gone) == ((missing,), True, False)
    assert (well.lacking, well.goes_on) == ((), True)


async def test_words_of_a_channel_that_not_everybody_sees_are_public_nowhere(
    life: Living, school: Guild, store: Store
) -> None:
    place = await life.use(school)
    async with store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET openness = 'public'")
    room, everyone = life.fake.world.channel_named(school, "general"), school.roles[school.id]
    life.fake.world.set_overwrite(room, life.fake.world.bot, allow=BOT_NEEDS)
    for denied in (Can.VIEW_CHANNEL, Can.READ_MESSAGE_HISTORY):
        life.fake.world.set_overwrite(room, everyone, deny=denied)
        await life.server(school, lambda one: one.places[place.native_id].shut)
        async with store.read() as tx:
            assert await tx.openness(place.id) is Visibility.LINK
        life.fake.world.set_overwrite(room, everyone)
        await life.server(school, lambda one: not one.places[place.native_id].shut)
    async with store.read() as tx:
        assert await tx.openness(place.id) is Visibility.PUBLIC


async def test_an_age_restricted_channel_is_shown_to_nobody_outside_and_hosts_are_told(
    life: Living, school: Guild, store: Store
) -> None:
    assert case("B386").expect == "archive refused"
    place = await life.use(school)
    async with store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET openness = 'public'")
    room = life.fake.world.channel_named(school, "general")
    room.nsfw = True
    life.fake.world.channel_changed(room)
    known = await life.server(school, lambda one: one.places[place.native_id].shut)
    assert known.places[place.native_id].lacking == (sentences.AGE_RESTRICTED.format(channel="#general"),)
    async with store.read() as tx:
        assert await tx.openness(place.id) is Visibility.LINK
    [told] = life.barred(place)
    assert told.goes_on


async def test_a_channel_in_slow_mode_is_told_to_its_hosts_and_the_chat_goes_on(
    life: Living, school: Guild
) -> None:
    place = await life.use(school)
    room = life.fake.world.channel_named(school, "general")
    room.slowmode = 21_600
    life.fake.world.channel_changed(room)
    known = await life.server(school, lambda one: one.places[place.native_id].lacking)
    [slow] = known.places[place.native_id].lacking
    assert slow.startswith("#general is in slow mode, so one writes there only once in 6 h:")
    assert known.places[place.native_id].slow == 21_600
    room.slowmode = 5
    life.fake.world.channel_changed(room)
    await life.server(school, lambda one: not one.places[place.native_id].lacking)
    assert [(one.lacking, one.goes_on) for one in life.barred(place)] == [((slow,), True), ((), True)]


async def test_a_channel_out_of_sight_lacks_only_that(life: Living, school: Guild) -> None:
    place = await life.use(school)
    room = life.fake.world.channel_named(school, "general")
    life.fake.world.set_overwrite(room, life.fake.world.bot, deny=Can.VIEW_CHANNEL)
    await life.until(lambda: life.barred(place))
    (barred,) = life.barred(place)
    assert [one.partition(",")[0] for one in barred.lacking] == ["View Channel is missing in #general"]
    assert not barred.goes_on


async def test_a_hidden_channel_that_nobody_uses_is_not_in_our_books(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    hidden = fake.world.make_channel(school, "hidden")
    fake.world.set_overwrite(hidden, fake.world.bot, deny=Can.VIEW_CHANNEL)
    async with living(fake, store) as life:
        fake.world.make_channel(school, "open")
        await life.place(school, "open")
        known = await life.server(school)
        assert sorted(one.place.name for one in known.places.values()) == ["general", "open"]


@pytest.mark.parametrize("name", sorted(sentences.WITHOUT))
async def test_each_permission_is_missed_when_it_is_gone(name: str, life: Living, school: Guild) -> None:
    can = "VIEW_CHANNEL" if name == "view_channel" else name.upper()
    everyone = school.roles[school.id]
    life.fake.world.set_role_permissions(school, everyone, 0)
    life.fake.world.set_bot_permissions(school, BOT_NEEDS & ~Can[can])
    words = f"{sentences.WITHOUT[name].permission} is missing"
    known = await life.server(school, lambda one: any(each.lacking for each in one.places.values()))
    (general,) = known.places.values()
    assert [one.startswith(words) for one in general.lacking] == [True]


async def test_servers_that_the_bot_is_not_meant_for_are_told_so_and_left(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store, settings(fake, school.id)) as life:
        await life.place(school)
        stranger = fake.guild("Stranger")
        await life.until(lambda: fake.world.member(stranger.id, fake.world.bot.id) is None)
        room = fake.world.channel_named(stranger, "general")
        assert [one.content for one in fake.world.messages[room.id].values()] == [sentences.NOT_HERE]
        refused = fake.faults.on("DELETE", r"/users/@me/guilds/\d+").status(403)
        stubborn = fake.guild("Stubborn")
        await life.until(lambda: refused.hits)
        fake.world.make_channel(stubborn, "more")
        await life.until(lambda: fake.world.member(stubborn.id, fake.world.bot.id) is None)
        room = fake.world.channel_named(stubborn, "general")
        assert [one.content for one in fake.world.messages[room.id].values()] == [sentences.NOT_HERE]
        assert await life.known(stranger) is None
        assert not (await life.server(school)).left


async def test_nothing_is_written_when_nothing_differs(
    fake: FakeDiscord, school: Guild, store: Store
) -> None:
    async with living(fake, store) as life:
        await life.place(school)
    commits: list[object] = []
    store.committed.append(commits.append)
    async with living(fake, store) as life:
        await life.until(lambda: ready(life.platform))
        await asyncio.sleep(0.2)
        assert commits == []
        fake.world.make_channel(school, "new")
        await life.place(school, "new")
    assert len(commits) == 1


async def test_many_servers_are_one_transaction(fake: FakeDiscord, store: Store) -> None:
    guilds = [fake.guild(f"School {number}") for number in range(30)]
    commits: list[object] = []
    store.committed.append(commits.append)
    async with living(fake, store) as life:
        for guild in guilds:
            await life.place(guild)
    assert len(commits) <= 2
