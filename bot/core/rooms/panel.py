"""What hosts can press in a room, decided from the chat as it is; an old button does no harm."""

from bot.core import sentences
from bot.core.model import ChatState, Offer
from bot.core.rooms.bar import next_up
from bot.core.sentences import bar as say
from bot.core.sentences.chat import letter
from bot.core.state import Running
from bot.core.tongue import _


def panel(state: Running) -> tuple[Offer, ...]:
    """The buttons of the hosts' panel."""
    chat = state.chat
    if chat.state.live:
        return (*_time(state), *_questions(state), _missing(state), _end(state))
    if chat.state.ahead:
        return _before(state)
    return (_missing(state),) if chat.state.hears_late_answers else ()


def first_steps(*, set_up: bool, weekly_chats: int) -> tuple[Offer, ...]:
    """The buttons of the hosts' panel while there is no chat."""
    if not set_up and not weekly_chats:
        return (sentences.set_up_offer(),)
    return () if weekly_chats else (Offer(_(sentences.WEEKLY_CHAT), "series create", form=True),)


def _time(state: Running) -> tuple[Offer, ...]:
    which = f"chat={state.chat.id} after={state.chat.asked}"
    if state.chat.paused_at is not None:
        return (Offer(_(say.GO_ON), f"chat resume chat={state.chat.id}"),)
    slow = state.series.slow
    more = (
        sentences.more_days_offer(which, _(say.MORE_DAYS))
        if slow
        else Offer(_(say.MORE_TIME), f"chat extend 2 {which}")
    )
    if state.chat.state is ChatState.WRAPPING:
        return (more,)
    onward = () if slow and next_up(state) is None else (Offer(_(say.NEXT_NOW), f"chat next {which}"),)
    return *onward, more, Offer(_(say.PAUSE_NOW), f"chat pause {which}")


def _questions(state: Running) -> tuple[Offer, ...]:
    q, chat, coming = letter(state.series, 0), state.chat, next_up(state)
    add = Offer(_(say.ADD_ONE), f"question add chat={chat.id}", form=True)
    if coming is None:
        return () if chat.state is ChatState.WRAPPING else (add,)
    number = coming.position
    return (
        Offer(say.skip_one(q, number), f"chat skip {number} chat={chat.id}"),
        Offer(say.edit_one(q, number), f"question edit {number} chat={chat.id}", form=True),
        add,
    )


def _before(state: Running) -> tuple[Offer, ...]:
    chat, which = state.chat, f"chat={state.chat.id}"
    write = Offer(_(say.WRITE_THEM), f"chat plan {which}", form=True)
    if not state.questions:
        return (write,)
    sheet, start = Offer(_(say.PREVIEW), f"chat preview {which}"), Offer(_(say.START), f"chat start {which}")
    steps = sentences.planned_offers(chat, state.series, state.questions)
    press, edits = [one for one in steps if not one.form], [one for one in steps if one.form]
    return sheet, write, *press, start, *edits


def _missing(state: Running) -> Offer:
    return Offer(_(say.WHO_WAITS), f"answers unanswered chat={state.chat.id}")


def _end(state: Running) -> Offer:
    # A form without fields asks once more: the hour cannot be begun again.
    return Offer(_(say.END_NOW), f"chat end chat={state.chat.id} sure=yes", form=True)
