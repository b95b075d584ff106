"""The schema of what is wrong with the bot itself, and what its host was told of it."""

from sqlalchemy import Column, Table, Text

from bot.storage.schema.columns import Instant, flag, metadata, words

fault = Table(
    "fault",
    metadata,
    Column("key", Text, primary_key=True),
    words("sentence"),
    Column("since", Instant, nullable=False),
    flag("stands"),
    Column("told_at", Instant),
    Column("over_at", Instant),
)
"""What is wrong, or was lately; it `stands` from when the host was told until they are told its end."""
