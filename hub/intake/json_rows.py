"""Rows that came as JSON objects instead of a file: the same names, texts only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.intake.cells import SPACES
from hub.intake.report import FileRefused, Unreadable
from hub.intake.sheet import Holds


class JsonSheet:
    """A list of objects with the columns' names as keys; amounts are strings, null and a missing key are empty."""

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        if not rows:
            raise FileRefused("empty_file", "There are no rows.")
        self._rows = rows
        self.header = list(dict.fromkeys(name for row in rows for name in row))
        if not all(name.strip(SPACES) for name in self.header):
            raise FileRefused("unnamed_column", "A value of a row has no name.")
        self.header_row = 0

    def rows(self, holds: Sequence[Holds]) -> Iterator[list[str]]:
        """Yield each object's values in the order of the header; row 1 is the first object."""
        for row in self._rows:
            yield [_text(row.get(name), held) for name, held in zip(self.header, holds, strict=True)]


def _text(value: object, held: Holds) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) and held is Holds.YES_NO:
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return Unreadable.because("Every value here is a JSON string, amounts too: “12.50” and not 12.5.")
