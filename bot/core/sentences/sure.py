"""What the bot asks hosts before it does what cannot be taken back."""

import re

from bot.core.model import Chat, Offer, Series
from bot.core.sentences.chat import name
from bot.core.sentences.slow import chat_clock
from bot.core.times import clockface


def start_sure(chat: Chat, series: Series) -> str:
    """Ask before a chat begins long before the time that people were told."""
    when = clockface.moment(chat.starts_at, chat.zone)
    return f"Begin {name(chat, series)} now? People were told to come on {when}."


def start_offer(chat: Chat) -> Offer:
    """What begins a chat without asking again."""
    return Offer("Yes, begin it", f"chat start chat={chat.id} sure=yes")


def end_sure(chat: Chat, series: Series, left: int) -> str:
    """Ask before an hour is ended; `left` questions are not asked yet."""
    until = chat_clock(chat, chat.ends_at)
    many = "question" if left == 1 else "questions"
    rest = f"{left} {many} would not be asked" if left else "all questions are asked"
    return f"End {name(chat, series)} now? It has time until {until}; {rest}. Late answers still count."


def end_offer(chat: Chat) -> Offer:
    """What ends an hour without asking again."""
    return Offer("Yes, end it", f"chat end chat={chat.id} sure=yes")


def cancel_sure(chat: Chat, series: Series, reason: str, most: int) -> tuple[str, tuple[Offer, ...]]:
    """Ask before a chat is called off; a reason beyond the `most` that a button carries is written again."""
    told = f"Cancel {name(chat, series)} on {clockface.moment(chat.starts_at, chat.zone)}? Everybody is told"
    given = " ".join(re.sub('["“”„‟＂]', "'", reason).split())  # which end it where a line is read
    line = f"chat cancel chat={chat.id} sure=yes"
    whole = f'chat cancel reason="{given}" chat={chat.id} sure=yes' if given else line
    if len(whole) <= most:
        return f"{told}{f': {given}' if given else ''}.", (Offer("Yes, cancel it", whole),)
    again = f"Your reason is too long for a button; write it once more with it:\n{reason}"
    return f"{told}.\n{again}", (Offer("Yes, cancel it", line, form=True),)
