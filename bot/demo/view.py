"""The evening as somebody at the terminal sees it: drawn live, or as a few plain lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.core import sentences
from bot.core.model import ChatState, Question
from bot.core.state import Running

_BAR: Final = 24
_LAST: Final = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see at one moment; `minutes_left` is the current question's.

    `answers` are counted by question, `last` are names and what they said.
    """

    running: Running
    clock: str
    minutes_left: int
    answers: Mapping[int, int]
    last: tuple[tuple[str, str], ...]
    ledger: str


class Watcher(Protocol):
    """Shows one scene after the other."""

    def show(self, scene: Scene) -> None:
        """Show how things stand now."""

    def close(self) -> None:
        """Show no more."""


class NoView:
    """Shows nothing, and so needs no looking."""

    def show(self, scene: Scene) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing needs to be ended."""


class LiveView:
    """Draws every scene over the one before."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False)
        self._live.start()

    def show(self, scene: Scene) -> None:
        """Draw it."""
        self._live.update(drawn(scene), refresh=True)

    def close(self) -> None:
        """Leave the last scene standing."""
        self._live.stop()


class PlainView:
    """Prints a line when a question is out, and when the chat's state changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown = ""

    def show(self, scene: Scene) -> None:
        """Print what is new, if anything is."""
        now = headline(scene.running)
        if now != self._shown:
            self._shown = now
            self._console.file.write(sentences.demo_progress(scene.clock, now, scene.ledger) + "\n")
            self._console.file.flush()

    def close(self) -> None:
        """Nothing needs to be ended."""


def headline(running: Running) -> str:
    """The question that is on, or where the chat stands."""
    question = running.current
    if running.chat.state is ChatState.OPEN and question:
        return sentences.question(running.series, question)
    return sentences.demo_state(running.chat.state)


def drawn(scene: Scene) -> RenderableType:
    """A scene as it is drawn."""
    running = scene.running
    head = Text.assemble((f"{scene.clock}  ", "cyan"), (headline(running), "bold"))
    if running.current and running.chat.state is ChatState.OPEN:
        head.append(f"   {sentences.demo_left(scene.minutes_left)}", style="green")
    parts = (head, Text(), _bars(scene), Text(), _said(scene), Text(), Text(scene.ledger, style="dim"))
    return Panel(Group(*parts), title=sentences.demo_title(running.chat, running.series), border_style="blue")


def _bars(scene: Scene) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    most = max([_BAR, *scene.answers.values()])
    for question in scene.running.questions:
        table.add_row(*_bar(scene.running, question, scene.answers.get(question.position, 0), most))
    return table


def _bar(running: Running, question: Question, count: int, most: int) -> tuple[Text, Text, Text]:
    style = "dim" if question.waiting else "bold" if question.position == running.chat.asked else ""
    text = _one_line(Text(sentences.question(running.series, question), style=style))
    return text, Text("█" * round(_BAR * count / most), style="magenta"), Text(str(count or ""))


def _said(scene: Scene) -> RenderableType:
    lines = [_one_line(Text.assemble((f"{name}  ", "yellow"), text)) for name, text in scene.last[-_LAST:]]
    return Group(*lines, *[Text()] * (_LAST - len(lines)))


def _one_line(text: Text) -> Text:
    shown = Text(" ").join(text.split("\n"))
    shown.no_wrap, shown.overflow = True, "ellipsis"
    return shown
