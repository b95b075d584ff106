"""What somebody hears who asks of a chat what it cannot do now, or not so."""

from collections.abc import Sequence

from bot.core.model import Chat, ChatState, Series
from bot.core.sentences.chat import letter
from bot.core.times import clockface

NO_QUESTIONS_YET = "This chat has no questions yet; write them with `chat plan`, one a line."
NOT_PAUSED = "The chat is not paused; it is running."
PAUSED_RESUME_FIRST = "The chat is paused; use `chat resume` first."
ALREADY_WRAPPING = "All questions are asked and the wrap-up is running; `chat end` closes the chat."
NOTHING_LEFT_TO_SKIP = "No question is left to skip."
RUNNING_USE_END = "This chat is already running; `chat end` closes it."
TOO_LONG_A_CHAT = "A chat can last six hours at most; end this one and plan another."


def already_out(series: Series, position: int) -> str:
    """The answer to an old or double press."""
    out = f"{letter(series, 0)}{position}"
    return f"{out} is already going out; nothing was changed." if position else "No question is out yet."


def just_steered(series: Series, chat: Chat) -> str:
    """The answer to the slower of two hosts."""
    out = f"{letter(series, 0)}{chat.asked}"
    return f"{chat.steered_by} was just faster ({out} is on); do it again in a moment if you still want it."


def not_waiting(series: Series, position: int) -> str:
    """The answer when a question cannot be skipped any more."""
    return f"{letter(series, 0)}{position} is not waiting to be asked; `chat preview` shows what is."


def no_such_question(series: Series, position: int, count: int) -> str:
    """The answer when a number is not one of the chat's questions."""
    q = letter(series, 0)
    return f"There is no {q}{position}; " + (
        f"this chat has {q}1 to {q}{count}." if count else NO_QUESTIONS_YET
    )


def reorder_how(waiting: Sequence[int]) -> str:
    """The answer to an order that is no order of what waits."""
    example = " ".join(str(k) for k in reversed(waiting)) or "-"
    return f"Name each question that still waits once, in your order, as in `question reorder {example}`."


def too_many_questions(count: int, most: int) -> str:
    """The answer when questions would get less than a minute each."""
    return f"{count} questions do not fit: at a minute each there is time for {most}."


def not_running(chat: Chat) -> str:
    """The answer to steering a chat that is not under way."""
    if chat.state.ahead:
        return f"The chat has not started; it does on {clockface.moment(chat.starts_at, chat.zone)}."
    if chat.state is ChatState.CANCELLED:
        return "This chat was called off."
    return "This chat has ended."


def already_begun(chat: Chat) -> str:
    """The answer when something needs a chat that has not begun."""
    return "This chat has already begun." if chat.state.live else not_running(chat)
