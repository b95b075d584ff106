"""What old links need: the addresses at which the page of a chat stood before the chat was moved."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "former_address",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_former_address_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "slug", name=op.f("pk_former_address")),
    )
    op.create_index(op.f("ix_former_address_slug"), "former_address", ["slug"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("former_address")
