"""Who imported what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.store.audit import IMPORT, append


def record_import(
    connection: Connection, company_id: int, *, at: datetime, actor: str, kind: str, detail: dict[str, Any]
) -> None:
    """Keep an audit entry of an import that changed something; detail: plain texts and whole numbers."""
    append(connection, company_id, at=at, actor=actor, action=IMPORT, subject=kind, detail=detail)
