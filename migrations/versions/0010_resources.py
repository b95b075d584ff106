"""Resources: which messages hold which links, what hosts took out, and the weekly digest."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("series", sa.Column("digest", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "shared_link",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_shared_link_message_id")),
        sa.PrimaryKeyConstraint("message_id", "mark", name=op.f("pk_shared_link")),
    )
    op.create_index(op.f("ix_shared_link_mark"), "shared_link", ["mark"])
    op.create_table(
        "removed_link",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_removed_link_community_id")
        ),
        sa.PrimaryKeyConstraint("community_id", "mark", name=op.f("pk_removed_link")),
    )
    op.create_table(
        "digest",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_digest_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_digest")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("digest")
    op.drop_table("removed_link")
    op.drop_index(op.f("ix_shared_link_mark"), "shared_link")
    op.drop_table("shared_link")
    op.drop_column("series", "digest")
