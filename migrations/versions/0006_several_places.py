"""One chat in several places: what people were told in each, and since when one takes part no more."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("chat_place", sa.Column("told", sa.Text(), nullable=True))
    op.add_column("chat_place", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("chat_place", "left_at")
    op.drop_column("chat_place", "told")
