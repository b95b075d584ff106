"""The schema: every table the bot keeps, in the order of a chat's life."""

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Instant, WallClock, flag, key, of, words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


installation = Table("installation", metadata, Column("name", String, primary_key=True), words("value"))

community = Table(
    "community",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    words("language", "en"),
    words("contact"),
    Column("retention_days", Integer),
)

place = Table(
    "place",
    metadata,
    key(),
    of("community"),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    words("name"),
    words("openness", "members"),
    flag("hosts_room"),
    Column("left_at", Instant),
    UniqueConstraint("platform", "native_id"),
)

person = Table(
    "person",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    words("name"),
    UniqueConstraint("platform", "native_id"),
)

consent = Table(
    "consent",
    metadata,
    of("person", key=True),
    of("community", key=True),
    words("pseudonym", None),
    Column("excluded_at", Instant),
    Column("forgotten_at", Instant),
    Column("changed_at", Instant, nullable=False),
)

community_host = Table("community_host", metadata, of("community", key=True), of("person", key=True))

series = Table(
    "series",
    metadata,
    key(),
    of("community"),
    Column("title", Text, nullable=False),
    words("hashtag"),
    words("letters", "Q/A"),
    Column("minutes", Integer, nullable=False),
    Column("opening_minutes", Integer, nullable=False),
    Column("wrapping_minutes", Integer, nullable=False),
    Column("tail_days", Integer, nullable=False),
    words("visibility", "members"),
    flag("publish_at_once", True),
    flag("anonymous_answers"),
    words("welcome"),
    flag("paused"),
    Column("deleted_at", Instant),
    Column("version", Integer, nullable=False, server_default="0"),
)

slot = Table(
    "slot",
    metadata,
    key(),
    of("series"),
    Column("zone", Text, nullable=False),
    Column("dtstart_local", WallClock, nullable=False),
    words("rrule"),
    Column("exdates", JSON, nullable=False),
    Column("ended_at", Instant),
)

series_place = Table(
    "series_place",
    metadata,
    of("series", key=True),
    of("place", key=True),
    Column("accepted_at", Instant),
    flag("muted"),
)

chat = Table(
    "chat",
    metadata,
    key(),
    of("series"),
    of("slot", optional=True),
    Column("occurrence_local", WallClock),
    Column("zone", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    words("topic"),
    words("state", "planned"),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("pace_seconds", Integer, nullable=False),
    Column("paused_at", Instant),
    words("steered_by"),
    Column("steered_at", Instant),
    words("lead"),
    flag("rehearsal"),
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("slot_id", "occurrence_local"),
    Index(None, "series_id", "starts_at"),
    Index(None, "state", "starts_at"),
)

chat_place = Table(
    "chat_place",
    metadata,
    of("chat", key=True),
    of("place", key=True),
    flag("live"),
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
    of("chat", key=True),
    of("person", key=True),
    Column("invited_at", Instant, nullable=False),
)

question = Table(
    "question",
    metadata,
    key(),
    of("chat"),
    Column("position", Integer, nullable=False),
    words("text"),
    words("state", "drafted"),
    Column("asked_at", Instant),
    flag("final"),
    UniqueConstraint("chat_id", "position"),
)

step = Table(
    "step",
    metadata,
    key(),
    of("chat"),
    Column("kind", Text, nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant, nullable=False),
    words("state", "planned"),
    UniqueConstraint("chat_id", "kind", "ordinal"),
    Index(None, "state", "due_at"),
)

outbox = Table(
    "outbox",
    metadata,
    key(),
    of("place"),
    of("chat", optional=True),
    of("question", optional=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    of("outbox", column="depends_on", optional=True),
    Column("urgency", Integer, nullable=False),
    Column("not_after", Instant),
    words("state", "waiting"),
    Column("due_at", Instant, nullable=False),
    Column("first_attempt_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_at", Instant),
    words("platform_message_id", None),
    Index(None, "state", "place_id"),
    Index(None, "chat_id", "state"),
    Index(None, "place_id", "platform_message_id"),
)

message = Table(
    "message",
    metadata,
    key(),
    of("place"),
    Column("platform_message_id", Text, nullable=False),
    of("chat", optional=True),
    of("person", optional=True),
    flag("by_host"),
    words("text"),
    words("body_html", None),
    Column("render_version", Integer, nullable=False, server_default="0"),
    words("kind", "conversation"),
    words("why"),
    of("question", column="thread_question_id", optional=True),
    words("reply_to", None),
    words("held", None),
    Column("attachments", JSON(none_as_null=True)),
    flag("anonymous"),
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
    of("message", key=True),
    of("question", key=True),
    Column("how", Text, nullable=False),
    of("person", column="by_person_id", optional=True),
    flag("inferred"),
    words("flags"),
    Column("filed_at", Instant, nullable=False),
    Index(None, "question_id"),
)

message_revision = Table(
    "message_revision",
    metadata,
    key(),
    of("message"),
    words("text"),
    Column("replaced_at", Instant, nullable=False),
    Index(None, "message_id"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("account", Text, primary_key=True),
    of("place", key=True),
    Column("position", Text, nullable=False),
)

handled_command = Table(
    "handled_command",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    of("place"),
    of("person"),
    Column("native_role", Integer, nullable=False),
    words("text", None),
    Column("heard_at", Instant, nullable=False),
    Column("handled_at", Instant),
    UniqueConstraint("platform", "native_id"),
    Index("waiting_command", "id", sqlite_where=text("handled_at IS NULL")),
)
