"""Rows of text as a CSV file, by RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows with commas between cells, CR LF after each row, and quotes only where a cell needs them."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
