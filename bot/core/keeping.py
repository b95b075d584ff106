"""What networks keep in step with a chat: its entry in their calendar, and the hosts' panel."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core.actions import Action
from bot.core.effects import Card, Effect, Enter, Entry, Moment, Say, Wish
from bot.core.model import ChatState, Question, StepKind
from bot.core.rooms.panel import panel
from bot.core.running import question_subject, rewritten
from bot.core.sentences import chat as words
from bot.core.sentences import keeping as say
from bot.core.sentences.chat import name
from bot.core.sentences.slow import at_clock, chat_clock
from bot.core.state import Running
from bot.core.telling import announcing

PANEL = "steering"
"""The subject of the hosts' panel."""
NEAR: Final = timedelta(seconds=30)
"""What a question's post says of the next one may be wrong by so much: it is read in minutes."""
LONGEST: Final = 1_900
"""Characters of a question whose post has room for more."""
_COMES: Final = {StepKind.ASK: words.NEXT_IN, StepKind.WRAP: words.WRAP_IN, StepKind.CLOSE: words.END_IN}


def kept_in_step(before: Running, after: Running) -> tuple[Effect, ...]:
    """What is kept as it should be from now on, where a change of the chat shows there."""
    entered = (Enter(entry(after)),) if entry(before) != entry(after) else ()
    return (*entered, *_announced(before, after), *_count_down(before, after), *_panel(before, after))


def timed(effects: Iterable[Effect], after: Running) -> tuple[Effect, ...]:
    """The same, where the post of the question that is on also says how long it is."""
    on = after.current
    return tuple(_timed(one, on, _coming(after)) if on else one for one in effects)


def _timed(effect: Effect, on: Question, coming: tuple[Moment, ...]) -> Effect:
    if isinstance(effect, Say) and effect.question == on.position:
        return replace(effect, moments=(*effect.moments, *coming))
    if isinstance(effect, Wish) and effect.action is Action.EDIT and effect.on == question_subject(on):
        return replace(effect, moments=coming)
    return effect


def _coming(state: Running) -> tuple[Moment, ...]:
    """What comes after the question that is on, and when; nothing while the time stands still."""
    on, still = state.current, state.chat.paused_at is not None
    if still or state.chat.state is not ChatState.OPEN or (on is not None and len(on.text) > LONGEST):
        return ()
    step = next((one for one in state.steps if one.kind in _COMES), None)
    return (Moment(_COMES[step.kind], step.due_at, below=True),) if step else ()


def _announced(before: Running, after: Running) -> tuple[Wish, ...]:
    """What was announced reads as the chat is planned now: its topic, its date, its questions."""
    told = {before.chat.state, after.chat.state}
    if told != {ChatState.ANNOUNCED} or announcing(before).text == announcing(after).text:
        return ()
    said = announcing(after)
    edit = Wish(f"{said.subject}.edit", Action.EDIT, said.text, said.subject, said.offers, said.moments)
    return (replace(edit, variants=said.variants),)


def _count_down(before: Running, after: Running) -> tuple[Wish, ...]:
    """The post of a question is told when what comes after it does not come when it says."""
    was, on = before.current, after.current
    if was is None or on is None or after.chat.state is not ChatState.OPEN:
        return ()
    left = next((one for one in after.questions if one.position == was.position and one.asked_at), None)
    if left is None or was.position == on.position:
        told, true, shown = _coming(before), _coming(after), on
    else:
        shown, told = left, _coming(before)
        true = (Moment(words.NEXT_IN, on.asked_at, below=True),) if on.asked_at else ()
    if (left is not None and _alike(told, true)) or len(shown.text) > LONGEST:
        return ()
    return (replace(rewritten(after, shown), moments=true, instants=True),)


def _alike(told: tuple[Moment, ...], true: tuple[Moment, ...]) -> bool:
    if not (told and true):
        return told == true
    return told[0].words == true[0].words and abs(told[0].at - true[0].at) <= NEAR


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
    at = chat_clock(chat, due) if due else ""
    moments = (Moment(at, due),) if due else ()
    text = say.panel(after, at_clock(chat, due) if due else "")
    return (Card(PANEL, text, panel(after), hosts=True, moments=moments),)
