"""The plain prompt behind `edchat chat`: named people are played, and the room is shown as it goes on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Final, TextIO

from bot.clock import Clock
from bot.core.model import Refused
from bot.core.sentences import prompt as sentences
from bot.platforms.terminal.keyboard import Keyboard
from bot.platforms.terminal.room import Room
from bot.platforms.terminal.session import Session

_PASTING: Final = 0.15
"""Seconds between two lines of one paste, at most."""
_PIPING: Final = 1.0
"""The same for a pipe, where a busy machine may hold up the writer."""
Settled = Callable[[], Awaitable[bool]]
"""Waits until all is answered; False when no bot is there to answer."""


async def prompt(  # noqa: PLR0913 - what a sitting is made of, given by those who know it
    room: Room,
    clock: Clock,
    settled: Settled,
    *,
    takes_lines: Callable[[str], bool],
    completed: Callable[[str], str] = str,
    stdin: int = 0,
    stdout: TextIO | None = None,
    poll: float | None = 0.2,
) -> None:
    """Play what is typed at `stdin` until it ends; that the bot has stopped is Refused to a script."""
    session = Session(room, clock, stdout or sys.stdout, os.isatty(stdin), completed)
    bot = _Bot(settled, session)
    session.begin()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(session.watch(poll))
        if session.by_hand:
            await _converse(session, Keyboard(stdin), takes_lines, bot, group)
        else:
            await _recite(session, Keyboard(stdin), bot)
        trouble = await bot.answered()
        watching.cancel()
    if trouble and not session.by_hand:
        raise Refused(trouble)


async def _converse(
    session: Session,
    keyboard: Keyboard,
    takes_lines: Callable[[str], bool],
    bot: _Bot,
    group: asyncio.TaskGroup,
) -> None:
    answering: asyncio.Task[str] | None = None
    async for text in keyboard.messages(_PASTING, lambda line: session.asks_for_lines(line, takes_lines)):
        session.take(text)
        if answering is None or answering.done():  # who types on is not kept waiting
            answering = group.create_task(bot.answered())


async def _recite(session: Session, keyboard: Keyboard, bot: _Bot) -> None:
    async for text in keyboard.messages(_PIPING, lambda _line: False):
        session.take(text)
        await bot.answered()  # a script is a conversation: the next one speaks once this was answered


class _Bot:
    """The bot as the prompt knows it: there or stopped."""

    def __init__(self, settled: Settled, session: Session) -> None:
        self._settled = settled
        self._session = session
        self._told = ""

    async def answered(self) -> str:
        """Wait until all is answered and shown; what keeps it from being so is told once and given back."""
        # One that ended while it was asked has refused; asked again, it is plainly not there.
        trouble = await self._trouble() and await self._trouble()
        self._session.show_new()
        if trouble != self._told:
            self._session.warn(trouble)
        self._told = trouble
        return trouble

    async def _trouble(self) -> str:
        try:
            return "" if await self._settled() else sentences.BOT_STOPPED
        except OSError:
            return sentences.BOT_STOPPED
        except Refused as refusal:
            return str(refusal)
