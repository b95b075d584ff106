"""What people need to know of a place: when it could not be heard, and how seldom they may write there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "missed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_missed_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed")),
    )
    op.create_index(op.f("ix_missed_place_id"), "missed", ["place_id"])
    op.add_column("place", sa.Column("slow", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("place", "slow")
    op.drop_table("missed")
