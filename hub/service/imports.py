"""Imports as people do them on a page: a file that was sent, its rows in error to keep, and what was imported before."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import Any, BinaryIO

from hub.api import Account, Capability, File
from hub.intake import KINDS, FileRefused, RowError, match, open_sheet
from hub.service.connections import connector_of
from hub.service.context import Hub
from hub.service.heads import remember
from hub.service.importing import ImportResult, import_file, import_rows
from hub.service.report_files import guarded
from hub.service.scope import reading
from hub.store.import_rows import imports_of_files

MOST_LISTED = 25
MOST_ROWS = 1_000
MOST_TEXT = 500_000
"""Of the rows in error that a page carries, in characters."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked for: the kind, the file's own name, its encoding, the connection meant where rows name none."""

    kind: str
    name: str
    encoding: str = "utf-8"
    valid_rows: bool = False
    connection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImport:
    """An import of a file that changed something."""

    at: datetime
    actor: str
    kind: str
    detail: dict[str, Any]  # a JSON object: its own types


def import_sent(hub: Hub, company: str, file: BinaryIO, asked: Asked) -> ImportResult:
    """Import a file that was sent; raises ImportRefused, and ConnectorError where a plugin fails over its own format."""
    result = import_file(
        hub.database,
        company,
        asked.kind,
        file,
        actor=hub.actor,
        now=hub.clock(),
        encoding=asked.encoding,
        valid_rows=asked.valid_rows,
        connection=asked.connection,
        chart_reader=_chart_reader(hub, company, asked.connection) if asked.kind == "chart" else None,
        file_name=asked.name,
    )
    remember(hub)
    return result


def import_rows_sent(hub: Hub, company: str, rows: Sequence[Mapping[str, object]], asked: Asked) -> ImportResult:
    """Import rows that were sent as JSON objects; raises ImportRefused."""
    result = import_rows(
        hub.database,
        company,
        asked.kind,
        rows,
        actor=hub.actor,
        now=hub.clock(),
        valid_rows=asked.valid_rows,
        connection=asked.connection,
        file_name=asked.name,
    )
    remember(hub)
    return result


def rows_in_error(file: BinaryIO, asked: Asked, errors: Sequence[RowError]) -> list[list[str]]:
    """Return a table of the rows that have errors, each with its number and why, under the file's own header.

    Empty where the file as a whole could not be read; at most 1,000 rows, and fewer where they are long.
    """
    reasons: dict[int, list[str]] = {}
    for error in errors:
        told = f"{error.column}: {error.message}" if error.column else error.message
        reasons.setdefault(error.row, []).append(told)
    if not any(reasons):
        return []
    try:
        sheet = open_sheet(file, asked.encoding)
        numbered = enumerate(sheet.rows(match(sheet, KINDS[asked.kind]).holds), sheet.header_row + 1)
        rows = takewhile(lambda each: each[0] <= max(reasons), numbered)
        found = ([str(number), " ".join(reasons[number]), *row] for number, row in rows if number in reasons)
        table = list(_fitting(found))
    except FileRefused:
        return []
    return [["row", "what is wrong", *sheet.header], *table] if table else []


def table_csv(table: Iterable[Sequence[str]], *, goes_on: bool = False) -> bytes:
    """Return a table as CSV that spreadsheets open as text: no cell is taken for a formula, and no character is hidden.

    goes_on: these rows follow others in the same file.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in table)
    return out.getvalue().encode("utf-8" if goes_on else "utf-8-sig")


def past_imports(hub: Hub, company: str, kinds: Sequence[str]) -> list[PastImport]:
    """Return the newest imports of files of some kinds that changed something, newest first."""
    with reading(hub, company) as rows:
        found = imports_of_files(rows.connection, rows.company_id, kinds, MOST_LISTED)
    return [PastImport(at=row["at"], actor=row["actor"], kind=row["subject"], detail=row["detail"]) for row in found]


def _fitting(rows: Iterable[list[str]]) -> Iterable[list[str]]:
    room = MOST_TEXT
    for row in islice(rows, MOST_ROWS):
        room -= len(json.dumps(row))
        if room < 0:
            return
        yield row


def _harmless(cell: str) -> str:
    shown = "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in cell)
    return shown if NUMBER.fullmatch(shown) else guarded(shown)


def _chart_reader(hub: Hub, company: str, name: str | None) -> Callable[[File], Iterable[Account]] | None:
    """Return what reads a chart in the format of the connection's accounting system, None where it cannot."""
    with reading(hub, company) as rows:
        meant = [row for row in rows.connections() if name in (None, row["name"])]
    if len(meant) != 1:
        return None
    connector = connector_of(hub, meant[0]["connector"])
    return connector.read_chart if connector.can(Capability.READ_CHART) else None
