"""The homeserver of the tests itself: it keeps what it was told, and goes wrong exactly as it should."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from tests.support.fake_discord.faults import Rule
from tests.support.synapse.people import People, Person, Unanswered, people_on
from tests.support.synapse.proxy import FaultProxy, late, refused, too_many
from tests.support.synapse.server import Synapse, shared

SENDING = r".*/send/m\.room\.message/.*"
TRIES = 2
"""A PUT on a connection that was used before is tried once more by aiohttp itself when that breaks."""
GoesWrong = Callable[[Rule], Rule]


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    async with FaultProxy(shared().url) as made:
        yield made


@pytest.fixture
async def people(proxy: FaultProxy) -> AsyncIterator[People]:
    async with people_on(proxy.url) as made:
        yield made


async def words(person: Person, room: str) -> list[str]:
    return [one["content"]["body"] for one in await person.events(room, "m.room.message")]


@pytest.mark.slow
async def test_a_homeserver_keeps_rooms_and_tokens_when_it_is_killed_and_starts_again(tmp_path: Path) -> None:
    server = Synapse(tmp_path)
    server.start()
    try:
        async with people_on(server.url) as people:
            ana = await people("Ana")
            room = await ana.makes_room("Reading")
            await ana.says(room, "before")
            server.stop(signal.SIGKILL)
            with pytest.raises(aiohttp.ClientConnectionError):
                await ana.says(room, "lost")
            server.start()
            await ana.says(room, "after")
            assert await words(ana, room) == ["before", "after"]
    finally:
        server.stop()
    with socket.socket() as door, pytest.raises(ConnectionRefusedError):
        door.connect(("127.0.0.1", server.port))


async def test_people_talk_in_rooms_of_either_kind_and_see_each_other(people: People) -> None:
    ana, ben = await people("Ana"), await people("Ben")
    for version in ("10", "12"):
        room = await ana.makes_room("Reading", version=version)
        await ben.joins(room)
        said = await ana.says(room, "A1: aloud")
        await ben.says(room, "really?", reply_to=said)
        await ana.edits(room, said, "A2: aloud")
        await ben.redacts(room, await ben.digits(room, said, 3))
        assert await words(ben, room) == ["A1: aloud", "really?", "* A2: aloud"]
        assert (await ben.event(room, said))["unsigned"]["m.relations"]["m.replace"]["sender"] == ana.user


@pytest.mark.parametrize(
    ("goes_wrong", "times", "stored"),
    [
        (lambda rule: rule.status(503), 1, False),
        (lambda rule: rule.reset(), TRIES, False),
        (lambda rule: rule.store_then_reset(), TRIES, True),
        (lambda rule: rule.store_then_status(502), 1, True),
        (lambda rule: rule.does(too_many(0.1)), 1, False),
        (lambda rule: rule.does(refused(403, "M_FORBIDDEN")), 1, False),
    ],
    ids=["503", "reset before", "reset after", "502 after", "429", "403"],
)
async def test_what_goes_wrong_does_so_before_or_after_it_was_stored(
    people: People, proxy: FaultProxy, goes_wrong: GoesWrong, times: int, stored: bool
) -> None:
    ana = await people("Ana")
    room = await ana.makes_room()
    rule = goes_wrong(proxy.faults.on("PUT", SENDING, times=times))
    with pytest.raises((aiohttp.ClientError, Unanswered)):
        await ana.sends(room, "m.room.message", {"msgtype": "m.text", "body": "A1"}, txn="t1")
    assert (await words(ana, room) == ["A1"]) == stored
    await ana.sends(room, "m.room.message", {"msgtype": "m.text", "body": "A1"}, txn="t1")
    assert (await words(ana, room), rule.hits) == (["A1"], times)


async def test_a_proxy_can_be_late_and_can_be_down(people: People, proxy: FaultProxy) -> None:
    ana = await people("Ana")
    room = await ana.makes_room()
    proxy.faults.on("PUT", SENDING).does(late(0.2))
    await ana.says(room, "late")
    proxy.down = True
    with pytest.raises(aiohttp.ClientError):
        await ana.says(room, "lost")
    proxy.down = False
    assert await words(ana, room) == ["late"]
    assert [one.status for one in proxy.asked("PUT", "/send/")] == [200] + TRIES * [0]


def test_its_lock_pins_everything_with_hashes_and_names_no_address() -> None:
    folder = Path(__file__).parent
    lock = (folder / "requirements.lock").read_text(encoding="utf-8")
    wanted = (folder / "requirements.in").read_text(encoding="utf-8").split()
    pinned = re.findall(r"^([a-zA-Z0-9_.-]+==\S+)(?=.*\\\n    --hash=sha256:)", lock, re.MULTILINE)
    assert set(wanted) <= set(pinned)
    assert len(pinned) == len(re.findall(r"^[a-zA-Z]", lock, re.MULTILINE))
    assert re.findall(r"://|--index|--find-links|--extra-index", lock) == []
