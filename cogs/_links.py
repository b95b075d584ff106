"""Whole addresses of what the bot serves."""

from collections.abc import Collection

from bot.core import sentences
from bot.core.model import Place, Refused, Series, Visibility
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Tx


async def to(tx: Tx, path: str) -> str:
    """The whole address of a path of the bot's pages; refused while they are not served."""
    address = await tx.installed("address")
    if not address:
        raise Refused(sentences.NO_ADDRESS)
    return f"{address}{path}"


async def join(tx: Tx, place_id: int) -> str:
    """The link that leads into a room."""
    return await to(tx, f"/join/{await tx.join_secret(place_id)}")


async def open_doors(tx: Tx, series: Series, places: Collection[Place]) -> None:
    """Make the links that an announcement names: into its rooms, and to what holders of a link may read."""
    for place in places:
        if place.platform == BROWSER:
            await tx.join_secret(place.id)
    for_holders = series.visibility is Visibility.PUBLIC and await tx.all_shut(places)
    if series.visibility is Visibility.LINK or for_holders:
        await tx.link_secret(series.id)
