"""Transfers and production batches: checked as wholes, stored whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hub.api import minor_digits
from hub.intake import Refused, valued
from hub.intake.records import ProductionRow, TransferRow
from hub.service.importing.result import Outcome
from hub.service.importing.scope import RowLookup, Scope
from hub.store.importing import (
    BATCHES,
    TRANSFERS,
    KnownSite,
    LineKey,
    Movement,
    MovementLine,
    MovementStore,
    MovementTables,
    StoredMovement,
    stored_movements,
)

Row = TransferRow | ProductionRow
Header = dict[str, Any]  # the header's columns, of their own types
ReadHeader = Callable[[Any, RowLookup, Scope], tuple[Header, KnownSite | None]]


def store_transfers(rows: Sequence[TransferRow], scope: Scope) -> Outcome:
    """Store transfers; one with a refused row is left out whole."""
    return _Import(TRANSFERS, "transfer", _transfer_header, scope).run(rows)


def store_production(rows: Sequence[ProductionRow], scope: Scope) -> Outcome:
    """Store production batches; one with a refused row is left out whole."""
    return _Import(BATCHES, "batch", _batch_header, scope).run(rows)


def _transfer_header(row: TransferRow, look: RowLookup, scope: Scope) -> tuple[Header, KnownSite | None]:
    sender, receiver = look.site(row.from_site, "from_site"), look.site(row.to_site, "to_site")
    if row.from_site == row.to_site:
        look.refuse("to_site", "same_site", f"The transfer goes from {row.from_site} to itself.")
    if sender and receiver and not _same_currency(sender, receiver, scope):
        message = f"{sender.code} keeps its books in {sender.currency} and {receiver.code} in {receiver.currency}."
        look.refuse("to_site", "different_currencies", f"{message} Transfers between currencies are not taken.")
    header = {
        "date": row.date,
        "from_site_id": sender.id if sender else None,
        "to_site_id": receiver.id if receiver else None,
        "status": row.status,
    }
    return header, sender


def _same_currency(sender: KnownSite, receiver: KnownSite, scope: Scope) -> bool:
    by_id = {connection.id: connection.currency for connection in scope.known.connections.values()}
    books = {by_id.get(site.connection_id or 0) for site in (sender, receiver)} - {None}
    return sender.currency == receiver.currency and len(books) < 2


def _batch_header(row: ProductionRow, look: RowLookup, scope: Scope) -> tuple[Header, KnownSite | None]:  # noqa: ARG001 - one shape for both
    site = look.site(row.site)
    return {"date": row.date, "site_id": site.id if site else None}, site


class _Import:
    """Checks and stores the movements of one file."""

    def __init__(self, tables: MovementTables, word: str, read_header: ReadHeader, scope: Scope) -> None:
        self._tables = tables
        self._word = word
        self._read_header = read_header
        self._scope = scope
        self._report = scope.report
        self._category_of: dict[str, str] = {}

    def run(self, rows: Sequence[Row]) -> Outcome:
        """Check every movement, then store the good ones, unless an error keeps all of them out."""
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(getattr(row, self._tables.code), []).append(row)
        stored = stored_movements(self._scope.connection, self._tables, self._scope.company_id, list(groups))
        movements = [self._movement(code, group, stored.get(code)) for code, group in groups.items()]
        if self._scope.refuses or self._report.unknown_group:
            return Outcome()
        good = [movement for movement in movements if movement.code not in self._report.bad_groups]
        return self._store(good, stored)

    def _store(self, movements: Sequence[Movement], stored: dict[str, StoredMovement]) -> Outcome:
        categories = {name: category.id for name, category in self._scope.known.categories.items()}
        store = MovementStore(self._scope.connection, self._tables, self._scope.company_id, categories)
        for movement in movements:
            store.store(movement, stored.get(movement.code))
        counts = store.finish()
        return Outcome(
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            left_out=len(self._report.bad_groups),
        )

    def _movement(self, code: str, rows: Sequence[Row], stored: StoredMovement | None) -> Movement:
        """Return a movement as its rows say, with every error of theirs listed."""
        header, digits = self._header(rows[0])
        lines: dict[LineKey, MovementLine] = {}
        row_of: dict[LineKey, int] = {}
        for row in rows:
            look = RowLookup(self._scope, row.row)
            self._check_agreement(row, rows[0], look)
            line = self._line(row, look, digits)
            key = self._tables.key(line)
            if key in row_of:
                look.refuse("", "duplicate", f"Row {row_of[key]} has the same item in the same {self._word}.")
            row_of.setdefault(key, row.row)
            self._check_stored(look, row, line, stored)
            lines[key] = line
            if look.failed:
                self._report.leave_out(code)
        movement = Movement(code=code, header=header, lines=lines)
        if code not in self._report.bad_groups:
            self._check_whole(movement, rows[0].row, stored)
        return movement

    def _header(self, row: Row) -> tuple[Header, int]:
        look = RowLookup(self._scope, row.row)
        header, site = self._read_header(row, look, self._scope)
        if look.failed:
            self._report.leave_out(getattr(row, self._tables.code))
        return header, minor_digits(site.currency if site else self._scope.known.currency)

    def _check_agreement(self, row: Row, first: Row, look: RowLookup) -> None:
        names = ("date", "site") if isinstance(row, ProductionRow) else ("date", "from_site", "to_site", "status")
        for name in names:
            if getattr(row, name) != getattr(first, name):
                message = f"Row {first.row} of this {self._word} says {getattr(first, name)}; they must agree."
                look.refuse(name, "rows_disagree", message, str(getattr(row, name)))

    def _line(self, row: Row, look: RowLookup, digits: int) -> MovementLine:
        look.category(row.category)
        other = self._category_of.setdefault(row.item, row.category)
        if other != row.category:
            message = f"“{row.item}” is in the category “{other}” further up in this file; one item has one category."
            look.refuse("category", "two_categories", message, row.category)
        return MovementLine(
            item=row.item,
            category=row.category,
            quantity=row.quantity,
            unit_cost=row.unit_cost,
            value=look.check("value", lambda: self._value(row, digits), None),
            side=row.side if isinstance(row, ProductionRow) else "",
        )

    def _value(self, row: Row, digits: int) -> int | None:
        if row.value is None and row.unit_cost is None and isinstance(row, ProductionRow) and row.side == "output":
            return None
        text = "" if row.value is None else f"{row.value:f}"
        value, differs = valued(row.quantity, row.unit_cost, text, digits)
        if value < 0:
            raise Refused("negative_value", f"The value of a {self._word}'s item cannot be negative.")
        if differs:
            self._report.note(row.row, "value_differs", "The value is not quantity × unit cost; it is taken as it is.")
        return value

    def _check_stored(self, look: RowLookup, row: Row, line: MovementLine, stored: StoredMovement | None) -> None:
        """Refuse to change what was posted, or to put an item of it into a second category."""
        if stored is None:
            return
        lines = stored.movement.lines
        if stored.posted and lines.get(self._tables.key(line)) != line:
            look.refuse("", "already_posted", self._posted_message(stored))
        others = (old for key, old in lines.items() if old.item == row.item and key != self._tables.key(line))
        if other := next((old for old in others if old.category != row.category), None):
            message = f"This {self._word} already has “{row.item}” in the category “{other.category}”."
            look.refuse("category", "two_categories", message, row.category)

    def _posted_message(self, stored: StoredMovement) -> str:
        code = stored.movement.code
        return (
            f"The {self._word} {code} has been exported and stays as it was. Enter a correcting {self._word} instead."
        )

    def _check_whole(self, movement: Movement, row: int, stored: StoredMovement | None) -> None:
        """Check what only a whole movement shows, together with the lines of it that are stored already."""
        look = RowLookup(self._scope, row)
        if stored and stored.posted and movement.header != stored.movement.header:
            look.refuse("", "already_posted", self._posted_message(stored))
        if self._tables.has_sides:
            lines = (stored.movement.lines if stored else {}) | movement.lines
            outputs = [line for line in lines.values() if line.side == "output"]
            if not outputs:
                look.refuse("side", "no_output", f"The batch {movement.code} has no output.")
            if len(outputs) > 1 and any(line.value is None for line in outputs):
                message = f"The batch {movement.code} has several outputs; each needs a value, or a unit cost."
                look.refuse("value", "missing", message)
        if look.failed:
            self._report.leave_out(movement.code)
