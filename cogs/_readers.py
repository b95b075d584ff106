"""Who may read a weekly chat: asked again before what people were told changes, and then brought about."""

from collections.abc import Sequence

from bot.commands.declared import Reply, replied
from bot.core import sentences
from bot.core.archive.chat_page import least_open
from bot.core.model import Offer, Place, Series, Visibility
from bot.core.tongue import Words, worded
from bot.storage.store import Tx
from cogs._coming import own_places


async def doubt(tx: Tx, series: Series, readers: Visibility | None) -> Reply | None:
    """What to ask before rooms are opened to more readers than the people there were told."""
    if readers is None or readers is series.visibility:
        return None
    ours = own_places(series, await tx.less_open(series, readers))
    if not ours or not await tx.joined(ours):
        return None
    line = f"archive visibility {readers} series={series.id} sure=yes"
    asked = worded(sentences.VISIBILITY_ROOMS_SURE, rooms=_named(ours))
    return replied(asked, (Offer(sentences.VISIBILITY_YES, line),))


async def let_read(tx: Tx, series: Series, readers: Visibility, before: Visibility) -> list[Words]:
    """Let these read a weekly chat from now on, in its own rooms too; gives what else is to be known."""
    closed = await tx.less_open(series, readers)
    ours = own_places(series, closed)
    await tx.open_rooms(ours, readers)
    await tx.set_visibility(series, readers)
    if readers is Visibility.OFF:
        return [sentences.VISIBILITY_OFF]
    others = [place for place in closed if place not in ours]
    stays = [worded(sentences.VISIBILITY_PLACES, rooms=_named(others))] if others else []
    closes = least_open(before, readers) is readers
    return [sentences.VISIBILITY_OLDER_CLOSES if closes else sentences.VISIBILITY_OLDER, *stays]


def _named(places: Sequence[Place]) -> str:
    return ", ".join(place.name for place in places)
