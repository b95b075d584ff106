"""A moderator and others talk with a bot that runs whole: aloud, alone, and in the room of the hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.confirming import TICK
from tests.platforms.matrix.whole import Whole
from tests.platforms.matrix.whole import whole as running
from tests.support.bad_inputs import case
from tests.support.synapse.people import People, Person, part

SET_UP = "setup where=Lakeside readers=link"
CREATE = 'series create "Lake chat" when="every Tuesday 8 pm" zone=ET'


@pytest.fixture
async def whole(tmp_path: Path, bot: Person, people: People) -> AsyncIterator[Whole]:
    async with running(tmp_path, bot, people) as made:
        yield made


async def test_a_command_typed_to_the_bot_alone_is_answered_there_and_nowhere_else(whole: Whole) -> None:
    await whole.dana.says(whole.room, "!edchat privacy show")
    alone = await whole.let_in()
    await whole.dana.says(alone, f"!edchat {CREATE}")
    await whole.says("Lake chat is set", alone)
    await whole.dana.says(alone, "!edchat serios list")
    await whole.says("Did you mean `!edchat series list`", alone)
    assert len(await whole.said()) == 1  # its first words


async def test_b221_who_has_no_power_is_refused_aloud_and_alone(whole: Whole, people: People) -> None:
    assert case("B221").expect == "refused"
    eve = await people("Eve")
    await eve.joins(whole.room)
    await whole.dana.says(whole.room, f"!edchat {CREATE}")
    await whole.says("Lake chat is set")
    typed = await eve.says(whole.room, "!edchat series delete sure=yes")
    assert "host" in (await whole.answer(typed))[1]
    await eve.says(whole.room, "!edchat privacy show")
    alone = await whole.let_in(eve)
    await eve.says(alone, "!edchat series delete sure=yes")
    assert "host" in (await whole.says("host", alone, eve))["content"]["body"]
    assert "Lake chat" in (await whole.types("series list"))[1]


async def test_what_is_asked_alone_is_confirmed_there_by_a_tick(whole: Whole) -> None:
    await whole.dana.says(whole.room, f"!edchat {CREATE}")
    await whole.says("Lake chat is set")
    await whole.dana.says(whole.room, "!edchat privacy forget")
    alone = await whole.let_in()
    asked = await whole.says("Are you sure?", alone)
    await whole.dana.reacts(alone, asked["event_id"], TICK)
    await whole.says("Erased on", alone)


async def test_what_is_no_command_is_told_once_how_to_ask_alone(whole: Whole) -> None:
    await whole.dana.says(whole.room, "!edchat privacy show")
    alone = await whole.let_in()
    await whole.dana.says(alone, "what can you do?")
    await whole.says("`!edchat` shows", alone)
    await whole.dana.says(alone, "thanks")
    await whole.dana.says(alone, "!edchat chat now")
    await whole.says("No chat is on", alone)
    assert sum("`!edchat` shows" in one["content"]["body"] for one in await whole.said(alone)) == 1


async def both_rooms(whole: Whole) -> tuple[str, str]:
    """Let Dana accept two invitations; give the room of two and the hosts' room."""
    rooms = [await whole.let_in(), await whole.let_in()]
    states = [await whole.dana.ask("GET", f"v3/rooms/{part(one)}/state") for one in rooms]
    named = [any(one["type"] == "m.room.name" for one in state) for state in states]
    return rooms[named.index(False)], rooms[named.index(True)]


async def test_setup_says_how_an_administrator_lifts_the_limit(whole: Whole) -> None:
    await whole.dana.says(whole.room, f"!edchat {SET_UP}")
    _, hosts = await both_rooms(whole)
    _, body = await whole.types("setup", hosts)
    assert f"POST /_synapse/admin/v1/users/{whole.bot.user}/override_ratelimit" in body


async def test_a_host_is_named_by_the_whole_name_before_saying_a_word(whole: Whole, people: People) -> None:
    tom = await people("Tom")
    await tom.joins(whole.room)
    await whole.dana.says(whole.room, f'!edchat {SET_UP} hosts="{tom.user}; Nobody Known"')
    alone, _ = await both_rooms(whole)
    body = (await whole.says("is a host from now on", alone))["content"]["body"]
    assert f"{tom.user} is a host from now on." in body
    assert "I cannot tell who Nobody Known is" in body
    assert 'as in `!edchat setup hosts="@' in body
    await tom.says(whole.room, f"!edchat {CREATE}")
    await whole.says("Lake chat is set")


async def test_what_hosts_ask_in_their_own_room_is_answered_there_save_what_is_their_own(
    whole: Whole,
) -> None:
    await whole.dana.says(whole.room, f"!edchat {SET_UP}")
    alone, hosts = await both_rooms(whole)
    _, words = await whole.types("setup", hosts)
    assert words.startswith("Ready: chats are held in Lakeside.")
    _, card = await whole.types("", hosts)
    assert "`!edchat help` shows all that you can do here." in card
    await whole.dana.says(hosts, "!edchat privacy show")
    await whole.says("Readers see you as Dana.", alone)


async def test_nothing_it_says_to_moderators_is_of_another_network(whole: Whole) -> None:
    await whole.dana.sets(whole.room, "m.room.history_visibility", {"history_visibility": "joined"})
    await whole.dana.says(whole.room, f"!edchat {SET_UP.replace('link', 'public')}")
    alone, _ = await both_rooms(whole)
    ready = (await whole.says("Ready: chats are held in Lakeside", alone))["content"]["body"]
    assert "Let everybody join and see the history" in ready
    assert "private room for the hosts" in ready
    for word in ("thread", "@everyone", "server", "channel", "/edchat"):
        assert word not in ready


async def test_a_command_that_is_written_wrong_is_answered_with_lines_to_copy(whole: Whole) -> None:
    _, how = await whole.types("series create")
    assert "It goes like this: `!edchat series create title when=..." in how
    assert 'For example: `!edchat series create Weekly EdChat when="every Tuesday 8 pm"`' in how
    _, made = await whole.types(CREATE)
    edit = next(line for line in made.split("\n") if line.startswith("Change it:"))
    assert edit.endswith(
        "`!edchat series edit 1 [title=...] [when=...] ...`, all of it by `!edchat help series edit`"
    )


async def test_a_pill_names_somebody_by_the_whole_name(whole: Whole, people: People) -> None:
    tom, other = await people("Tom"), await people("Tom")
    for one in (tom, other):
        await one.joins(whole.room)
    pill = f'<a href="https://matrix.to/#/{other.user}">Tom</a>'
    rich = {"format": "org.matrix.custom.html"}
    line = f"!edchat {SET_UP} hosts="
    await whole.dana.says(whole.room, f"{line}Tom", **rich, formatted_body=line + pill)
    alone, _ = await both_rooms(whole)
    await whole.says(f"{other.user} is a host from now on.", alone)
    await whole.types(CREATE)
    line = "!edchat chat plan A talk with "
    asked = await whole.dana.says(whole.room, f"{line}Tom", **rich, formatted_body=f"{line}{pill}<br>Why?")
    assert (await whole.answer(asked))[1].startswith("A talk with @Tom, ")
