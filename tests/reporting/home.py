"""The company that ACCOUNTING.md works through, in a hub of the test's own, built by the use cases."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hub.plugins import Registry, load
from hub.service.companies import add_company
from hub.service.connections import add_connection
from hub.service.context import Hub
from hub.service.exporting import confirm, export
from hub.service.importing import import_file
from hub.store import Database
from tests.audit_key import AUDIT_KEY

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 30)
OCTOBER = date(2026, 10, 31)
NOVEMBER = date(2026, 11, 30)

ACCOUNTS = (1310, 1340, 5010, 5020, 5030, 5100, 5900)
FILES = {
    "gl-accounts": """number,name,kind
1310,Food Inventory,asset
1340,Liquor Inventory,asset
5010,COGS Meat,cogs
5020,COGS Produce,cogs
5030,COGS Prep,cogs
5100,COGS Liquor,cogs
5900,Production Variance,cogs
""",
    "departments": "department,asset_account,cogs_account\nFood,1310,\nBar,1340,5100\n",
    "categories": "category,department,cogs_account\nMeat,Food,5010\nProduce,Food,5020\nLiquor,Bar,\nPrep,Food,5030\n",
    "sites": "site,name,connection\nDT,Downtown,books\nAP,Airport,books\n",
    "chart": """number,name,kind
1310,Food Inventory,asset
1340,Liquor Inventory,asset
5010,COGS Meat,cogs
5020,COGS Produce,cogs
5030,COGS Prep,cogs
5100,COGS Liquor,cogs
5900,Production Variance,cogs
""",
    "account-map": "gl_account,account_number\n" + "".join(f"{number},{number}\n" for number in ACCOUNTS),
    "opening": """date,site,category,value
2026-09-30,DT,Meat,4812.37
2026-09-30,DT,Produce,1204.10
2026-09-30,DT,Liquor,9650.00
2026-09-30,AP,,0
""",
}
COUNTED = """count_date,site,item,category,area,unit,quantity,unit_cost,value
2026-10-31,DT,Ribeye,Meat,Walk-in,lb,200,,5120.05
2026-10-31,DT,Lettuce,Produce,Walk-in,case,12.5,79.072,988.40
2026-10-31,DT,Gin,Liquor,Bar,bottle,80,,9650.00
"""
AIRPORT = """count_date,site,item,category,quantity,value
2026-10-31,AP,Ribeye,Meat,10,300.00
"""
NEXT = """count_date,site,item,category,quantity,value
2026-11-30,DT,Ribeye,Meat,100,5000.00
2026-11-30,DT,Stew,Prep,5,95.00
2026-11-30,DT,Gin,Liquor,80,9650.00
"""
TRANSFER = """transfer_id,date,from_site,to_site,item,category,quantity,value
T-1,2026-10-15,DT,AP,Ribeye,Meat,2,50.00
"""
PRODUCTION = """batch_id,date,site,side,item,category,quantity,value
B-1,2026-10-20,DT,input,Ribeye,Meat,10,80.00
B-1,2026-10-20,DT,input,Lettuce,Produce,10,20.00
B-1,2026-10-20,DT,output,Stew,Prep,5,100.00
"""


@contextmanager
def opened(url: str, home: Path, registry: Registry) -> Iterator[Hub]:
    """Open a hub and close its database at the end."""
    database = Database(url, audit_key=AUDIT_KEY)
    try:
        yield Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="tester")
    finally:
        database.close()


def imports(hub: Hub, kind: str, content: str) -> None:
    """Import a file's content that must be taken without an error."""
    done = import_file(hub.database, "ACME", kind, io.BytesIO(content.encode()), actor="tester", now=NOW)
    assert done.errors == ()
    assert done.stored


def set_up(hub: Hub, currency: str = "USD") -> Hub:
    """Add the company, its books and its opening values."""
    add_company(hub, code="ACME", name="Acme Restaurants", currency=currency)
    add_connection(hub, "ACME", connector="csv_iif", name="books", settings={"layout": "generic"})
    for kind, content in FILES.items():
        imports(hub, kind, content)
    return hub


def prepare(url: str, home: Path) -> None:
    """Set the company up in a migrated database."""
    home.mkdir()
    with opened(url, home, load()) as hub:
        set_up(hub)


def exported(hub: Hub, day: date = OCTOBER, *decisions: str) -> str:
    """Export a date, confirm its file, and return the export's code."""
    made = export(hub, "ACME", day, decisions=("acknowledge=site_not_counted", *decisions))
    assert made["export"], made["problems"]
    confirmed = confirm(hub, "ACME", made["export"])
    assert confirmed["state"] == "POSTED"
    return str(made["export"])


def change(hub: Hub, *statements: str, **values: object) -> None:
    """Change the database behind the hub's back, whatever its constraints say."""
    with hub.database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("ROLLBACK" if sqlite else "SET session_replication_role = replica")
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(text(statement), values)
        connection.commit()
        connection.invalidate()


def one(hub: Hub, sql: str) -> Any:
    """Return a query's only value."""
    with hub.database.read() as connection:
        return connection.execute(text(sql)).scalar_one()
