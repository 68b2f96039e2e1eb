"""What every file comes down to: a header and rows of text, numbered as a spreadsheet numbers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol


class Holds(StrEnum):
    """What a column's cells may hold, so that a spreadsheet's own types are taken only where they belong."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"


class Sheet(Protocol):
    """One file opened for reading, once."""

    @property
    def header(self) -> list[str]:
        """The column names as they stand there."""

    @property
    def header_row(self) -> int:
        """The number of the header's row."""

    def rows(self, holds: Sequence[Holds]) -> Iterator[list[str]]:
        """Yield every row after the header, blank ones included, so that counting them gives their numbers.

        holds: for each column of the header. Raises FileRefused where reading cannot go on.
        """
