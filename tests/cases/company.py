"""The restaurant group of the accounting cases: imports CSV text, previews, exports, and tells journals as text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

import hub_csv_iif.connector
from hub.plugins import Registry, load
from hub.service import exporting, previewing
from hub.service.companies import add_company, set_company
from hub.service.connections import add_connection
from hub.service.context import Hub, Refused
from hub.service.importing import ImportResult, import_file
from hub.store import Database
from tests.audit_key import AUDIT_KEY

NOW = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
ACCOUNTS = {
    "1310": ("Food Inventory", "asset"),
    "1315": ("Cold Store Inventory", "asset"),
    "1340": ("Liquor Inventory", "asset"),
    "1410": ("Due from Sister", "asset"),
    "2410": ("Due to Sister", "liability"),
    "4000": ("Sales", "income"),
    "5010": ("COGS Meat", "cogs"),
    "5011": ("Cost of Meat", "cogs"),
    "5020": ("COGS Produce", "cogs"),
    "5030": ("COGS Prep", "cogs"),
    "5100": ("COGS Liquor", "cogs"),
    "5900": ("Production Variance", "cogs"),
    "6100": ("Kitchen Supplies", "expense"),
}
SITES = {"AP": "Airport", "CK": "Commissary", "DT": "Downtown"}
OPENING_DAY, OCTOBER, NOVEMBER, DECEMBER = "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"
OPENED = {"Meat": "4812.37", "Produce": "1204.10", "Liquor": "9650.00"}
COUNTED = {"Meat": "5120.05", "Produce": "988.40", "Liquor": "9650.00"}
Document = Mapping[str, Any]  # the JSON that a service answers with
Values = Mapping[str, str]


class Company:
    """One company in a hub of its own; there: it is in the database already."""

    def __init__(
        self, database: Database, folder: Path, registry: Registry | None = None, *, there: bool = False
    ) -> None:
        registry = registry or load(only=[hub_csv_iif.connector])
        self.hub = Hub(database=database, registry=registry, clock=lambda: NOW, home=folder, actor="alice")
        if not there:
            add_company(self.hub, code="ACME", name="Acme Restaurants", currency="USD")

    def connect(self, name: str = "books", connector: str = "csv_iif", **settings: str) -> None:
        """Add a connection, by default one whose files are in the generic layout."""
        if connector == "csv_iif":
            settings = {"layout": "generic", **settings}
        add_connection(self.hub, "ACME", connector=connector, name=name, settings=settings)

    def set_up(self, sites: Mapping[str, str], connections: Sequence[str] = ("books",)) -> None:
        """Import GL accounts, departments, categories, sites (code → connection), and each connection's chart and map."""
        gl = [f"{number},{name},{kind}" for number, (name, kind) in ACCOUNTS.items()]
        self.imports("gl-accounts", "number,name,kind", *gl)
        self.imports("departments", "department,asset_account,cogs_account", "Food,1310,5010", "Bar,1340,5100")
        self.imports("categories", "category,department,cogs_account",
                     "Meat,Food,5010", "Produce,Food,5020", "Liquor,Bar,", "Prep,Food,5030")  # fmt: skip
        self.imports("sites", "site,name,connection",
                     *(f"{code},{SITES[code]},{books}" for code, books in sites.items()))  # fmt: skip
        for name in connections:
            self.imports("chart", "number,name,kind", *gl, connection=name)
            self.imports("account-map", "gl_account,account_number",
                         *(f"{number},{number}" for number in ACCOUNTS), connection=name)  # fmt: skip

    def imports(self, kind: str, *lines: str, connection: str | None = None) -> ImportResult:
        """Import CSV text that must be taken whole."""
        result = self.tries(kind, *lines, connection=connection)
        assert result.errors == (), result.errors
        return result

    def tries(self, kind: str, *lines: str, connection: str | None = None) -> ImportResult:
        """Import CSV text, whatever comes of it."""
        file = io.BytesIO("\n".join((*lines, "")).encode())
        return import_file(self.hub.database, "ACME", kind, file, actor="alice", now=NOW, connection=connection)

    def opens(self, site: str, values: Values | None = None, day: str = OPENING_DAY) -> None:
        """Say what the books carried before the first export, by category; None: nothing."""
        rows = [f"{day},{site},{name},{value}" for name, value in values.items()] if values else [f"{day},{site},,0"]
        self.imports("opening", "date,site,category,value", *rows)

    def counts(self, site: str, day: str, values: Values, status: str = "approved") -> None:
        """Count a site: one item of each category, named after it."""
        rows = (f"{day},{site},{name} item,{name},1,{value},{status}" for name, value in values.items())
        self.imports("counts", "count_date,site,item,category,quantity,value,status", *rows)

    def transfers(self, code: str, day: str, route: str, values: Values, status: str = "approved") -> None:
        """Move goods along a route such as `CK>DT`, by category."""
        sender, receiver = route.split(">")
        head = "transfer_id,date,from_site,to_site,item,category,quantity,value,status"
        rows = (f"{code},{day},{sender},{receiver},{c} item,{c},1,{v},{status}" for c, v in values.items())
        self.imports("transfers", head, *rows)

    def produces(self, code: str, day: str, inputs: Values, outputs: Values, site: str = "DT") -> None:
        """Turn inputs into outputs, by category."""
        rows = [
            f"{code},{day},{site},{side},{name} {side},{name},1,{value}"
            for side, values in (("input", inputs), ("output", outputs))
            for name, value in values.items()
        ]
        self.imports("production", "batch_id,date,site,side,item,category,quantity,value", *rows)

    def sets(self, **changes: str) -> None:
        """Change company settings."""
        set_company(self.hub, "ACME", changes)

    def offered(self, connection: str | None = None) -> list[str]:
        """The dates on offer with their sites, such as `2026-10-31 AP DT`."""
        found = previewing.offered_counts(self.hub, "ACME", connection)
        return [" ".join((one["count_date"], *one["sites"])) for one in found]

    def preview(self, day: str | None, *decisions: str, connection: str | None = None) -> dict[str, Any]:
        """Preview a date."""
        return previewing.preview(
            self.hub, "ACME", date.fromisoformat(day) if day else None, connection=connection, decisions=decisions
        )

    def export(
        self, day: str | None, *decisions: str, connection: str | None = None, expected_hash: str | None = None
    ) -> dict[str, Any]:
        """Export a date, whatever comes of it."""
        count_date = date.fromisoformat(day) if day else None
        return exporting.export(
            self.hub, "ACME", count_date, connection=connection, decisions=decisions, expected_hash=expected_hash
        )

    def exported(self, day: str, *decisions: str, connection: str | None = None) -> str:
        """Export a date and confirm its files; return the export's code."""
        code = self.file(day, *decisions, connection=connection)
        assert exporting.confirm(self.hub, "ACME", code)["state"] == "POSTED"
        return code

    def file(self, day: str, *decisions: str, connection: str | None = None) -> str:
        """Export a date, whose files then wait to be confirmed; return the export's code."""
        made = self.export(day, *decisions, connection=connection)
        assert made["state"] == "FILE_READY", made["problems"]
        return str(made["export"])

    def confirm(self, code: str) -> dict[str, Any]:
        """Say that an export's files were imported."""
        return exporting.confirm(self.hub, "ACME", code)

    def undo(self, code: str, *decisions: str, withdraw: bool = False) -> dict[str, Any]:
        """Undo an export, or withdraw its undo."""
        return exporting.undo(self.hub, "ACME", code, decisions=decisions, withdraw=withdraw)

    def undone(self, code: str) -> None:
        """Undo an export and confirm the file of its opposite entry."""
        self.undo(code)
        assert self.confirm(code)["state"] == "UNDONE"

    def postings(self, code: str, kind: str = "post") -> list[dict[str, Any]]:
        """An export's frozen entries as rows: reference, key, entry (JSON text)."""
        return self.query(
            "SELECT p.* FROM posting p JOIN export e ON e.id = p.export_id "
            "WHERE e.code = :code AND p.kind = :kind ORDER BY p.part",
            code=code,
            kind=kind,
        )

    def on_books(self) -> list[str]:
        """What the books carry: `DT Meat 4812.37 1310/5010`."""
        rows = self.query(
            "SELECT s.code, c.name, o.value, o.asset_account, o.cogs_account FROM on_books o "
            "JOIN site s ON s.id = o.site_id JOIN category c ON c.id = o.category_id "
            "WHERE o.state = 'live' ORDER BY s.code, c.id"
        )
        return [f"{r['code']} {r['name']} {r['value'] / 100:.2f} {_number(r['asset_account'])}/"
                f"{_number(r['cogs_account'])}" for r in rows]  # fmt: skip

    def changed_there(self, code: str, how: str, recorded: str | None = None) -> None:
        """Note that an export's journals were `edited` or `deleted` in the accounting system."""
        where = "WHERE export_id = (SELECT id FROM export WHERE code = :code)"
        sql = f"UPDATE posting SET changed_there = :how, recorded = :recorded {where}"
        self.writes(sql, how=how, recorded=recorded, code=code)

    def writes(self, sql: str, **values: object) -> None:
        """Change rows in a way that no import does, such as what an accounting system told."""
        with self.hub.database.write() as connection:
            connection.execute(text(sql), values)

    def query(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a query."""
        with self.hub.database.read() as connection:
            return [dict(row) for row in connection.execute(text(sql), values).mappings()]


def _number(account: str) -> str:
    return str(json.loads(account)["number"])


@contextmanager
def opened(url: str, folder: Path, registry: Registry | None = None, *, there: bool = False) -> Iterator[Company]:
    """Open a database with an empty company, or the one that is there, and close it at the end."""
    database = Database(url, audit_key=AUDIT_KEY)
    try:
        yield Company(database, folder, registry, there=there)
    finally:
        database.close()


def lines(entry: Document, *extras: str) -> list[str]:
    """An entry's lines as a bookkeeper writes them: `Dr 5010 COGS Meat 4,812.37`, then any extras of each line."""
    return [" ".join((_line(line), *(str(line[name]) for name in extras))) for line in entry["lines"]]


def journal(shown: Document, *extras: str) -> list[str]:
    """The lines of a preview's only entry."""
    (entry,) = shown["entries"]
    return lines(entry, *extras)


def journals(shown: Document, *extras: str) -> list[tuple[str, list[str]]]:
    """Each entry of a preview: its date and lines."""
    return [(entry["date"], lines(entry, *extras)) for entry in shown["entries"]]


def _line(line: Document) -> str:
    side = "Dr" if line["side"] == "debit" else "Cr"
    whole, _, decimals = line["amount"].partition(".")
    account = f"{line['account_number']} {line['account_name']}".strip() or "?"
    return f"{side} {account} {int(whole):,}.{decimals}"


def said(document: Document, level: str | None = None) -> list[str]:
    """The codes of a document's problems, sorted, each once."""
    return sorted({p["code"] for p in document["problems"] if level in (None, p["level"])})


def blocking(document: Document) -> list[str]:
    """The codes of a document's blocking problems."""
    return said(document, "problem")


def problem(document: Document, code: str) -> dict[str, Any]:
    """The only problem with this code."""
    (found,) = [one for one in document["problems"] if one["code"] == code]
    return dict(found)


def refusal(error: Refused) -> list[str]:
    """The codes that a refusal lists."""
    return [one.code for one in error.problems]


def only(found: Iterable[str], *words: str) -> list[str]:
    """Those texts that hold every word."""
    return [one for one in found if all(word in one for word in words)]
