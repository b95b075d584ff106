"""The schema of resources: which messages hold which links, what hosts took out, which digests were posted.

None of it holds anybody's words: addresses and titles are read from the messages themselves.
"""

from sqlalchemy import Column, Index, Table, Text

from bot.storage.schema.columns import Instant, metadata, of

shared_link = Table(
    "shared_link",
    metadata,
    of("message", key=True),
    Column("mark", Text, primary_key=True),
    Index(None, "mark"),
)

removed_link = Table(
    "removed_link",
    metadata,
    of("community", key=True),
    Column("mark", Text, primary_key=True),
    Column("removed_at", Instant, nullable=False),
)

digest = Table(
    "digest",
    metadata,
    of("chat", key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)
"""What was posted after a chat: the links of its weekly chat that were shared between two instants."""
