"""A transcript survives killed writers, strange lines and many processes, and says what it skipped."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.hearing import Author, Said
from bot.core.model import Place
from bot.platform import Impossible, Outgoing
from bot.platforms.terminal import Room, Terminal
from bot.platforms.terminal.lines import Posted
from tests.support.ears import NotingEars, listening
from tests.support.networks import TerminalNetwork

AT = datetime(2026, 1, 7, 20, 0, tzinfo=UTC)
ANA = Author("ana", "Ana")
PLACE = Place(1, 1, "terminal", "edchat", "edchat")
WRITER = "tests.platforms.transcript_writer"


def post(key: str, text: str = "Q1", **what: Any) -> Outgoing:
    """Make a post, or another action."""
    return Outgoing(key, PLACE, what.pop("action", Action.POST), text, **what)


def texts(room: Room) -> list[str]:
    """Give what was said and posted."""
    return [event.text for event in room.read(None).events if isinstance(event, Said | Posted)]


def writers(*commands: str) -> list[subprocess.Popen[str]]:
    """Start processes that write, all at the same time."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", WRITER, *command.split("|")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return started


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Give a room that nobody has spoken in."""
    return Room(tmp_path / "rooms" / "edchat.jsonl")


def test_a_room_without_a_file_is_silent(room: Room) -> None:
    assert room.read(None).events == ()
    assert not room.path.exists()


def test_lines_are_numbered_one_by_one_and_read_on_from_a_cursor(room: Room) -> None:
    ids = [room.say(ANA, text, AT) for text in ("é", "second", "third")]
    assert ids == ["1", "2", "3"]
    first = room.read(None, 1)
    assert [event.id for event in first.events] == ids[:1]
    assert [event.id for event in room.read(first.cursor).events] == ids[1:]
    assert room.read(room.read(None).cursor).events == ()


@pytest.mark.parametrize("kept", [1, 20, -2])
def test_a_line_torn_by_a_killed_writer_breaks_neither_reader_nor_next_writer(room: Room, kept: int) -> None:
    room.say(ANA, "first", AT)
    torn_at = room.path.stat().st_size
    room.say(ANA, "torn é", AT)
    whole = room.path.read_bytes()
    room.path.write_bytes(whole[:torn_at] + whole[torn_at:][:kept])
    before = room.read(None)
    assert (before.cursor, texts(room)) == (str(torn_at), ["first"])
    room.say(ANA, "next", AT)
    after = room.read(before.cursor)
    assert [event.text for event in after.events if isinstance(event, Said)] == ["next"]
    assert after.malformed == 1
    assert [event.id for event in Room(room.path).read(None).events] == ["1", "2"]


def test_each_writer_counts_on_from_what_the_others_wrote(room: Room) -> None:
    other = Room(room.path)
    told = [(room, other)[turn % 2].say(ANA, "A1", AT) for turn in range(6)]
    question = other.post(post("k1"), AT)
    other.post(post("k2", "", action=Action.PIN, target=question), AT)
    assert [*told, question, room.say(ANA, "A1", AT)] == ["1", "2", "3", "4", "5", "6", "7", "9"]


def test_a_number_far_ahead_is_counted_on_from(room: Room) -> None:
    room.path.parent.mkdir()
    room.path.write_text('{"n":41,"did":"waved"}\n{"n":7,"did":"waved"}\n')
    assert room.say(ANA, "A1", AT) == "42"


def test_a_post_torn_before_its_last_byte_counts_as_done(room: Room) -> None:
    sent = room.post(post("k1"), AT)
    room.path.write_bytes(room.path.read_bytes()[:-1])
    assert Room(room.path).post(post("k1"), AT) == sent
    assert texts(room) == ["Q1"]


def test_a_post_torn_in_the_middle_is_done_again_once(room: Room) -> None:
    room.post(post("k1"), AT)
    room.path.write_bytes(room.path.read_bytes()[:-9])
    again = Room(room.path).post(post("k1"), AT)
    assert Room(room.path).post(post("k1"), AT) == again
    assert texts(room) == ["Q1"]


STRANGE = (
    b"",
    b"not json",
    b"\xff\xfe",
    b"[" * 200_000,
    b"null",
    b'{"n":2,"did":"said"}',
    b'{"n":2,"did":7}',
    b'{"did":"said","who":"ana","name":"Ana","text":"no number","at":"2026-01-07T20:00:00Z"}',
    b'{"n":"2","did":"said","who":"ana","name":"Ana","text":"a word","at":"2026-01-07T20:00:00Z"}',
    b'{"n":true,"did":"said","who":"ana","name":"Ana","text":"a truth","at":"2026-01-07T20:00:00Z"}',
    b'{"n":0,"did":"said","who":"ana","name":"Ana","text":"nothing","at":"2026-01-07T20:00:00Z"}',
    b'{"n":2,"did":"said","who":"ana","name":"Ana","text":"no zone","at":"2026-01-07T20:00:00"}',
    b'{"n":2,"did":"said","who":"ana","name":"Ana","text":"no time","at":"soon"}',
    b'{"n":2,"did":"said","who":"ana","name":"Ana","text":"too early","at":"0001-01-01T00:00:00+14:00"}',
    b'{"n":2,"did":"said","who":"ana","name":"Ana","text":["a list"],"at":"2026-01-07T20:00:00Z"}',
    b'{"n":2,"did":"said","who":"ana","name":"Ana","text":"x","thread":5,"at":"2026-01-07T20:00:00Z"}',
    b'{"n":2,"did":"reacted","who":"a","name":"A","message":"0","number":true,"at":"2026-01-07T20:00:00Z"}',
    b'{"n":2,"did":"post","key":"k","action":"sing","text":"","offers":[],"at":"2026-01-07T20:00:00Z"}',
)


@pytest.mark.parametrize("line", STRANGE, ids=range(len(STRANGE)))
def test_a_line_that_makes_no_sense_is_skipped_and_counted(room: Room, line: bytes) -> None:
    room.say(ANA, "before", AT)
    with room.path.open("ab") as file:
        file.write(line + b"\n")
    room.say(ANA, "after", AT)
    assert texts(room) == ["before", "after"]
    assert room.read(None).malformed == 1


async def test_an_unknown_event_is_passed_over_and_no_fault(room: Room) -> None:
    room.path.parent.mkdir()
    room.path.write_text(json.dumps({"n": 1, "did": "waved", "who": "ana"}) + "\n")
    said = room.say(ANA, "A1", AT)
    assert room.read(None).malformed == 0
    ears = NotingEars(PLACE)
    async with listening(Terminal(room.path.parent, SystemClock(), None), ears):
        await TerminalNetwork(room.path.parent, SystemClock()).until(ears.has_heard(1))
    assert [event.id for event in ears.heard()] == [said]


def test_half_a_character_cannot_get_in(room: Room) -> None:
    room.say(ANA, "one \ud83d half", AT)
    what = {"who": "ana", "name": "Ana", "text": "two \ud83d half", "at": AT.isoformat()}
    line = {"n": 2, "did": "said", **what}
    with room.path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    assert texts(room) == ["one ? half", "two ? half"]


def test_a_time_without_its_zone_is_not_written(room: Room) -> None:
    with pytest.raises(ValueError, match="zone"):
        room.say(ANA, "A1", AT.replace(tzinfo=None))
    assert texts(room) == []


def test_a_transcript_that_shrank_is_read_from_its_beginning(room: Room) -> None:
    room.say(ANA, "a long line of the old transcript", AT)
    cursor = room.read(None).cursor
    room.path.unlink()
    room.say(ANA, "new", AT)
    reading = room.read(cursor)
    assert [event.text for event in reading.events if isinstance(event, Said)] == ["new"]
    assert room.read(reading.cursor).events == ()


@pytest.mark.parametrize(
    "out",
    [
        post("k", action=Action.EDIT),
        post("k", action=Action.EDIT, target="7"),
        post("k", action=Action.PIN, target="7"),
        post("k", action=Action.WHISPER),
    ],
    ids=["edit of nothing", "edit of an unknown", "pin of an unknown", "whisper to nobody"],
)
def test_what_names_no_message_or_nobody_is_impossible_and_leaves_no_line(room: Room, out: Outgoing) -> None:
    with pytest.raises(Impossible):
        room.post(out, AT)
    assert room.read(None).events == ()


@pytest.mark.parametrize("native_id", ["../../etc/passwd", "a/b", "..", "ÄÖ & co", "nul\0"])
def test_a_room_stays_in_its_folder_whatever_it_is_called(tmp_path: Path, native_id: str) -> None:
    room = Terminal(tmp_path / "rooms", SystemClock()).room(native_id)
    room.say(ANA, "A1", AT)
    assert [file.resolve() for file in tmp_path.rglob("*.jsonl")] == [room.path]
    assert room.path.parent == tmp_path / "rooms"


def test_two_processes_writing_at_once_lose_nothing(room: Room) -> None:
    names = ("ana", "ben")
    processes = writers(*(f"say|{room.path}|{name}|1000" for name in names))
    told = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    reading = room.read(None)
    assert reading.malformed == 0
    for name, lines in zip(names, told, strict=True):
        said = [event for event in reading.events if isinstance(event, Said) and event.author.name == name]
        assert len(said) == 1000
        assert [f"{event.text.split()[0]} {event.id}" for event in said] == lines


def test_two_bots_at_once_post_every_key_once(room: Room) -> None:
    told = [bot.communicate(timeout=60)[0] for bot in writers(*[f"post|{room.path}|300"] * 2)]
    assert told[0] == told[1]
    assert len(room.read(None).events) == 300


@pytest.mark.slow
def test_a_bot_killed_again_and_again_posts_every_key_once_under_the_id_it_was_told(room: Room) -> None:
    told: dict[str, str] = {}
    luck = random.Random(7)
    for kill in [True] * 6 + [False]:
        (process,) = writers(f"post|{room.path}|400")
        assert process.stdout is not None
        for _ in range(luck.randrange(len(told), len(told) + 60) if kill else 0):
            _confirm(process.stdout.readline(), told)
        process.kill() if kill else None
        for line in process.communicate(timeout=60)[0].splitlines():
            _confirm(line, told)
    posted = [event for event in room.read(None).events if isinstance(event, Posted)]
    assert [event.key for event in posted] == [f"key {number}" for number in range(400)]
    assert {event.key: event.id for event in posted} == {f"key {number}": id_ for number, id_ in told.items()}


def _confirm(line: str, told: dict[str, str]) -> None:
    number, _, native_id = line.strip().partition(" ")
    if native_id:
        assert told.setdefault(number, native_id) == native_id


async def test_another_process_is_heard_by_looking_at_the_file(room: Room) -> None:
    net = TerminalNetwork(room.path.parent, SystemClock(), poll=0.02)
    ears = NotingEars(PLACE)
    async with listening(net.platform(), ears):
        (process,) = writers(f"say|{room.path}|ana|200")
        await net.until(ears.has_heard(200), within=30)
        process.communicate(timeout=30)
    assert [event.id for event in ears.heard()] == [event.id for event in room.read(None).events]
