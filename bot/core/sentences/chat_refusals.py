"""What somebody hears who asks of a chat what it cannot do now, or not so."""

from collections.abc import Sequence

from bot.core.model import Chat, ChatState, Series
from bot.core.sentences.chat import letter
from bot.core.times import clockface
from bot.core.tongue import _, marked

NO_QUESTIONS_YET = marked("This chat has no questions yet; write them with `chat plan`, one a line.")
NOT_PAUSED = marked("The chat is not paused; it is running.")
PAUSED_RESUME_FIRST = marked("The chat is paused; use `chat resume` first.")
ALREADY_WRAPPING = marked("All questions are asked and the wrap-up is running; `chat end` closes the chat.")
NOTHING_LEFT_TO_SKIP = marked("No question is left to skip.")
RUNNING_USE_END = marked("This chat is already running; `chat end` closes it.")
TOO_LONG_A_CHAT = marked("A chat can last six hours at most; end this one and plan another.")


def already_out(series: Series, position: int) -> str:
    """The answer to an old or double press."""
    if not position:
        return _("No question is out yet.")
    out = _("{question} is already going out; nothing was changed.")
    return out.format(question=f"{letter(series, 0)}{position}")


def back_already(series: Series, position: int) -> str:
    """The answer to whoever puts a question back once more."""
    said = _("That question is back already, as {question}; nothing was changed.")
    return said.format(question=f"{letter(series, 0)}{position}")


def just_steered(series: Series, chat: Chat) -> str:
    """The answer to the slower of two hosts."""
    faster = _("{name} was just faster ({question} is on); do it again in a moment if you still want it.")
    return faster.format(name=chat.steered_by, question=f"{letter(series, 0)}{chat.asked}")


def not_waiting(series: Series, position: int) -> str:
    """The answer when a question cannot be skipped any more."""
    said = _("{question} is not waiting to be asked; `chat preview` shows what is.")
    return said.format(question=f"{letter(series, 0)}{position}")


def no_such_question(series: Series, position: int, count: int) -> str:
    """The answer when a number is not one of the chat's questions."""
    q = letter(series, 0)
    if not count:
        return _(NO_QUESTIONS_YET)
    said = _("There is no {question}; this chat has {first} to {last}.")
    return said.format(question=f"{q}{position}", first=f"{q}1", last=f"{q}{count}")


def reorder_how(waiting: Sequence[int]) -> str:
    """The answer to an order that is no order of what waits."""
    example = " ".join(str(k) for k in reversed(waiting)) or "-"
    said = _("Name each question that still waits once, in your order, as in `question reorder {example}`.")
    return said.format(example=example)


def too_many_questions(count: int, most: int) -> str:
    """The answer when questions would get less than a minute each."""
    said = _("{count} questions do not fit: at a minute each there is time for {most}.")
    return said.format(count=count, most=most)


def not_running(chat: Chat) -> str:
    """The answer to steering a chat that is not under way."""
    if chat.state.ahead:
        when = clockface.moment(chat.starts_at, chat.zone)
        return _("The chat has not started; it does on {when}.").format(when=when)
    if chat.state is ChatState.CANCELLED:
        return _("This chat was called off.")
    return _("This chat has ended.")


def already_begun(chat: Chat) -> str:
    """The answer when something needs a chat that has not begun."""
    return _("This chat has already begun.") if chat.state.live else not_running(chat)
