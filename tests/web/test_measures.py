"""What is measured: in Prometheus' format, for this machine or whoever has the token, and of nobody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.web_house import Got, WebHouse, web_house

TOKEN = "a-token-that-nobody-guesses"
WORDS = "hippopotamus"

Measured = dict[str, dict[str, float]]
"""Each measure's samples by their labels' values."""


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


def measured(got: Got) -> Measured:
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: Measured = {}
    for family in text_string_to_metric_families(got.text):
        assert family.documentation, family.name
        for sample in family.samples:
            key = ",".join(value for name, value in sample.labels.items() if name != "le")
            found.setdefault(sample.name, {})[key] = sample.value
    return found


async def scrape(pages: ArchivePages, **headers: Any) -> Got:
    return await pages.web.stranger().get("/metrics", **headers)


async def test_a_program_of_this_machine_reads_every_measure_in_prometheus_format(
    pages: ArchivePages,
) -> None:
    found = measured(await scrape(pages))
    lasting = {"step_lateness", "loop_lag"}
    assert {f"edchat_{one}_seconds_count" for one in lasting} <= found.keys()
    assert {"edchat_well", "edchat_faults", "edchat_disk_free_bytes"} <= found.keys()
    assert {"edchat_outbox_waiting", "process_resident_memory_bytes"} <= found.keys()
    assert found["edchat_disk_free_bytes"][""] > 0
    counted = {"heard", "not_stored", "retries", "absences"}
    assert {one: found[f"edchat_{one}_total"] for one in counted} == {one: {"browser": 0} for one in counted}
    names = {name for name in found if not name.startswith("process_")}
    assert all(name.startswith("edchat_") for name in names)


async def test_nothing_is_measured_in_the_registry_that_all_programs_share(pages: ArchivePages) -> None:
    await scrape(pages)
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("edchat")]


async def test_whether_the_bot_is_well_is_a_measure_too(pages: ArchivePages) -> None:
    overdue = measured(await scrape(pages))
    assert (overdue["edchat_well"][""], overdue["edchat_faults"]["steps"]) == (0, 1)
    await pages.change("UPDATE step SET state = 'done' WHERE state = 'planned'")
    pages.clock.at = pages.clock.at.replace(minute=(pages.clock.at.minute + 1) % 60)
    fine = measured(await scrape(pages))
    assert (fine["edchat_well"][""], fine["edchat_faults"]["steps"]) == (1, 0)


@pytest.mark.parametrize(
    "passed_on",
    [
        {"X_Forwarded_For": "203.0.113.9"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"X_Real_IP": "203.0.113.9"},
    ],
)
async def test_what_a_proxy_passes_on_finds_nothing_there(
    passed_on: dict[str, str], pages: ArchivePages
) -> None:
    got = await scrape(pages, **passed_on)
    assert got.status == 404
    assert "edchat_" not in got.text


async def test_a_proxy_that_hides_itself_still_gives_the_name_it_was_asked_for(tmp_path: Path) -> None:
    async with web_house(tmp_path, base_url="https://chat.example.org") as house:
        assert (await house.stranger().get("/metrics")).status == 200
        assert (await house.stranger().get("/metrics", Host="chat.example.org")).status == 404
        assert (await house.stranger().get("/metrics", Host="localhost")).status == 200


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN} ", 200),
        (TOKEN, 404),
        (f"Basic {TOKEN}", 404),
        ("Bearer ", 404),
        ("Bearer a-token-that-nobody", 404),
        ("", 404),
    ],
)
async def test_from_elsewhere_only_the_token_opens_it(said: str, status: int, pages: ArchivePages) -> None:
    pages.web.site.metrics_token = SecretStr(TOKEN)
    got = await scrape(pages, X_Forwarded_For="203.0.113.9", Authorization=said)
    assert got.status == status
    assert TOKEN not in got.text


async def test_without_a_token_in_the_settings_none_opens_it(pages: ArchivePages) -> None:
    for said in ("Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        assert (await scrape(pages, X_Forwarded_For="203.0.113.9", Authorization=said)).status == 404


async def test_somebody_on_another_address_of_this_machine_is_elsewhere(tmp_path: Path) -> None:
    async with web_house(tmp_path, trusted_proxies=("127.0.0.1",)) as house:
        got = await house.stranger().get("/metrics", X_Forwarded_For="203.0.113.9")
        assert got.status == 404
    assert socket.gethostbyname("localhost") == "127.0.0.1"


async def test_measures_name_nobody_and_quote_nothing(tmp_path: Path) -> None:
    async with web_house(tmp_path, running=True) as house:
        await talk(house)
        found = await house.stranger().get("/metrics")
        counted = measured(found)
    assert counted["edchat_heard_total"]["browser"] >= 1
    assert "browser" in counted["edchat_outbox_waiting"]
    assert counted["edchat_network_connected"]["browser"] == 1
    assert 0 <= counted["edchat_scheduler_looked_seconds"][""] < 30
    assert counted["edchat_ingest_seconds_count"]["browser"] >= 1
    for secret in ("Ophelia", WORDS, "Maths", "edchat_room", urlsplit(house.base).netloc):
        assert secret not in found.text


async def talk(house: WebHouse) -> None:
    """Somebody says something in the room, and it is heard."""
    ophelia = await house.join("Ophelia")
    said = await ophelia.post(f"/room/{house.place.native_id}/say", {"text": f"A1: {WORDS}"})
    assert said.status == 200, said.text
    for _ in range(200):
        async with house.store.read() as tx:
            if (await tx.counts())["messages"]:
                return
        await house.site.vitals.look()


async def test_a_proxy_that_says_nothing_of_itself_is_not_this_machine(pages: ArchivePages) -> None:
    at = urlsplit(pages.web.site.base_url)
    asked = {}
    for version in ("1.0", "1.1"):
        with socket.create_connection((str(at.hostname), int(at.port or 0)), 5) as line:
            line.sendall(f"GET /metrics HTTP/{version}\r\nHost: 127.0.0.1\r\n\r\n".encode())
            asked[version] = (await asyncio.to_thread(line.recv, 64)).split()[1]
    assert asked == {"1.0": b"404", "1.1": b"200"}
