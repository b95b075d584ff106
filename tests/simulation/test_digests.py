"""The weekly digest when the bot falls around it: posted once, whatever seam it fell at, and never twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot import failpoints
from tests.support.house import House, PowerCut, housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual

START: Final = datetime(2026, 11, 3, 19, 50, tzinfo=UTC)
CHAT: Final = START + timedelta(minutes=10)
DUE: Final = CHAT + timedelta(minutes=20, days=1)
LINK: Final = "https://cards.example/two-stars"
SEAMS: Final = ("step.before_commit", "step.committed", "outbox.claimed", "outbox.sent", "outbox.confirmed")


class _Trap:
    """Lets the bot fall at a seam, once."""

    def __init__(self, seam: str) -> None:
        self.seam, self.sprung = seam, False

    def __call__(self, name: str) -> None:
        if name == self.seam and not self.sprung:
            self.sprung = True
            raise PowerCut(name)


async def _talked(house: House) -> None:
    """A chat with a digest is held, and somebody shares a link in it."""
    series = await house.add_series(
        "#edchat", length=timedelta(minutes=20), opening=timedelta(minutes=2), digest=True
    )
    await house.add_chat(series, CHAT, ["What worked?"])
    await asyncio.sleep((CHAT - START + timedelta(minutes=10)).total_seconds())
    await house.person("Ana").say(f"A1: Two stars and a wish {LINK}")
    await asyncio.sleep((DUE - house.clock.now()).total_seconds() - 60)


async def _gets_up(house: House) -> None:
    """The bot is started again when it fell."""
    for _ in range(60):
        await asyncio.sleep(5)
        if not house.up:
            await house.fall()
            await house.get_up()


def _digests(house: House) -> list[tuple[str, datetime]]:
    return [(text, at) for text, at in house.posted() if text.startswith("Links shared in")]


@pytest.mark.parametrize("seam", SEAMS)
def test_killed_at_any_seam_the_digest_is_posted_exactly_once(folder: Path, seam: str) -> None:
    async def days() -> list[tuple[str, datetime]]:
        with inline_database():
            async with housed(folder, longest_sleep=None) as house:
                await _talked(house)
                assert _digests(house) == []
                trap = _Trap(seam)
                failpoints.arm(trap)
                await _gets_up(house)
                assert trap.sprung
                await asyncio.sleep(timedelta(days=1).total_seconds())
                assert house.rows("SELECT count(*) FROM digest") == [(1,)]
                return _digests(house)

    try:
        [(text, at)] = run_virtual(days(), START)
    finally:
        failpoints.arm(None)
    assert f"- Two stars and a wish: {LINK}" in text
    assert at - DUE < timedelta(seconds=60)


def test_down_all_day_the_digest_is_posted_when_the_bot_is_back(folder: Path) -> None:
    async def days() -> list[tuple[str, datetime]]:
        with inline_database():
            async with housed(folder, longest_sleep=None) as house:
                await _talked(house)
                await house.fall()
                await asyncio.sleep(timedelta(hours=20).total_seconds())
                await house.get_up()
                await asyncio.sleep(120)
                return _digests(house)

    [(_, at)] = run_virtual(days(), START)
    assert timedelta(hours=19) < at - DUE < timedelta(hours=21)
