"""Sign-ins to accounting systems: sealed tokens, the hub's clients there, and the company chosen for a connection"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connector_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connector", "environment"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("kept", columns.Document(), nullable=False),
        sa.Column("tokens", sa.String(), nullable=False),
        sa.Column("issued_at", columns.Instant(), nullable=False),
        sa.Column("access_until", columns.Instant(), nullable=True),
        sa.Column("refresh_until", columns.Instant(), nullable=True),
        sa.Column("hard_until", columns.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(), nullable=False),
        sa.Column("lease_until", columns.Instant(), nullable=True),
        sa.Column("retry_at", columns.Instant(), nullable=True),
        sa.Column("needs_reconnect", sa.String(), nullable=False),
        sa.Column("signed_in_by", sa.String(), nullable=False),
        sa.Column("signed_in_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_sign_in_company_id", "sign_in", ["company_id"])
    op.create_table(
        "sign_in_begun",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("redirect_url", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
        sa.PrimaryKeyConstraint("state"),
    )
    op.create_index("ix_sign_in_begun_company_id", "sign_in_begun", ["company_id"])
    # As text, since both databases add a column with a reference this way, and neither has to copy the table for it.
    op.execute("ALTER TABLE connection ADD COLUMN sign_in_id INTEGER REFERENCES sign_in (id)")
    added: tuple[sa.Column[object], ...] = (
        sa.Column("chosen_at", columns.Instant(), nullable=True),
        sa.Column("chart_read_at", columns.Instant(), nullable=True),
        sa.Column("dimensions", columns.Document(), nullable=True),
        sa.Column("checked_hash", sa.String(), nullable=False, server_default=""),
        sa.Column("checked_at", columns.Instant(), nullable=True),
    )
    for column in added:
        op.add_column("connection", column)
