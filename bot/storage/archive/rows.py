"""Rows of joined tables made into what lists and pages show."""

from typing import Any, cast

from sqlalchemy import Row

from bot.core.archive.chat_page import Listed
from bot.core.model import Community
from bot.storage.chats.chats import chat_of
from bot.storage.chats.plans import series_of


class _Of:
    """A joined row seen as a row of one of its tables."""

    def __init__(self, row: Row[Any], table: str) -> None:
        self._row, self._table = row, table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"{self._table}_{name}")


def listed_of(row: Row[Any]) -> Listed:
    """A chat for a list from its row joined to its series'."""
    return Listed(chat_of(row), series_of(cast("Row[Any]", _Of(row, "its_series"))))


def community_of(row: Row[Any]) -> Community:
    """The community from the row of a chat joined to it."""
    one = _Of(row, "its_community")
    return Community(one.id, one.name, one.zone, one.language, slug=one.slug or "", about=one.about)
