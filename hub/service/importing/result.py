"""What came of an import."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hub.intake import RowError, RowNote
from hub.service.importing.changes import Change


class ImportRefused(ValueError):
    """The import cannot even begin; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedCount:
    """A count that now differs from what its standing export posted."""

    site: str
    count_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import found and did.

    rows: read, blank ones not counted; added, changed, unchanged, removed: rows, or whole counts for `counts`;
    left_out: rows, counts, transfers or batches that valid_rows left out.
    stored: whether the file was taken: false where an error kept all of it out.
    errors and notes: the first 1,000 of error_count and note_count.
    """

    kind: str
    rows: int
    stored: bool
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    left_out: int = 0
    errors: tuple[RowError, ...] = ()
    error_count: int = 0
    notes: tuple[RowNote, ...] = ()
    note_count: int = 0
    amended: tuple[AmendedCount, ...] = ()

    @property
    def changes(self) -> int:
        """How many things are not as before."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one kind's import stored, before it is told with the file's errors and notes.

    told: what each change was, row by row, for the audit trail; not_told: how many changes are not among them.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    left_out: int = 0
    amended: tuple[AmendedCount, ...] = ()
    told: tuple[Change, ...] = ()
    not_told: int = 0

    @property
    def changes(self) -> int:
        """How many things are not as before."""
        return self.added + self.changed + self.removed


def result_document(result: ImportResult) -> dict[str, Any]:  # Any: a JSON object
    """Return what an import did as programs read it."""
    amended = [{"site": each.site, "count_date": each.count_date.isoformat()} for each in result.amended]
    return asdict(result) | {"amended": amended}
