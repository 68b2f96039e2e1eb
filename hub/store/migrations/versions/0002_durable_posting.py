"""Durable posting: leases, attempts, workers and the traffic to each accounting system"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("receipts", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attempts_of_posting", "attempt", ["posting_id", "id"])
    op.create_table(
        "worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("alive_until", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "traffic",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("next_call_at", columns.Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", columns.Instant(), nullable=True),
        sa.Column("closed_until", columns.Instant(), nullable=True),
        sa.Column("probe_until", columns.Instant(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("checked_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
        sa.PrimaryKeyConstraint("connection_id"),
    )
    added: tuple[sa.Column[object], ...] = (
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("sends", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("calls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("uncertain", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("needs_attention", sa.String(), nullable=False, server_default=""),
        sa.Column("lease_owner", sa.String(), nullable=False, server_default=""),
        sa.Column("lease_until", columns.Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("duplicates", columns.Document(), nullable=False, server_default="[]"),
        sa.Column("trouble", columns.Document(), nullable=True),
    )
    for column in added:
        op.add_column("posting", column)
    op.execute(
        "UPDATE posting SET connection_id = (SELECT connection_id FROM export WHERE export.id = posting.export_id)"
    )
    with op.batch_alter_table("posting") as batch:
        batch.alter_column("connection_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key("posting_connection", "connection", ["connection_id"], ["id"])
        batch.create_index("postings_of_connection", ["connection_id", "lease_until"])
    op.create_index(
        "due_postings",
        "posting",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.add_column("meta", sa.Column("look_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("company", sa.Column("automatic_limit", sa.BigInteger(), nullable=True))
    op.add_column("company", sa.Column("automatic_at", sa.String(), nullable=False, server_default=""))
    op.add_column("company", sa.Column("time_zone", sa.String(), nullable=False, server_default="UTC"))
