"""On which sheets of a room's page a message stands: decided from what it hangs on and where it is filed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TALK = "room"
"""The key of the sheet that is no question's: the conversation."""
_CLIMB = 50


@dataclass(frozen=True, slots=True)
class Hung:
    """What a message hangs on; `filed` are the messages that asked the questions it answers."""

    thread: int | None = None
    reply_to: int | None = None
    filed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stands:
    """The sheet on which a message was said, all on which it is seen, and the answer it comments on."""

    home: str = TALK
    sheets: tuple[str, ...] = (TALK,)
    under: int | None = None

    @property
    def spread(self) -> bool:
        """Whether words of the conversation are seen under a question too."""
        return self.home == TALK and self.sheets != (TALK,)

    def seen_from(self, sheet: str) -> str:
        """On which sheet somebody who is at this one finds a message: here, if it stands here too."""
        return next((one for one in (sheet, self.home) if one in self.sheets), self.sheets[0])

    def mark(self, message_id: int, sheet: str) -> str:
        """What a message is called on a sheet; nothing is called the same twice on a page."""
        return f"{'q' if sheet != TALK and self.home == TALK else 'm'}{message_id}"


NOWHERE = Hung()


def stands(message_id: int, known: Mapping[int, Hung]) -> Stands:
    """Where a message stands; `known` has it, and all that it hangs on.

    What is filed stands under its questions and no other one; the conversation keeps what was said in it.
    A comment goes wherever its answer goes.
    """
    *_, top = _above(message_id, known)
    home = _home(known.get(top, NOWHERE))
    head = next(one for one in _above(message_id, known) if one == top or known[one].filed)
    about = known.get(head, NOWHERE)
    filed = tuple(map(str, about.filed))
    under = head if head != message_id and (about.filed or about.thread) else None
    return Stands(home, (*filed, *[TALK] * (home == TALK)) if filed else (home,), under)


def in_order(found: Mapping[int, Stands], sheet: str) -> list[int]:
    """The messages of a sheet as they stand on it: a question's comments right below their answers."""
    here = [one for one, where in found.items() if sheet in where.sheets]
    return sorted(here, key=lambda one: (one if sheet == TALK else found[one].under or one, one))


def _above(message_id: int, known: Mapping[int, Hung]) -> Iterator[int]:
    """A message, and what it replies to, up to what was said by itself or in a thread."""
    one = message_id
    for _ in range(_CLIMB):
        yield one
        hung = known.get(one, NOWHERE)
        if hung.thread is not None or hung.reply_to is None or hung.reply_to not in known:
            return
        one = hung.reply_to


def _home(top: Hung) -> str:
    return TALK if top.thread is None else str(top.thread)
