"""Who imported what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from hub.store.importing.sql import AUDIT_EVENT


def record_import(
    connection: Connection, company_id: int, *, at: datetime, actor: str, kind: str, detail: dict[str, Any]
) -> None:
    """Keep an audit row of an import that changed something; detail: plain texts and whole numbers."""
    values = {
        "company_id": company_id,
        "at": at,
        "actor": actor,
        "action": "import",
        "subject": kind,
        "detail": detail,
    }
    connection.execute(insert(AUDIT_EVENT).values(**values))
