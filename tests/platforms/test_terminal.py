"""The terminal under virtual time, and a terminal on a bad day."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.hearing import Deleted, Edited, Said
from bot.platform import Later, Outgoing
from bot.platforms.patience import rung
from tests.platforms.contract import on_message
from tests.support.ears import NotingEars, listening
from tests.support.faulty import Faults, Faulty
from tests.support.networks import TerminalNetwork
from tests.support.virtual_loop import run_virtual

START = datetime(2026, 1, 7, 20, 0, tzinfo=UTC)


@pytest.fixture
def net(tmp_path: Path) -> TerminalNetwork:
    """Give transcripts in an empty folder."""
    return TerminalNetwork(tmp_path / "rooms", SystemClock())


async def a_year_of_weekly_greetings(net: TerminalNetwork) -> list[datetime]:
    """Say something once a week and give the times at which it was heard."""
    ears = NotingEars(net.place)
    heard: list[datetime] = []
    async with listening(net.platform(), ears):
        for week in range(52):
            await net.person("ana").say(f"week {week}")
            await net.until(ears.has_heard(week + 1))
            heard.append(net.clock.now())
            await asyncio.sleep(timedelta(weeks=1).total_seconds())
    return heard


def test_without_polling_a_quiet_year_costs_nothing_and_all_is_heard_at_once(net: TerminalNetwork) -> None:
    heard = run_virtual(a_year_of_weekly_greetings(net), START)
    late = [at - START - timedelta(weeks=1) * week for week, at in enumerate(heard)]
    assert max(late) < timedelta(seconds=1)


async def waits_for_ever(bell: asyncio.Event) -> None:
    """Wait for one ringing after another."""
    while True:
        await rung(bell, 10.0)


@pytest.mark.parametrize("turns", range(6))
async def test_a_listener_cancelled_at_the_moment_of_ringing_ends(turns: int) -> None:
    bell = asyncio.Event()
    task = asyncio.create_task(waits_for_ever(bell))
    await asyncio.sleep(0.01)
    bell.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    task.cancel()
    assert done


async def stubborn(net: TerminalNetwork, faulty: Faulty, key: str) -> str:
    """Send as an outbox does: again and again under the same key."""
    while True:
        try:
            async with asyncio.timeout(0.02):
                return await faulty.send(Outgoing(key, net.place, Action.POST, key))
        except (Later, ConnectionError, TimeoutError):
            faulty.inner = net.platform()


async def test_on_a_bad_day_every_key_is_posted_once_and_in_order(net: TerminalNetwork) -> None:
    faulty = Faulty(net.platform(), net.clock, Faults(later=0.1, before=0.2, after=0.2, hang=0.1), seed=5)
    keys = [f"k{number}" for number in range(60)]
    sent = [await stubborn(net, faulty, key) for key in keys]
    assert [(seen.id, seen.text) for seen in net.posts()] == list(zip(sent, keys, strict=True))
    assert set(faulty.tripped) == {"later", "before", "after", "hang", "none"}


async def test_a_bad_day_is_the_same_from_the_same_seed(net: TerminalNetwork) -> None:
    days = []
    for _ in range(2):
        faulty = Faulty(net.platform(), net.clock, Faults(later=0.3, after=0.3), seed=9)
        outcomes: Counter[str] = Counter()
        for number in range(30):
            try:
                await faulty.send(Outgoing(f"k{number}", net.place, Action.POST, "Q"))
            except (Later, ConnectionError) as fault:
                outcomes[f"{number} {fault}"] += 1
        days.append(outcomes)
    assert days[0] == days[1]
    assert days[0]


async def test_one_place_held_up_leaves_the_other_alone(net: TerminalNetwork) -> None:
    faulty = Faulty(net.platform(), net.clock)
    faulty.hold_up(net.place.native_id, net.clock.now() + timedelta(minutes=5))
    with pytest.raises(Later) as later:
        await faulty.send(Outgoing("k1", net.place, Action.POST, "Q1"))
    assert later.value.seconds == 280
    await faulty.send(Outgoing("k2", net.other, Action.POST, "Q1"))
    assert (len(net.posts()), len(net.posts(net.other))) == (0, 1)


async def test_the_last_receipt_is_the_one_that_stands(net: TerminalNetwork) -> None:
    platform, answer = net.platform(), await net.person("ana").say("A2: often")
    for number in ("2", "3"):
        await on_message(platform, net.place, Action.RECEIPT, answer, number)
    assert net.messages()[0].receipts == ("3",)
    await on_message(platform, net.place, Action.RECEIPT, answer, "", key="off")
    assert net.messages()[0].receipts == ()


async def test_an_edit_and_a_deletion_tell_when_the_words_were_written(net: TerminalNetwork) -> None:
    ana, ears = net.person("ana"), NotingEars(net.place)
    said = await ana.say("novels")
    async with listening(net.platform(), ears):
        await ana.edit(said, "comics")
        await ana.delete(said)
        await net.until(ears.has_heard(3))
    written, edited, deleted = ears.heard()
    assert isinstance(written, Said)
    assert isinstance(edited, Edited)
    assert isinstance(deleted, Deleted)
    assert (edited.said_at, deleted.said_at) == (written.at, written.at)
