"""Which of a host's first steps comes next."""

from collections.abc import Sequence
from enum import StrEnum

from bot.core.model import Chat, ChatState, Question


class NextStep(StrEnum):
    """What is missing until people know of the first chat."""

    WEEKLY_CHAT = "weekly chat"
    QUESTIONS = "questions"
    ANNOUNCEMENT = "announcement"
    NOTHING = "nothing"


def next_step(chat: Chat | None, questions: Sequence[Question]) -> NextStep:
    """What comes next for the community whose next chat this is."""
    if chat is None:
        return NextStep.WEEKLY_CHAT
    if not any(question.waiting for question in questions):
        return NextStep.QUESTIONS
    return NextStep.ANNOUNCEMENT if chat.state is ChatState.PLANNED else NextStep.NOTHING


def readers_of(community_id: int) -> str:
    """Under which name it is kept who may read a community's chats; unset until it was set up."""
    return f"readers.{community_id}"
