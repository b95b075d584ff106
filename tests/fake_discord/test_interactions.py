"""Answers to commands, clicks and forms on our little Discord, and how commands are registered."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.fake_discord.rooms import Room
from tests.support.fake_discord.places import EPHEMERAL, Interaction
from tests.support.fake_discord.shapes import Json

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
SAYS, THINKS, THINKS_SILENTLY, UPDATES, COMPLETES, ASKS = 4, 5, 6, 7, 8, 9
FORM_BODY: Json = {
    "title": "Answer",
    "custom_id": "f",
    "components": [{"type": 1, "components": [{"type": 4, "custom_id": "t", "label": "Text", "style": 2}]}],
}


class Asking:
    """Somebody's interaction, answered by bare requests as the webhook side of discord.py sends them."""

    def __init__(self, room: Room, kind: int = COMMAND, *, on_message: bool = False) -> None:
        self.room = room
        message = room.world.post(room.channel, room.world.bot, "Panel") if on_message else None
        self.it: Interaction = room.world.open_interaction(kind, room.ann, room.channel, message)

    async def answers(self, kind: int, /, **data: Any) -> Any:
        """Send the callback."""
        path = f"/interactions/{self.it.id}/{self.it.token}/callback"
        return await self._send("POST", path, {"type": kind} | ({"data": data} if data else {}))

    async def hook(self, method: str, ending: str = "", body: Json | None = None) -> Any:
        """Send something by the interaction's token."""
        path = f"/webhooks/{self.room.world.application_id}/{self.it.token}{ending}"
        return await self._send(method, path, body)

    async def _send(self, method: str, path: str, body: Json | None) -> Any:
        route = discord.http.Route(method, path)
        more: dict[str, Any] = {} if body is None else {"json": body}
        return await self.room.client.http.request(route, **more)

    def said(self) -> list[str]:
        """What stands in the channel, for everybody."""
        return [one.content for one in self.room.world.messages[self.room.channel.id].values()]


async def test_an_answer_stands_in_the_channel_and_is_given_once(room: Room) -> None:
    asking = Asking(room)
    await asking.answers(SAYS, content="Planned")
    assert asking.said() == ["Planned"]
    assert asking.it.changed.is_set()
    with pytest.raises(discord.HTTPException) as twice:
        await asking.answers(SAYS, content="Planned")
    assert twice.value.code == 40060


async def test_an_answer_for_one_person_stands_nowhere_else(room: Room) -> None:
    asking = Asking(room)
    await asking.answers(SAYS, content="Only you", flags=EPHEMERAL)
    assert asking.said() == []
    assert asking.it.original is not None
    assert asking.it.ephemeral
    await asking.hook("PATCH", "/messages/@original", {"content": "Only you, changed"})
    assert asking.it.original.content == "Only you, changed"
    assert (await asking.hook("GET", "/messages/@original"))["flags"] & EPHEMERAL


async def test_a_late_answer_and_an_unknown_token_find_no_interaction(room: Room) -> None:
    room.world.answer_within = 0.01
    asking = Asking(room)
    await asyncio.sleep(0.02)
    with pytest.raises(discord.NotFound) as late:
        await asking.answers(SAYS, content="Planned")
    assert late.value.code == 10062
    del room.world.interactions[asking.it.token]
    with pytest.raises(discord.NotFound) as unknown:
        await asking.answers(SAYS, content="Planned")
    assert unknown.value.code == 10062
    assert asking.said() == []


async def test_what_follows_a_bare_thinking_takes_its_place(room: Room) -> None:
    asking = Asking(room)
    await asking.answers(THINKS, flags=EPHEMERAL)
    thinking = asking.it.deferred
    await asking.hook("POST", "", {"content": "Here"})
    await asking.hook("POST", "", {"content": "and more"})
    assert (thinking, asking.it.deferred) == (True, False)
    assert asking.it.original is not None
    assert (asking.it.original.content, asking.it.original.flags & EPHEMERAL) == ("Here", EPHEMERAL)
    assert asking.said() == ["and more"]
    await asking.hook("DELETE", f"/messages/{asking.it.followups[0].id}")
    assert asking.said() == []


async def test_a_bare_thinking_is_filled_by_an_edit(room: Room) -> None:
    asking = Asking(room)
    await asking.answers(THINKS)
    await asking.hook("PATCH", "/messages/@original", {"content": "Here"})
    assert asking.said() == ["Here"]


async def test_a_token_lives_a_quarter_of_an_hour_and_only_after_an_answer(room: Room) -> None:
    asking = Asking(room)
    with pytest.raises(discord.NotFound) as early:
        await asking.hook("POST", "", {"content": "too early"})
    assert early.value.code == 10015
    await asking.answers(SAYS, content="Planned")
    room.hands.time += timedelta(minutes=15, seconds=1)
    with pytest.raises(discord.HTTPException) as dead:
        await asking.hook("POST", "", {"content": "too late"})
    assert (dead.value.status, dead.value.code) == (401, 50027)


async def test_a_click_updates_its_message_at_once_or_later(room: Room) -> None:
    asking = Asking(room, COMPONENT, on_message=True)
    button = {"type": 2, "style": 1, "label": "Next", "custom_id": "next"}
    await asking.answers(UPDATES, content="Panel 2", components=[{"type": 1, "components": [button]}])
    assert asking.said() == ["Panel 2"]
    later = Asking(room, COMPONENT, on_message=True)
    await later.answers(THINKS_SILENTLY)
    await later.hook("PATCH", "/messages/@original", {"content": "Panel 3"})
    assert later.said() == ["Panel 2", "Panel 3"]


@pytest.mark.parametrize(
    ("kind", "answer", "data"),
    [
        (COMMAND, UPDATES, {"content": "no message to update"}),
        (COMMAND, COMPLETES, {"choices": []}),
        (AUTOCOMPLETE, SAYS, {"content": "no choices"}),
        (FORM, ASKS, FORM_BODY),
    ],
)
async def test_answers_that_do_not_suit_are_refused(room: Room, kind: int, answer: int, data: Json) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await Asking(room, kind).answers(answer, **data)
    assert refused.value.code == 50035
    room.fake.violations.clear()


async def test_a_form_and_choices_are_noted_for_whoever_asked(room: Room) -> None:
    asking = Asking(room)
    await asking.answers(ASKS, **FORM_BODY)
    assert (asking.it.callback_type, asking.it.callback_data["title"]) == (ASKS, "Answer")
    typing = Asking(room, AUTOCOMPLETE)
    await typing.answers(COMPLETES, choices=[{"name": "Edu", "value": "edu"}])
    assert typing.it.callback_data["choices"] == [{"name": "Edu", "value": "edu"}]


async def test_commands_keep_their_ids_when_they_are_registered_again(room: Room) -> None:
    tree: app_commands.CommandTree[Any] = room.client.tree
    chat = app_commands.Group(name="chat", description="Chats", default_permissions=None)

    @chat.command(name="plan", description="Plan a chat")
    @app_commands.describe(topic="What about")
    async def plan(interaction: discord.Interaction, topic: str) -> None: ...

    @tree.command(name="setup", description="Set up")
    @app_commands.default_permissions(manage_events=True)
    async def setup(interaction: discord.Interaction) -> None: ...

    tree.add_command(chat)
    first = {one.name: one.id for one in await tree.sync()}
    assert (
        first
        == {one.name: one.id for one in await tree.sync()}
        == {"chat": first["chat"], "setup": first["setup"]}
    )
    fetched = {one.name: one for one in await tree.fetch_commands()}
    needed = fetched["setup"].default_member_permissions
    assert needed is not None
    assert needed.manage_events
    await fetched["setup"].delete()
    assert [one.name for one in await tree.fetch_commands()] == ["chat"]
    with pytest.raises(discord.NotFound) as gone:
        await tree.fetch_command(fetched["setup"].id)
    assert gone.value.code == 10063


async def test_commands_of_a_guild_are_its_own(room: Room) -> None:
    tree: app_commands.CommandTree[Any] = room.client.tree
    guild = discord.Object(room.guild.id)

    @tree.command(name="answer", description="Answer a question", guild=guild)
    async def answer(interaction: discord.Interaction) -> None: ...

    await tree.sync(guild=guild)
    assert [one.name for one in await tree.fetch_commands(guild=guild)] == ["answer"]
    assert await tree.fetch_commands() == []
    room.world.kick_bot(room.guild)
    with pytest.raises(discord.Forbidden):
        await tree.fetch_commands(guild=guild)
