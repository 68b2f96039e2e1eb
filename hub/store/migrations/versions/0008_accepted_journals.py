"""What somebody accepted of a journal that stands otherwise than it was frozen, apart from how it was seen last"""

import sqlalchemy as sa
from alembic import op

from hub.store.tables import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What stands changed since is not what was accepted, and what was is no longer known of it.
KNOWN = """UPDATE posting SET accepted = recorded
    WHERE state = 'POSTED' AND changed_there = '' AND recorded IS NOT NULL AND EXISTS (
        SELECT 1 FROM export e JOIN audit_event a ON a.company_id = e.company_id AND a.subject = e.code
        WHERE e.id = posting.export_id
        AND (a.action = 'accept' OR (a.action = 'prior changed' AND a.detail LIKE '%accept%')))"""


def upgrade() -> None:
    op.add_column("posting", sa.Column("accepted", columns.Document(), nullable=True))
    op.execute(KNOWN)
