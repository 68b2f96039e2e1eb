"""A connection's chart of accounts, ours or the connector's own format, and the GL Account map that refers to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import BinaryIO

from hub.api import Account, ChartUnreadable, File
from hub.intake import FileRefused, Records, Report, Sheet
from hub.intake.records import AccountMapRow, ChartRow
from hub.service.importing.result import Outcome
from hub.service.importing.scope import RowLookup, Scope, StoredChart
from hub.service.importing.setup import Values, store_setup
from hub.store.importing import StoredAccount, chart_of, remove_rows_but

ReadChart = Callable[[File], Iterable[Account]]

LARGEST_CHART_BYTES = 1 << 25
_OURS = {"number", "name", "kind"}


def is_our_chart(sheet: Sheet) -> bool:
    """Return whether a chart's header is the hub's own, rather than of an accounting system's export."""
    return len(_OURS & {name.strip() for name in sheet.header}) > 1


def read_connectors_chart(file: BinaryIO, name: str, read: ReadChart, report: Report) -> Records:
    """Return the accounts of a chart in the connector's own format; raises FileRefused where it cannot read it."""
    file.seek(0)
    content = file.read(LARGEST_CHART_BYTES + 1)
    if len(content) > LARGEST_CHART_BYTES:
        raise FileRefused("too_large", "This file is too large to be a chart of accounts.")
    try:
        accounts = list(read(File(name=name or "chart", content=content)))
    except ChartUnreadable as error:
        raise FileRefused("chart_unreadable", str(error)) from error
    report.rows = len(accounts)
    rows = [_row(number, account) for number, account in enumerate(accounts, 1)]
    return Records(rows=rows, columns=frozenset({"number", "name", "kind", "id", "active", "why_not_postable"}))


def _row(number: int, account: Account) -> ChartRow:
    return ChartRow(
        row=number,
        number=account.number,
        name=account.name,
        kind=account.kind,
        id=account.id,
        active=account.active,
        why_not_postable=account.why_not_postable,
    )


def store_chart(rows: Sequence[ChartRow], scope: Scope) -> Outcome:
    """Store a connection's accounts; a whole chart read by the connector also removes those no longer in it."""
    outcome = store_setup("chart", chart_account, rows, scope)
    if scope.refuses or "why_not_postable" not in scope.columns or scope.report.error_count:
        return outcome
    connection = RowLookup(scope, 0).connection("")
    keys = {_key(row) for row in rows}
    removed = remove_rows_but(scope.connection, connection.id, scope.company_id, keys) if connection else 0
    return Outcome(added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged, removed=removed)


def chart_account(row: ChartRow, look: RowLookup, scope: Scope) -> Values:
    """Return the columns of one account of a chart."""
    connection = look.connection("")
    values: Values = {
        "connection_id": connection.id if connection else None,
        "key": _key(row),
        "number": row.number,
        "name": row.name,
        "kind": row.kind,
    }
    optional = {"id": ("account_id", row.id), "active": ("active", row.active)}
    optional["why_not_postable"] = ("why_not_postable", row.why_not_postable)
    return values | {target: value for column, (target, value) in optional.items() if column in scope.columns}


def _key(row: ChartRow) -> str:
    return row.id or row.number or row.name


def account_map(row: AccountMapRow, look: RowLookup, scope: Scope) -> Values:
    """Return one row of the GL Account map; where the connection has a chart, the account must be in it, once."""
    connection = look.connection(row.connection)
    gl_account_id = look.gl_account(row.gl_account, "gl_account")
    if connection:
        _check_in_chart(row, look, _chart(scope, connection.id), connection.name)
    return {
        "connection_id": connection.id if connection else None,
        "gl_account_id": gl_account_id,
        "account_id": row.account_id,
        "account_number": row.account_number,
        "account_name": row.account_name,
    }


def _chart(scope: Scope, connection_id: int) -> StoredChart:
    if connection_id not in scope.charts:
        scope.charts[connection_id] = StoredChart(chart_of(scope.connection, scope.company_id, connection_id))
    return scope.charts[connection_id]


def _check_in_chart(row: AccountMapRow, look: RowLookup, chart: StoredChart, connection: str) -> None:
    given = " ".join(part for part in (row.account_id, row.account_number, row.account_name) if part)
    found = [
        account for account in chart.called(row.account_id, row.account_number, row.account_name) if _is(account, row)
    ]
    column = next(name for name in ("account_number", "account_name", "account_id") if getattr(row, name))
    if len(found) > 1:
        titles = ", ".join(f"“{account.title}”" for account in found[:5])
        message = f"“{given}” is several accounts of {connection}: {titles}. Name one by account_id or its full name."
        look.refuse(column, "ambiguous_account", message, given)
    elif chart.accounts and not found:
        near = (
            [] if look.full else get_close_matches(given, [account.title for account in chart.accounts], n=3, cutoff=0)
        )
        hint = ", ".join(f"“{title}”" for title in near)
        look.refuse(column, "unknown_account", f"{connection} has no account “{given}”. The nearest are {hint}.", given)


def _is(account: StoredAccount, row: AccountMapRow) -> bool:
    return (
        (not row.account_id or row.account_id == account.id)
        and (not row.account_number or row.account_number == account.number)
        and (not row.account_name or row.account_name == account.name)
    )
