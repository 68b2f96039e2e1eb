"""From set-up rows to what is stored of them: names looked up, keys unique within the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hub.api import minor_digits
from hub.intake import Refused
from hub.intake.records import (
    CategoryRow,
    DepartmentRow,
    DueAccountsRow,
    GlAccountRow,
    OverrideRow,
    SiteMapRow,
    SiteRow,
)
from hub.service.importing.changes import MOST_TOLD, changes_told
from hub.service.importing.result import Outcome
from hub.service.importing.scope import RowLookup, Scope
from hub.store.importing import TARGETS, site_has_amounts, store_rows

Values = dict[str, Any]  # column → value of the column's own type
Convert = Callable[[Any, RowLookup, Scope], Values]  # Any: the kind's own record class


def store_setup(kind: str, convert: Convert, rows: Sequence[Any], scope: Scope) -> Outcome:
    """Store a kind's rows, or as many as are good where that was asked for. Any: the kind's record class."""
    ready = convert_rows(kind, convert, rows, scope)
    if scope.refuses:
        return Outcome()
    stored = store_rows(scope.connection, kind, scope.company_id, ready)
    told = changes_told(kind, stored.changes[:MOST_TOLD], scope.known)
    return Outcome(
        added=stored.added,
        changed=stored.changed,
        unchanged=stored.unchanged,
        left_out=scope.report.rows - len(ready),
        told=told,
        not_told=len(stored.changes) - len(told),
    )


def convert_rows(kind: str, convert: Convert, rows: Sequence[Any], scope: Scope) -> list[Values]:
    """Return the good rows' values; a second row with the same key is an error."""
    key = TARGETS[kind].key
    first: dict[tuple[Any, ...], int] = {}
    ready: list[Values] = []
    for row in rows:
        look = RowLookup(scope, row.row)
        values = convert(row, look, scope)
        if look.failed:
            continue
        identity = tuple(values[name] for name in key)
        if identity in first:
            look.refuse("", "duplicate", f"Row {first[identity]} is about the same: {_KEYS[kind]}.")
            continue
        first[identity] = row.row
        ready.append(values)
    return ready


_KEYS = {
    "gl-accounts": "the same number",
    "departments": "the same department",
    "categories": "the same category",
    "sites": "the same site",
    "overrides": "the same GL Account, site and use",
    "chart": "the same account",
    "account-map": "the same connection and GL Account",
    "site-map": "the same connection, site and dimension",
    "due-accounts": "the same two connections",
}


def gl_account(row: GlAccountRow, look: RowLookup, scope: Scope) -> Values:  # noqa: ARG001 - refers to nothing
    """Return a GL Account's columns."""
    return {"number": row.number, "name": row.name, "kind": row.kind}


def department(row: DepartmentRow, look: RowLookup, scope: Scope) -> Values:
    """Return a department's columns."""
    return {"name": row.department, **_accounts(row, look, scope)}


def category(row: CategoryRow, look: RowLookup, scope: Scope) -> Values:
    """Return a category's columns; one that had gone comes back."""
    department_id = look.department(row.department)
    return {
        "name": row.category,
        "department_id": department_id,
        "retired": False,
        **_accounts(row, look, scope),
    }


def _accounts(row: DepartmentRow | CategoryRow, look: RowLookup, scope: Scope) -> Values:
    numbers = {"asset_account": row.asset_account, "cogs_account": row.cogs_account}
    return {name: look.gl_account(number, name) for name, number in numbers.items() if name in scope.columns}


def site(row: SiteRow, look: RowLookup, scope: Scope) -> Values:
    """Return a site's columns; the connection is needed where the company has several."""
    values: Values = {"code": row.site, "name": row.name}
    known = scope.known.sites.get(row.site)
    named = row.connection or scope.connection_name
    if named or (scope.known.connections and not (known and known.connection_id)):
        connection = look.connection(row.connection)
        values["connection_id"] = connection.id if connection else None
    if "currency" in scope.columns:
        look.check("currency", lambda: _check_currency(row, scope), None)
        values["currency"] = row.currency or None
    return values


def _check_currency(row: SiteRow, scope: Scope) -> None:
    currency = row.currency or scope.known.currency
    try:
        minor_digits(currency)
    except ValueError as error:
        message = f"“{currency}” is not a currency code of ISO 4217, such as USD."
        raise Refused("unknown_currency", message) from error
    known = scope.known.sites.get(row.site)
    if known and known.currency != currency and site_has_amounts(scope.connection, scope.company_id, known.id):
        message = f"{row.site} has counts or other amounts in {known.currency}; its currency cannot change any more."
        raise Refused("currency_in_use", message)


def override(row: OverrideRow, look: RowLookup, scope: Scope) -> Values:  # noqa: ARG001 - the look-up knows it
    """Return an override's columns."""
    site = look.site(row.site) if row.site else None
    if row.gl_account == row.override_account:
        look.refuse("override_account", "same_account", "The override is the same GL Account as the one it replaces.")
    return {
        "gl_account_id": look.gl_account(row.gl_account, "gl_account"),
        "site_id": site.id if site else None,
        "use": row.use,
        "override_account_id": look.gl_account(row.override_account, "override_account"),
    }


def site_map(row: SiteMapRow, look: RowLookup, scope: Scope) -> Values:  # noqa: ARG001 - the look-up knows it
    """Return one dimension value of a site."""
    connection, found = look.connection(row.connection), look.site(row.site)
    return {
        "connection_id": connection.id if connection else None,
        "site_id": found.id if found else None,
        "dimension": row.dimension,
        "value": row.value,
    }


def due_accounts(row: DueAccountsRow, look: RowLookup, scope: Scope) -> Values:  # noqa: ARG001 - the look-up knows it
    """Return the due accounts of two connections, or of one whose sites differ in an entry-level dimension."""
    sender = look.connection(row.from_connection, "from_connection")
    receiver = look.connection(row.to_connection, "to_connection")
    return {
        "from_connection_id": sender.id if sender else None,
        "to_connection_id": receiver.id if receiver else None,
        "due_from": look.gl_account(row.due_from, "due_from"),
        "due_to": look.gl_account(row.due_to, "due_to"),
    }
