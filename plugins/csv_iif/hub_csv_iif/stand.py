"""The connector with books that take in its files, for the conformance suite: a stand is made anew for each check."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hub.api import Account, File, ReceiptStatus, Recorded, RecordedLine, Side
from hub.testing.clock import VirtualClock
from hub.testing.conformance import Deeds, Stand, Standing
from hub_csv_iif.connector import CsvIif
from hub_csv_iif.settings import LayoutName

FOOD, MEAT = Account(number="1310", name="Food Inventory"), Account(number="5010", name="COGS Meat")

TakeIn = Callable[[bytes, str], Standing]
"""Reads a file as its program would: the bytes, and the currency of the books."""


def make_stand(currency: str) -> Stand:
    """Return the connector with books of its own that take in the generic CSV."""
    return stand_of(currency, LayoutName.GENERIC, read_generic)


def stand_of(currency: str, layout: LayoutName, read: TakeIn) -> Stand:
    """Return the connector with books of its own that take in files of a layout."""
    books: list[Standing] = []
    settings: dict[str, object] = {"layout": layout.value, "currency": currency}

    def take_in(file: File) -> None:
        books.append(read(file.content, currency))

    return Stand(
        connector=CsvIif(),
        settings=settings,
        accounts=(FOOD, MEAT),
        chart=(FOOD, MEAT),
        books=lambda: books,
        clock=VirtualClock(),
        currency=currency,
        deeds=Deeds(
            take_in=take_in,
            close_books=lambda day: settings.update(closed_through=day.isoformat()),
            deactivate=lambda _account: None,  # the suite hands the chart over as it would be imported then
        ),
    )


def read_generic(content: bytes, currency: str) -> Standing:
    """Return the journal of a generic CSV."""
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
    ((day, reference),) = {(row["date"], row["reference"]) for row in rows}
    lines = tuple(_line(row) for row in rows)
    recorded = Recorded(date=date.fromisoformat(day), currency=currency, status=ReceiptStatus.POSTED, lines=lines)
    return Standing(id=reference, reference=reference, recorded=recorded)


def _line(row: dict[str, str]) -> RecordedLine:
    side = Side.DEBIT if row["debit"] else Side.CREDIT
    return RecordedLine(
        account=Account(number=row["account_number"], name=row["account_name"]),
        side=side,
        amount=Decimal(row[side.value]),
        memo=row["memo"],
    )
