"""Who set what the accounting uses, and when: as the audit trail has it, or that it was imported where that is all it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.service.scope import CompanyRows
from hub.store.report_line_rows import Recorded, recorded

SetBy = dict[str, Any]
"""by, at (ISO 8601), file (of an import, else empty), exact: whether the trail names this very row. Any: JSON's own types."""


def set_by(
    rows: CompanyRows, kind: str, key: Mapping[str, str], column: str = "", until: datetime | None = None
) -> SetBy | None:
    """Return who set a row of set-up last, and when; None where the audit trail does not say.

    kind: of import, such as `categories`; key: the columns that say which row, as the import files name them; column: the
    one that must have been set; until: as of this instant.
    """
    newest: Recorded | None = None
    for entry in recorded(rows.connection, rows.company_id, kind, until):
        if any(_is(change, key, column) for change in entry.detail.get("changes", ())):
            return _document(entry, exact=True)
        newest = newest or entry
    return _document(newest, exact=False) if newest else None


def _is(change: Mapping[str, Any], key: Mapping[str, str], column: str) -> bool:
    row = change["row"]
    return all(row.get(name) == value for name, value in key.items()) and (not column or column in change["after"])


def _document(entry: Recorded, *, exact: bool) -> SetBy:
    return {"by": entry.actor, "at": entry.at.isoformat(), "file": entry.detail.get("file", ""), "exact": exact}
