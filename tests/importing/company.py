"""A company to import into, and ways to look at what an import left."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, inspect, select, text

from hub.service.importing import ImportResult, import_file
from hub.store import Database
from hub.store import tables as t
from tests.audit_key import AUDIT_KEY

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

SETUP = {
    "gl-accounts": """number,name,kind
1310,Food Inventory,asset
1340,Liquor Inventory,asset
5010,COGS Meat,cogs
5020,COGS Produce,cogs
5030,COGS Prep,cogs
5100,COGS Liquor,cogs
1410,Due from Sister,asset
2410,Due to Sister,liability
""",
    "departments": "department,asset_account,cogs_account\nFood,1310,5010\nBar,1340,5100\n",
    "categories": "category,department,cogs_account\nMeat,Food,\nProduce,Food,5020\nPrep,Food,5030\nLiquor,Bar,\n",
    "sites": "site,name,connection\nDT,Downtown,books\nAP,Airport,books\nCK,Commissary,books\n",
}


class Company:
    """One company in a database, with helpers that read as sentences."""

    def __init__(
        self, database: Database, code: str = "ACME", currency: str = "USD", *, found: int | None = None
    ) -> None:
        """Add a company; found: the number of the one that is there already."""
        self.database = database
        self.code = code
        self.id = found or self._add(currency)

    def _add(self, currency: str) -> int:
        with self.database.write() as connection:
            values = {"uuid": f"uuid-{self.code}", "code": self.code, "name": self.code, "currency": currency}
            made: int = connection.execute(
                insert(t.Company).values(**values, method="reversal", transfers="with_adjustments",
                                         production="with_adjustments", entry_per="connection",
                                         reversal_date="count", mode="manual", version=0).returning(t.Company.id)
            ).scalar_one()  # fmt: skip
            return made

    def connect(self, name: str, currency: str | None = None) -> int:
        """Add a connection."""
        with self.database.write() as connection:
            values = {"company_id": self.id, "name": name, "connector": "fake", "environment": "production",
                      "books": f"{self.code}/{name}", "books_name": "",
                      "currency": currency, "settings": {}}  # fmt: skip
            made: int = connection.execute(
                insert(t.Connection).values(**values).returning(t.Connection.id)
            ).scalar_one()
            return made

    def set_up(self) -> Company:
        """Import GL accounts, departments, categories and three sites of one connection."""
        self.connect("books")
        for kind, content in SETUP.items():
            assert self.imports(kind, content).stored, kind
        return self

    def imports(self, kind: str, content: str | bytes, **options: Any) -> ImportResult:
        """Import a file's content."""
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        return import_file(self.database, self.code, kind, file, actor="tester", now=NOW, **options)

    def imported(self, kind: str, content: str | bytes, **options: Any) -> ImportResult:
        """Import a file's content that must be taken without an error."""
        result = self.imports(kind, content, **options)
        assert result.errors == ()
        assert result.stored
        return result

    def exported(self, site: str, count_date: str, *, live: bool = True) -> None:
        """Put a site's current count of a date into an export."""
        day = date.fromisoformat(count_date)
        with self.database.write() as connection:
            site_id, connection_id = connection.execute(
                select(t.Site.id, t.Site.connection_id).where(t.Site.code == site, t.Site.company_id == self.id)
            ).one()
            count_id = connection.execute(
                select(t.ValuationCount.id).where(
                    t.ValuationCount.site_id == site_id, t.ValuationCount.count_date == day, t.ValuationCount.current
                )
            ).scalar_one_or_none()
            export_id = self._export(connection, connection_id, day)
            connection.execute(insert(t.ExportCount).values(
                export_id=export_id, site_id=site_id, company_id=self.id, connection_id=connection_id,
                count_id=count_id, count_date=day, live=live, unsettled=False))  # fmt: skip

    def posted(self, kind: str, code: str, *, live: bool = True) -> None:
        """Put a transfer or batch into an export."""
        table, column = {"transfer": (t.Transfer, "transfer_id"), "batch": (t.Batch, "batch_id")}[kind]
        with self.database.write() as connection:
            movement_id = connection.execute(select(table.id).where(getattr(table, column) == code)).scalar_one()
            connection_id = connection.execute(select(t.Connection.id).limit(1)).scalar_one()
            export_id = self._export(connection, connection_id, date(2026, 10, 31))
            connection.execute(insert(t.MovementSide).values(
                company_id=self.id, export_id=export_id, kind=kind, movement_id=movement_id, side="", live=live,
            ))  # fmt: skip

    def _export(self, connection: Any, connection_id: int, day: date) -> int:
        sequence = connection.execute(text("SELECT count(*) FROM export")).scalar_one() + 1
        values = {"company_id": self.id, "connection_id": connection_id, "code": f"E{sequence}", "kind": "count",
                  "count_date": day, "sequence": sequence, "phase": "post", "state": "POSTED", "hash": "h",
                  "label": "Books", "currency": "USD", "decisions": [], "settings": {}, "problems": [],
                  "created_at": NOW, "created_by": "tester"}  # fmt: skip
        made: int = connection.execute(insert(t.Export).values(**values).returning(t.Export.id)).scalar_one()
        return made

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def lines(self) -> list[str]:
        """Return the lines of current counts as text, in the order of their rows."""
        rows = self.query(
            """SELECT s.code, n.count_date, i.name, c.name, l.area, l.unit, l.quantity, l.unit_cost, l.value, l.differs
            FROM count_line l JOIN valuation_count n ON n.id = l.count_id JOIN site s ON s.id = n.site_id
            JOIN item i ON i.id = l.item_id JOIN category c ON c.id = l.category_id
            WHERE n.current ORDER BY n.count_date, s.code, l.line"""
        )
        return [" | ".join("" if value is None else str(value) for value in (*row[:-1], int(row[-1]))) for row in rows]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to see whether anything changed."""
        with self.database.read() as connection:
            names = inspect(connection).get_table_names()
        return {name: sorted(self.query(f"SELECT * FROM {name}"), key=repr) for name in names}


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database and close it at the end."""
    database = Database(url, audit_key=AUDIT_KEY)
    try:
        yield database
    finally:
        database.close()


def prepare(url: str, _home: Path) -> None:
    """Set a company up in a migrated database."""
    with opened(url) as database:
        Company(database).set_up()


def company_of(database: Database) -> Company:
    """Return the company that `prepare` set up."""
    with database.read() as connection:
        return Company(database, found=connection.execute(select(t.Company.id)).scalar_one())


def said(result: ImportResult) -> list[str]:
    """Return an import's errors as `row column rule`."""
    return [f"{error.row} {error.column} {error.rule}".replace("  ", " ") for error in result.errors]
