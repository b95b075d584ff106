"""A data folder with a faster clock never meets people on a network of theirs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import ScaledClock
from tests.support.hosted import edchat
from tests.support.house import prepare

HERE = "http://127.0.0.1:9/api/v10"


@pytest.mark.parametrize(
    "addresses",
    [{}, {"EDCHAT_DISCORD_API_URL": HERE}, {"EDCHAT_DISCORD_GATEWAY_URL": "ws://localhost:9/gw"}],
    ids=["the real Discord", "its real gateway", "its real requests"],
)
async def test_with_a_faster_clock_a_token_is_refused_unless_every_server_is_this_machine(
    tmp_path: Path, addresses: dict[str, str]
) -> None:
    prepare(tmp_path, "browser")
    now = datetime.now(UTC)
    ScaledClock(now, now, 60).write(tmp_path / "clock.json")
    refused = await asyncio.to_thread(edchat, tmp_path, "run", EDCHAT_DISCORD_TOKEN="none", **addresses)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "faster clock" in refused.stderr
