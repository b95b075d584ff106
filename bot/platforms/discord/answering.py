"""Answers: whoever asks hears at once that they were heard, then what came of it, for their eyes alone."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

import discord
import structlog

from bot.commands.declared import Reply
from bot.core import sentences
from bot.core.chunks import chunks
from bot.core.model import Refused
from bot.core.sentences import forms
from bot.core.spoken import spoken_commands
from bot.platforms.discord.askers import Asking
from bot.platforms.discord.buttons import buttons
from bot.platforms.discord.files import made

LONGEST: Final = 2_000
"""Characters of a message."""
MOST_MESSAGES: Final = 4
"""An answer that takes more messages comes as a file."""

_NOT_OURS_NOW: Final = frozenset({10062, 40060})
"""Discord's numbers for an asking that came too late to be answered, or that was answered before."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def kindly(asking: Asking, act: Awaitable[None]) -> None:
    """Do what was asked; a refusal and a fault are told as a sentence, faults are logged without words."""
    try:
        await act
    except Refused as no:
        await _told(asking, str(no))
    except discord.HTTPException as fault:
        _log.warning("discord_answer_refused", kind=asking.type.name, status=fault.status, code=fault.code)
        if fault.code not in _NOT_OURS_NOW:
            done = asking.response.is_done()
            await _told(asking, forms.ANSWER_LOST if done else sentences.WENT_WRONG)
    except Exception:  # noqa: BLE001 - whatever it is, one asking must not end another
        _log.exception("discord_answer_failed", kind=asking.type.name)
        await _told(asking, sentences.WENT_WRONG)


async def hold(asking: Asking) -> None:
    """Say that the answer comes, so that there are 15 minutes for it instead of 3 seconds."""
    await asking.response.defer(ephemeral=True, thinking=True)


async def answer(asking: Asking, reply: Reply) -> None:
    """Give the answer that was held, in as many messages as it takes, its buttons under the last one."""
    text = _spoken(asking, reply.text)
    parts = chunks(text, LONGEST)
    view = buttons(reply.offers) or discord.utils.MISSING
    if len(parts) > MOST_MESSAGES:
        file = made(text, "edchat")
        await asking.edit_original_response(content=forms.COMES_AS_FILE, attachments=[file], view=view)
        return
    for number, part in enumerate(parts):
        shown = view if number == len(parts) - 1 else discord.utils.MISSING
        if number == 0:
            await asking.edit_original_response(content=part, view=shown)
        else:
            await asking.followup.send(part, ephemeral=True, view=shown)


def _spoken(asking: Asking, text: str) -> str:
    """The text with commands as they are given on Discord."""
    return spoken_commands(text, getattr(asking.client, "paths", frozenset()), "/")


async def _told(asking: Asking, said: str) -> None:
    text = _spoken(asking, said)
    try:
        if asking.response.is_done():
            await asking.edit_original_response(content=text)
        else:
            await asking.response.send_message(text, ephemeral=True)
    except discord.HTTPException as no:
        _log.warning("discord_answer_lost", status=no.status, code=no.code)
