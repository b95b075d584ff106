"""Who asks to read: what may be shown follows from this alone."""

from dataclasses import dataclass
from enum import StrEnum


class Reads(StrEnum):
    """How much of a community somebody may read."""

    PUBLIC = "public"
    MEMBERS = "members"
    HOSTS = "hosts"


@dataclass(frozen=True, slots=True)
class Audience:
    """A reader of one community; `series` are the weekly chats whose reading link they hold.

    The chats of `early` are shown as though they were out already: a host looks at them with a reader's eyes.
    """

    community_id: int
    reads: Reads = Reads.PUBLIC
    series: frozenset[int] = frozenset()
    early: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """What pages made for this audience are kept under."""
        links = ",".join(map(str, sorted(self.series))) if self.reads is Reads.PUBLIC else ""
        early = f":{','.join(map(str, sorted(self.early)))}" if self.early else ""
        return f"{self.community_id}:{self.reads}:{links}{early}"

    @property
    def private(self) -> bool:
        """Whether a page made for this audience may be for its eyes alone."""
        return self.reads is not Reads.PUBLIC or bool(self.series or self.early)
