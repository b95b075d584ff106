"""What networks keep in step with a chat: its entry in their calendar, and the hosts' panel."""

from bot.core.effects import Card, Effect, Enter, Entry, Moment
from bot.core.rooms.panel import panel
from bot.core.sentences import keeping as say
from bot.core.sentences.chat import name
from bot.core.state import Running
from bot.core.times import clockface

PANEL = "steering"
"""The subject of the hosts' panel."""


def kept_in_step(before: Running, after: Running) -> tuple[Effect, ...]:
    """What is kept as it should be from now on, where a change of the chat shows there."""
    entered = (Enter(entry(after)),) if entry(before) != entry(after) else ()
    return (*entered, *_panel(before, after))


def entry(state: Running) -> Entry | None:
    """The chat in a calendar; none for a rehearsal, a chat called off, or one that is over."""
    chat, series = state.chat, state.series
    if chat.rehearsal or not (chat.state.ahead or chat.state.live):
        return None
    where = state.links.page or state.links.join
    return Entry(name(chat, series), say.about(series), chat.starts_at, chat.ends_at, where, chat.state.live)


def _panel(before: Running, after: Running) -> tuple[Card, ...]:
    """The hosts' panel stands from the opening to the end; then what is told of the hour takes its place."""
    chat = after.chat
    if not (chat.state.live or before.chat.state.live):
        return ()
    if not chat.state.live:
        return (Card(PANEL, say.over(chat, after.series), hosts=True),)
    due = None if chat.paused_at else after.next_turn
    moments = (Moment(clockface.time(due, chat.zone), due),) if due else ()
    text = say.panel(after, clockface.time(due, chat.zone) if due else "")
    return (Card(PANEL, text, panel(after), hosts=True, moments=moments),)
