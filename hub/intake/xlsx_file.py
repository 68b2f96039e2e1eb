"""Reading the first sheet of an XLSX file: each cell to the exact text that a CSV file would have had.

The reader holds a whole sheet at once (about 1 KB a row), unlike CSV files, which are streamed; `xlsx_parts` bounds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from hub.intake import xlsx_parts
from hub.intake.cells import SPACES
from hub.intake.report import FileRefused, Unreadable
from hub.intake.sheet import Holds

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

LARGEST_EXACT = 10**15

Cell = Any  # what the reader gives: str, float, bool, date, datetime, time or timedelta
Reader = Callable[[Cell], str]


class XlsxSheet:
    """The first sheet of a workbook."""

    def __init__(self, file: BinaryIO) -> None:
        self._faults = xlsx_parts.check(file)
        sheet = _open(file)
        self._rows: Iterator[list[Cell]] = iter(sheet.iter_rows())
        self._first_column = sheet.start[1] if sheet.start else 0
        self._number = 0
        self.header = self._read_header()
        self.header_row = self._number
        _refuse_merged(sheet, self.header_row)

    def rows(self, holds: Sequence[Holds]) -> Iterator[list[str]]:
        """Yield every row after the header as text, blank ones included."""
        readers = [_READERS[held] for held in holds]
        for number, cells in enumerate(self._rows, self.header_row):
            row = [read(cell) for read, cell in zip(readers, cells, strict=False)]
            row += [_text(cell) for cell in cells[len(readers) :]]
            yield self._with_faults(row, number) if self._faults else row

    def _read_header(self) -> list[str]:
        for cells in self._rows:
            self._number += 1
            header = [_text(cell) for cell in cells]
            while header and not header[-1].strip(SPACES):
                header.pop()
            if header:
                return header
        raise FileRefused("empty_file", "The first sheet is empty: it has no header row.")

    def _with_faults(self, row: list[str], number: int) -> list[str]:
        for index in range(len(row)):
            reason = self._faults.get((number, self._first_column + index))
            if reason:
                row[index] = Unreadable.because(reason)
        return row


def _open(file: BinaryIO) -> CalamineSheet:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        first = next(iter(workbook.sheets_metadata), None)
        if first is None:
            raise FileRefused("no_sheet", "This workbook has no sheet.")
        if first.typ is not SheetTypeEnum.WorkSheet:
            raise FileRefused("no_sheet", "The first sheet of this workbook is a chart; move the rows' sheet first.")
        if first.visible is not SheetVisibleEnum.Visible:
            raise FileRefused("hidden_sheet", f"The first sheet, “{first.name}”, is hidden. Show it or move it last.")
        return workbook.get_sheet_by_index(0)
    except CalamineError as error:
        raise FileRefused("damaged_file", f"This XLSX file cannot be read: {error}.") from error


def _refuse_merged(sheet: CalamineSheet, header_row: int) -> None:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if bottom >= header_row - 1:
            place = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
            message = f"The cells {place} are merged, so it is not certain which row they belong to. Unmerge them."
            raise FileRefused("merged_cells", message, row=top + 1)


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(65 + column % 26) + letters
        column = column // 26 - 1
    return letters


def _text(cell: Cell) -> str:
    if type(cell) is str:
        return cell
    if type(cell) is float:
        return _number(cell)
    if isinstance(cell, bool):
        return Unreadable.because("This cell holds TRUE or FALSE. Format the column as text and type it again.")
    if isinstance(cell, date):
        return Unreadable.because(
            "This cell holds a date where text or a number belongs: your spreadsheet program may have turned the text "
            "into a date. Format the column as text and type it again."
        )
    return Unreadable.because("This cell holds a time or a duration, which has no place here.")


def _number(cell: float) -> str:
    if cell.is_integer() and abs(cell) < LARGEST_EXACT:
        return str(int(cell))
    if not abs(cell) < LARGEST_EXACT:
        return Unreadable.because("A spreadsheet keeps 15 digits of a number, and this has more. Format it as text.")
    text = repr(cell)
    return text if "e" not in text else f"{Decimal(text):f}"


def _date(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return Unreadable.because(f"This cell holds a time of day beside the date: {cell:%Y-%m-%d %H:%M}.")
    if isinstance(cell, date):
        return cell.isoformat()
    return _text(cell)


def _yes_no(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return _text(cell)


_READERS: dict[Holds, Reader] = {
    Holds.TEXT: _text,
    Holds.NUMBER: _text,
    Holds.DATE: _date,
    Holds.YES_NO: _yes_no,
}
