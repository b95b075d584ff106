"""A room's events as the prompt shows them: what was said in full, all else in small lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.core.actions import Action
from bot.core.hearing import Deleted, Edited, Reacted, Said
from bot.core.sentences import prompt as sentences
from bot.platforms.terminal.lines import Event, Posted
from bot.platforms.terminal.view import Shown, View

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def as_text(event: Event, view: View, completed: Callable[[str], str] = str) -> str:
    """Give a message, with its number and offers, as text; the view has taken the event already.

    `completed` gives a form's line with what it asks for.
    """
    message = view.message(event.id) if isinstance(event, Said) or _says(event) else None
    return printable(_message(message, view, completed)) if message else ""


def as_aside(event: Event, view: View) -> str:
    """Give the small line for what is no message; empty where there is nothing to see."""
    if isinstance(event, Posted):
        return printable(_done(event, view))
    number = view.number(event.id)
    return "" if number is None else printable(_changed(event, number))


def printable(text: str) -> str:
    """Show as a replacement character whatever could steer the terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _says(event: Event) -> bool:
    return isinstance(event, Posted) and event.action.once


def _message(shown: Shown, view: View, completed: Callable[[str], str]) -> str:
    text = shown.text.replace("\n", "\n    ")
    if shown.only_for is not None:
        first = sentences.whispered(shown.name, shown.only_for, text)
    else:
        first = sentences.said(shown.number, shown.name, _hangs_on(shown, view), text)
    lines = [(offer.label, completed(offer.line) if offer.form else offer.line) for offer in shown.offers]
    return "\n".join([first, *(f"  {sentences.offered(label, line)}" for label, line in lines)])


def _hangs_on(shown: Shown, view: View) -> str:
    replied = view.number(shown.reply_to or "")
    thread = view.number(shown.thread or "")
    if replied is not None:
        return sentences.in_reply_to(replied)
    return "" if thread is None else sentences.in_thread_of(thread)


def _changed(event: Event, number: int) -> str:
    match event:
        case Edited():
            return sentences.now_reads(number, event.text)
        case Deleted():
            return sentences.taken_back(number)
        case Reacted():
            return sentences.reacted_to(number, event.author.name, event.number, event.removed)
    return ""


def _done(event: Posted, view: View) -> str:
    number = view.number(event.target or "")
    match event.action:
        case Action.TOPIC:
            return sentences.topic_is(event.text)
        case Action.PIN:
            return sentences.pinned(number)
        case Action.THREAD if number is not None:
            return sentences.thread_opened(number, event.text)
        case Action.EDIT if number is not None:
            return sentences.now_reads(number, event.text)
        case Action.RECEIPT if number is not None:
            return sentences.receipt_on(number, event.text)
    return ""
