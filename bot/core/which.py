"""Which chat people mean when they name none."""

from enum import StrEnum


class Which(StrEnum):
    """LIVE: under way or next; AHEAD: next; UNPLANNED: next without questions; RECENT: takes answers."""

    LIVE = "live"
    AHEAD = "ahead"
    UNPLANNED = "unplanned"
    RECENT = "recent"
