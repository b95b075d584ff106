"""Whole addresses of what the bot serves."""

from bot.core import sentences
from bot.core.model import Refused
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
