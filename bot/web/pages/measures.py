"""What is measured of the bot, for programs that watch it: never who or what was said."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.wellness import Fault, Kind, Reading, Waiting, faults, reason
from bot.web.site import Page, Site

PLAIN: Final = "text/plain; version=0.0.4; charset=utf-8"
_BEARER: Final = "bearer"
_CAME_BY: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers of which each says that somebody between here and there passed a request on."""


async def measures(site: Site, request: Request) -> Response:
    """All measures; a page that is not there for whoever may not read them."""
    if not (_has_token(site, request) or _from_here(request)):
        raise HTTPException(404)
    reading = await site.vitals.look()
    now = CollectorRegistry()
    now.register(_Now(reading, faults(reading)))
    body = site.vitals.metrics.exposed() + generate_latest(now)
    return Response(body, headers={"Content-Type": PLAIN, "Cache-Control": "no-store"})


def _has_token(site: Site, request: Request) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if site.metrics_token is None or kind.lower() != _BEARER:
        return False
    return hmac.compare_digest(given.strip().encode(), site.metrics_token.get_secret_value().encode())


def _from_here(request: Request) -> bool:
    """Whether a program of this machine asks for itself: no proxy passed it on, and it names this machine."""
    # Proxies that say nothing of themselves, as nginx does untold, ask in the old way.
    if any(name in request.headers for name in _CAME_BY) or request.scope["http_version"] == "1.0":
        return False
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_here(request.client.host if request.client else "") and (
        named == "localhost" or _is_here(named)
    )


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class _Now(Collector):
    """How the bot does at the moment, as gauges."""

    def __init__(self, reading: Reading, wrong: tuple[Fault, ...]) -> None:
        self._reading, self._wrong = reading, wrong

    def collect(self) -> Iterator[Metric]:
        """Each gauge with what it shows now."""
        yield _gauge("well", "1 while the bot does its work.", not reason(self._wrong))
        yield self._faults()
        yield from self._waiting()
        yield from self._networks()
        yield from self._disk()

    def _faults(self) -> Metric:
        found = GaugeMetricFamily("edchat_faults", "What is wrong now, by kind.", labels=["kind"])
        for kind in Kind:
            found.add_metric([kind], sum(fault.kind is kind for fault in self._wrong))
        return found

    def _waiting(self) -> Iterator[Metric]:
        count = GaugeMetricFamily("edchat_outbox_waiting", "What waits to be sent.", labels=["network"])
        about = "How long the oldest that is due has waited."
        oldest = GaugeMetricFamily("edchat_outbox_oldest_seconds", about, labels=["network"])
        idle = [Waiting(one.name, 0, timedelta()) for one in self._reading.networks]
        for one in {one.network: one for one in (*idle, *self._reading.waiting)}.values():
            count.add_metric([one.network], one.count)
            oldest.add_metric([one.network], one.oldest.total_seconds())
        yield from (count, oldest)

    def _networks(self) -> Iterator[Metric]:
        about = {
            "connected": "1 while a network is in reach.",
            "refused": "1 while a network refuses the bot itself.",
            "gaps": "Places in which something was not heard that a chat still needs.",
            "since_seconds": "Since when a network is in reach or out of it, as Unix time.",
        }
        found = {
            name: GaugeMetricFamily(f"edchat_network_{name}", what, labels=["network"])
            for name, what in about.items()
        }
        for one in self._reading.networks:
            found["connected"].add_metric([one.name], one.connected)
            found["refused"].add_metric([one.name], bool(one.unwell))
            found["gaps"].add_metric([one.name], one.gaps)
            found["since_seconds"].add_metric([one.name], one.since.timestamp())
        yield from found.values()

    def _disk(self) -> Iterator[Metric]:
        if self._reading.free is not None:
            yield _gauge("disk_free_bytes", "Free bytes on the disk of the data folder.", self._reading.free)
        if (made := self._reading.backup_at) is not None:
            about = "When the newest nightly copy was made, as Unix time."
            yield _gauge("backup_made_seconds", about, made.timestamp())
        if (looked := self._reading.looked) is not None:
            about = "How long ago the scheduler looked for what is due."
            yield _gauge("scheduler_looked_seconds", about, looked.total_seconds())


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"edchat_{name}", about, value=value)


PAGES = (Page("/metrics", measures),)
