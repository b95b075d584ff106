"""Question lists of real EdChats, each with the source it was taken from."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from bot.core import sentences
from bot.core.model import Refused


@dataclass(frozen=True, slots=True)
class Sample:
    """One chat that was held: when, how long, and what was asked."""

    hashtag: str
    topic: str
    starts_at: datetime
    zone: str
    minutes: int
    questions: tuple[str, ...]
    source: str

    @property
    def starts_at_local(self) -> datetime:
        """When it began, as the wall clock of its zone showed it."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def name(self) -> str:
        """What it is called when one is chosen."""
        return f"{self.hashtag} {self.topic}"


def samples() -> tuple[Sample, ...]:
    """Every sample."""
    text = resources.files("bot").joinpath("samples/real_chats.json").read_text(encoding="utf-8")
    return tuple(_sample(kept) for kept in json.loads(text))


def sample(named: str) -> Sample:
    """The only sample whose name holds these words."""
    every = samples()
    found = [one for one in every if named.casefold() in one.name.casefold()]
    if len(found) != 1:
        raise Refused(sentences.demo_which(named, [one.name for one in found or every]))
    return found[0]


def _sample(kept: dict[str, Any]) -> Sample:
    clock, zone = kept["local_time"].split()
    local = datetime.fromisoformat(f"{kept['date']}T{clock}").replace(tzinfo=ZoneInfo(zone))
    about = kept["hashtag"], kept["topic"], local.astimezone(UTC), zone, kept["minutes"]
    return Sample(*about, tuple(kept["questions"]), kept["source"])
