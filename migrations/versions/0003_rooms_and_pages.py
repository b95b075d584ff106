"""What the browser needs: rooms of our own, members, secrets, reports, and names for addresses of pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ADDED = {
    "chat": ("slug", "told", "published_at"),
    "community": ("slug", "about", "version", "left_at"),
    "message": ("public_id", "hidden_why"),
    "place": ("topic", "pinned", "join_secret"),
    "series": ("slug", "about", "link_secret", "indexable"),
}


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "member",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nameless", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_member_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id")),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "room_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("by_host", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("offers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("thread_name", sa.Text(), nullable=True),
        sa.Column("only_for", sa.Text(), nullable=True),
        sa.Column("receipts", sa.Text(), server_default="", nullable=False),
        sa.Column("by_form", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_room_message_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_room_message_place_id")),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["room_message.id"], name=op.f("fk_room_message_reply_to_id")
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["room_message.id"], name=op.f("fk_room_message_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_message")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_message_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_message_place_id_id"), ["place_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_message_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index("room_message_key", ["key"], unique=True)

    op.create_table(
        "secret",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_secret_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_secret_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_secret_place_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_secret_series_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_secret")),
    )
    with op.batch_alter_table("secret", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secret_person_id"), ["person_id"], unique=False)

    op.create_table(
        "room_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["room_message.id"], name=op.f("fk_room_event_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_room_event_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_room_event_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_event_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_event_place_id_id"), ["place_id", "id"], unique=False)

    op.create_table(
        "room_reaction",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["room_message.id"], name=op.f("fk_room_reaction_message_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_room_reaction_person_id")),
        sa.PrimaryKeyConstraint("message_id", "person_id", "number", name=op.f("pk_room_reaction")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_report_by_person_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_report_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_message_id"), ["message_id"], unique=False)

    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slug", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("told", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("chat_slug", ["series_id", "slug"], unique=True)
        batch_op.create_index("chat_nameless", ["id"], unique=False, sqlite_where=sa.text("slug IS NULL"))

    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slug", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("community_slug", ["slug"], unique=True)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hidden_why", sa.Text(), nullable=True))
        batch_op.create_index("message_public_id", ["public_id"], unique=True)

    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.add_column(sa.Column("topic", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("pinned", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("join_secret", sa.Text(), nullable=True))

    # Plainly: Alembic would copy the whole table for a default that is no text.
    op.execute("ALTER TABLE series ADD COLUMN indexable BOOLEAN DEFAULT 0 NOT NULL")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slug", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("link_secret", sa.Text(), nullable=True))
        batch_op.create_index("series_slug", ["community_id", "slug"], unique=True)


def downgrade() -> None:
    """Take this step back."""
    for index in ("series_slug", "message_public_id", "community_slug", "chat_nameless", "chat_slug"):
        op.execute(f"DROP INDEX {index}")
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("report", "room_reaction", "room_event", "secret", "room_message", "member"):
        op.drop_table(table)
