"""A company in a hub of its own, used as the program uses it: files in, previews, exports and files out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hub.plugins import Registry
from hub.service.companies import add_company
from hub.service.connections import add_connection
from hub.service.context import Hub
from hub.service.exporting import confirm, export, exports
from hub.service.filing import files
from hub.service.importing import ImportResult, import_file
from hub.service.previewing import preview
from hub.store import Database
from tests.audit_key import AUDIT_KEY

LAYOUTS = ("iif", "quickbooks-online", "xero", "netsuite", "sage-intacct", "sage-50", "generic")
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
Row = Mapping[str, str]


@contextmanager
def opened(url: str, home: Path, registry: Registry) -> Iterator[Hub]:
    """Open a hub and close its database at the end."""
    database = Database(url, audit_key=AUDIT_KEY)
    try:
        yield Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="tester")
    finally:
        database.close()


def as_csv(rows: Sequence[Row]) -> bytes:
    """Return rows as a CSV file; all have the columns of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


class Books:
    """One company with one set of books that takes files of one layout."""

    def __init__(self, hub: Hub, layout: str, code: str = "REAL") -> None:
        self.hub = hub
        self.code = code
        self.layout = layout
        add_company(hub, code=code, name="Kitchen", currency="USD")
        add_connection(hub, code, connector="csv_iif", name="books", settings={"layout": layout})

    def imports(self, kind: str, rows: Sequence[Row], *, valid_rows: bool = False) -> ImportResult:
        """Import rows as a CSV file."""
        file = io.BytesIO(as_csv(rows))
        return import_file(
            self.hub.database, self.code, kind, file, actor="tester", now=NOW, valid_rows=valid_rows, connection="books"
        )

    def imported(self, kind: str, rows: Sequence[Row]) -> ImportResult:
        """Import rows that must all be taken."""
        result = self.imports(kind, rows)
        assert result.errors == (), kind
        assert result.stored
        return result

    def preview(self, day: date, *decisions: str) -> dict[str, Any]:
        """Preview a count date."""
        return preview(self.hub, self.code, day, decisions=decisions)

    def export(self, day: date, *decisions: str, seen: str | None = None) -> dict[str, Any]:
        """Export a count date; seen: the hash of the preview."""
        return export(self.hub, self.code, day, decisions=decisions, expected_hash=seen)

    def exports(self) -> list[dict[str, Any]]:
        """List the exports, newest first."""
        return exports(self.hub, self.code)

    def confirm(self, made: Mapping[str, Any]) -> None:
        """Say that an export's files are in the books."""
        assert confirm(self.hub, self.code, made["export"])["state"] == "POSTED"

    def files_of(self, made: Mapping[str, Any], out: Path, layout: str | None = None) -> list[bytes]:
        """Return the contents of an export's files, in the connection's layout or another."""
        return [path.read_bytes() for path in files(self.hub, self.code, made["export"], layout, out)]

    def own_files(self) -> list[Path]:
        """Return every file that stands in the company's folder."""
        return sorted(path for path in (self.hub.home / "files").rglob("*") if path.is_file())
