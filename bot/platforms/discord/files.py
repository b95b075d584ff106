"""Files: read when somebody sends one, made when an answer is too long for messages."""

from __future__ import annotations

import io
from typing import Final

import aiohttp
import discord

from bot.core.model import Refused
from bot.core.question_list import decoded
from bot.core.sentences import forms as sentences

LARGEST: Final = 256 * 1024
"""Bytes of a file with words; 200 lines as long as they may be are fewer."""


async def text_of(file: discord.Attachment) -> str:
    """Fetch a file and give the text in it; what is too large or no text is refused."""
    if file.size > LARGEST:
        raise Refused(sentences.FILE_LARGE.format(size=file.size, limit=LARGEST))
    try:
        return words_in(await file.read())
    except (
        discord.HTTPException,
        aiohttp.ClientError,
    ):  # the link dies in a day, and so may the file's storage
        raise Refused(sentences.FILE_GONE) from None


def words_in(data: bytes) -> str:
    """The text in a file as Windows, a Mac or a phone saves it; what is no Unicode is asked for anew."""
    text = decoded(data)
    if "\0" in text:
        raise Refused(sentences.FILE_NO_TEXT)
    return text.strip()


def made(text: str, name: str) -> discord.File:
    """A file of a text."""
    ending = "json" if text.lstrip().startswith(("{", "[")) else "txt"
    return discord.File(io.BytesIO(text.encode()), f"{name}.{ending}")
