"""What other networks need: servers, what a place lacks, entries in their calendars, and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("community", sa.Column("platform", sa.Text(), server_default="", nullable=False))
    op.add_column("community", sa.Column("native_id", sa.Text(), nullable=True))
    op.add_column("community", sa.Column("host_role", sa.Text(), server_default="", nullable=False))
    op.create_index("community_server", "community", ["platform", "native_id"], unique=True)
    op.add_column("place", sa.Column("lacking", sa.Text(), server_default="", nullable=False))
    op.add_column("place", sa.Column("shut", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    op.add_column("series", sa.Column("collecting", sa.Text(), server_default="copy", nullable=False))
    op.create_table(
        "reminder",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_reminder_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_reminder_place_id")),
        sa.PrimaryKeyConstraint("chat_id", "person_id", name=op.f("pk_reminder")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("reminder")
    op.drop_column("series", "collecting")
    op.drop_column("place", "shut")
    op.drop_column("place", "lacking")
    op.drop_index("community_server", "community")
    for name in ("host_role", "native_id", "platform"):
        op.drop_column("community", name)
