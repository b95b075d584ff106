"""What is said to those who asked to be reminded."""

from bot.core.model import Chat, Offer, Series
from bot.core.sentences.chat import name
from bot.core.times import clockface


def will_remind(chat: Chat, series: Series) -> str:
    """The answer to a wish for a reminder."""
    at = clockface.moment(chat.starts_at, chat.zone)
    return f"I will remind you ten minutes before {name(chat, series)}, {at}."


def not_reminded(chat: Chat, series: Series) -> str:
    """The answer when the wish was taken back."""
    return f"No reminder for {name(chat, series)}, then."


def no_reminder_offer(chat: Chat) -> Offer:
    """The button that takes the wish back."""
    return Offer("No reminder", f"chat remind undo=yes chat={chat.id}")
