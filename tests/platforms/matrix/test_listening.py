"""What people do on Matrix is heard: words, threads, edits, signs, and what is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.hearing import Commanded, Deleted, Edited, Reacted, Said
from bot.core.model import Role
from bot.storage.store import Store
from tests.platforms.matrix.lives import Life, at_once, living
from tests.support.synapse.people import People, Person


@pytest.fixture
async def life(bot: Person, room: str, store: Store) -> AsyncIterator[Life]:
    async with living(bot, store) as made:
        await made.place(room)
        yield made


async def test_words_are_heard_with_who_said_them_and_with_what_power(
    life: Life, ana: Person, room: str, people: People
) -> None:
    ben = await people("Ben")
    await ben.joins(room)
    first = await ana.says(room, "A2: Groups — это работает 🧑‍🏫\nand time")
    second = await ben.says(room, "I agree", reply_to=first)
    one, two = await life.hears(Said, 2)
    assert (one.id, one.text, one.thread, one.reply_to) == (
        first,
        "A2: Groups — это работает 🧑‍🏫\nand time",
        None,
        None,
    )
    assert (one.author.native_id, one.author.name, one.author.power) == (ana.user, "Ana", Role.HOST)
    assert (two.id, two.reply_to, two.author.name, two.author.power) == (second, first, "Ben", Role.ANYONE)
    assert one.at <= two.at


async def test_a_thread_is_told_from_a_reply_in_it(life: Life, ana: Person, room: str) -> None:
    root = await ana.says(room, "Q1: What works?")
    loose = await ana.says(room, "groups", thread=root)
    await ana.says(room, "how big?", thread=root, reply_to=loose)
    _, one, two = await life.hears(Said, 3)
    assert (one.thread, one.reply_to) == (root, None)
    assert (two.thread, two.reply_to) == (root, loose)


async def test_what_an_old_client_quotes_before_a_reply_is_taken_off(
    life: Life, ana: Person, room: str
) -> None:
    root = await ana.says(room, "Q1: What works?")
    body = f"> <{ana.user}> Q1: What works?\n\nA1 groups\n> quoted by hand"
    await ana.says(room, body, reply_to=root)
    _, said = await life.hears(Said, 2)
    assert said.text == "A1 groups\n> quoted by hand"


async def test_html_becomes_markdown(life: Life, ana: Person, room: str) -> None:
    html = "<mx-reply>quoted</mx-reply><p>A1 <strong>groups</strong></p><ul><li>of <em>four</em></li></ul>"
    await ana.says(room, "A1 groups", format="org.matrix.custom.html", formatted_body=html)
    (said,) = await life.hears(Said)
    assert said.text == "A1 **groups**\n\n- of _four_"


async def test_a_file_is_heard_by_its_name_and_size(life: Life, ana: Person, room: str) -> None:
    content = {"msgtype": "m.image", "body": "our wall", "filename": "wall.png", "url": "mxc://localhost/x"}
    await ana.sends(room, "m.room.message", content | {"info": {"size": 20_480}})
    (said,) = await life.hears(Said)
    assert (said.text, said.attachments) == ("our wall", ("wall.png (20 kB)",))


async def test_edits_signs_and_deletions_are_heard_with_their_message(
    life: Life, ana: Person, room: str
) -> None:
    said = await ana.says(room, "A1: one")
    await life.hears(Said)
    await ana.edits(room, said, "A2: two")
    (edited,) = await life.hears(Edited)
    sign = await ana.digits(room, said, 3)
    await life.hears(Reacted)
    taken = await ana.redacts(room, sign)
    put, off = await life.hears(Reacted, 2)
    await ana.redacts(room, said)
    (deleted,) = await life.hears(Deleted)
    assert (edited.id, edited.text) == (said, "A2: two")
    assert (put.id, put.number, put.removed) == (said, 3, False)
    assert (off.id, off.number, off.removed, off.author) == (said, 3, True, put.author)
    assert (put.event, off.event) == (sign, taken)
    assert deleted.id == said


async def test_b260_an_edit_of_somebody_elses_words_is_ignored(
    life: Life, ana: Person, room: str, people: People
) -> None:
    eve = await people("Eve")
    await eve.joins(room)
    said = await ana.says(room, "A1: mine")
    await life.hears(Said)
    await eve.edits(room, said, "A1: nonsense")
    await eve.edits(room, await ana.says(room, "A1: at once"), "A1: nonsense")
    await life.is_through(ana, room)
    assert life.heard(Edited) == []


async def test_b261_of_fifty_edits_the_last_is_heard_last(life: Life, ana: Person, room: str) -> None:
    said = await ana.says(room, "A1: 0")
    for number in range(1, 51):
        await ana.edits(room, said, f"A1: {number}")
    edits = await life.hears(Edited, 50)
    assert [one.text for one in edits] == [f"A1: {number}" for number in range(1, 51)]
    assert {one.id for one in edits} == {said}
    assert sorted(one.at for one in edits) == [one.at for one in edits]


async def test_an_edit_of_an_edit_is_ignored(life: Life, ana: Person, room: str) -> None:
    said = await ana.says(room, "A1: one")
    edit = await ana.edits(room, said, "A1: two")
    await ana.edits(room, edit, "A1: three")
    await life.is_through(ana, room)
    assert [(one.id, one.text) for one in life.heard(Edited)] == [(said, "A1: two")]


async def test_an_edit_taken_back_brings_the_words_before_it(life: Life, ana: Person, room: str) -> None:
    said = await ana.says(room, "A1: one")
    first = await ana.edits(room, said, "A1: two")
    second = await ana.edits(room, said, "A1: three")
    await life.hears(Edited, 2)
    await ana.redacts(room, second)
    await life.hears(Edited, 3)
    await ana.redacts(room, first)
    edits = await life.hears(Edited, 4)
    assert [(one.id, one.text) for one in edits[2:]] == [(said, "A1: two"), (said, "A1: one")]
    assert life.heard(Deleted) == []


async def test_a_sign_put_and_taken_off_at_once_is_as_if_it_had_never_been(
    life: Life, ana: Person, room: str
) -> None:
    said = await ana.says(room, "one")
    await life.hears(Said)
    async with at_once(life, ana, room):
        await ana.redacts(room, await ana.digits(room, said, 3))
    await life.is_through(ana, room)
    assert life.heard(Reacted) == []
    assert life.heard(Deleted) == []


@pytest.mark.parametrize("first", ["off", "on"])
async def test_a_sign_changed_at_once_counts_as_the_new_one(
    life: Life, ana: Person, room: str, first: str
) -> None:
    said = await ana.says(room, "one")
    await life.hears(Said)
    old = await ana.digits(room, said, 3)
    await life.hears(Reacted)
    async with at_once(life, ana, room):
        if first == "off":
            await ana.redacts(room, old)
        await ana.digits(room, said, 4)
        if first == "on":
            await ana.redacts(room, old)
    signs = await life.hears(Reacted, 3)
    assert {(one.number, one.removed) for one in signs[1:]} == {(3, True), (4, False)}
    assert [one.id for one in signs] == [said] * 3


async def test_a_sign_taken_off_and_put_again_at_once_stands(life: Life, ana: Person, room: str) -> None:
    said = await ana.says(room, "one")
    await life.hears(Said)
    old = await ana.digits(room, said, 3)
    await life.hears(Reacted)
    async with at_once(life, ana, room):
        await ana.redacts(room, old)
        await ana.redacts(room, await ana.digits(room, said, 3))
        await ana.digits(room, said, 3)
    assert [(one.number, one.removed) for one in await life.hears(Reacted, 3)] == [
        (3, False),
        (3, True),
        (3, False),
    ]


async def test_words_from_before_the_bot_was_thrown_out_are_heard_though_it_is_back_by_then(
    life: Life, ana: Person, bot: Person, room: str
) -> None:
    async with at_once(life, ana, room):
        before = await ana.says(room, "before")
        await ana.acts_on(room, "kick", bot.user)
        await ana.says(room, "behind its back")
        await bot.joins(room)
        after = await ana.says(room, "after")
    await life.is_through(ana, room)
    # Of a room that is joined anew the server tells everything.
    heard = [*dict.fromkeys(one.id for one in life.heard(Said))]
    assert heard[1:3] == [before, after]


async def test_signs_that_are_no_digits_come_and_go_unheard(life: Life, ana: Person, room: str) -> None:
    said = await ana.says(room, "A1: one")
    await ana.redacts(room, await ana.reacts(room, said, "👍"))
    sign = await ana.reacts(room, said, "❤️")
    await life.is_through(ana, room)
    await ana.redacts(room, sign)
    await life.is_through(ana, room)
    assert life.heard(Reacted) == []
    assert life.heard(Deleted) == []


async def test_commands_are_heard_without_their_head(life: Life, ana: Person, bot: Person, room: str) -> None:
    pill = f'<a href="https://matrix.to/#/{bot.user}">EdChat</a>: chat plan'
    await ana.says(room, "!edchat chat next")
    await ana.says(room, f"{bot.user}: chat next")
    await ana.says(room, "EdChat: chat nxet")
    await ana.says(room, "EdChat: chat plan", format="org.matrix.custom.html", formatted_body=pill)
    await ana.says(room, "EdChat is great")
    await ana.says(room, "!edchat help", msgtype="m.notice")
    await life.is_through(ana, room)
    assert [one.text for one in life.heard(Commanded)] == ["chat next", "chat next", "chat nxet", "chat plan"]
    assert [one.text for one in life.heard(Said)][:2] == ["EdChat is great", "!edchat help"]


async def test_what_the_bot_says_itself_is_not_heard(life: Life, ana: Person, bot: Person, room: str) -> None:
    said = await bot.says(room, "!edchat chat next")
    sign = await bot.digits(room, said, 1)
    await bot.edits(room, said, "!edchat help")
    await bot.redacts(room, sign)
    await bot.redacts(room, said)
    await life.is_through(ana, room)
    assert [type(one) for one in life.ears.heard()] == [Said]


async def test_one_user_does_not_pass_for_another_of_the_same_name(
    life: Life, ana: Person, room: str, people: People
) -> None:
    other = await people("Ana")
    await other.joins(room)
    await ana.says(room, "I am Ana")
    await other.says(room, "I am Ana")
    one, two = await life.hears(Said, 2)
    assert one.author.native_id != two.author.native_id
    assert two.author.name == f"Ana ({other.user})"
    assert (one.author.power, two.author.power) == (Role.HOST, Role.ANYONE)


@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
async def test_the_creator_of_a_room_of_any_version_is_a_host(
    people: People, store: Store, version: str
) -> None:
    bot, ana, ben, eve = [await people(name) for name in ("EdChat", "Ana", "Ben", "Eve")]
    room = await ana.makes_room("Hall", version=version)
    for one in (bot, ben, eve):
        await one.joins(room)
    async with living(bot, store) as life:
        await life.place(room)
        await ana.gives_power(room, ben.user, 50)
        for one in (ana, ben, eve):
            await one.says(room, "hello")
        said = await life.hears(Said, 3)
        message = await ana.says(room, "taken back")
        await life.hears(Said, 4)
        await ana.redacts(room, message)
        assert [one.id for one in await life.hears(Deleted)] == [message]
        there = life.rooms.room(room)
    assert [one.author.power for one in said] == [Role.HOST, Role.HOST, Role.ANYONE]
    assert there is not None
    assert (there.version, there.creators) == (version, frozenset([ana.user] if version == "12" else []))


async def test_two_rooms_are_heard_each_in_its_own_place(
    life: Life, ana: Person, bot: Person, room: str
) -> None:
    other = await ana.makes_room("Other")
    await bot.joins(other)
    await life.place(other)
    await asyncio.gather(*(ana.says(one, one) for one in (room, other)))
    await life.hears(Said, 2)
    assert [one.text for one in life.heard(Said, room)] == [room]
    assert [one.text for one in life.heard(Said, other)] == [other]
