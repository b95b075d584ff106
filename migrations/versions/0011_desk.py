"""What the desk needs: where hosts asked for it, and which power their network gave them there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("message", sa.Column("sorted_from", sa.JSON(), nullable=True))
    op.create_table(
        "desk_seat",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("power", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_desk_seat_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_seat_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_desk_seat_place_id")),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_desk_seat")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("message", "sorted_from")
    op.drop_table("desk_seat")
