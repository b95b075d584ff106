"""Pieces of news from a room: each made once, and drawn once for each kind of viewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.storage.rooms.reading import RoomSnapshot
from bot.web.room.view import Shown, Viewer


class Kind(NamedTuple):
    """What all viewers of one kind see alike."""

    host: bool
    own: bool


@dataclass(slots=True)
class Frame:
    """One message after something happened to it; `snapshot` is None when it is gone."""

    event_id: int
    name: str
    message_id: int
    snapshot: RoomSnapshot | None = None
    shown: Shown | None = None
    drawn: dict[Kind, str] = field(default_factory=dict)

    @property
    def veiled(self) -> bool:
        """Whether only its writer and hosts may see it."""
        return self.snapshot is not None and self.snapshot.message.held

    def for_viewer(self, viewer: Viewer) -> Kind | None:
        """As what somebody sees this; None when it is not for their eyes."""
        if self.snapshot is None:
            return Kind(host=False, own=False)
        native_id, message = viewer.person.native_id, self.snapshot.message
        own = self.snapshot.writer == native_id
        if message.only_for is not None:
            return Kind(host=viewer.hosting, own=True) if message.only_for == native_id else None
        return Kind(viewer.hosting, own) if own or viewer.hosting or not message.held else None


@dataclass(frozen=True, slots=True)
class News:
    """The frames a page lacks, how far they go, which top is on; a page that was too slow is `lost`."""

    frames: tuple[Frame, ...]
    turn: int
    state: int
    lost: bool = False
