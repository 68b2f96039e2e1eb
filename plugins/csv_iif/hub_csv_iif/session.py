"""The session that turns a journal entry into a file; there is nobody at the other end to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.api import (
    Account,
    Company,
    Connection,
    Dimension,
    DimensionValue,
    EntryRejected,
    JournalEntry,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
)
from hub_csv_iif.books_checks import ChartIndex, books_problems
from hub_csv_iif.file_checks import file_problems
from hub_csv_iif.settings import Settings
from hub_csv_iif.wire import LAYOUTS, write_file


class FileSession:
    """One set of books whose journals are imported by a person."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._chart = ChartIndex(connection.chart)

    def companies(self) -> Sequence[Company]:
        """Return the one set of books the files are for: as chosen before, else named as the connection is."""
        chosen = self._connection.company or Company(id=self._connection.name, name=self._connection.name)
        return (replace(chosen, currency=self._settings.currency or chosen.currency),)

    def accounts(self) -> Sequence[Account]:
        """Return the chart as it was last imported; files cannot be asked for a newer one."""
        return self._connection.chart

    def dimensions(self) -> Sequence[Dimension]:
        """Return the dimensions the layout has columns for; README.md says which layouts take others besides."""
        known = tuple(DimensionValue(id=name, name=name) for name in self._settings.known_classes)
        return tuple(
            replace(dimension, values=known) if dimension.name == "class" and known else dimension
            for dimension in LAYOUTS[self._settings.layout].dimensions
        )

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return all that a file of this layout cannot hold, and all that these books are known to refuse."""
        return (
            *books_problems(entry, self._settings, self._chart),
            *file_problems(entry, self._settings),
        )

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return nothing: a person knows whether the file was imported, as the guarantee `person` says."""
        del entry
        return ()

    def post(self, entry: JournalEntry) -> Receipt:
        """Return the entry's file, the same bytes every time.

        Raises EntryRejected where a file of this layout cannot hold the entry; what the chart says about its accounts
        is preflight's, so that a frozen entry can be written again in another layout.
        """
        refusals = [problem for problem in file_problems(entry, self._settings) if problem.blocking]
        if refusals:
            raise EntryRejected(" ".join(problem.message for problem in refusals), code=refusals[0].code)
        return Receipt(
            id=entry.reference,
            number=entry.reference,
            status=ReceiptStatus.FILE,
            file=write_file(entry, self._settings),
        )

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return nothing: a file does not tell how the journal stands in the books."""
        del receipt
        return None

    def close(self) -> None:
        """Nothing is held."""
