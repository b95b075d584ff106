"""What was erased, in words that give nobody away: kept so that no old copy brings it back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Erased(StrEnum):
    """What was taken away, or what somebody decided about it."""

    PERSON = "person"
    EXCLUDED = "excluded"
    INCLUDED = "included"
    MESSAGE = "message"
    HIDDEN = "hidden"
    SHOWN = "shown"
    CHAT = "chat"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure; it names networks' own ids and ours, never a word or a name.

    A community is its id and its word in addresses, a chat its id and when it began.
    """

    what: Erased
    at: datetime
    community_id: int = 0
    slug: str = ""
    platform: str = ""
    place: str = ""
    native_id: str = ""
    chat_id: int = 0
    starts_at: datetime | None = None
