"""The schema of what the browser needs: who may come in, and what stands in the bot's own rooms."""

from typing import Final

from sqlalchemy import JSON, Column, ColumnElement, Index, Integer, Table, Text, and_

from bot.storage.schema.columns import Instant, flag, key, metadata, of, words

secret = Table(
    "secret",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    of("community"),
    of("person", optional=True),
    of("place", optional=True),
    of("series", optional=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    Index(None, "person_id"),
)

member = Table(
    "member",
    metadata,
    of("community", key=True),
    of("person", key=True),
    Column("joined_at", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("held_at", Instant),
    Column("banned_at", Instant),
    words("held_nameless", None),
    words("banned_nameless", None),
    Index(None, "person_id"),
)
"""Hosts hold and ban by name, or without: such marks are keys, each of which alone takes its own off."""
NOT_BANNED: Final[ColumnElement[bool]] = and_(
    member.c.banned_at.is_(None), member.c.banned_nameless.is_(None)
)
"""Which members may come in: hosts banned them neither by name nor without."""

desk_seat = Table(
    "desk_seat",
    metadata,
    of("community", key=True),
    of("person", key=True),
    of("place"),
    Column("power", Integer, nullable=False),
    Column("heard_at", Instant, nullable=False),
)
"""Who came to the desk by a link: the power their network gave them where they asked, when heard last."""

room_message = Table(
    "room_message",
    metadata,
    key(),
    of("place"),
    of("person", optional=True),
    flag("by_host"),
    words("key", None),
    words("text"),
    words("html"),
    Column("offers", JSON(none_as_null=True)),
    of("room_message", column="thread_id", optional=True),
    of("room_message", column="reply_to_id", optional=True),
    words("thread_name", None),
    words("only_for", None),
    words("receipts"),
    flag("by_form"),
    flag("anonymous"),
    Column("said_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("held_at", Instant),
    Index("room_message_key", "key", unique=True),
    Index(None, "place_id", "id"),
    Index(None, "thread_id"),
    Index(None, "person_id"),
    sqlite_autoincrement=True,
)
"""Ids are never given twice: they are the native ids of the browser's own network."""

room_reaction = Table(
    "room_reaction",
    metadata,
    of("room_message", column="message_id", key=True),
    of("person", key=True),
    Column("number", Integer, primary_key=True),
)

room_report = Table(
    "room_report",
    metadata,
    key(),
    of("room_message", column="message_id"),
    of("person", column="by_person_id", optional=True),
    words("reason"),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    Index(None, "message_id"),
)
"""What members reported of words that stand in a room and on no page."""

room_event = Table(
    "room_event",
    metadata,
    key(),
    of("place"),
    Column("kind", Text, nullable=False),
    of("room_message", column="message_id", optional=True),
    of("person", optional=True),
    Column("number", Integer),
    words("text", None),
    Column("at", Instant, nullable=False),
    Index(None, "place_id", "id"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)
"""What happened in a room, in order: what the bot hears, and what browsers follow."""
