"""Rooms as they are: replaced, encrypted, hidden, and full of odd events."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.core.hearing import Barred, Deleted, Edited, Said
from bot.core.sentences import matrix_rooms as sentences
from bot.platforms.matrix.syncing import LIMIT
from bot.storage.store import Store
from tests.platforms.matrix.lives import Life, living, seen, until
from tests.support.synapse.people import Json, People, Person, Unanswered, part
from tests.support.synapse.proxy import FaultProxy, changed, refused

ENCRYPTION: Json = {"algorithm": "m.megolm.v1.aes-sha2"}


async def replaced(ana: Person, room: str, version: str = "12") -> str:
    told = await ana.ask("POST", f"v3/rooms/{part(room)}/upgrade", {"new_version": version})
    return str(told["replacement_room"])


async def test_a_place_goes_on_in_the_room_that_replaces_its_own(
    bot: Person, ana: Person, store: Store
) -> None:
    old = await ana.makes_room("Hall", version="10")
    await bot.joins(old)
    async with living(bot, store) as life:
        place = await life.use(old)
        said = await ana.says(old, "A1: one")
        new = await replaced(ana, old)
        moved = (await life.channel(new, lambda one: not one.left)).place
        assert (moved.id, moved.community_id, moved.native_id) == (place.id, place.community_id, new)
        assert await life.known(old) is None
        after = await ana.says(new, "A1: two")
        await life.hears(Said, 2)
        await ana.edits(old, said, "A1: late edit")
        (edited,) = await life.hears(Edited)
        assert (edited.id, edited.text) == (said, "A1: late edit")
        assert life.heard(Said, new)[-1].id == after
        assert not any(one.gone for one in life.heard(Barred))
        assert await life.posts(moved) == [sentences.GREETING]
    async with living(bot, store) as life:
        again = await ana.says(new, "A1: three")
        assert [one.id for one in await life.hears(Said)] == [again]
        assert await life.known(old) is None


async def test_a_private_room_that_replaces_a_place_is_entered_when_its_invitation_comes(
    people: People, ana: Person, bot: Person, store: Store
) -> None:
    eve = await people("Eve")
    old = await ana.makes_room("Hall", preset="private_chat", version="10", invited=(bot.user, eve.user))
    async with living(bot, store) as life:
        place = await life.place(old)
        new = await replaced(ana, old)
        with suppress(Unanswered):  # it may have been quick enough to come by itself
            await ana.invites(new, bot.user)
        assert (await life.channel(new, lambda one: not one.left)).place.id == place.id


async def test_a_server_in_disorder_holds_up_nothing_else_and_the_room_is_entered_when_it_is_over(
    people: People, bot: Person, ana: Person, store: Store, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.matrix.asking.FIRST_WAIT", 0.2)
    bot.base = proxy.url
    old, elsewhere = await ana.makes_room("Hall", version="10"), await ana.makes_room("Yard")
    for one in (old, elsewhere):
        await bot.joins(one)
    async with living(bot, store) as life:
        place, _ = await life.place(old), await life.place(elsewhere)
        disorder = proxy.faults.on("POST", ".*/join/.*", times=4).status(503)
        new = await replaced(ana, old)
        await life.is_through(ana, elsewhere)
        assert disorder.hits < 4
        assert (await life.channel(new, lambda one: not one.left)).place.id == place.id


async def closed_for(ana: Person, room: str, trap: str) -> None:
    """Have a room say that another one takes its place."""
    levels = await ana.state(room, "m.room.power_levels")
    events = levels["events"] | {"m.room.tombstone": 50}
    await ana.sets(room, "m.room.power_levels", levels | {"events": events})
    await ana.sets(room, "m.room.tombstone", {"body": "moved", "replacement_room": trap})


async def membership(one: Person, room: str, user: str) -> str:
    try:
        return str((await one.state(room, "m.room.member", user))["membership"])
    except Unanswered:
        return ""


async def test_a_room_that_only_claims_to_replace_a_place_is_left_again(
    people: People, bot: Person, ana: Person, room: str, store: Store
) -> None:
    eve = await people("Eve")
    trap = await eve.makes_room("Trap")
    async with living(bot, store) as life:
        place = await life.place(room)
        await closed_for(ana, room, trap)

        async def out() -> bool:
            return await membership(eve, trap, bot.user) == "leave"

        await seen(out)
        assert (await life.place(room)) == place
        assert await life.known(trap) is None


@pytest.mark.usefixtures("_by_proxy")
async def test_a_trap_that_one_life_did_not_come_to_leave_is_left_by_the_next(
    people: People, bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:
    eve = await people("Eve")
    trap = await eve.makes_room("Trap")
    async with living(bot, store) as life:
        await life.place(room)
        caught = proxy.faults.on("POST", ".*/leave", times=None).status(503)
        await closed_for(ana, room, trap)
        await until(lambda: caught.hits)
    proxy.faults.clear()
    assert await membership(eve, trap, bot.user) == "join"
    async with living(bot, store) as life:

        async def out() -> bool:
            return await membership(eve, trap, bot.user) == "leave"

        await seen(out)
        assert await life.known(trap) is None


async def test_b257_a_room_that_is_encrypted_says_so_once_and_is_unreadable(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.use(room)
        await ana.gives_power(room, bot.user, 50)
        await ana.sets(room, "m.room.encryption", ENCRYPTION)
        known = await life.channel(room, lambda one: sentences.unreadable("Hall") in one.lacking)
        assert known.shut
        barred = (await life.hears(Barred))[-1]
        assert (barred.lacking, barred.goes_on, barred.gone) == (
            (sentences.unreadable("Hall"),),
            False,
            False,
        )
        await ana.sets(room, "m.room.encryption", ENCRYPTION | {"rotation_period_msgs": 10})
        await ana.sends(room, "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})
        await life.is_through(ana, room)
        assert await life.posts(place) == [sentences.GREETING, sentences.ENCRYPTED]
    async with living(bot, store) as life:
        await life.is_through(ana, room)
        assert await life.posts(place) == [sentences.GREETING, sentences.ENCRYPTED]


async def test_b258_what_is_encrypted_is_counted_and_never_heard(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        for number in range(3):
            await ana.sends(room, "m.room.encrypted", {"ciphertext": str(number), "body": "A1: no"})
        await life.is_through(ana, room)
        assert len(life.ears.heard()) == 1
        assert life.listener.ignored == 3


@pytest.mark.usefixtures("_by_proxy")
async def test_history_that_the_bot_may_not_read_is_no_reason_to_fall(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
    said = [await ana.says(room, f"A1: {number}") for number in range(60)]
    shut = proxy.faults.on("GET", ".*/messages", times=None).does(refused(403, "M_FORBIDDEN"))
    async with living(bot, store) as life:
        said.append(await ana.says(room, "A1: now"))
        await life.is_through(ana, room)
        heard = [one.id for one in life.heard(Said)][:-1]
    assert shut.hits
    assert heard == said[-len(heard) :]
    assert LIMIT <= len(heard) < len(said)


def odd_events(sender: str) -> list[Any]:
    """Events as no server should pass them on, and some do."""
    whole: Json = {
        "type": "m.room.message",
        "sender": sender,
        "event_id": "$odd",
        "origin_server_ts": 0,
        "content": {"msgtype": "m.text", "body": "A1"},
    }
    edit = {"rel_type": "m.replace", "event_id": "$x"}
    empty: list[Any] = []
    contents: list[Any] = [
        *({}, {"msgtype": "m.text"}, {"body": "A1"}, {"msgtype": 5, "body": "A1"}, None, empty, "A1", 7),
        *({"msgtype": "m.text", "body": odd} for odd in (7, None, ["A1"], {"a": "A1"}, True)),
        *({"msgtype": "m.text", "body": "*", "m.relates_to": odd} for odd in (edit, edit | {"event_id": 5})),
        *(
            {"msgtype": "m.text", "body": "*", "m.new_content": odd, "m.relates_to": edit}
            for odd in ("x", empty, 1)
        ),
    ]
    pieces: list[Any] = [None, 7, "event", [], {}, {"type": "m.room.message"}]
    pieces += [whole | {"type": 5}, whole | {"sender": None}]
    for gone in ("event_id", "sender", "type"):
        pieces.append({name: one for name, one in whole.items() if name != gone})
    for named in ("", 7, None, "x" * 300, "$\ud800", "$\0"):
        pieces.append(whole | {"event_id": named})
    for content in contents:
        pieces += [whole | {"content": content}, whole | {"type": "m.reaction", "content": content}]
        pieces += [whole | {"type": kind, "state_key": sender, "content": content} for kind in STATE]
    for target in (None, 7, "", empty):
        pieces.append(whole | {"type": "m.room.redaction", "redacts": target, "content": {}})
    return pieces


STATE = ("m.room.member", "m.room.name", "m.room.power_levels", "m.room.create", "m.space.child", "m.x")


@pytest.mark.usefixtures("_by_proxy")
async def test_b265_odd_events_are_passed_by_and_logged_once_a_kind(
    people: People, bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:
    eve = await people("Eve")
    await eve.joins(room)
    strange = odd_events(eve.user)

    def more(told: Json) -> None:
        line = told["rooms"]["join"][room]["timeline"]
        line["events"] = [*strange, *line["events"], *strange]

    with capture_logs() as logs:
        async with living(bot, store) as life:
            await life.place(room)
            proxy.faults.on("GET", ".*/sync").does(changed(more))
            first = await ana.says(room, "A1: between all that")
            second = await ana.says(room, "A1: after it")
            said = await life.hears(Said, 2)
            assert life.listener.ignored > 100
    assert [one.id for one in said] == [first, second]
    why = [one["why"] for one in logs if one["event"] == "matrix_event_ignored"]
    assert sorted(why) == sorted(set(why))
    assert "no words" in why


@pytest.mark.usefixtures("_by_proxy")
async def test_b266_words_keep_their_order_whatever_their_server_says_of_the_time(
    bot: Person, ana: Person, room: str, store: Store, proxy: FaultProxy
) -> None:
    claims: list[Any] = [0, 4_070_908_800_000, -1, 1.5, "soon", None, True, 10**400, 1e308]

    def lie(told: Json) -> None:
        events = [
            {
                "type": "m.room.message",
                "sender": ana.user,
                "event_id": f"$lie{number}",
                "origin_server_ts": claim,
                "content": {"msgtype": "m.text", "body": f"A1: {number}"},
            }
            for number, claim in enumerate(claims)
        ]
        told["rooms"]["join"][room]["timeline"]["events"] += events

    async with living(bot, store) as life:
        await life.place(room)
        proxy.faults.on("GET", ".*/sync").does(changed(lie))
        began = SystemClock().now()
        await ana.says(room, "A1: while the server was asked already")
        await life.hears(Said)
        await ana.says(room, "A1: true")
        said = await life.hears(Said, len(claims) + 2)
    assert [one.id for one in said[2:]] == [f"$lie{number}" for number in range(len(claims))]
    tolerance = timedelta(minutes=5, seconds=30)
    assert all(began - tolerance < one.at < began + tolerance for one in said)


async def test_odd_state_is_no_reason_to_fall(bot: Person, ana: Person, room: str, store: Store) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        for kind, content in (
            ("m.room.name", {"name": 7}),
            ("m.room.topic", {"topic": ["x"]}),
            ("m.room.pinned_events", {"pinned": [1, None, "$x"]}),
            ("m.room.tombstone", {"replacement_room": 7}),
            ("m.room.history_visibility", {"history_visibility": "shared"}),
            ("org.example.anything", {"a": [{}]}),
        ):
            try:
                await ana.sets(room, kind, content)
            except Unanswered:  # newer servers refuse some of them
                continue
        await life.is_through(ana, room)
        assert life.heard(Deleted) == []


async def test_b264_long_words_are_heard_whole(bot: Person, ana: Person, room: str, store: Store) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        words = "A1: " + "x" * 59_000
        await ana.says(room, words)
        (said,) = await life.hears(Said)
        assert said.text == words


def told_of(life: Life, room: str) -> set[str]:
    there = life.rooms.room(room)
    assert there is not None
    return set(there.members)


async def test_a_new_life_knows_the_names_of_people_whom_an_old_one_was_told_of(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    for _ in range(2):
        async with living(bot, store) as life:
            await life.place(room)
            await life.is_through(ana, room)
            assert {one.author.name for one in life.heard(Said)} == {"Ana"}
            assert ana.user in told_of(life, room)
