"""What forgetting needs: those for whom webhooks speak are kept under a mark that does not tell names."""

import re
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_MARK = 24
_IS_MARK = re.compile(r"[0-9a-f]{24}")


def upgrade() -> None:
    """Apply this step."""
    person = sa.table("person", sa.column("id"), sa.column("platform"), sa.column("native_id"))
    spoken_for = person.c.platform == "discord", person.c.native_id.contains("/")
    for row in op.get_bind().execute(sa.select(person.c.id, person.c.native_id).where(*spoken_for)).all():
        webhook, _, name = row.native_id.partition("/")
        mark = sha256(row.native_id.encode()).hexdigest()[:_MARK]
        if not _IS_MARK.fullmatch(name):  # a copy that was taken back a step holds marks already
            op.execute(sa.update(person).where(person.c.id == row.id).values(native_id=f"{webhook}/{mark}"))


def downgrade() -> None:
    """Take this step back; a mark stands for a name as well as the name did, and nothing is to be done."""
