"""What a text looks like on Discord: instants in each reader's own zone, and links to messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.core.effects import Moment
from bot.core.plain import cut

LONGEST: Final = 2_000
"""Characters of a message."""


def drawn(text: str, moments: Sequence[Moment], link: str = "", longest: int = LONGEST) -> str:
    """Draw a text with its instants, and with a link below; where that is too long, the words give way."""
    shown = _with_moments(text, [one for one in moments if not one.below])
    lines = [f"{one.words} {far_off(one.at)}" for one in moments if one.below]
    below = "".join(f"\n{line}" for line in (*lines, link) if line)
    if len(shown) + len(below) > longest:
        shown = cut(text, longest - len(below))
    return shown + below


def stamp(at: datetime) -> str:
    """An instant as each reader sees it in their own zone, with how far off it is."""
    second = int(at.timestamp())
    return f"<t:{second}:F> (<t:{second}:R>)"


def far_off(at: datetime) -> str:
    """How far off an instant is, as each reader sees it change: "in 4 minutes", then "2 minutes ago"."""
    return f"<t:{int(at.timestamp())}:R>"


def jump_link(guild_id: int | str, channel_id: int | str, message_id: int | str) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _with_moments(text: str, moments: Iterable[Moment]) -> str:
    stamps = {one.words: stamp(one.at) for one in moments if one.words}
    if not stamps:
        return text
    words = "|".join(re.escape(one) for one in sorted(stamps, key=len, reverse=True))
    return re.sub(words, lambda found: stamps[found[0]], text)
