"""A place that comes into a chat late, back into it, or goes on in another room: what it is told, once."""

from collections.abc import Iterator, Sequence

from bot.core.effects import Effect, Enter
from bot.core.keeping import entry, timed
from bot.core.model import ChatState, Pace, Place
from bot.core.running import asking
from bot.core.state import Running
from bot.core.telling import announcing, opening

MOST_PLACES = 20
"""Places of one weekly chat: a limit to what one code after another can make."""


def goes_on(owners: int, lost: Place, others: Sequence[Place]) -> bool:
    """Whether a chat that lost a place goes on in the `others`: not if its owners have none left."""
    guest = lost.community_id != owners
    return any(guest or one.community_id == owners for one in others)


def caught_up(state: Running) -> tuple[Effect, ...]:
    """What a place needs to take part from now on: the welcome and the question that is on, never more."""
    entered = (Enter(entry(state)),)
    if state.chat.state is ChatState.ANNOUNCED:
        return (*entered, announcing(state))
    if state.chat.state is not ChatState.OPEN:
        return entered
    asked = asking(state, state.current, None) if state.current else ()
    return tuple(timed((*entered, opening(state), *asked), state))


def asked_anew(state: Running) -> tuple[Effect, ...]:
    """What a place needs whose room was replaced: the question that is on, or all where all are on."""
    if state.chat.state is not ChatState.OPEN:
        return ()
    return tuple(timed(_asked_anew(state), state))


def _asked_anew(state: Running) -> Iterator[Effect]:
    before = None
    for question in (one for one in state.questions if one.asked_at):
        if state.series.asks is Pace.ALL or question == state.current:
            yield from asking(state, question, before)
            before = question
