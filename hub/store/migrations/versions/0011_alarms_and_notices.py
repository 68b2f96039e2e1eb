"""Alarms with their beginning and end, who is told of them and what was sent, and what makes both quick to find"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
DUE = sa.text("due_at IS NOT NULL")
TO_LOOK_AT = sa.text(
    "needs_attention <> '' OR changed_there <> '' OR duplicates <> '[]' OR state = 'REJECTED' OR state = 'MISMATCH'"
)


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.Column("opened_at", columns.Instant(), nullable=False),
        sa.Column("closed_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alarm_company_id", "alarm", ["company_id"])
    op.create_index("open_alarm", "alarm", ["key"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "open_alarms_of_source", "alarm", ["source", "connection_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "night_look",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", columns.Instant(), nullable=False),
        sa.Column("chart", columns.Document(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("connection_id"),
    )
    op.create_index("ix_night_look_company_id", "night_look", ["company_id"])
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_recipient_company_id", "recipient", ["company_id"])
    op.create_table(
        "alarm_told",
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"]),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"]),
        sa.PrimaryKeyConstraint("recipient_id", "alarm_id"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content", columns.Document(), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_notice_recipient_id", "notice", ["recipient_id"])
    op.create_index("due_notices", "notice", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("postings_by_reference", "posting", ["reference"])
    op.create_index(
        "postings_to_look_at", "posting", ["company_id"], sqlite_where=TO_LOOK_AT, postgresql_where=TO_LOOK_AT
    )
    op.create_index("connections_by_connector", "connection", ["connector", "company_id"])
    by_name: list[str | sa.TextClause] = [sa.text("lower(name)"), "id", "mode", "test_of", "code", "name"]
    op.create_index("companies_by_name", "company", by_name)
