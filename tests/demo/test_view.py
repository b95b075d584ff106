"""What somebody at the terminal sees of the evening."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from bot.core.model import Chat, ChatState, Question, QuestionState, Series
from bot.core.state import Running
from bot.demo.view import LiveView, PlainView, Scene, drawn

START = datetime(2021, 4, 16, 1, tzinfo=UTC)
SERIES = Series(1, 1, "#NGSSchat", "#NGSSchat")
CHAT = Chat(1, 1, "America/New_York", START, START + timedelta(hours=1), topic="Models", state=ChatState.OPEN)


def scene(asked: int, clock: str = "9:14 pm ET", state: ChatState = ChatState.OPEN) -> Scene:
    texts = ("Why models?", "What is hard?")
    questions = tuple(
        Question(k, k, text, QuestionState.ASKED, START) if k <= asked else Question(k, k, text)
        for k, text in enumerate(texts, start=1)
    )
    running = Running(CHAT, SERIES, questions).with_chat(asked=asked, state=state)
    last = tuple(("Ana", f"A1: number {k} [simulated]") for k in range(12))
    return Scene(running, clock, 3, {1: 12, 2: 6}, last, "people's ledger: 21 said")


def text_of(shown: Scene) -> str:
    console = Console(file=StringIO(), width=80, force_terminal=False)
    with console.capture() as captured:
        console.print(drawn(shown))
    return captured.get()


def test_the_live_view_shows_question_time_bars_messages_and_ledger() -> None:
    text = text_of(scene(asked=2))
    assert "9:14 pm ET  Q2: What is hard?   3 min left" in text
    first, second = (line for line in text.splitlines() if "█" in line)
    assert first.count("█") == 2 * second.count("█")
    assert "Ana  A1: number 11 [simulated]" in text
    assert "number 3 " not in text
    assert "people's ledger: 21 said" in text
    assert "everybody is simulated" in text


def test_before_and_after_the_questions_it_says_where_the_chat_stands() -> None:
    assert "Welcome and introductions." in text_of(scene(asked=0))
    over = text_of(scene(asked=2, state=ChatState.TAIL))
    assert "The hour is over" in over
    assert "min left" not in over


def test_the_plain_view_prints_each_question_once() -> None:
    printed = StringIO()
    view = PlainView(Console(file=printed))
    for shown in (scene(0), scene(1, "9:06 pm ET"), scene(1, "9:07 pm ET"), scene(2, "9:13 pm ET")):
        view.show(shown)
    view.close()
    lines = printed.getvalue().splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        "Welcome and introductions.",
        "Q1: Why models?",
        "Q2: What is hard?",
    ]
    assert "9:07 pm ET" not in printed.getvalue()


def test_the_live_view_draws_over_itself_and_leaves_the_last_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    printed = StringIO()
    view = LiveView(Console(file=printed, force_terminal=True, width=80))
    view.show(scene(1, "9:06 pm ET"))
    view.show(scene(2, "9:13 pm ET"))
    view.close()
    assert "\x1b[" in printed.getvalue()
    assert printed.getvalue().rindex("9:13 pm ET") > printed.getvalue().rindex("9:06 pm ET")
