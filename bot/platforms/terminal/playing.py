"""Doing in a room what was typed at the prompt, with the rights that people have in any chat."""

from __future__ import annotations

from datetime import datetime

from bot.core.model import Refused, Role
from bot.core.sentences import prompt as sentences
from bot.platforms.terminal.room import Room
from bot.platforms.terminal.typed import Deed, Typed
from bot.platforms.terminal.view import Shown, View


def play(typed: Typed, view: View, room: Room, now: datetime) -> None:
    """Do it, or refuse in one sentence."""
    meant = None if typed.number is None else _meant(typed.number, view)
    if meant is None:
        room.say(typed.author, typed.text, now, thread=_thread(typed.thread, view) if typed.thread else None)
    elif typed.deed is Deed.SAY:
        room.say(typed.author, typed.text, now, thread=meant.thread, reply_to=meant.id)
    elif typed.deed is Deed.EDIT:
        _must_be_theirs(typed, meant, sentences.NOT_YOURS)
        room.edit(typed.author, meant.id, typed.text, now)
    elif typed.deed is Deed.DELETE:
        if typed.author.power < Role.HOST:
            _must_be_theirs(typed, meant, sentences.NOT_YOURS_TO_DELETE)
        room.delete(meant.id, now)
    else:
        room.react(typed.author, meant.id, int(typed.text), now, removed=typed.deed is Deed.UNREACT)


def _meant(number: int, view: View) -> Shown:
    shown = view.numbered(number)
    if shown is None:
        raise Refused(sentences.no_such_message(number))
    return shown


def _thread(name: str, view: View) -> str:
    thread = view.thread_called(name)
    if thread is None:
        raise Refused(sentences.no_such_thread(name))
    return thread


def _must_be_theirs(typed: Typed, meant: Shown, otherwise: str) -> None:
    if meant.who != typed.author.native_id:
        raise Refused(otherwise)
