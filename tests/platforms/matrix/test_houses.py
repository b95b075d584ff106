"""Rooms and spaces: our books follow them, places in use tell what they lack, and hello is said once."""

from __future__ import annotations

import asyncio

from aiohttp import web
from sqlalchemy import select

from bot.core.hearing import Barred, Said
from bot.core.sentences import matrix_rooms as sentences
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.platforms.matrix.lives import Life, living, seen, until
from tests.support.fake_discord.faults import Handler, answer
from tests.support.synapse.people import People, Person
from tests.support.synapse.proxy import FaultProxy


async def community_name(life: Life, community_id: int) -> str:
    async with life.store.read() as tx:
        return (await tx.community(community_id)).name


async def left(life: Life, community_id: int) -> bool:
    async with life.store.read() as tx:
        query = select(t.community.c.left_at).where(t.community.c.id == community_id)
        return (await tx.connection.execute(query)).scalar() is not None


async def test_a_room_becomes_a_place_of_a_community_of_its_own_and_is_greeted_once(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.place(room)
        async with store.read() as tx:
            community = await tx.community(place.community_id)
        assert (place.name, community.name, community.zone) == ("Hall", "Hall", "America/New_York")
        assert await life.posts(place) == [sentences.GREETING]
    async with living(bot, store) as life:
        await ana.sets(room, "m.room.name", {"name": "Great Hall"})
        await life.channel(room, lambda one: one.place.name == "Great Hall")
        assert await community_name(life, place.community_id) == "Great Hall"
        assert await life.posts(place) == [sentences.GREETING]


async def test_rooms_of_one_space_are_places_of_one_community(bot: Person, ana: Person, store: Store) -> None:
    school = await ana.makes_room("School", creation_content={"type": "m.space"})
    rooms = [await ana.makes_room(name) for name in ("Hall", "Library")]
    for one in rooms:
        await ana.sets(school, "m.space.child", {"via": ["localhost"]}, one)
    async with living(bot, store) as life:
        for one in (school, *rooms):
            await bot.joins(one)
        places = [await life.place(one) for one in rooms]
        assert {one.community_id for one in places} == {places[0].community_id}
        assert await community_name(life, places[0].community_id) == "School"
        assert await life.known(school) is None
        hellos = [await life.posts(one) for one in places]
        assert sorted(hellos) == [[], [sentences.GREETING]]


async def test_a_room_in_two_spaces_belongs_to_neither(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    for name in ("School", "College"):
        space = await ana.makes_room(name, creation_content={"type": "m.space"})
        await ana.sets(space, "m.space.child", {"via": ["localhost"]}, room)
        await bot.joins(space)
    async with living(bot, store) as life:
        assert await community_name(life, (await life.place(room)).community_id) == "Hall"


async def test_a_room_with_power_for_the_bot_lacks_nothing(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.use(room)
        known = await life.channel(room, lambda one: one.lacking)
        pin, topic = known.lacking
        assert pin == (
            "The power to pin messages is missing in Hall, so questions stay unpinned: open the room's "
            "settings, then Roles and permissions, and give me the power 50, or ask less for it."
        )
        assert topic.startswith("The power to change the topic is missing in Hall")
        await ana.gives_power(room, bot.user, 50)
        await life.channel(room, lambda one: not one.lacking)
        (well,) = await life.hears(Barred)
        assert (well.lacking, well.gone, well.goes_on) == ((), False, True)
        assert life.heard(Barred, place.native_id) == [well]


async def test_b271_a_bot_that_may_not_speak_tells_so_once_and_hears_on(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.use(room)
        levels = await ana.state(room, "m.room.power_levels")
        await ana.sets(room, "m.room.power_levels", levels | {"events_default": 25})
        (barred,) = await life.hears(Barred)
        assert not barred.goes_on
        assert barred.lacking[0].startswith("The power to send messages is missing in Hall, so I cannot ask")
        await life.is_through(ana, room)
        await ana.sets(room, "m.room.power_levels", levels)
        _, well = await life.hears(Barred, 2)
        assert well.goes_on


async def test_hello_waits_until_the_bot_may_speak(bot: Person, ana: Person, room: str, store: Store) -> None:
    levels = await ana.state(room, "m.room.power_levels")
    await ana.sets(room, "m.room.power_levels", levels | {"events_default": 25})
    async with living(bot, store) as life:
        place = await life.place(room)
        assert await life.posts(place) == []
        await ana.sets(room, "m.room.power_levels", levels)
        await seen(lambda: life.posts(place))


async def test_who_may_look_into_a_room_decides_whether_it_is_shut(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        assert not (await life.channel(room)).shut
        await ana.sets(room, "m.room.history_visibility", {"history_visibility": "joined"})
        await life.channel(room, lambda one: one.shut)
        await ana.sets(room, "m.room.history_visibility", {"history_visibility": "world_readable"})
        await ana.sets(room, "m.room.join_rules", {"join_rule": "invite"})
        await life.channel(room, lambda one: not one.shut)
        await ana.sets(room, "m.room.history_visibility", {"history_visibility": "shared"})
        await life.channel(room, lambda one: one.shut)


async def test_a_bot_thrown_out_tells_so_and_comes_back_to_the_same_place(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.use(room)
        last = await ana.says(room, "A1: before")
        await ana.acts_on(room, "kick", bot.user)
        await life.channel(room, lambda one: one.left)
        (barred,) = await life.hears(Barred)
        assert (barred.gone, barred.lacking) == (True, (sentences.room_left("Hall"),))
        assert [one.id for one in life.heard(Said)] == [last]
        assert await left(life, place.community_id)
        await ana.says(room, "said while the bot was out")
        await bot.joins(room)
        again = await life.channel(room, lambda one: not one.left)
        assert again.place == place
        assert not await left(life, place.community_id)
        new = await ana.says(room, "A1: after")
        await until(lambda: life.heard(Said)[-1].id == new)
        assert [one.id for one in life.heard(Said)] == [last, new]
        assert [one.gone for one in life.heard(Barred)] == [True, False]


async def test_a_room_left_between_two_lives_is_noted(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    other = await ana.makes_room("Other")
    await bot.joins(other)
    async with living(bot, store) as life:
        await life.use(room)
        await life.place(other)
    await bot.acts_on(room, "leave")
    async with store.begin() as tx:  # as if the server had forgotten where we were
        await tx.install(
            f"matrix.since.{bot.user}", '{"since": "garbage", "at": "2026-01-01T00:00:00+00:00"}'
        )
    async with living(bot, store) as life:
        await life.channel(room, lambda one: one.left)
        assert [one.gone for one in await life.hears(Barred)] == [True]
        assert not (await life.channel(other)).left


async def test_a_room_left_while_the_server_forgot_where_we_were_is_noted_in_mid_life(
    people: People, store: Store, proxy: FaultProxy
) -> None:
    bot, ana = await people("EdChat"), await people("Ana")
    room, other = await ana.makes_room("Hall"), await ana.makes_room("Other")
    for one in (room, other):
        await bot.joins(one)
    bot.base = proxy.url
    asked, out = asyncio.Event(), asyncio.Event()

    async def forgets(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.set()
        await out.wait()
        return answer(400, {"errcode": "M_UNKNOWN", "error": "Invalid stream token"})

    async with living(bot, store) as life:
        await life.use(room)
        await life.place(other)
        proxy.faults.on("GET", ".*/sync").does(forgets)
        await ana.says(other, "so that it asks anew")
        await asked.wait()
        await bot.acts_on(room, "leave")
        out.set()
        await life.channel(room, lambda one: one.left)
        assert not (await life.channel(other)).left


async def test_what_the_bot_made_itself_is_no_place_until_our_books_say_so(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        beside = await life.place(room)
        hosts = await bot.makes_room("Hosts", preset="private_chat", invited=(ana.user,))
        await ana.joins(hosts)
        await life.is_through(ana, room)
        assert await life.known(hosts) is None
        async with store.begin() as tx:
            made = await tx.add_place(beside.community_id, "matrix", hosts, "Hosts")
            await tx.make_hosts_room(made.id)
        await ana.says(hosts, "hello")
        assert [one.text for one in (await life.hears(Said, 2))[1:]] == ["hello"]
        assert life.heard(Said, hosts)
