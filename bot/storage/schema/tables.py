"""The schema: every table the bot keeps, in the order of a chat's life."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.storage.schema.care import fault as fault
from bot.storage.schema.columns import Instant, WallClock, flag, key, of, words
from bot.storage.schema.columns import metadata as metadata
from bot.storage.schema.messages import cursor as cursor
from bot.storage.schema.messages import filing as filing
from bot.storage.schema.messages import handled_command as handled_command
from bot.storage.schema.messages import message as message
from bot.storage.schema.messages import message_revision as message_revision
from bot.storage.schema.messages import outbox as outbox
from bot.storage.schema.messages import report as report
from bot.storage.schema.missed import missed as missed
from bot.storage.schema.networks import former_room as former_room
from bot.storage.schema.networks import relation as relation
from bot.storage.schema.resources import digest as digest
from bot.storage.schema.resources import removed_link as removed_link
from bot.storage.schema.resources import shared_link as shared_link
from bot.storage.schema.rooms import NOT_BANNED as NOT_BANNED
from bot.storage.schema.rooms import desk_seat as desk_seat
from bot.storage.schema.rooms import member as member
from bot.storage.schema.rooms import room_event as room_event
from bot.storage.schema.rooms import room_message as room_message
from bot.storage.schema.rooms import room_reaction as room_reaction
from bot.storage.schema.rooms import room_report as room_report
from bot.storage.schema.rooms import secret as secret

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
    words("slug", None),
    words("about"),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("left_at", Instant),
    words("platform"),
    words("native_id", None),
    words("host_role"),
    Index("community_slug", "slug", unique=True),
    Index("community_server", "platform", "native_id", unique=True),
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
    words("topic"),
    words("pinned", None),
    words("join_secret", None),
    words("lacking"),
    flag("shut"),
    Column("slow", Integer, nullable=False, server_default="0"),
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

former_name = Table(
    "former_name",
    metadata,
    key(),
    of("person"),
    of("community"),
    Column("name", Text, nullable=False),
    UniqueConstraint("person_id", "community_id", "name"),
)
"""Names by which somebody was shown in a community before: only so that they go when they are forgotten."""

community_host = Table("community_host", metadata, of("community", key=True), of("person", key=True))

series = Table(
    "series",
    metadata,
    key(),
    of("community"),
    Column("title", Text, nullable=False),
    words("hashtag"),
    words("letters", "Q/A"),
    words("collecting", "copy"),
    words("ping"),
    words("asks", "hour"),
    words("days"),
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
    words("slug", None),
    words("about"),
    words("link_secret", None),
    flag("indexable"),
    flag("digest"),
    Index("series_slug", "community_id", "slug", unique=True),
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
    words("slug", None),
    words("told", None),
    Column("published_at", Instant),
    Index("chat_slug", "series_id", "slug", unique=True),
    Index("chat_nameless", "id", sqlite_where=text("slug IS NULL")),
    UniqueConstraint("slot_id", "occurrence_local"),
    Index(None, "series_id", "starts_at"),
    Index(None, "state", "starts_at"),
)

former_address = Table(
    "former_address",
    metadata,
    of("chat", key=True),
    Column("slug", Text, primary_key=True),
    Column("left_at", Instant, nullable=False),
    Index(None, "slug"),
)
"""An address at which the page of a chat stood before the chat was moved; links to it lead on."""

chat_place = Table(
    "chat_place",
    metadata,
    of("chat", key=True),
    of("place", key=True),
    flag("live"),
    Column("opened_at", Instant, nullable=False),
    words("told", None),
    Column("left_at", Instant),
    Column("read_again_at", Instant),
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

reminder = Table(
    "reminder",
    metadata,
    of("chat", key=True),
    of("person", key=True),
    of("place"),
    Column("asked_at", Instant, nullable=False),
)
