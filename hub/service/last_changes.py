"""Who changed each row of the set-up last, as the audit trail has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.service.scope import CompanyRows
from hub.store.map_rows import told_changes

REMOVE = "remove"
KEYS: Mapping[str, tuple[str, ...]] = {
    "gl-accounts": ("number",),
    "departments": ("department",),
    "categories": ("category",),
    "overrides": ("gl_account", "site", "use"),
    "sites": ("site",),
    "account-map": ("connection", "gl_account"),
    "site-map": ("connection", "site", "dimension"),
    "due-accounts": ("from_connection", "to_connection"),
}
"""What says which row it is, by kind of import: the columns of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Who changed something, and when."""

    actor: str
    at: datetime


LastChanges = Mapping[tuple[str, ...], Changed]
"""By row: what is in the columns of KEYS."""


def last_changes(rows: CompanyRows, kind: str) -> LastChanges:
    """Return who added, changed or removed each row of a kind last; a row may be there no more."""
    found: dict[tuple[str, ...], Changed] = {}
    for told in told_changes(rows.connection, rows.company_id, ("import", REMOVE), kind):
        changed = Changed(actor=told.actor, at=told.at)
        for change in told.detail.get("changes", ()):
            found[tuple(change["row"].get(name, "") for name in KEYS[kind])] = changed
    return found


def last_category_changes(rows: CompanyRows) -> LastChanges:
    """Return who changed each category last, or took it out of use, or brought it back."""
    found = dict(last_changes(rows, "categories"))
    for told in told_changes(rows.connection, rows.company_id, ("retire category", "restore category")):
        before = found.get((told.subject,))
        if before is None or before.at < told.at:
            found[told.subject,] = Changed(actor=told.actor, at=told.at)
    return found


def last_settings_changes(rows: CompanyRows) -> LastChanges:
    """Return who changed each setting last."""
    return {
        (change["row"]["setting"],): Changed(actor=told.actor, at=told.at)
        for told in told_changes(rows.connection, rows.company_id, ("settings",))
        for change in told.detail.get("changes", ())
    }
