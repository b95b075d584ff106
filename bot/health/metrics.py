"""What is measured while the bot runs: how late, how long, how often; never who or what was said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from bot.core.model import Place

_SECONDS: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
_RECENT: Final = 1_000
"""Posts of which it is remembered how late they were."""
STILL: Final = 60.0
"""Seconds after which what failed and was not tried again no longer counts; it is tried every 10 s."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Since when something fails again and again, and when it failed last, by the loop's clock."""

    since: float
    last: float

    def again(self, now: float) -> Failing:
        """What is known after it failed once more: after a long silence it begins anew."""
        return replace(self, last=now) if self.still(now) else Failing(now, now)

    def still(self, now: float) -> bool:
        """Whether it is still tried, and fails."""
        return now - self.last <= STILL


class Stuck:
    """Words that come no further: places of which none can be stored, and those that pages cannot show."""

    def __init__(self) -> None:
        self.unstored: dict[Place, Failing] = {}
        self.unrendered: Failing | None = None

    def stored(self, place: Place, now: float, *, well: bool) -> None:
        """Note whether what was heard in a place could be stored."""
        if well:
            self.unstored.pop(place, None)
        else:
            known = self.unstored.get(place)
            self.unstored[place] = known.again(now) if known else Failing(now, now)

    def rendered(self, now: float, *, well: bool) -> None:
        """Note whether stored words could be made ready for pages."""
        known = self.unrendered
        self.unrendered = None if well else known.again(now) if known else Failing(now, now)


class Metrics:
    """The measures of one bot, in a registry of its own."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self.looked: float | None = None
        """When the scheduler last looked for what is due, by the loop's clock."""
        self.stuck = Stuck()
        ProcessCollector(registry=registry)

        def lasts(name: str, what: str, *labels: str) -> Histogram:
            return Histogram(f"edchat_{name}_seconds", what, labels, registry=registry, buckets=_SECONDS)

        def often(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"edchat_{name}", what, labels, registry=registry)

        self.step_lateness = lasts("step_lateness", "How long after they were due steps were taken.")
        late = "How long after they were due posts went out."
        self._post_lateness = lasts("post_lateness", late, "network")
        self.loop_lag = lasts("loop_lag", "How much later than asked for the loop came back.")
        self.ingest = lasts("ingest", "From when something was heard until it was stored.", "network")
        self.heard = often("heard", "What people did, as far as it was stored.", "network")
        self.not_stored = often("not_stored", "Bundles that could not be stored at that time.", "network")
        self.retries = often("retries", "What had to be tried again.", "network")
        self.not_sent = often("not_sent", "What was given up.", "network", "state")
        self.absences = often("absences", "How often a network went out of reach.", "network")

    def begin(self, networks: Iterable[str]) -> None:
        """Let what is counted stand at 0 before it happens for the first time: a rate needs a beginning."""
        for network in networks:
            for counter in (self.heard, self.not_stored, self.retries, self.absences):
                counter.labels(network)

    def posted(self, network: str, late: float) -> None:
        """Note how late a post was sent, in seconds."""
        self._post_lateness.labels(network).observe(max(0.0, late))
        self._recent.append(max(0.0, late))

    @property
    def recent_lateness(self) -> Sequence[float]:
        """How late the last posts were, in order of lateness."""
        return sorted(self._recent)

    def exposed(self) -> bytes:
        """All measures in Prometheus' text format."""
        return generate_latest(self._registry)
