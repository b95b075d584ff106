"""The role that a weekly chat's announcements call, for those who took it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("series", sa.Column("ping", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("series", "ping")
