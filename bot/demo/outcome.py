"""What came of a demo, in the one line that it prints for machines."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from bot.demo.ledger import Comparison


@dataclass(frozen=True, slots=True)
class Outcome:
    """The people's ledger held against what the archive holds, and how the questions were asked.

    `again` are second posts of a question; `lateness` is in milliseconds of chat time, the least first;
    `seconds` are real ones.
    """

    closed: bool
    questions: int
    asked: int
    again: int
    kept: Comparison
    lateness: tuple[float, ...]
    seconds: float
    archive_url: str

    @property
    def right(self) -> bool:
        """Whether all was asked once, the chat came to its end, and nothing was lost or doubled."""
        once = self.asked == self.questions and not self.again
        return self.closed and once and not self.kept.lost and not self.kept.doubled

    def as_row(self) -> dict[str, Any]:
        """Give the line's keys and values."""
        kept = self.kept
        return {
            "questions": self.questions,
            "asked": self.asked,
            "sent": kept.sent,
            "stored": kept.stored,
            "filed": dict(kept.filed),
            "conversation": kept.conversation,
            "edited": kept.edited,
            "deleted": kept.deleted,
            "lost": len(kept.lost),
            "doubled": len(kept.doubled) + self.again,
            "late_ms_p50": at_rank(self.lateness, 0.50),
            "late_ms_p99": at_rank(self.lateness, 0.99),
            "seconds": round(self.seconds, 1),
            "archive_url": self.archive_url,
        }


def at_rank(ordered: tuple[float, ...], share: float) -> float:
    """The value that this share of the others does not exceed; 0 where there is none."""
    return round(ordered[max(0, ceil(share * len(ordered)) - 1)], 1) if ordered else 0.0
