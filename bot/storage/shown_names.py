"""The name that readers see: a chosen one where somebody goes by it, else that of their network."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func

from bot.storage.schema import tables as t


def shown_name(name: Any = t.person.c.name, consent: FromClause = t.consent) -> ColumnElement[Any]:
    """What readers see somebody called, for a query outer joined to their `consent` where they speak."""
    return func.coalesce(consent.c.pseudonym, name)


def writers_name() -> ColumnElement[Any]:
    """What readers see the writer of a message called; nothing where it was said without a name."""
    return case((t.message.c.anonymous, None), else_=shown_name())


def writers_consent(consent: FromClause = t.consent, message: FromClause = t.message) -> ColumnElement[bool]:
    """On what a writer's `consent` is joined: what they agreed to where they said it, whosever chat it is.

    For a query over `message` joined to `place`.
    """
    theirs = consent.c.person_id == message.c.person_id
    return and_(theirs, consent.c.community_id == t.place.c.community_id)
