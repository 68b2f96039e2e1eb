"""Imports: choose what a file holds, send it, and see what came of it, row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.api import ConnectorError
from hub.domain.access import Feature
from hub.service.importing import KINDS, ImportRefused, ImportResult, template
from hub.service.imports import Asked, import_sent, past_imports, rows_in_error, table_csv
from hub.web.forms import Upload
from hub.web.routes import Menu, page
from hub.web.row_edits import back

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/c/{company}/imports"
CSV_TYPE = "text/csv; charset=utf-8"
ENCODINGS = (("utf-8", "UTF-8 (the usual one)"), ("cp1252", "Windows-1252 (older Windows files)"))
WORDS: Mapping[str, str] = {
    "counts": "Counts",
    "transfers": "Transfers",
    "production": "Production",
    "opening": "Opening values",
    "gl-accounts": "GL Accounts",
    "departments": "Inventory Departments",
    "categories": "Inventory Categories",
    "sites": "Sites",
    "overrides": "Account overrides",
    "chart": "Chart of accounts",
    "account-map": "GL Account Maps",
    "site-map": "Site Maps",
    "due-accounts": "Due-from and due-to accounts",
}
"""What each kind is called, what is imported most often first."""
OF_STOCK = frozenset({"counts", "transfers", "production", "opening"})
"""Kinds for everyone who imports; the others change the set-up, which takes the right to do that."""


@page(
    "GET",
    AT,
    needs=Feature.IMPORT,
    menu=Menu(section="Inventory", title="Imports", order=10),
)
def imports(visit: Visit) -> Response:
    """Show the form, a template of each kind, and what was imported before."""
    kinds = _kinds(visit)
    asked = visit.query.get("kind")
    return visit.html(
        "imports/imports.html",
        kinds={name: (WORDS[name], KINDS[name]) for name in kinds},
        encodings=ENCODINGS,
        back=back(visit),
        kind=asked if asked in kinds else kinds[0],
        wrong="",
        past=past_imports(visit.hub, visit.company, kinds),
    )


@page("GET", f"{AT}/templates/{{kind}}", needs=Feature.IMPORT)
def template_file(visit: Visit, kind: str) -> Response:
    """Give a file with a kind's header and an example row."""
    if kind not in _kinds(visit):
        visit.missing()
    return visit.file(template(kind).encode(), f"{kind}.csv", CSV_TYPE)


@page("POST", AT, needs=Feature.IMPORT, upload=True)
def send(visit: Visit) -> Response:
    """Import a file and answer with what came of it: the file sent again changes nothing more."""
    kinds, kind, file = _kinds(visit), visit.form.get("kind"), visit.form.file("file")
    if kind not in kinds or file is None:
        return _again(visit, kind if kind in kinds else kinds[0], "Choose a file, and what it holds.")
    asked = Asked(
        kind=kind,
        name=file.name,
        encoding=visit.form.get("encoding", "utf-8"),
        valid_rows=visit.form.get("valid_rows") == "yes",
        connection=visit.form.get("connection") or None,
    )
    try:
        result = import_sent(visit.hub, visit.company, file.content, asked)
    except (ImportRefused, ConnectorError) as error:
        return _again(visit, kind, error.message if isinstance(error, ConnectorError) else str(error))
    return _told(visit, asked, file, result)


@page("POST", f"{AT}/rows-in-error", needs=Feature.IMPORT, upload=True)
def rows(visit: Visit) -> Response:
    """Give the rows in error that a result carries as a file for a spreadsheet."""
    table = _table(visit.form.exact("rows"))
    if not table:
        return visit.go(visit.path("imports"))
    return visit.file(table_csv(table), "rows-in-error.csv", CSV_TYPE)


def _kinds(visit: Visit) -> list[str]:
    """Return the kinds that a person may import."""
    return [kind for kind in WORDS if kind in OF_STOCK or visit.may(Feature.SETUP)]


def _again(visit: Visit, kind: str, wrong: str) -> Response:
    return visit.html(
        "imports/imports.html",
        status=422,
        kinds={name: (WORDS[name], KINDS[name]) for name in _kinds(visit)},
        encodings=ENCODINGS,
        back=back(visit),
        kind=kind,
        wrong=wrong,
        past=past_imports(visit.hub, visit.company, _kinds(visit)),
    )


def _told(visit: Visit, asked: Asked, file: Upload, result: ImportResult) -> Response:
    table = rows_in_error(file.content, asked, result.errors) if result.errors else []
    return visit.html(
        "imports/result.html",
        status=200 if result.stored else 422,
        kinds={name: (WORDS[name], KINDS[name]) for name in _kinds(visit)},
        encodings=ENCODINGS,
        back=back(visit),
        asked=asked,
        kind=asked.kind,
        wrong="",
        words=WORDS[asked.kind],
        things="count" if asked.kind == "counts" else "row",
        result=result,
        rows_found=max(len(table) - 1, 0),
        rows_in_error=len({error.row for error in result.errors}),
        rows=json.dumps(table),
    )


def _table(text: str) -> list[list[str]]:
    """Return the table that a result's form carried; nothing for anything else."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return []
    good = isinstance(table, list) and all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in table
    )
    return table if good else []
