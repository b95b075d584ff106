"""Buttons: each is a command line that somebody typed for you, so it works for ever and after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import discord

from bot.core.effects import Link
from bot.core.model import Offer
from bot.core.plain import cut

RUN: Final = "edchat:"
"""Begins the id of a button whose line is carried out."""
OPEN: Final = "edchat?"
"""Begins the id of a button whose line opens a form, and of that form."""
LONGEST_ID: Final = 100
LONGEST_URL: Final = 512
MOST: Final = 25
_LONGEST_LABEL: Final = 80


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button asks for: its line is carried out, or asked about in a `form`."""

    line: str
    form: bool


def pressed(custom_id: str) -> Pressed | None:
    """Read a button's id; None for one that is none of ours."""
    for begins, form in ((RUN, False), (OPEN, True)):
        if custom_id.startswith(begins):
            return Pressed(custom_id.removeprefix(begins), form)
    return None


def custom_id(offer: Offer) -> str:
    """The id that carries an offer's line."""
    return f"{OPEN if offer.form else RUN}{offer.line}"


def buttons(offers: Iterable[Offer], link: Link | None = None) -> discord.ui.View | None:
    """Offers as buttons, as many as a message holds, and one that opens an address; None for none.

    A line stands on one button only. Nothing is kept in memory for them: whatever is pressed is read from
    the button itself.
    """
    shown: dict[str, str] = {}
    for offer in offers:
        if len(custom_id(offer)) <= LONGEST_ID:
            shown.setdefault(custom_id(offer), cut(offer.label, _LONGEST_LABEL))
    opens = [link] if link and link.url.startswith("https://") and len(link.url) <= LONGEST_URL else []
    if not (shown or opens):
        return None
    view = discord.ui.View(timeout=None)
    for one in opens:
        view.add_item(discord.ui.Button(label=cut(one.label, _LONGEST_LABEL), url=one.url))
    for name, label in list(shown.items())[: MOST - len(opens)]:
        view.add_item(discord.ui.Button(label=label, custom_id=name))
    view.stop()  # else discord.py keeps every view that it sends
    return view
