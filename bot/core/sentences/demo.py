"""What the demo says: while its hour runs, when it is over, and when it cannot begin."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.core.model import ChatState

DEMO_PEOPLE: Final = "A demo has 3 to 400 people; give --people a number between them."
DEMO_SECONDS: Final = "The demo's hour takes 5 to 3600 seconds; give --seconds a number between them."
DEMO_STOPPED: Final = "The demo was stopped before its end; start it again to see the whole of it."
DEMO_PREPARING: Final = "The evening before, the moderator plans the chat, and people come in by its link."
_STATES: Final = {
    ChatState.PLANNED: "The chat begins in a moment.",
    ChatState.ANNOUNCED: "The chat begins in a moment.",
    ChatState.OPEN: "Welcome and introductions.",
    ChatState.WRAPPING: "Wrapping up.",
}


def demo_which(named: str, names: Sequence[str]) -> str:
    """Ask which question list is meant."""
    return "\n".join([f"{named!r} does not name one chat; give --chat a few words of one of these:", *names])


def demo_not_planned(reply: str) -> str:
    """Say that the moderator's command was not taken."""
    return f"The demo's chat could not be planned: {reply}"


def demo_wrong(line: str, folder: str) -> str:
    """Say that the demo did not come out right, and where to look."""
    return f"Something was lost, doubled or not asked; look into {folder}, which is kept: {line}"


def demo_begins(name: str, source: str, people: int, seconds: float) -> str:
    """The heading: whose questions, how many simulated people, how fast."""
    return (
        f"{name}, with {people} simulated people, an hour in {seconds:g} seconds.\nQuestions after {source}"
    )


def demo_state(state: ChatState) -> str:
    """Where the chat stands when no question is on."""
    return _STATES.get(state, "The hour is over; late answers still count.")


def demo_so_far(said: int, edited: int, deleted: int, stored: int) -> str:
    """What people did up to now, beside what the bot keeps of it."""
    many = "1 message" if said == 1 else f"{said} messages"
    return f"so far {many}, {edited} changed, {deleted} taken back; kept: {stored}"


def demo_progress(clock: str, now: str, so_far: str) -> str:
    """A line of progress where nothing can be drawn."""
    return f"{clock}  {now}  ({so_far})"


def demo_over(result: Mapping[str, Any]) -> str:
    """What came of the hour, in words; `result` is the line for machines."""
    filed = ", ".join(f"{count} by {how}" for how, count in result["filed"].items() if count)
    told = {**result, "filed": filed, "late": result["late_ms_p99"] / 1000}
    return _OVER.format_map(told)


_OVER: Final = (
    "{asked} of {questions} questions were asked, at most {late:.1f} s late on the chat's own clock.\n"
    "People said {sent} messages, edited {edited} and deleted {deleted}; "
    "the archive holds {stored}: {lost} lost, {doubled} doubled.\n"
    "Filed as answers: {filed}. {conversation} messages stayed conversation."
)


def demo_links(participant: str, host: str, archive: str) -> str:
    """Where to come in."""
    return _LINKS.format(participant=participant, host=host, archive=archive)


_LINKS: Final = """
Open the room in your browser and take part while it runs:
  {participant}
As a host, with the panel (works once):
  {host}
The chat's page, live now and the archive afterwards:
  {archive}
"""


def demo_next(folder: str, command: str, archive: str) -> str:
    """Where to look next, while the demo's bot stays up."""
    return _NEXT.format(folder=folder, command=command, archive=archive)


_NEXT: Final = """
The bot of this evening stays up, and late answers still count. Read the archive: {archive}
Or look around in another terminal:
  export EDCHAT_DATA_DIR={folder}
  {command} status                           what is open, what comes next
  {command} say "answers unanswered"         who has not answered, what may still be filed
  {command} link                             one more link for a host
  {command} explain "A1: We draw it first"   how a message is filed, and why
Ctrl-C ends it; the folder stays until you delete it."""
