"""What Matrix needs: what edits and signs were about, rooms that were replaced, and spans read once more."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "relation",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_relation_place_id")),
        sa.PrimaryKeyConstraint("place_id", "native_id", name=op.f("pk_relation")),
    )
    op.create_table(
        "former_room",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("replaced_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_former_room_place_id")),
        sa.PrimaryKeyConstraint("platform", "native_id", name=op.f("pk_former_room")),
    )
    op.add_column("chat_place", sa.Column("read_again_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("chat_place", "read_again_at")
    op.drop_table("former_room")
    op.drop_table("relation")
