"""What hosts hold against somebody by name and what they hold without a name stand apart."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ALWAYS = ("community_id", "person_id", "joined_at", "seen_at")
_BEFORE = "member_before"


def upgrade() -> None:
    """Apply this step: a mark of somebody who was not to be named becomes one without a name."""
    before = _set_aside("held_at", "banned_at", "nameless")
    _make(*(sa.Column(f"{mark}_nameless", sa.Text(), nullable=True) for mark in ("held", "banned")))
    nameless = before.c.nameless == sa.true()
    marks = {}
    for mark in ("held", "banned"):
        at = before.c[f"{mark}_at"]
        new = sa.func.lower(sa.func.hex(sa.func.randomblob(8)))
        marks[f"{mark}_at"] = sa.case((nameless, None), else_=at)
        marks[f"{mark}_nameless"] = sa.case((sa.and_(nameless, at.is_not(None)), new))
    _fill(before, marks)


def downgrade() -> None:
    """Take this step back: where one mark has no name, no mark of that person shows one any more."""
    before = _set_aside("held_at", "banned_at", "held_nameless", "banned_nameless")
    _make(sa.Column("nameless", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    marks = {}
    for mark in ("held", "banned"):
        nameless = before.c[f"{mark}_nameless"].is_not(None)
        marks[f"{mark}_at"] = sa.case((nameless, before.c.joined_at), else_=before.c[f"{mark}_at"])
    without = sa.or_(before.c.held_nameless.is_not(None), before.c.banned_nameless.is_not(None))
    _fill(before, {**marks, "nameless": without})


def _set_aside(*marks: str) -> sa.TableClause:
    op.drop_index("ix_member_person_id", table_name="member")
    op.rename_table("member", _BEFORE)
    return sa.table(_BEFORE, *(sa.column(name) for name in (*_ALWAYS, *marks)))


def _make(*marks: sa.Column[Any]) -> None:
    op.create_table(
        "member",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        *marks,
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_member_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id")),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_member")),
    )


def _fill(before: sa.TableClause, marks: Mapping[str, sa.ColumnElement[Any]]) -> None:
    values = {**{name: before.c[name] for name in _ALWAYS}, **marks}
    member = sa.table("member", *(sa.column(name) for name in values))
    op.execute(sa.insert(member).from_select(list(values), sa.select(*values.values())))
    op.drop_table(_BEFORE)
    op.create_index(op.f("ix_member_person_id"), "member", ["person_id"])
