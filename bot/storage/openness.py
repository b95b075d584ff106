"""How open a place is to readers: what was said of it, and what its network lets people see."""

from typing import Final

from sqlalchemy import ColumnElement, and_, case

from bot.core.model import Visibility
from bot.storage import tables as t

OPENNESS: Final[ColumnElement[str]] = case(
    (and_(t.place.c.shut, t.place.c.openness == Visibility.PUBLIC), Visibility.LINK.value),
    else_=t.place.c.openness,
)
"""Words said where not everybody on the network may look are public nowhere, whatever was chosen."""
