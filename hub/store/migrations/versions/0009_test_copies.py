"""A company may be the test copy of another one's connection, with everything of its own: nothing of the two is ever mixed"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As text, since both databases add a column with a reference this way, and neither has to copy the table for it.
    op.execute("ALTER TABLE company ADD COLUMN test_of INTEGER REFERENCES company (id)")
    op.add_column("company", sa.Column("test_connection", sa.String(), nullable=False, server_default=""))
    op.create_index("test_copy_of", "company", ["test_of", "test_connection"], unique=True)
