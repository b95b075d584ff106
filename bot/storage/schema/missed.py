"""The schema of stretches of time in which a place could not be heard."""

from sqlalchemy import Column, Index, Table

from bot.storage.schema.columns import Instant, key, metadata, of

missed = Table(
    "missed",
    metadata,
    key(),
    of("place"),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index(None, "place_id"),
)
"""What was said in a place meanwhile is not in our books; without an `until` that goes on."""
