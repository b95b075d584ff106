"""The schema of what a network's own happenings were about, and of rooms that a place was in before."""

from sqlalchemy import Column, Integer, Table, Text

from bot.storage.schema.columns import metadata, of, words

relation = Table(
    "relation",
    metadata,
    of("place", key=True),
    Column("native_id", Text, primary_key=True),
    Column("about", Text, nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),
)
"""An edit of a message, or a sign of this `number` on it: whoever takes it away names only itself."""

former_room = Table(
    "former_room",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("native_id", Text, primary_key=True),
    of("place"),
    words("replaced_by"),
)
"""A room that another took the place of; what is still said there belongs to the same place."""
