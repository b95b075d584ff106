"""Bodies against Discord's description, limits, tokens and events, on our little Discord."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.fake_discord.bots import Bot, logged_in
from tests.fake_discord.rooms import Room
from tests.support.fake_discord import contract
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Json

CHANNEL = "/channels/1573065326592000003"


async def test_a_broken_body_is_refused_and_noted(room: Room) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=room.channel.id)
    with pytest.raises(discord.HTTPException) as refused:
        await room.client.http.request(route, json={"content": ["no", "words"]})
    assert refused.value.code == 50035
    assert [one.endswith("is not of type 'string', 'null'") for one in room.fake.violations] == [True]
    room.fake.violations.clear()
    assert room.world.messages[room.channel.id] == {}


async def test_a_request_that_discord_does_not_have_is_noted(room: Room) -> None:
    with pytest.raises(discord.NotFound):
        await room.client.http.request(
            Route("POST", "/channels/{channel_id}/polls", channel_id=room.channel.id)
        )
    assert room.fake.violations == [f"POST /channels/{room.channel.id}/polls: {contract.UNKNOWN}"]
    room.fake.violations.clear()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{CHANNEL}/messages", {"content": "x", "nonce": "n" * 26}),
        ("POST", f"{CHANNEL}/messages", {"content": "x", "message_reference": {}}),
        ("POST", f"{CHANNEL}/threads", {"name": "x" * 101}),
        (
            "POST",
            f"{CHANNEL}/messages/1573065326592000004/threads",
            {"name": "x", "auto_archive_duration": 5},
        ),
        ("POST", f"{CHANNEL}/messages/1573065326592000004/threads", None),
        ("PUT", "/applications/1573065326592000003/commands", [{"name": "x" * 33, "description": "y"}]),
        (
            "PUT",
            "/applications/1573065326592000003/commands",
            [{"name": "x", "default_member_permissions": "no"}],
        ),
        ("POST", "/interactions/1573065326592000003/token/callback", {"type": 99}),
    ],
)
def test_bodies_that_discord_refuses_are_found(method: str, path: str, body: Any) -> None:
    assert contract.in_request(method, path, body) is not None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{CHANNEL}/messages", {"content": "x", "message_reference": {"message_id": 1573065326592}}),
        ("POST", f"{CHANNEL}/messages", {"content": "x", "attachments": [{"id": 0, "filename": "plan.txt"}]}),
        ("PUT", f"{CHANNEL}/permissions/1573065326592", {"type": 1, "allow": "1024", "deny": "0"}),
        (
            "PUT",
            "/applications/1573065326592000003/commands",
            [{"name": "x", "description": "y", "default_member_permissions": "8589934592"}],
        ),
    ],
    ids=["snowflakes", "attachments", "overwrites", "commands"],
)
def test_the_four_ways_of_discord_py_are_let_pass(method: str, path: str, body: Any) -> None:
    assert contract.in_request(method, path, body) is None


def test_answers_that_discord_never_gives_are_found() -> None:
    assert contract.in_response("GET", CHANNEL, 200, {"id": "1"}) is not None
    assert contract.in_response("GET", CHANNEL, 200, {"id": 1573065326592}) is not None
    assert contract.in_response("GET", CHANNEL, 204, None) is not None
    assert contract.in_response("GET", CHANNEL, 404, {"message": "Unknown Channel"}) is not None
    assert contract.in_response("GET", CHANNEL, 404, {"message": "Unknown Channel", "code": 10003}) is None


async def test_every_request_needs_the_token(room: Room) -> None:
    async with aiohttp.ClientSession() as nobody:
        for headers in ({}, {"Authorization": "Bot somebody-else"}):
            async with nobody.get(f"{room.fake.api_url}/users/@me", headers=headers) as refused:
                assert (refused.status, (await refused.json())["code"]) == (401, 0)
    async with Bot() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("somebody-else")


async def test_what_was_asked_is_logged(room: Room) -> None:
    await room.general.send("Q1")
    asked = room.fake.asked("POST", "/messages")
    assert [(one.status, one.body["content"], one.when) for one in asked] == [(200, "Q1", room.hands.time)]


async def test_a_discord_that_is_down_is_out_of_reach_and_comes_back_at_the_same_address(room: Room) -> None:
    async with room.fake.down():
        with pytest.raises(aiohttp.ClientConnectionError):
            await room.general.send("Q1")
        room.world.post(room.channel, room.ann, "meanwhile")
    await room.general.send("Q1")
    assert [one.content async for one in room.general.history()] == ["Q1", "meanwhile"]


async def test_a_server_starts_in_no_time() -> None:
    contract.document()
    began = time.perf_counter()
    for _ in range(10):
        async with FakeDiscord() as fake:
            fake.guild("School")
    assert (time.perf_counter() - began) / 10 < 0.05


async def test_twelve_messages_at_five_in_five_seconds_keep_their_order_without_a_refusal() -> None:
    async with FakeDiscord(limits=True) as fake:
        guild = fake.guild("School")
        channel = fake.world.channel_named(guild, "general")
        fake.limits.in_a_channel = (5, 0.5)
        async with logged_in(fake) as bot:
            began = time.monotonic()
            await asyncio.gather(*(bot.room(channel.id).send(str(number)) for number in range(12)))
            assert 0.9 < time.monotonic() - began < 4
        said = [one.content for one in fake.world.messages[channel.id].values()]
        assert said == [str(number) for number in range(12)]
        assert fake.limits.said_too_many == 0
        assert fake.violations == []


async def test_too_many_requests_at_once_are_told_to_wait_for_everybody() -> None:
    async with FakeDiscord(limits=True) as fake:
        headers = {"Authorization": f"Bot {fake.token}"}
        async with aiohttp.ClientSession(headers=headers) as client:
            statuses = [(await client.get(f"{fake.api_url}/users/@me")).status for _ in range(50)]
            assert set(statuses) == {200}
            async with client.get(f"{fake.api_url}/users/@me") as refused:
                said = await refused.json()
                assert (refused.status, refused.headers["X-RateLimit-Scope"], said["global"]) == (
                    429,
                    "global",
                    True,
                )
                assert "Via" in refused.headers


def event(room: Room, **other: object) -> Json:
    begins = room.hands.time + timedelta(days=7)
    said: Json = {
        "name": "EdChat",
        "privacy_level": 2,
        "scheduled_start_time": begins.isoformat(),
        "scheduled_end_time": (begins + timedelta(hours=1)).isoformat(),
        "entity_type": 3,
        "entity_metadata": {"location": "#general"},
    }
    return said | other


async def test_an_event_is_made_moved_cancelled_and_gone_by_raw_requests(room: Room) -> None:
    listed = Route("POST", "/guilds/{guild_id}/scheduled-events", guild_id=room.guild.id)
    made = await room.client.http.request(listed, json=event(room))
    one = f"/guilds/{room.guild.id}/scheduled-events/{made['id']}"
    found = await room.client.guilds[0].fetch_scheduled_events()
    assert [(each.name, each.location) for each in found] == [("EdChat", "#general")]
    move = Route("PATCH", one)
    later = event(room, name="EdChat, an hour later")
    assert (await room.client.http.request(move, json=later))["name"] == "EdChat, an hour later"
    assert (await room.client.http.request(move, json={"status": 4}))["status"] == 4
    with pytest.raises(discord.HTTPException) as over:
        await room.client.http.request(move, json={"name": "again"})
    assert over.value.code == 50035
    await room.client.http.request(Route("DELETE", one))
    with pytest.raises(discord.NotFound) as gone:
        await room.client.http.request(move, json={"name": "again"})
    assert gone.value.code == 10070


async def test_events_in_the_past_without_an_end_or_beyond_a_hundred_are_refused(room: Room) -> None:
    listed = Route("POST", "/guilds/{guild_id}/scheduled-events", guild_id=room.guild.id)
    past = (room.hands.time - timedelta(minutes=1)).isoformat()
    for wrong in (event(room, scheduled_start_time=past), event(room, scheduled_end_time=None)):
        with pytest.raises(discord.HTTPException) as refused:
            await room.client.http.request(listed, json=wrong)
        assert refused.value.code == 50035
    for _ in range(100):
        room.world.schedule(room.guild, room.world.bot, event(room))
    with pytest.raises(discord.HTTPException) as full:
        await room.client.http.request(listed, json=event(room))
    assert full.value.code == 30038


async def test_anothers_event_needs_the_right_to_manage_events(room: Room) -> None:
    theirs = room.world.schedule(room.guild, room.ann, event(room))
    one = Route("DELETE", "/guilds/{guild_id}/scheduled-events/{e}", guild_id=room.guild.id, e=theirs.id)
    room.allow(int(Can.VIEW_CHANNEL | Can.CREATE_EVENTS))
    with pytest.raises(discord.Forbidden):
        await room.client.http.request(one)
    room.allow(int(Can.VIEW_CHANNEL | Can.MANAGE_EVENTS))
    await room.client.http.request(one)
    assert room.world.events == {}
