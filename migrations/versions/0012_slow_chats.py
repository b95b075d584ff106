"""Slow chats: how the questions of a weekly chat come, and on which days."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("series", sa.Column("asks", sa.Text(), nullable=False, server_default="hour"))
    op.add_column("series", sa.Column("days", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("series", "days")
    op.drop_column("series", "asks")
