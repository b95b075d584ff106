"""Invitations are accepted from those who are allowed to invite, and declined else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.core.hearing import Commanded, Said
from bot.core.sentences import matrix_rooms as sentences
from bot.networks import MatrixSettings
from bot.platforms.matrix.direct import ALONE
from bot.platforms.matrix.invites import Invitation, invitation, welcome
from bot.storage.store import Store
from tests.platforms.matrix.lives import living, seen, settings, until
from tests.support.fake_discord.faults import Handler
from tests.support.synapse.people import People, Person, Unanswered
from tests.support.synapse.proxy import FaultProxy, refused

ME = "@edchat:school.org"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("inviters", "inviter", "good"),
    [
        ((), "@dana:school.org", True),
        ((), "@dana:evil.example", False),
        ((), "@dana:school.org.evil.example", False),
        (("@dana:school.org",), "@dana:school.org", True),
        (("@dana:school.org",), "@dana:evil.example", False),
        (("@dana:school.org",), "@ben:school.org", False),
        (("school.org:8448",), "@dana:school.org:8448", True),
        (("school.org:8448",), "@dana:school.org", False),
        (("college.edu", "@dana:school.org"), "@ben:college.edu", True),
        ((), "", False),
    ],
)
def test_who_may_invite(inviters: tuple[str, ...], inviter: str, good: bool) -> None:
    given_settings = MatrixSettings(
        "https://school.org", ME, token=SecretStr("x"), inviters=frozenset(inviters)
    )
    assert welcome(inviter, given_settings) is good


@given(st.lists(JSON, max_size=4))
def test_no_invitation_is_so_odd_that_reading_it_fails(state: list[Any]) -> None:
    assert isinstance(invitation(state, ME), Invitation)


async def membership(person: Person, room: str, user: str) -> str:
    try:
        return str((await person.state(room, "m.room.member", user))["membership"])
    except Unanswered:
        return ""


async def test_the_allowed_are_followed_and_others_are_declined(people: People, store: Store) -> None:
    bot, ana, eve = await people("EdChat"), await people("Ana"), await people("Eve")
    async with living(bot, store, given=settings(bot, ana.user)) as life:
        wanted = await ana.makes_room("Hall", preset="private_chat", invited=(bot.user,))
        unwanted = await eve.makes_room("Den", preset="private_chat", invited=(bot.user,))
        place = await life.place(wanted)
        assert await life.posts(place) == [sentences.GREETING]

        async def declined() -> bool:
            return await membership(eve, unwanted, bot.user) == "leave"

        await seen(declined)
        assert await life.known(unwanted) is None


async def test_an_invitation_that_a_life_was_told_of_and_did_not_answer_is_answered_by_the_next(
    people: People, store: Store, proxy: FaultProxy
) -> None:
    bot, ana = await people("EdChat"), await people("Ana")
    bot.base = proxy.url
    refused_once = proxy.faults.on("POST", ".*/join", times=1).does(refused(403, "M_FORBIDDEN"))
    async with living(bot, store) as life:
        room = await ana.makes_room("Hall", preset="private_chat", invited=(bot.user,))
        await until(lambda: refused_once.hits)
        assert await life.known(room) is None
    async with living(bot, store) as life:
        await life.place(room)


async def test_an_invitation_from_before_the_life_is_answered(people: People, store: Store) -> None:
    bot, ana = await people("EdChat"), await people("Ana")
    room = await ana.makes_room("Hall", preset="private_chat", invited=(bot.user,))
    async with living(bot, store) as life:
        await life.place(room)


async def test_a_talk_between_two_is_no_place_and_a_command_there_means_the_only_place_they_share(
    people: People, bot: Person, ana: Person, room: str, store: Store
) -> None:
    stranger = await people("Eve")
    async with living(bot, store) as life:
        await life.place(room)
        alone = await ana.makes_room(preset="trusted_private_chat", invited=(bot.user,), is_direct=True)

        async def there() -> bool:
            return await membership(ana, alone, bot.user) == "join"

        await seen(there)
        await ana.says(alone, "just talk")
        typed = await ana.says(alone, "!edchat chat next")
        (command,) = await life.hears(Commanded)
        assert life.heard(Commanded, room) == [command]
        assert (command.id, command.text) == (f"{ALONE}{typed}", "chat next")
        assert life.heard(Said) == []
        assert await life.known(alone) is None
        kept = await bot.ask("GET", f"v3/user/{bot.user}/account_data/m.direct")
        assert kept == {ana.user: [alone]}

        elsewhere = await stranger.makes_room(
            preset="trusted_private_chat", invited=(bot.user,), is_direct=True
        )

        async def here() -> bool:
            return await membership(stranger, elsewhere, bot.user) == "join"

        await seen(here)
        await stranger.says(elsewhere, "!edchat chat next")

        async def told() -> list[str]:
            said = await stranger.events(elsewhere, "m.room.message")
            return [one["content"]["body"] for one in said if one["sender"] == bot.user]

        assert await seen(told) == [sentences.COMMANDS_ELSEWHERE]
        assert life.heard(Commanded) == [command]


async def test_a_talk_that_is_encrypted_is_told_so_once_in_all_lives(
    people: People, store: Store, proxy: FaultProxy
) -> None:
    bot, ana = await people("EdChat"), await people("Ana")
    bot.base = proxy.url
    secret = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    alone = await ana.makes_room(
        preset="trusted_private_chat", invited=(bot.user,), is_direct=True, initial_state=[secret]
    )

    async def told() -> list[str]:
        said = await ana.events(alone, "m.room.message")
        return [one["content"]["body"] for one in said if one["sender"] == bot.user]

    tried, no = asyncio.Event(), refused(403, "M_FORBIDDEN")

    async def refuses(request: web.Request, handler: Handler) -> web.StreamResponse:
        tried.set()
        return await no(request, handler)

    proxy.faults.on("PUT", ".*/send/.*", times=1).does(refuses)
    async with living(bot, store) as life:
        await tried.wait()
        await life.place(await ana.makes_room("Hall", preset="private_chat", invited=(bot.user,)))
    async with living(bot, store):
        assert await seen(told) == [sentences.ENCRYPTED_ALONE]
    async with living(bot, store) as life:
        await life.place(await ana.makes_room("Lobby", preset="private_chat", invited=(bot.user,)))
    assert await told() == [sentences.ENCRYPTED_ALONE]


async def test_an_invitation_to_talk_alone_takes_none_of_the_others_away(
    people: People, store: Store, proxy: FaultProxy
) -> None:
    bot, ana, ben = await people("EdChat"), await people("Ana"), await people("Ben")
    bot.base = proxy.url

    async def with_bot(one: Person) -> str:
        room = await one.makes_room(preset="trusted_private_chat", invited=(bot.user,), is_direct=True)

        async def there() -> bool:
            return await membership(one, room, bot.user) == "join"

        async with living(bot, store):
            await seen(there)
        return room

    async def whole_is_late(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(0.5 if "full_state" in request.query else 0)
        return await handler(request)

    first = await with_bot(ben)
    proxy.faults.on("GET", ".*/sync", times=None).does(whole_is_late)
    second = await with_bot(ana)
    kept = await bot.ask("GET", f"v3/user/{bot.user}/account_data/m.direct")
    assert kept == {ben.user: [first], ana.user: [second]}


async def test_an_invitation_is_accepted_though_the_server_starts_anew_just_then(
    people: People, store: Store, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.matrix.asking.FIRST_WAIT", 0.005)
    bot, ana = await people("EdChat"), await people("Ana")
    bot.base = proxy.url
    gone = proxy.faults.on("POST", ".*/join", times=5).status(502)
    async with living(bot, store) as life:
        await life.place(await ana.makes_room("Hall", preset="private_chat", invited=(bot.user,)))
    assert gone.hits == 5
