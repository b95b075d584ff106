"""What is said to those who asked to be reminded."""

from bot.core.model import Chat, Offer, Pace, Series
from bot.core.sentences.chat import name
from bot.core.sentences.slow import chat_clock
from bot.core.times import clockface
from bot.core.tongue import _


def will_remind(chat: Chat, series: Series) -> str:
    """The answer to a wish for a reminder."""
    at = clockface.moment(chat.starts_at, chat.zone)
    once = _("I will remind you ten minutes before {chat}, {when}.")
    daily = _(
        "I will remind you ten minutes before {chat}, {when}. I tell you of each further question, too."
    )
    said = daily if series.asks is Pace.DAILY else once
    return said.format(chat=name(chat, series), when=at)


def will_tell(chat: Chat, series: Series) -> str:
    """The answer while a slow chat goes on."""
    said = _("I will tell you of each question of {chat} that is still to come.")
    return said.format(chat=name(chat, series))


def will_remind_if_held(chat: Chat, series: Series) -> str:
    """The answer while the weekly chat rests."""
    at = clockface.moment(chat.starts_at, chat.zone)
    said = _("{series} is paused by its hosts; if it goes on before {when}, I remind you.")
    return said.format(series=series.title, when=at)


def all_are_out(chat: Chat, series: Series) -> str:
    """The answer when a slow chat has no question left to tell of."""
    until = chat_clock(chat, chat.ends_at)
    said = _("Every question of {chat} is out already; answer until {until}.")
    return said.format(chat=name(chat, series), until=until)


def starts_soon(chat: Chat, series: Series) -> str:
    """The answer when it is too late to remind anybody."""
    at = clockface.time(chat.starts_at, chat.zone)
    return _("{chat} starts at {time} already; see you there.").format(chat=name(chat, series), time=at)


def not_held_then(chat: Chat, series: Series) -> str:
    """The word of a date that nobody had planned yet, and on which there is no chat now."""
    return f"{name(chat, series)} is not held on {clockface.moment(chat.starts_at, chat.zone)}."


def begins_early(chat: Chat, series: Series) -> str:
    """The word of a chat that its hosts begin before its time."""
    return f"{name(chat, series)} begins now, earlier than planned. See you there."


def on_already(chat: Chat, series: Series) -> str:
    """The word of a chat that begins late, because the bot was away."""
    return f"{name(chat, series)} is on now. I was away when I should have reminded you, sorry."


def rests(chat: Chat, series: Series) -> str:
    """The word of a coming chat whose weekly chat was paused."""
    at = clockface.moment(chat.starts_at, chat.zone)
    return f"{series.title} is paused: unless its hosts let it go on before, there is no chat on {at}."


def not_reminded(chat: Chat, series: Series) -> str:
    """The answer when the wish was taken back."""
    return _("No reminder for {chat}, then.").format(chat=name(chat, series))


def no_reminder_offer(chat: Chat) -> Offer:
    """The button that takes the wish back."""
    return Offer("No reminder", f"chat remind undo=yes chat={chat.id}")
