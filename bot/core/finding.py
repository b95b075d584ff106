"""One thing that was looked at when a bot is looked over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found; `advice` says what to do where it is not fine."""

    fine: bool
    what: str
    found: str
    advice: str = ""
