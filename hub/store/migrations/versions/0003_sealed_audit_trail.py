"""The audit trail as a chain: entries numbered within their company, each with its seal"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = "audit_event_before"
KEPT = "company_id, at, actor, action, subject, detail"


def upgrade() -> None:
    op.execute(
        f"CREATE TABLE {BEFORE} AS SELECT {KEPT}, row_number() OVER (PARTITION BY company_id ORDER BY id) AS seq FROM audit_event"
    )
    op.drop_table("audit_event")
    op.create_table(
        "audit_event",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", columns.Document(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("company_id", "seq"),
    )
    op.execute(f"INSERT INTO audit_event ({KEPT}, seq, mac) SELECT {KEPT}, seq, '' FROM {BEFORE}")
    op.drop_table(BEFORE)
    with op.batch_alter_table("meta") as batch:
        batch.add_column(sa.Column("audit_key", sa.String(), nullable=False, server_default=""))
        batch.drop_column("high_water")
