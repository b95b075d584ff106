"""What hosts can press in a room, decided from the chat as it is; an old button does no harm."""

from bot.core import bar_sentences as say
from bot.core.chat_sentences import letter
from bot.core.model import ChatState, Offer
from bot.core.room_bar import next_up
from bot.core.state import Running


def panel(state: Running) -> tuple[Offer, ...]:
    """The buttons of the hosts' panel."""
    chat = state.chat
    if chat.state.live:
        return (*_time(state), *_questions(state), _missing(state), _end(state))
    if chat.state.ahead:
        return _before(state)
    return (_missing(state),) if chat.state.hears_late_answers else ()


def _time(state: Running) -> tuple[Offer, ...]:
    which = f"chat={state.chat.id} after={state.chat.asked}"
    if state.chat.paused_at is not None:
        return (Offer(say.GO_ON, f"chat resume chat={state.chat.id}"),)
    more = Offer(say.MORE_TIME, f"chat extend 2 {which}")
    if state.chat.state is ChatState.WRAPPING:
        return (more,)
    return Offer(say.NEXT_NOW, f"chat next {which}"), more, Offer(say.PAUSE_NOW, f"chat pause {which}")


def _questions(state: Running) -> tuple[Offer, ...]:
    q, chat, coming = letter(state.series, 0), state.chat, next_up(state)
    add = Offer(say.ADD_ONE, f"question add chat={chat.id}", form=True)
    if coming is None:
        return () if chat.state is ChatState.WRAPPING else (add,)
    number = coming.position
    return (
        Offer(say.skip_one(q, number), f"chat skip {number} chat={chat.id}"),
        Offer(say.edit_one(q, number), f"question edit {number} chat={chat.id}", form=True),
        add,
    )


def _before(state: Running) -> tuple[Offer, ...]:
    which = f"chat={state.chat.id}"
    write = Offer(say.WRITE_THEM, f"chat plan {which}", form=True)
    if not state.questions:
        return (write,)
    steps = (
        (say.PREVIEW, "chat preview"),
        (say.REHEARSE, "chat rehearse"),
        (say.START, "chat start"),
    )
    return (write, *(Offer(label, f"{line} {which}") for label, line in steps))


def _missing(state: Running) -> Offer:
    return Offer(say.WHO_WAITS, f"answers unanswered chat={state.chat.id}")


def _end(state: Running) -> Offer:
    # A form without fields asks once more: the hour cannot be begun again.
    return Offer(say.END_NOW, f"chat end chat={state.chat.id}", form=True)
