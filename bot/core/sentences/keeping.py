"""What stands on the hosts' panel and in a network's calendar."""

from bot.core.model import Chat, ChatState, Series
from bot.core.rooms.bar import next_up
from bot.core.sentences.chat import letter, name, question
from bot.core.state import Running


def about(series: Series) -> str:
    """What a calendar says of a chat."""
    return series.about or f"{series.title} {series.hashtag}".strip()


def over(chat: Chat, series: Series) -> str:
    """What stands on the panel when the hour is over."""
    return f"{name(chat, series)} is over; late answers still count."


def panel(state: Running, due: str) -> str:
    """Where the chat is and what comes next, for its hosts."""
    lines = [f"**{name(state.chat, state.series)}**: {_now(state)}"]
    if state.chat.paused_at is not None:
        lines.append("Paused; nothing is asked until you go on.")
    coming = next_up(state)
    if coming is not None:
        lines.append(f"Next{f' {due}' if due else ''}: {question(state.series, coming)}")
    elif due:
        lines.append(f"{'The end' if state.chat.state is ChatState.WRAPPING else 'Wrap-up'} {due}.")
    return "\n".join(lines)


def _now(state: Running) -> str:
    current = state.current
    if state.chat.state is ChatState.WRAPPING:
        return "the wrap-up is on."
    return (
        "people are gathering." if current is None else f"{letter(state.series, 0)}{current.position} is on."
    )
