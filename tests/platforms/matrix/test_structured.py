"""Commands that a client gives part by part, and what it is told of ours (MSC4391)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.declared import Command
from bot.core.model import Role
from bot.core.structured import Structured, read, written
from bot.platforms.matrix import offering
from bot.platforms.matrix.structured import (
    CARD,
    COMMAND,
    DESCRIPTION,
    Invocation,
    description,
    descriptions,
    invocation,
    offered,
    state_key,
)
from cogs import every_cog
from tests.platforms.matrix.speaking import until
from tests.platforms.matrix.test_talking import CREATE
from tests.platforms.matrix.whole import Whole
from tests.platforms.matrix.whole import whole as running
from tests.support.synapse.people import People, Person, part

ME = "@edchat:school.org"
MOST = 40


def declared() -> list[Command]:
    return [command for cog in every_cog() for command in cog.commands()]


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "APART", 0.01)


@pytest.fixture
async def whole(tmp_path: Path, bot: Person, people: People) -> AsyncIterator[Whole]:
    async with running(tmp_path, bot, people) as made:
        yield made


# -- what is asked ------------------------------------------------------------------------------------------


def content(told: Any, *to: Any) -> dict[str, Any]:
    return {"body": "/words", COMMAND: told, "m.mentions": {"user_ids": [*to]}}


def test_a_command_is_read_with_its_arguments_as_somebody_would_type_them() -> None:
    arguments = {"Publish-At-Once": True, "chat": 7, "text": 'a "b"\nc', "people": ["@a:b", "@c:d"]}
    left_out = {"undo": None, "reason": "", "odd": {"a": 1}}
    told = {"command": " Chat  next", "arguments": arguments | left_out}
    given = {"publish_at_once": "yes", "chat": "7", "text": 'a "b"\nc', "people": "@a:b; @c:d"}
    asked = invocation(content(told, ME, 7))
    assert asked == Invocation(Structured("chat next", given), frozenset({ME}))
    assert asked is not None
    assert asked.asked.given == given
    found = read(written(asked.asked))
    assert found == asked.asked
    assert found is not None
    assert found.given == given


@pytest.mark.parametrize("told", [None, 7, "chat next", [], {}, {"command": 7}, {"command": None}])
def test_what_is_no_command_is_none(told: Any) -> None:
    assert invocation(content(told, ME)) is None
    assert invocation({COMMAND: {"command": "chat next"}, "m.mentions": told}) in (
        None,
        Invocation(Structured("chat next"), frozenset()),
    )


@pytest.mark.parametrize("odd", [None, 7, "x", [1], {"a": {"b": []}}, {"\0\ud800": "\ud800\0"}])
def test_odd_arguments_do_no_harm(odd: Any) -> None:
    asked = invocation(content({"command": CARD, "arguments": odd}, ME))
    assert asked is not None
    found = read(written(asked.asked))
    assert found is not None
    assert found.path == ""


@pytest.mark.parametrize("text", ["", "chat next", "\x1e", "\x1e[]", "\x1e[1]", '\x1e["a", "b"]', "\x1e7"])
def test_a_line_like_any_other_is_no_record(text: str) -> None:
    assert read(text) is None


async def asks(whole: Whole, command: str, *, to: str = "", **arguments: Any) -> str:
    told = content({"command": command, "arguments": arguments}, to or whole.bot.user)
    return await whole.dana.sends(whole.room, "m.room.message", told | {"msgtype": "m.text"})


async def test_what_a_client_gives_part_by_part_is_carried_out(whole: Whole) -> None:
    await whole.types(CREATE)
    questions = 'Why "pairs"?\nWhat next?'
    _, planned = await whole.answer(await asks(whole, "chat plan", topic="Pairs", questions=questions))
    assert planned.startswith("Pairs, ")
    assert 'Q1: Why "pairs"?' in planned
    _, listed = await whole.answer(await asks(whole, "series list"))
    assert "Lake chat" in listed


async def test_what_a_client_gives_wrongly_is_refused_with_how_it_is_written(whole: Whole) -> None:
    await whole.types(CREATE)
    _, unknown = await whole.answer(await asks(whole, "chat nxet"))
    assert "Did you mean `!edchat chat next`" in unknown
    _, extra = await whole.answer(await asks(whole, "series list", colour="red"))
    assert "colour" in extra
    assert "!edchat series list" in extra
    _, odd = await whole.answer(await asks(whole, "chat extend", minutes="soon"))
    assert "minutes" in odd


async def test_a_command_for_another_bot_and_an_edited_one_are_none(whole: Whole) -> None:
    await asks(whole, "series list", to="@other:localhost")
    first = await asks(whole, "series list")
    await whole.answer(first)
    new = {"msgtype": "m.text", "body": "/series list", COMMAND: {"command": "series list"}}
    mentions = {"m.mentions": {"user_ids": [whole.bot.user]}}
    relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": first}}
    await whole.dana.sends(
        whole.room, "m.room.message", {**new, **mentions, "m.new_content": new | mentions, **relation}
    )
    await whole.types("series list")
    assert len(await whole.answers(first)) == 1
    assert len(await whole.said()) == 3


# -- what is offered ----------------------------------------------------------------------------------------


def test_what_is_described_is_what_everybody_may_do_and_what_hosts_do_in_the_hour() -> None:
    commands = offered(declared())
    paths = {one.path for one in commands}
    assert {"", "answer", "chat now", "chat next", "chat end", "privacy show"} <= paths
    assert len(paths) <= MOST
    assert {one.path for one in commands if one.role is not Role.ANYONE} == {
        f"chat {name}" for name in ("ask", "end", "extend", "next", "pause", "resume", "skip", "start")
    }


def test_a_description_says_what_a_client_needs() -> None:
    (extend,) = [one for one in declared() if one.path == "chat extend"]
    told = description(extend)
    assert (told["command"], told["aliases"]) == ("chat extend", [])
    assert told["description"] == {"m.text": [{"body": extend.help}]}
    kinds = {one["key"]: (one["schema"]["type"], one["optional"]) for one in told["parameters"]}
    assert kinds == {"minutes": ("string", False), "chat": ("string", True), "after": ("integer", True)}
    assert {one["schema"]["schema_type"] for one in told["parameters"]} == {"primitive"}
    (card,) = [one for one in declared() if not one.path]
    assert description(card)["command"] == CARD
    (remind,) = [one for one in declared() if one.path == "chat remind"]
    assert description(remind)["parameters"][0]["schema"]["type"] == "boolean"
    for one in declared():
        for each in (description(one), *description(one)["parameters"]):
            assert each["description"]["m.text"][0]["body"].strip()


def test_the_key_of_a_description_is_of_its_name_and_ours() -> None:
    assert state_key("chat next", ME) == "DmN1i0tAg4wW/R2mvLa1dU9rnNTC9AnrC95qXjZ3Apo="


async def described(whole: Whole) -> dict[str, dict[str, Any]]:
    """Give what is described in the room, by its keys; what is empty is taken back."""
    state = await whole.dana.ask("GET", f"v3/rooms/{part(whole.room)}/state")
    return {one["state_key"]: one["content"] for one in state if one["type"] == DESCRIPTION}


async def times(whole: Whole) -> int:
    return len(await whole.dana.events(whole.room, DESCRIPTION))


@pytest.mark.usefixtures("_at_once")
async def test_commands_are_described_where_the_bot_has_the_power_and_only_what_differs(
    tmp_path: Path, bot: Person, people: People
) -> None:
    wanted = descriptions(declared(), bot.user)
    async with running(tmp_path, bot, people) as whole:
        assert await described(whole) == {}
        await whole.dana.gives_power(whole.room, bot.user, 50)

        async def all_of_them() -> bool:
            return {key: one for key, one in (await described(whole)).items() if key in wanted} == wanted

        await until(all_of_them, 20)
        assert await times(whole) <= MOST
        theirs = {"command": "roll", "description": {"m.text": [{"body": "Roll dice"}]}}
        await whole.dana.sets(whole.room, DESCRIPTION, theirs, state_key("roll", whole.dana.user))
        gone, changed = state_key("chat nudge", bot.user), state_key("answer", bot.user)
        await whole.dana.sets(whole.room, DESCRIPTION, {"command": "chat nudge"}, gone)
        await whole.dana.sets(whole.room, DESCRIPTION, {"command": "answer"}, changed)

        async def mended() -> bool:
            return (await described(whole))[gone] == {}

        await until(mended, 20)
        before = await times(whole)
        await whole.types("series list")
        assert await times(whole) == before
        assert theirs in (await described(whole)).values()
        assert (await described(whole))[changed] == {"command": "answer"}  # once a life, whoever changes it


async def test_what_is_described_never_goes_in_a_burst(whole: Whole) -> None:
    await whole.dana.gives_power(whole.room, whole.bot.user, 50)

    async def first() -> int:
        return await times(whole)

    await until(first, 20)
    await whole.types("series list")
    await whole.types("series list")
    assert await times(whole) == 1
