"""The prompt plays people: from a pipe as a conversation, and from a keyboard with pastes and a sign."""

from __future__ import annotations

import asyncio
import io
import os
import pty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import pytest

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.hearing import Commanded, Said
from bot.core.model import Offer, Refused, Role
from bot.core.sentences import prompt as sentences
from bot.platform import Outgoing
from bot.platforms.terminal.prompt import prompt
from tests.support.ears import NotingEars, listening
from tests.support.networks import TerminalNetwork


@dataclass(slots=True)
class Script:
    """A room with a bot that asks the next question whenever a host types a command."""

    net: TerminalNetwork
    ears: NotingEars
    asked: int = 0
    stopped: bool = False
    faults: list[Exception] = field(default_factory=list)

    async def settled(self) -> bool:
        """Wait until all is heard, and answer the commands among it."""
        if self.faults:
            raise self.faults.pop(0)
        if self.stopped:
            return False
        said = len([event for event in self.net.room().read(None).events if isinstance(event, Said)])
        await self.net.until(lambda: len(self._messages()) == said)
        commands = [event for event in self._messages() if isinstance(event, Commanded)]
        for command in commands[self.asked :]:
            await self._ask(command.author.native_id)
        return True

    def people(self) -> list[str]:
        """Give what people said, oldest first."""
        return [event.text for event in self.net.room().read(None).events if isinstance(event, Said)]

    def _messages(self) -> list[Said | Commanded]:
        return [event for event in self.ears.heard() if isinstance(event, Said | Commanded)]

    async def _ask(self, asker: str) -> None:
        self.asked += 1
        platform, name = self.net.platform(), f"Q{self.asked}"
        offers = (
            Offer("Next question", f"chat next after={self.asked}"),
            Offer("Questions", "chat plan", form=True),
        )
        question = await platform.send(
            self._out(Action.POST, f"{name}: What works?\nTell us.", offers=offers)
        )
        await platform.send(self._out(Action.THREAD, name, target=question))
        await platform.send(self._out(Action.PIN, "", target=question))
        await platform.send(self._out(Action.WHISPER, "Done.", person=asker))

    def _out(
        self,
        action: Action,
        text: str,
        *,
        offers: tuple[Offer, ...] = (),
        target: str | None = None,
        person: str | None = None,
    ) -> Outgoing:
        key = f"{action} {self.asked}"
        return Outgoing(key, self.net.place, action, text, offers, target=target, person=person)


@pytest.fixture
async def script(tmp_path: Path) -> AsyncIterator[Script]:
    """Give a room with its bot listening."""
    net = TerminalNetwork(tmp_path / "rooms", SystemClock(), poll=0.02)
    ears = NotingEars(net.place)
    async with listening(net.platform(), ears):
        yield Script(net, ears)


async def play(script: Script, stdin: int, stdout: TextIO, poll: float | None = None) -> None:
    """Open the prompt; of all commands only `chat plan` takes lines."""
    room, clock = script.net.room(), script.net.clock
    await prompt(
        room,
        clock,
        script.settled,
        takes_lines=lambda command: command.startswith("chat plan"),
        completed=lambda line: f"{line} topic",
        stdin=stdin,
        stdout=stdout,
        poll=poll,
    )


async def piped(script: Script, typed: str | bytes) -> list[str]:
    """Pipe something in and give the lines shown until the prompt ends by itself."""
    read, write = os.pipe()
    os.write(write, typed if isinstance(typed, bytes) else typed.encode())
    os.close(write)
    shown = io.StringIO()
    async with asyncio.timeout(20):
        await play(script, read, shown)
    os.close(read)
    assert "\x1b" not in shown.getvalue()
    return shown.getvalue().splitlines()


CONVERSATION = """\
@mod> !edchat chat next
ana Q1> Small groups.
and time
ben ^2> How big?
ana ^7> Four
ana edit 6> Small groups!
ben react 6> 1
ben delete 6>
ben unreact 6> 1
@mod delete 7>
"""

SHOWN = """\
[1] mod: !edchat chat next
[2] EdChat: Q1: What works?
    Tell us.
  [Next question] !edchat chat next after=1
  [Questions] !edchat chat plan topic
  thread on [2]: Q1
  pinned: [2]
EdChat → mod: Done.
[6] ana (thread of 2): Small groups.
    and time
[7] ben (to 2): How big?
[8] ana (to 7): Four
  [6] now reads: Small groups!
  ben put 1 on [6]
Only the one who wrote a message, or a host, can take it back.
  ben took 1 off [6]
  [7] was taken back
"""


async def test_a_script_is_played_as_a_conversation(script: Script) -> None:
    assert await piped(script, CONVERSATION) == SHOWN.splitlines()
    commands = [event for event in script.ears.heard() if isinstance(event, Commanded)]
    assert [(command.author.name, command.author.power) for command in commands] == [("mod", Role.HOST)]


async def test_the_last_line_counts_without_an_end_and_windows_ends_are_none(script: Script) -> None:
    await piped(script, "ana> one\r\ntwo\r\n\r\nben> three")
    assert [message.text for message in script.net.messages()] == ["one\ntwo", "three"]


async def test_bytes_that_are_no_text_do_not_end_the_prompt(script: Script) -> None:
    assert await piped(script, b"ana> caf\xe9\nben> here\n") == ["[1] ana: caf\ufffd", "[2] ben: here"]


async def test_a_pipe_held_open_is_answered_after_a_while(script: Script) -> None:
    read, write = os.pipe()
    os.write(write, b"@mod> !edchat chat next\n")
    shown = io.StringIO()
    task = asyncio.create_task(play(script, read, shown, poll=0.2))
    await script.net.until(lambda: "EdChat: Q1" in shown.getvalue())
    os.close(write)
    await task
    os.close(read)


async def test_nothing_piped_in_says_nothing(script: Script) -> None:
    assert await piped(script, "") == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("hello", sentences.NOBODY_SPEAKS),
        ("ana edit 1> mine now", sentences.NOT_YOURS),
        ("ana ^7> text", sentences.no_such_message(7)),
        ("ana Q9> text", sentences.no_such_thread("Q9")),
        ("ana edit> text", sentences.NOT_UNDERSTOOD),
    ],
)
async def test_a_slip_gets_one_sentence_and_changes_nothing(script: Script, line: str, sentence: str) -> None:
    await script.net.person("ben").say("one")
    before = script.net.room().path.read_bytes()
    assert await piped(script, line + "\n") == [sentence]
    assert script.net.room().path.read_bytes() == before


async def test_numbers_are_the_same_in_every_session(script: Script) -> None:
    await piped(script, "ana> one\nben> two\n")
    assert await piped(script, "ana edit 1> uno\ncleo> three\n") == [
        "  [1] now reads: uno",
        "[4] cleo: three",
    ]


async def test_the_number_shown_is_the_one_the_bot_knows_the_message_by(script: Script) -> None:
    shown = await piped(script, "@mod> !edchat chat next\nana> A1: often\nana edit 6> A1: always\nben> yes\n")
    said = [event for event in script.ears.heard() if isinstance(event, Said)]
    assert [f"[{message.id}] {message.author.name}" for message in said] == ["[6] ana", "[8] ben"]
    assert {"[6] ana: A1: often", "  [6] now reads: A1: always", "[8] ben: yes"} <= set(shown)


async def test_a_whisper_can_be_answered_under_no_number(script: Script) -> None:
    shown = await piped(script, "@mod> !edchat chat next\nana ^5> What?\n")
    assert shown[-1] == sentences.no_such_message(5)


async def test_a_command_in_a_pipe_is_a_message_of_its_own(script: Script) -> None:
    plan = "!edchat chat plan\nOne?\n\nTwo?"
    await piped(script, f"@mod> {plan}\n!edchat chat start\n!edchat chat next\nana> hi\n")
    assert script.people() == [plan, "!edchat chat start", "!edchat chat next", "hi"]
    commands = [event for event in script.ears.heard() if isinstance(event, Commanded)]
    assert {command.author.name for command in commands} == {"mod"}


@pytest.mark.parametrize("fault", [None, Refused("No answer."), ConnectionResetError()])
async def test_a_script_whose_bot_has_stopped_is_kept_and_refused_at_its_end(
    script: Script, fault: Exception | None
) -> None:
    script.stopped, script.faults = True, [fault] if fault else []
    with pytest.raises(Refused, match=r"^The bot has stopped"):
        await piped(script, "ana> one\nben> two\n")
    assert script.people() == ["one", "two"]


async def test_a_script_whose_bot_keeps_refusing_ends_with_its_words(script: Script) -> None:
    script.faults = [Refused("The disk is full.") for _ in range(8)]
    with pytest.raises(Refused, match=r"^The disk is full\.$"):
        await piped(script, "ana> one\n")


async def test_a_bot_that_stumbles_once_is_no_trouble(script: Script) -> None:
    script.faults = [Refused("In a moment.")]
    assert await piped(script, "ana> one\n") == ["[1] ana: one"]


async def test_what_people_write_cannot_steer_the_terminal(script: Script) -> None:
    assert await piped(script, "ana> \x1b[2J\x07 [bold]hi[/bold] :smile:\n") == [
        "[1] ana: \ufffd[2J\ufffd [bold]hi[/bold] :smile:"
    ]


async def test_help_lists_the_grammar(script: Script) -> None:
    lines = [line.strip() for line in await piped(script, "help\n")]
    assert lines == [line.strip() for line in sentences.PROMPT_HELP.splitlines()]


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every sentence a line of its own."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")


class Desk:
    """Somebody at a keyboard."""

    def __init__(self, master: int) -> None:
        self.master = master
        self.seen = ""

    def type(self, text: str) -> None:
        """Type at once, as a paste does."""
        os.write(self.master, text.encode())

    async def sees(self, text: str) -> None:
        """Wait until something is on the screen."""
        async with asyncio.timeout(10):
            while text not in self.seen:
                try:
                    self.seen += os.read(self.master, 65_536).decode(errors="replace")
                except BlockingIOError:
                    await asyncio.sleep(0.01)


@asynccontextmanager
async def desk(script: Script, poll: float | None = None) -> AsyncIterator[Desk]:
    """Open the prompt at a terminal, and leave it with Ctrl-D."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    with os.fdopen(slave, "w") as screen:
        task = asyncio.create_task(play(script, slave, screen, poll))
        try:
            yield Desk(master)
            os.write(master, b"\x04")
            async with asyncio.timeout(10):
                await task
        finally:
            task.cancel()
    os.close(master)


async def test_at_a_terminal_the_room_is_shown_with_a_sign(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    await script.net.person("ben").say("from before")
    async with desk(script) as here:
        await here.sees("[1] ben: from before")
        await here.sees("This is edchat.")
        await here.sees("> ")
        here.type("ana> hello\n")
        await here.sees("[2] ana: hello")
        await script.net.person("ben").say("hello ana")
        await here.sees("[3] ben: hello ana")
        here.type("ana react 3> 1\n")
        await here.sees("\x1b[2m  ana put 1 on [3]\x1b[0m")


async def test_a_paste_is_one_message_and_a_later_line_another(script: Script) -> None:
    async with desk(script) as here:
        here.type("@mod> !edchat chat plan\nOne?\nTwo?\n")
        await here.sees("[1] mod: !edchat chat plan")
        here.type("more\n")
        await script.net.until(lambda: len(script.people()) == 2)
    assert script.people() == ["!edchat chat plan\nOne?\nTwo?", "more"]
    assert sentences.LINES_COME not in here.seen


ENDS = {"an empty line": "\n", "a speaker": "ana> hello\n", "a command": "!edchat chat start\n", "Ctrl-D": ""}


@pytest.mark.parametrize("end", ENDS)
async def test_a_command_typed_by_hand_asks_for_its_lines_until(script: Script, end: str) -> None:
    async with desk(script) as here:
        here.type("@mod> !edchat chat plan Asking\n")
        await here.sees(sentences.LINES_COME)
        for line in ("  Why?\n", "  What?\n"):
            await asyncio.sleep(0.3)  # longer than a paste takes
            here.type(line)
        assert script.people() == []
        here.type(ENDS[end])
    assert script.people()[0] == "!edchat chat plan Asking\n  Why?\n  What?"
    assert len(script.people()) == (2 if ENDS[end].strip() else 1)


async def test_after_its_lines_a_command_is_over_and_another_asks_again(script: Script) -> None:
    async with desk(script) as here:
        for number in (1, 2):
            here.type(f"@mod> !edchat chat plan {number}\n")
            await here.sees(sentences.LINES_COME)
            here.seen = ""
            here.type("\n")
            await script.net.until(lambda: len(script.people()) == number)  # noqa: B023 - asked at once
        here.type("ana> hello\n")
        await here.sees("ana: hello")
    assert script.people() == ["!edchat chat plan 1", "!edchat chat plan 2", "hello"]
    assert sentences.LINES_COME not in here.seen


async def test_at_a_keyboard_one_is_told_once_that_the_bot_has_stopped_and_goes_on(script: Script) -> None:
    async with desk(script) as here:
        here.type("ana> one\n")
        await here.sees("[1] ana: one")
        script.stopped, script.faults = True, [Refused("No answer.")]
        here.type("ana> two\n")
        await here.sees(sentences.BOT_STOPPED)
        here.seen = ""
        here.type("ana> three\n")
        await here.sees("[3] ana: three")
        await asyncio.sleep(0.1)
        assert sentences.BOT_STOPPED not in here.seen
        script.stopped = False
        here.type("@mod> !edchat chat next\n")
        await here.sees("EdChat: Q1")
        script.stopped = True
        here.type("ana> four\n")
        await here.sees(sentences.BOT_STOPPED)


async def test_a_screen_breaks_lines_between_words_and_a_pipe_keeps_them_whole(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    text = "everybody remembers the question that was their own"
    async with desk(script) as here:
        await script.net.person("ben").say(text)
        await here.sees("own\r\n")
    shown = "\n".join(line.strip() for line in here.seen.splitlines())
    assert "ben: everybody remembers\nthe question that was their\nown\n" in shown
    assert await piped(script, f"ana> {text}") == [f"[2] ana: {text}"]


async def test_another_process_writing_is_shown_by_looking(script: Script) -> None:
    async with desk(script, poll=0.02) as here:
        await here.sees("This is edchat.")
        line = b'{"n":1,"did":"said","who":"ben","name":"ben","text":"afar","at":"2026-01-07T20:00:00Z"}\n'
        script.net.folder.mkdir(exist_ok=True)
        with script.net.room().path.open("ab") as file:
            file.write(line)
        await here.sees("[1] ben: afar")
