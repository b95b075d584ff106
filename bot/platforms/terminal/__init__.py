"""The terminal as a chat network: rooms are transcripts on disk, people are played at a prompt."""

from bot.platforms.terminal.lines import Posted
from bot.platforms.terminal.platform import Terminal
from bot.platforms.terminal.prompt import prompt
from bot.platforms.terminal.room import Room

__all__ = ["Posted", "Room", "Terminal", "prompt"]
