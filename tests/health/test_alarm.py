"""Whoever hosts the bot is told what is wrong with it, also where no database says who that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.core.sentences import wellness as say
from bot.health.alarm import Alarm
from bot.platforms.terminal.platform import Terminal
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.empty import put_empty
from tests.support.set_clock import SetClock

AWAY = ("ALTER TABLE place RENAME TO a_place", "ALTER TABLE outbox RENAME TO an_outbox")


async def test_a_host_who_was_known_is_told_directly_where_the_database_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.core.alarming.LASTS", timedelta())
    url, clock = database_url("", tmp_path), SetClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
    put_empty(url)
    async with Store(url) as store:
        async with store.begin() as tx:
            community = await tx.add_community("Edhouse", "UTC")
            await tx.add_place(community.id, "terminal", "#staff", "#staff")
        app = App(store, clock, [Terminal(tmp_path / "rooms", clock, None)], "test")
        alarm = Alarm(store, clock, app.vitals, app.platforms, [("terminal", "mo")])
        await alarm.look()
        async with store.begin() as tx:
            for change in AWAY:
                await tx.connection.exec_driver_sql(change)
        clock.at += timedelta(minutes=1)
        with pytest.raises(Exception, match="no such table"):
            await alarm.look()
    [said] = (tmp_path / "rooms").glob("*.jsonl")
    assert (say.NOT_READABLE in said.read_text(), '"mo"' in said.read_text()) == (True, True)
