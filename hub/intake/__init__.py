"""Reading files: CSV, XLSX and JSON rows to checked values, with every error by row, column and rule."""

from hub.intake.cells import minor
from hub.intake.counts import CountNames, Line, OpenCount, read_counts, valued
from hub.intake.json_rows import JsonSheet
from hub.intake.kinds import KINDS, Column, Kind, template
from hub.intake.layout import match
from hub.intake.reading import Progress, Records, open_sheet, read_records
from hub.intake.report import FileRefused, Refused, Report, RowError, RowNote
from hub.intake.sheet import Sheet

__all__ = [
    "KINDS",
    "Column",
    "CountNames",
    "FileRefused",
    "JsonSheet",
    "Kind",
    "Line",
    "OpenCount",
    "Progress",
    "Records",
    "Refused",
    "Report",
    "RowError",
    "RowNote",
    "Sheet",
    "match",
    "minor",
    "open_sheet",
    "read_counts",
    "read_records",
    "template",
    "valued",
]
