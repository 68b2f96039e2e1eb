"""Access by site and feature, one-time passwords, and when people signed in last"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("once_until", columns.Instant(), nullable=True))
    op.add_column("person", sa.Column("signed_in_at", columns.Instant(), nullable=True))
    op.add_column("membership", sa.Column("exports", columns.Document(), nullable=True))
    op.add_column("membership", sa.Column("switched_off", columns.Document(), nullable=False, server_default="[]"))
