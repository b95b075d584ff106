"""What hosts alone are told of a chat, without having asked."""

from collections.abc import Sequence

from bot.core.model import Chat, Offer, Question, Series
from bot.core.sentences.chat import letter, names_listed
from bot.core.times import clockface


def nobody_planned(chat: Chat, series: Series) -> tuple[str, tuple[Offer, ...]]:
    """The nudge for hosts when a chat has no questions, with what they can do."""
    when = clockface.moment(chat.starts_at, chat.zone)
    offers = (
        Offer("Write the questions", f"chat plan chat={chat.id}", form=True),
        Offer("Skip this week", f"chat cancel chat={chat.id}"),
    )
    return f"Nobody has planned {series.title} on {when} yet.", offers


def dropped(series: Series, questions: Sequence[Question]) -> str:
    """Told to hosts when an outage left no time for some questions."""
    which = names_listed([f"{letter(series, 0)}{q.position}" for q in questions])
    return f"I was away, and no time is left for {which}; `chat ask` still asks what you want most."


def too_late_to_post(text: str) -> str:
    """Told to hosts when something could not be posted in time."""
    return f"This could not be posted in time and was dropped: {text[:80]}"


def could_not_post(place: str, text: str, why: str) -> str:
    """Told to hosts when a network will never accept a post."""
    return f"I cannot post in {place} ({why}), so this was left out: {text[:80]}"


def no_thread(place: str, why: str) -> str:
    """Told to hosts, once a chat, when a network makes no thread of a question."""
    return f"A question has no thread in {place}, and answers with its label count. {why}"


def zone_gone(series: Series, zone: str) -> str:
    """Told to hosts when a series' zone is no longer known."""
    return (
        f"{series.title} is kept, but its zone {zone} is no longer known; give it another with `series edit`."
    )
