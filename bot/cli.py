"""The command line: edchat run, chat, say, status, link, doctor, backup, export, import, demo and more."""

import os
import select
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App as CommandLine
from cyclopts import CycloptsError, Parameter

from bot import logs
from bot.carrying import carry_out as _carry_out
from bot.carrying import settings_for as _settings
from bot.core import sentences
from bot.core.model import Refused
from bot.demo import Demo, watch
from bot.exporting import commands as exports
from bot.hosting import board, care, explaining
from bot.hosting import commands as hosting
from bot.settings import SettingsError
from bot.storage.engine import StorageFull

AsJson = Annotated[bool, Parameter("--json")]
Watch = Annotated[bool, Parameter(("--watch", "-w"), negative="")]

PIPE_PATIENCE = 0.3
"""Seconds that lines from a pipe may take to come."""

edchat = CommandLine(
    name="edchat", help="Runs weekly EdChats: asks the questions, files every answer.", version="0.1.0"
)
edchat.command(exports.export)
edchat.command(exports.bring_in, name="import")


@edchat.command
def run() -> None:
    """Run the bot until it is stopped."""
    _carry_out(hosting.run(_settings()))


@edchat.command
def chat(*, place: str | None = None) -> None:
    """Open a prompt in a room, in which named people may be played.

    Parameters
    ----------
    place: the room, where there are several.
    """
    _carry_out(hosting.chat(_settings(quiet=True), place))


@edchat.command
def say(text: str | None = None, *, place: str | None = None) -> None:
    """Carry out a command as the owner, as in `edchat say "chat now"`; standard input gives lines below it.

    Parameters
    ----------
    text: the command, without "!edchat".
    place: the place meant, where there are several.
    """
    if text is None:
        raise Refused(sentences.SAY_WHAT)
    _carry_out(hosting.say(_settings(quiet=True), f"{text}\n{_lines_below(text)}".rstrip("\n"), place))


@edchat.command
def status(*, as_json: AsJson = False, watch: Watch = False) -> None:
    """Say how things stand: what is open, what comes next, what waits.

    Parameters
    ----------
    as_json: for machines.
    watch: go on showing it, in a terminal, until Ctrl-C.
    """
    _carry_out(board.status(_settings(quiet=True), as_json=as_json, watch=watch))


@edchat.command
def link(*, community: str | None = None) -> None:
    """Print a link that makes whoever opens it first a host.

    Parameters
    ----------
    community: the community, where there are several.
    """
    _carry_out(care.link(_settings(quiet=True), community))


@edchat.command
def doctor(*, discord: bool = False, matrix: bool = False, as_json: AsJson = False) -> None:
    """Say what is configured, what is wrong, and what to do about it.

    Parameters
    ----------
    discord: look at the bot on Discord instead, and print the link that invites it.
    matrix: look at the bot on Matrix instead: its homeserver, its account, its rooms.
    as_json: for machines.
    """
    _carry_out(care.doctor(_settings(quiet=True), as_json=as_json, discord=discord, matrix=matrix))


@edchat.command
def restore(file: Path | None = None) -> None:
    """Put a copy of the database in its place; what was forgotten since then is forgotten again.

    Parameters
    ----------
    file: a copy that `edchat backup` or the night made.
    """
    if file is None:
        raise Refused(sentences.RESTORE_WHAT)
    _carry_out(care.restore(_settings(quiet=True), file.absolute()))


@edchat.command
def backup(file: Path | None = None) -> None:
    """Write a whole copy of the database to a new file, while the bot runs or not.

    Parameters
    ----------
    file: the file to write.
    """
    if file is None:
        raise Refused(sentences.BACKUP_WHAT)
    _carry_out(hosting.backup(_settings(quiet=True), file.absolute()))


@edchat.command
def migrate() -> None:
    """Bring the database up to this version, after a backup of it."""
    _carry_out(hosting.migrate_only(_settings(quiet=True)))


@edchat.command
def explain(
    text: str | None = None,
    *,
    role: str = "P",
    questions: int = 7,
    letters: str = "Q/A",
    as_json: AsJson = False,
    stdin: bool = False,
) -> None:
    """Say how a message would be filed, and why.

    Parameters
    ----------
    text: the message.
    role: P for a participant, M for a moderator.
    questions: how many the chat has.
    letters: of its questions and answers.
    stdin: read JSON lines with these four; answer one JSON line each.
    """
    if stdin:
        explaining.each_line(sys.stdin, sys.stdout)
    else:
        one = explaining.asked(text=text, role=role, questions=questions, letters=letters)
        print(explaining.told(one, as_json))


@edchat.command
def demo(
    *,
    leave: Annotated[bool, Parameter("--exit")] = False,
    as_json: AsJson = False,
    people: int = 40,
    seconds: float = 60,
    seed: int = 1,
    chat: str = "asking questions",
) -> None:
    """Run a real chat's questions with simulated people, an hour in a minute.

    Parameters
    ----------
    leave: end when the chat is over.
    as_json: one JSON line with what happened, nothing else.
    people: how many simulated people.
    seconds: how long the hour takes.
    seed: another number, another evening.
    chat: some words of the name of the real chat whose questions are asked.
    """
    logs.set_up("warning")
    evening = Demo(people=people, seconds=seconds, seed=seed, chat=chat)
    _carry_out(watch(evening, stay=not leave, as_json=as_json))


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error."""
    os.umask(0o077)  # what is written holds people's words: it is this user's alone
    try:
        edchat(exit_on_error=False, print_error=False, result_action="return_value")
    except (Refused, SettingsError, CycloptsError, StorageFull) as no:
        print(no, file=sys.stderr)
        sys.exit(2 if isinstance(no, CycloptsError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines_below(text: str) -> str:
    """What stands on standard input for a command that takes lines below it; others leave it alone."""
    if "\n" in text or sys.stdin is None or sys.stdin.isatty() or not hosting.takes_lines(text):
        return ""
    ready, _, _ = select.select([sys.stdin], [], [], PIPE_PATIENCE)
    return sys.stdin.read() if ready else ""
