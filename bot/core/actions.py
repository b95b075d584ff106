"""What an outgoing row does on a platform, and how early."""

from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """Which of two waiting actions goes out first: questions before threads before pins."""

    POST = 0
    THREAD = 1
    PIN = 2
    EDIT = 3
    CARD = 4
    ENTRY = 5
    RECEIPT = 9


class Action(StrEnum):
    """What an outgoing row does on a platform."""

    POST = "post"
    WHISPER = "whisper"
    THREAD = "thread"
    PIN = "pin"
    TOPIC = "topic"
    EDIT = "edit"
    RECEIPT = "receipt"
    CARD = "card"
    ENTRY = "entry"
    ROOM = "room"

    @property
    def urgency(self) -> Urgency:
        """How early this kind of action goes out."""
        return _URGENCY[self]

    @property
    def once(self) -> bool:
        """Done exactly once; the others converge to the latest wish."""
        return self in (Action.POST, Action.WHISPER)

    @property
    def makes(self) -> bool:
        """Leaves something on the network whose native id is kept."""
        return self.once or self.kept or self is Action.ROOM

    @property
    def kept(self) -> bool:
        """Made when it is first wished for, then kept in step, and taken away when the wish is empty."""
        return self in (Action.CARD, Action.ENTRY)


_URGENCY = {
    Action.POST: Urgency.POST,
    Action.WHISPER: Urgency.POST,
    Action.THREAD: Urgency.THREAD,
    Action.PIN: Urgency.PIN,
    Action.TOPIC: Urgency.PIN,
    Action.EDIT: Urgency.EDIT,
    Action.RECEIPT: Urgency.RECEIPT,
    Action.CARD: Urgency.CARD,
    Action.ENTRY: Urgency.ENTRY,
    Action.ROOM: Urgency.POST,
}
