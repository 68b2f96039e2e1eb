"""A company that is just set up: one site whose first count waits, and nobody has said yet what its books carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.domain.access import Role
from hub.service import people
from hub.service.companies import add_company
from hub.service.connections import add_connection
from hub.service.context import Hub
from hub.service.importing import import_rows

CODE, BOOKS, COUNT = "SMALL", "books", "2026-10-31"
ENTRY = f"/c/{CODE}/export/entry?count={COUNT}&connection={BOOKS}"
ACCOUNTS = {"1310": ("Food Inventory", "asset"), "5010": ("COGS Meat", "cogs"), "5020": ("COGS Produce", "cogs")}

Row = Mapping[str, object]


def small_company(hub: Hub) -> None:
    """Add the company, with its files' layout, its chart and maps, its first count, and the usual people's access."""
    add_company(hub, code=CODE, name="Small Plates", currency="USD")
    add_connection(hub, CODE, connector="csv_iif", name=BOOKS, settings={"layout": "generic"})
    rows = [{"number": number, "name": name, "kind": kind} for number, (name, kind) in ACCOUNTS.items()]
    imports(hub, "gl-accounts", rows)
    imports(hub, "chart", rows)
    imports(hub, "account-map", [{"gl_account": number, "account_number": number} for number in ACCOUNTS])
    imports(hub, "departments", [{"department": "Food", "asset_account": "1310", "cogs_account": "5010"}])
    imports(hub, "categories", [{"category": "Meat", "department": "Food"}, produce()])
    imports(hub, "sites", [{"site": "DT", "name": "Downtown", "connection": BOOKS}])
    count(hub, Meat="5120.05", Produce="988.40")
    for role in (Role.ADMINISTRATOR, Role.EXPORTER, Role.VIEWER):
        people.give_access(hub, CODE, role.value, role)


def produce() -> Row:
    return {"category": "Produce", "department": "Food", "cogs_account": "5020"}


def count(hub: Hub, day: str = COUNT, *, status: str = "approved", **values: str) -> None:
    """Import the site's count of a day: a value of each category."""
    item = {"count_date": day, "site": "DT", "quantity": "1", "status": status}
    imports(hub, "counts", [{**item, "item": name, "category": name, "value": value} for name, value in values.items()])


def opening(hub: Hub, **values: str) -> None:
    """Say what the books carry: a value of each category, nothing where there is none."""
    row = {"date": "2026-09-30", "site": "DT"}
    imports(
        hub, "opening", [{**row, "category": name, "value": value} for name, value in (values or {"": "0"}).items()]
    )


def imports(hub: Hub, kind: str, rows: Sequence[Row]) -> None:
    """Import rows that must be taken."""
    result = import_rows(hub.database, CODE, kind, rows, actor="alice", now=hub.clock())
    assert result.errors == (), result.errors
