"""Importing files of every kind."""

from hub.intake import KINDS, RowError, RowNote, template
from hub.service.importing.files import import_file, import_rows
from hub.service.importing.result import AmendedCount, ImportRefused, ImportResult, result_document

__all__ = [
    "KINDS",
    "AmendedCount",
    "ImportRefused",
    "ImportResult",
    "RowError",
    "RowNote",
    "import_file",
    "import_rows",
    "result_document",
    "template",
]
