"""Exactly once, whatever goes wrong on the way; and refusals in words that say what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.actions import Action
from bot.core.sentences import matrix as sentences
from bot.platform import Impossible
from bot.platforms.matrix import finding
from bot.platforms.matrix.homeserver import MatrixRefused
from bot.platforms.matrix.rooms import Room, Rooms
from tests.platforms.matrix.speaking import REACTS, SENDS, STATES, Speaking, insisted, speaking, until
from tests.support.bad_inputs import case
from tests.support.fake_discord.faults import Rule
from tests.support.synapse.people import People
from tests.support.synapse.proxy import FaultProxy, refused


@pytest.fixture
async def room(people: People, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(people, tmp_path, proxy.url) as made:
        yield made


FAULTS: dict[str, Callable[[Rule], Rule]] = {
    "dropped before the server had it": Rule.reset,
    "dropped after the server had it": Rule.store_then_reset,
    "a gateway's fault before": lambda rule: rule.status(502),
    "a gateway's fault after": lambda rule: rule.store_then_status(504),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", [Action.POST, Action.CARD, Action.WHISPER])
async def test_whatever_happens_on_the_way_it_is_said_once(
    room: Speaking, proxy: FaultProxy, fault: str, action: Action
) -> None:
    asked = await room.dana.says(room.room, "!edchat chat now") if action is Action.WHISPER else None
    out = room.out(action, "Q1: What works?", reply_to=asked)
    rule = FAULTS[fault](proxy.faults.on("PUT", SENDS, times=3))
    sent = await insisted(room, out)
    assert rule.hits == 3
    assert [(one["event_id"], one["content"]["body"]) for one in await room.said()] == [
        (sent, "Q1: What works?")
    ]


async def test_what_the_server_took_and_did_not_say_in_time_is_said_once(
    room: Speaking, proxy: FaultProxy
) -> None:
    out = room.out(Action.POST, "Q1")
    proxy.faults.on("PUT", SENDS).hang(5, stored=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await room.platform.send(out)
    sent = await room.platform.send(out)
    assert [one["event_id"] for one in await room.said()] == [sent]


@pytest.mark.parametrize("fault", FAULTS)
async def test_pins_topics_and_receipts_converge_whatever_happens(
    room: Speaking, proxy: FaultProxy, fault: str
) -> None:
    first, second = await room.posts("Q1"), await room.posts("Q2")
    said = await room.dana.says(room.room, "A1: often")
    wishes = (
        (STATES, Action.PIN, (("", first), ("", second))),
        (STATES, Action.TOPIC, (("Q1 of 7", None), ("Q2 of 7", None))),
        (REACTS, Action.RECEIPT, (("1", said), ("2", said))),
    )
    for path, action, steps in wishes:
        for text, target in steps:
            rule = FAULTS[fault](proxy.faults.on("PUT", path, times=2))
            await insisted(room, room.out(action, text, target=target))
            assert rule.hits
            proxy.faults.clear()
    assert (await room.dana.state(room.room, "m.room.pinned_events"))["pinned"] == [second]
    assert (await room.dana.state(room.room, "m.room.topic"))["topic"] == "Q2 of 7"
    assert [one[0] for one in await room.signs(said)] == ["2"]


async def test_two_keys_with_equal_words_are_two_messages(room: Speaking) -> None:
    assert len({await room.posts("Q1"), await room.posts("Q1")}) == 2
    assert await room.bodies() == ["Q1", "Q1"]


async def test_a_key_of_any_length_with_any_letters_posts_once(room: Speaking) -> None:
    outs = [room.out(Action.POST, "Q1", key="a/very long?#%key " * 20 + str(end)) for end in (1, 2)]
    ids = [await room.platform.send(out) for out in (*outs, *outs)]
    assert ids[:2] == ids[2:]
    assert len(await room.said()) == 2


async def test_when_the_server_may_have_forgotten_the_key_our_own_post_is_found_first(
    room: Speaking, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_PAGE", 3)
    out = room.out(Action.POST, "Q1: What works?")
    sent = await room.platform.send(out)
    for number in range(5):
        await room.dana.says(room.room, f"A1: {number}")
        await room.posts(f"Thank you for {number}")
    await room.does(Action.EDIT, "Q1: What worked?", target=sent)
    late = replace(out, first_attempt_at=room.ago(days=2))
    before = len(proxy.asked("PUT", "/send/"))
    assert await room.platform.find(late) == sent
    assert await room.platform.send(late) == sent
    assert len(proxy.asked("PUT", "/send/")) == before
    other = replace(room.out(Action.POST, "Q1: What works?"), first_attempt_at=room.ago(days=2))
    assert await room.platform.find(other) is None
    assert await room.platform.send(other) != sent


async def test_what_was_sent_in_a_thread_is_found_again(room: Speaking) -> None:
    question = await room.posts("Q1")
    for action, more in ((Action.POST, {"target": question}), (Action.CARD, {"thread": question})):
        out = room.out(action, "a line", **more)
        sent = await room.platform.send(out)
        late = replace(out, first_attempt_at=room.ago(minutes=1))
        assert await room.platform.find(late) == sent


# -- refusals -----------------------------------------------------------------------------------------------


async def why(room: Speaking, action: Action, text: str = "2", **more: object) -> str:
    with pytest.raises(Impossible) as no:
        await room.does(action, text, **more)
    return str(no.value)


def told_no(proxy: FaultProxy) -> int:
    return sum(one.status == 403 and "_synapse/admin" not in one.path for one in proxy.requests)


NEEDED = {
    Action.POST: ("m.room.message", "send messages"),
    Action.CARD: ("m.room.message", "send messages"),
    Action.PIN: ("m.room.pinned_events", "pin messages"),
    Action.TOPIC: ("m.room.topic", "change the topic"),
    Action.RECEIPT: ("m.reaction", "react"),
}


@pytest.mark.parametrize("action", NEEDED)
async def test_b271_a_power_that_is_missing_is_named_and_asked_for_once_at_most(
    room: Speaking, proxy: FaultProxy, action: Action
) -> None:
    assert case("B271").expect.startswith("one 403")
    said = await room.dana.says(room.room, "A1")
    kind, words = NEEDED[action]
    levels = await room.dana.state(room.room, "m.room.power_levels")
    await room.dana.sets(
        room.room, "m.room.power_levels", levels | {"events": levels.get("events", {}) | {kind: 77}}
    )
    target = said if action in (Action.PIN, Action.RECEIPT) else None

    async def is_told() -> bool:
        return words in await why(room, action, target=target)

    await until(is_told)
    told = {await why(room, action, target=target) for _ in range(30)}
    assert len(told) == 1
    assert "give me the power 77" in told.pop()
    assert told_no(proxy) <= 1
    await room.dana.sets(room.room, "m.room.power_levels", levels)

    async def is_done() -> str:
        try:
            return await room.does(action, "2", target=target)
        except Impossible:
            return ""

    assert await until(is_done)


async def test_what_was_refused_without_a_reason_that_we_know_is_not_asked_again_at_once(
    room: Speaking, proxy: FaultProxy
) -> None:
    proxy.faults.on("PUT", SENDS, times=None).does(refused(403, "M_FORBIDDEN", "Spam is not allowed here"))
    for _ in range(5):
        assert await why(room, Action.POST) == sentences.homeserver_said_no(
            "Spam is not allowed here", "M_FORBIDDEN"
        )
    assert told_no(proxy) == 1


async def test_back_in_a_room_it_speaks_at_once_whatever_was_refused_when_it_was_out(room: Speaking) -> None:
    rooms = room.platform.life.rooms
    await until(lambda: known(rooms, room.room))
    before = rooms.room(room.room)
    await room.dana.acts_on(room.room, "kick", room.bot.user)
    with pytest.raises(Impossible):
        await room.posts("Is anybody there?")
    await until(lambda: known(rooms, room.room, not_as=before, gone=True))
    with pytest.raises(Impossible):
        await room.posts("And now?")
    await room.bot.joins(room.room)
    await until(lambda: known(rooms, room.room, not_as=before))
    await room.posts("On it goes.")
    assert await room.bodies() == ["On it goes."]


async def known(rooms: Rooms, native_id: str, *, not_as: Room | None = None, gone: bool = False) -> bool:
    """Tell whether the bot was told of a room, and not as before, or that it is out of it."""
    found = rooms.room(native_id)
    return found is None if gone else found is not None and found is not not_as


async def test_a_no_that_is_not_the_homeservers_own_is_tried_again(room: Speaking, proxy: FaultProxy) -> None:
    rule = proxy.faults.on("PUT", SENDS)
    rule.store_then_status(404)
    out = room.out(Action.POST, "Q1")
    with pytest.raises(MatrixRefused):
        await room.platform.send(out)
    sent = await room.platform.send(out)
    assert [one["event_id"] for one in await room.said()] == [sent]


async def test_a_message_that_is_too_large_for_the_server_is_told(room: Speaking, proxy: FaultProxy) -> None:
    proxy.faults.on("PUT", SENDS).does(refused(413, "M_TOO_LARGE", "event too large"))
    assert await why(room, Action.POST) == sentences.TOO_LARGE
