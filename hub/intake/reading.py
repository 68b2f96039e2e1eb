"""Opening a file and reading its rows into records, with every error of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from hub.intake.cells import SPACES
from hub.intake.csv_file import CsvSheet
from hub.intake.kinds import Column, Kind
from hub.intake.layout import Layout, is_blank, match
from hub.intake.report import FileRefused, Refused, Report
from hub.intake.sheet import Sheet
from hub.intake.xlsx_file import XlsxSheet
from hub.intake.xlsx_parts import is_xlsx

MOST_ROWS_HELD = 200_000
PROGRESS_EVERY = 5_000

Progress = Callable[[int], None]


def open_sheet(file: BinaryIO, encoding: str) -> Sheet:
    """Return a file's rows, CSV or XLSX by its first bytes; the file must be seekable. Raises FileRefused."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    return XlsxSheet(file) if is_xlsx(start) else CsvSheet(file, encoding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The good rows of a file, and the columns it has. Any: the kind's own record class."""

    rows: Sequence[Any]
    columns: frozenset[str]


def read_records(sheet: Sheet, kind: Kind, report: Report, progress: Progress | None = None) -> Records:
    """Return the good rows of every kind but counts as its records; errors go to the report.

    Raises FileRefused for what is wrong with the file as a whole.
    """
    if kind.record is None:
        raise ValueError(f"{kind.name} are not read as records")
    layout = match(sheet, kind)
    read = _RowReader(layout, report)
    found = [kind.record(row=number, **values) for number, values in read.rows(sheet, progress)]
    if report.rows == 0:
        raise FileRefused("no_rows", "The file has a header and no rows.")
    return Records(rows=found, columns=frozenset(layout.places))


class _RowReader:
    """Reads rows cell by cell; a row with an error is left out, and so is what it belongs to."""

    def __init__(self, layout: Layout, report: Report) -> None:
        self._layout = layout
        self._report = report
        self._columns = layout.columns

    def rows(self, sheet: Sheet, progress: Progress | None) -> Iterator[tuple[int, dict[str, object]]]:
        for number, row in enumerate(sheet.rows(self._layout.holds), sheet.header_row + 1):
            if progress and number % PROGRESS_EVERY == 0:
                progress(self._report.rows)
            if is_blank(row):
                continue
            self._report.rows += 1
            if self._report.rows > MOST_ROWS_HELD:
                raise FileRefused(
                    "too_many_rows", f"At most {MOST_ROWS_HELD:,} rows in one file; split it.", row=number
                )
            if (values := self._values(number, row)) is not None:
                yield number, values

    def _values(self, number: int, row: list[str]) -> dict[str, object] | None:
        try:
            fitted = row if len(row) == self._layout.width else self._layout.fitted(row)
        except Refused as refused:
            self._report.error(number, "", refused)
            self._leave_out({})
            return None
        before = self._report.error_count
        values = self._cells(number, fitted)
        if self._report.error_count == before:
            self._check_one_of(number, values)
        if self._report.error_count == before:
            return values
        self._leave_out(values)
        return None

    def _leave_out(self, values: dict[str, object]) -> None:
        """Mark what the bad row belongs to, for kinds whose rows belong together."""
        if group := self._layout.kind.group:
            self._report.leave_out(str(values.get(group, "")))

    def _cells(self, number: int, row: list[str]) -> dict[str, object]:
        values: dict[str, object] = {}
        for column, place in self._columns:
            try:
                if (value := read_cell(column, row[place])) is not None:
                    values[column.name] = value
            except Refused as refused:
                self._report.error(number, column.name, refused, row[place])
        return values

    def _check_one_of(self, number: int, values: dict[str, object]) -> None:
        names = self._layout.kind.one_of
        if names and not any(name in values for name in names):
            message = f"One of {', '.join(names)} must be filled in."
            self._report.error(number, names[0], Refused("missing", message))


def read_cell(column: Column, text: str) -> Any:  # noqa: ANN401 - as the column reads it
    """Return what a cell says, None where it is empty; an empty cell of a required column is refused."""
    if text.strip(SPACES):
        return column.read(text)
    if column.required:
        raise Refused("missing", f"“{column.name}” must be filled in, like {column.example}.")
    return None
