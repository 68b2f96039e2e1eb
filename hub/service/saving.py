"""Saving what a set-up page changed: with the rules of imports, and rows taken away besides. Every change is audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.api import Level, Problem
from hub.intake import RowError
from hub.service.context import Hub, Refused
from hub.service.heads import remember
from hub.service.importing import import_rows
from hub.service.importing.changes import changes_told
from hub.service.last_changes import REMOVE
from hub.service.scope import writing
from hub.store.importing import Known, load_known
from hub.store.map_rows import remove_rows

Row = Mapping[str, str]
"""A row in the words of the import files: column → text."""

_IDS: Mapping[str, tuple[str, ...]] = {
    "account-map": ("connection", "gl_account"),
    "site-map": ("connection", "site", "dimension"),
    "overrides": ("gl_account", "site", "use"),
    "due-accounts": ("from_connection", "to_connection"),
}
"""The kinds of which rows can be taken away, and what says which row it is."""


class RowsRefused(Refused):
    """Rows that were not saved, and nothing with them; each error says which row, the first being 1, or 0 for all."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__([Problem(level=Level.PROBLEM, code=error.rule, message=error.message) for error in errors])
        self.errors = tuple(errors)


def save_rows(hub: Hub, company: str, kind: str, rows: Sequence[Row], removed: Sequence[Row] = ()) -> int:
    """Add or change rows of a kind of import, then take others away; return how many changed. Raises RowsRefused."""
    changes = 0
    if rows:
        result = import_rows(hub.database, company, kind, rows, actor=hub.actor, now=hub.clock())
        if not result.stored:
            raise RowsRefused(result.errors)
        changes = result.changes
        remember(hub)
    return changes + (remove(hub, company, kind, removed) if removed else 0)


def remove(hub: Hub, company: str, kind: str, rows: Sequence[Row]) -> int:
    """Take rows of a kind away by what says which they are; return how many were there."""
    with writing(hub, company) as scope:
        known = load_known(scope.connection, scope.company_id)
        keys = [key for row in rows if (key := _key(kind, row, known)) is not None]
        gone = remove_rows(scope.connection, kind, scope.company_id, keys)
        if gone:
            told = list(changes_told(kind, gone, known))
            scope.exports.audit(REMOVE, kind, {"changes": told}, actor=hub.actor, now=hub.clock())
    return len(gone)


def _key(kind: str, row: Row, known: Known) -> dict[str, object] | None:
    """Return a row's key as it is stored; None where it names what there is no more."""
    connections = {name: each.id for name, each in known.connections.items()}
    sites = {code: each.id for code, each in known.sites.items()}
    looked: Mapping[str, tuple[str, Mapping[str, int]]] = {
        "connection": ("connection_id", connections),
        "from_connection": ("from_connection_id", connections),
        "to_connection": ("to_connection_id", connections),
        "gl_account": ("gl_account_id", known.gl_accounts),
        "site": ("site_id", sites),
    }
    key: dict[str, object] = {}
    for name in _IDS[kind]:
        if name not in looked:
            key[name] = row[name]
            continue
        column, ids = looked[name]
        if row[name] and row[name] not in ids:
            return None
        key[column] = ids.get(row[name])
    return key
