"""The schema: every table the bot keeps, in the order of a chat's life."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Instant, WallClock

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of(table: str, *, column: str | None = None, optional: bool = False, key: bool = False) -> Column[int]:
    name = column or f"{table}_id"
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=optional, primary_key=key)


def _flag(name: str, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("1" if default else "0"))


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=default is None, server_default=default)


installation = Table("installation", metadata, Column("name", String, primary_key=True), _text("value"))

community = Table(
    "community",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    _text("language", "en"),
    _text("contact"),
    Column("retention_days", Integer),
)

place = Table(
    "place",
    metadata,
    _id(),
    _of("community"),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    _text("name"),
    _text("openness", "members"),
    _flag("hosts_room"),
    Column("left_at", Instant),
    UniqueConstraint("platform", "native_id"),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    _text("name"),
    UniqueConstraint("platform", "native_id"),
)

consent = Table(
    "consent",
    metadata,
    _of("person", key=True),
    _of("community", key=True),
    _text("pseudonym", None),
    Column("excluded_at", Instant),
    Column("forgotten_at", Instant),
    Column("changed_at", Instant, nullable=False),
)

community_host = Table("community_host", metadata, _of("community", key=True), _of("person", key=True))

series = Table(
    "series",
    metadata,
    _id(),
    _of("community"),
    Column("title", Text, nullable=False),
    _text("hashtag"),
    _text("letters", "Q/A"),
    Column("minutes", Integer, nullable=False),
    Column("opening_minutes", Integer, nullable=False),
    Column("wrapping_minutes", Integer, nullable=False),
    Column("tail_days", Integer, nullable=False),
    _text("visibility", "members"),
    _flag("publish_at_once", True),
    _flag("anonymous_answers"),
    _text("welcome"),
    _flag("paused"),
    Column("deleted_at", Instant),
    Column("version", Integer, nullable=False, server_default="0"),
)

slot = Table(
    "slot",
    metadata,
    _id(),
    _of("series"),
    Column("zone", Text, nullable=False),
    Column("dtstart_local", WallClock, nullable=False),
    _text("rrule"),
    Column("exdates", JSON, nullable=False),
    Column("ended_at", Instant),
)

series_place = Table(
    "series_place",
    metadata,
    _of("series", key=True),
    _of("place", key=True),
    Column("accepted_at", Instant),
    _flag("muted"),
)

chat = Table(
    "chat",
    metadata,
    _id(),
    _of("series"),
    _of("slot", optional=True),
    Column("occurrence_local", WallClock),
    Column("zone", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    _text("topic"),
    _text("state", "planned"),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("pace_seconds", Integer, nullable=False),
    Column("paused_at", Instant),
    _text("steered_by"),
    Column("steered_at", Instant),
    _text("lead"),
    _flag("rehearsal"),
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("slot_id", "occurrence_local"),
    Index(None, "series_id", "starts_at"),
    Index(None, "state", "starts_at"),
)

chat_place = Table(
    "chat_place",
    metadata,
    _of("chat", key=True),
    _of("place", key=True),
    _flag("live"),
    Column("opened_at", Instant, nullable=False),
    Index(
        "one_live_chat_a_place",
        "place_id",
        unique=True,
        sqlite_where=text("live"),
        postgresql_where=text("live"),
    ),
)

chat_host = Table(
    "chat_host",
    metadata,
    _of("chat", key=True),
    _of("person", key=True),
    Column("invited_at", Instant, nullable=False),
)

question = Table(
    "question",
    metadata,
    _id(),
    _of("chat"),
    Column("position", Integer, nullable=False),
    _text("text"),
    _text("state", "drafted"),
    Column("asked_at", Instant),
    _flag("final"),
    UniqueConstraint("chat_id", "position"),
)

step = Table(
    "step",
    metadata,
    _id(),
    _of("chat"),
    Column("kind", Text, nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant, nullable=False),
    _text("state", "planned"),
    UniqueConstraint("chat_id", "kind", "ordinal"),
    Index(None, "state", "due_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _of("place"),
    _of("chat", optional=True),
    _of("question", optional=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    _of("outbox", column="depends_on", optional=True),
    Column("urgency", Integer, nullable=False),
    Column("not_after", Instant),
    _text("state", "waiting"),
    Column("due_at", Instant, nullable=False),
    Column("first_attempt_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_at", Instant),
    _text("platform_message_id", None),
    Index(None, "state", "place_id"),
    Index(None, "chat_id", "state"),
    Index(None, "place_id", "platform_message_id"),
)

message = Table(
    "message",
    metadata,
    _id(),
    _of("place"),
    Column("platform_message_id", Text, nullable=False),
    _of("chat", optional=True),
    _of("person", optional=True),
    _flag("by_host"),
    _text("text"),
    _text("body_html", None),
    Column("render_version", Integer, nullable=False, server_default="0"),
    _text("kind", "conversation"),
    _text("why"),
    _of("question", column="thread_question_id", optional=True),
    _text("reply_to", None),
    _text("held", None),
    Column("attachments", JSON(none_as_null=True)),
    _flag("anonymous"),
    Column("said_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("hidden_at", Instant),
    Column("picked_at", Instant),
    UniqueConstraint("place_id", "platform_message_id"),
    Index(None, "chat_id", "kind"),
    Index(None, "person_id"),
    Index("message_unrendered", "render_version", sqlite_where=text("render_version = 0")),
)

filing = Table(
    "filing",
    metadata,
    _of("message", key=True),
    _of("question", key=True),
    Column("how", Text, nullable=False),
    _of("person", column="by_person_id", optional=True),
    _flag("inferred"),
    _text("flags"),
    Column("filed_at", Instant, nullable=False),
    Index(None, "question_id"),
)

message_revision = Table(
    "message_revision",
    metadata,
    _id(),
    _of("message"),
    _text("text"),
    Column("replaced_at", Instant, nullable=False),
    Index(None, "message_id"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("account", Text, primary_key=True),
    _of("place", key=True),
    Column("position", Text, nullable=False),
)

handled_command = Table(
    "handled_command",
    metadata,
    _id(),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    _of("place"),
    _of("person"),
    Column("native_role", Integer, nullable=False),
    _text("text", None),
    Column("heard_at", Instant, nullable=False),
    Column("handled_at", Instant),
    UniqueConstraint("platform", "native_id"),
    Index("waiting_command", "id", sqlite_where=text("handled_at IS NULL")),
)
