"""What was changed in a company's set-up, row by row: in the words of the import files, as the audit trail keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hub.store.importing import Known, RowChange

Change = dict[str, dict[str, str]]
"""`row`: the columns that say which row it is; `before` and `after`: what is not as it was, empty for a row that is not there."""

MOST_TOLD = 5_000
"""Of one import: as many as the longest chart of accounts has."""
WITHOUT = frozenset({"chart"})
"""Kinds whose changes are not told one by one: they are the accounting system's, and their file's hash is kept."""


def changes_told(kind: str, changes: Sequence[RowChange], known: Known) -> tuple[Change, ...]:
    """Return each change of set-up rows in the words of the import files, in the order of the rows."""
    if kind in WITHOUT:
        return ()
    names = _Names(kind, known)
    return tuple(
        {
            "row": names.told(change.key),
            "before": names.told(change.before) if change.before is not None else {},
            "after": names.told(change.after),
        }
        for change in changes
    )


class _Names:
    """Says a column and what is in it as the import files do: names in place of row ids."""

    def __init__(self, kind: str, known: Known) -> None:
        gl = {row: number for number, row in known.gl_accounts.items()}
        connections = {each.id: name for name, each in known.connections.items()}
        sites = {each.id: code for code, each in known.sites.items()}
        departments = {row: name for name, row in known.departments.items()}
        self._columns: Mapping[str, tuple[str, Callable[[int], str]]] = {
            "connection_id": ("connection", connections.__getitem__),
            "from_connection_id": ("from_connection", connections.__getitem__),
            "to_connection_id": ("to_connection", connections.__getitem__),
            "gl_account_id": ("gl_account", gl.__getitem__),
            "override_account_id": ("override_account", gl.__getitem__),
            "asset_account": ("asset_account", gl.__getitem__),
            "cogs_account": ("cogs_account", gl.__getitem__),
            "due_from": ("due_from", gl.__getitem__),
            "due_to": ("due_to", gl.__getitem__),
            "site_id": ("site", sites.__getitem__),
            "department_id": ("department", departments.__getitem__),
        }
        self._plain = {
            "departments": {"name": "department"},
            "categories": {"name": "category"},
            "sites": {"code": "site"},
        }
        self._kind = kind

    def told(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return some columns of a row, each as text; empty where there is nothing in it."""
        return dict(self._one(name, value) for name, value in values.items())

    def _one(self, column: str, value: object) -> tuple[str, str]:
        if column in self._columns:
            name, text = self._columns[column]
            return name, text(value) if isinstance(value, int) else ""
        name = self._plain.get(self._kind, {}).get(column, column)
        if isinstance(value, bool):
            return name, "yes" if value else "no"
        return name, "" if value is None else str(value)
