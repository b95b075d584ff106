"""What hosts are told of the places where their chats are held."""

from collections.abc import Sequence

from bot.core.model import Chat, Offer, Place, Series
from bot.core.sentences.chat import letter

THE_BOT = "EdChat bot"
STOPPED_THERE = "The chat is paused until that is mended; `chat resume` goes on."


def place_lacks(place: Place, lacking: Sequence[str]) -> str:
    """What is missing in a place, and how to give it."""
    if not lacking:
        return f"All is well again in {place.name}."
    return "\n".join([f"Something is missing in {place.name}:", *(f"- {one}" for one in lacking)])


PLACE_GONE = "{place} is gone: I cannot see that channel any more."


def place_gone(place: Place) -> str:
    """Said when a channel was deleted, or the bot may see it no more."""
    return PLACE_GONE.format(place=place.name)


def question_gone(place: Place, series: Series, number: int) -> str:
    """Said when somebody took a question's message away."""
    named = f"{letter(series, 0)}{number}"
    return (
        f"Somebody deleted the message of {named} in {place.name}. "
        f"Its answers are kept and its thread goes on; "
        f"answers with the label {letter(series, 1)}{number} are still heard."
    )


def resume_offers(chat: Chat) -> tuple[Offer, ...]:
    """The button with which a chat goes on that waited for its place."""
    return (Offer("Resume", f"chat resume chat={chat.id}"),)
