"""What the bot asks hosts before it does what cannot be taken back."""

import re
from collections.abc import Callable
from functools import partial

from bot.core.model import Chat, Offer, Series
from bot.core.sentences.chat import name
from bot.core.sentences.slow import chat_clock
from bot.core.times import clockface
from bot.core.tongue import _, joined, marked, ngettext, worded


def start_sure(chat: Chat, series: Series) -> str:
    """Ask before a chat begins long before the time that people were told."""
    when = clockface.moment(chat.starts_at, chat.zone)
    said = _("Begin {chat} now? People were told to come on {when}.")
    return said.format(chat=name(chat, series), when=when)


def start_offer(chat: Chat) -> Offer:
    """What begins a chat without asking again."""
    return Offer("Yes, begin it", f"chat start chat={chat.id} sure=yes")


def end_sure(chat: Chat, series: Series, left: int) -> str:
    """Ask before an hour is ended; `left` questions are not asked yet."""
    until = chat_clock(chat, chat.ends_at)
    done = _("End {chat} now? It has time until {until}; all questions are asked. Late answers still count.")
    more = ngettext(
        "End {chat} now? It has time until {until}; {count} question would not be asked. "
        "Late answers still count.",
        "End {chat} now? It has time until {until}; {count} questions would not be asked. "
        "Late answers still count.",
        left,
    )
    return (more if left else done).format(chat=name(chat, series), until=until, count=left)


def end_offer(chat: Chat) -> Offer:
    """What ends an hour without asking again."""
    return Offer("Yes, end it", f"chat end chat={chat.id} sure=yes")


def cancel_sure(
    chat: Chat, series: Series, reason: str, most: int
) -> tuple[Callable[[], str], tuple[Offer, ...]]:
    """Ask before a chat is called off; a reason beyond the `most` that a button carries is written again."""
    given = " ".join(re.sub('["“”„‟＂]', "'", reason).split())  # which end it where a line is read
    line = f"chat cancel chat={chat.id} sure=yes"
    whole = f'chat cancel reason="{given}" chat={chat.id} sure=yes' if given else line
    if len(whole) <= most:
        return partial(_cancelled, chat, series, given), (Offer("Yes, cancel it", whole),)
    again = worded(_REASON_AGAIN, reason=reason)
    asked = joined(partial(_cancelled, chat, series, ""), again)
    return asked, (Offer("Yes, cancel it", line, form=True),)


_REASON_AGAIN = marked("Your reason is too long for a button; write it once more with it:\n{reason}")


def _cancelled(chat: Chat, series: Series, given: str) -> str:
    why = _("Cancel {chat} on {when}? Everybody is told: {reason}.")
    said = why if given else _("Cancel {chat} on {when}? Everybody is told.")
    when = clockface.moment(chat.starts_at, chat.zone)
    return said.format(chat=name(chat, series), when=when, reason=given)
