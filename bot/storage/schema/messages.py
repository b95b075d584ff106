"""The schema of what goes out and what comes in: outbox, messages, where they are filed, typed commands."""

from sqlalchemy import JSON, Column, Index, Integer, Table, Text, UniqueConstraint, text

from bot.storage.schema.columns import Instant, flag, key, metadata, of, words

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
    words("public_id", None),
    words("hidden_why", None),
    Column("sorted_from", JSON(none_as_null=True)),
    UniqueConstraint("place_id", "platform_message_id"),
    Index(None, "chat_id", "kind"),
    Index(None, "person_id"),
    Index("message_public_id", "public_id", unique=True),
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

report = Table(
    "report",
    metadata,
    key(),
    of("message"),
    of("person", column="by_person_id", optional=True),
    words("reason"),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    Index(None, "message_id"),
)
