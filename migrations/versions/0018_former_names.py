"""What forgetting needs of names that people laid down, and reports of words that stand in rooms alone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_name_person_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_former_name_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sa.UniqueConstraint(
            "person_id", "community_id", "name", name=op.f("uq_former_name_person_id_community_id_name")
        ),
    )
    op.create_table(
        "room_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["room_message.id"], name=op.f("fk_room_report_message_id")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_room_report_by_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_report")),
    )
    op.create_index(op.f("ix_room_report_message_id"), "room_report", ["message_id"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("room_report")
    op.drop_table("former_name")
