"""What the ledger itself does wrong when a test asks for it; each time that it does is counted."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from hub.api import ReceiptStatus, Side, from_minor
from hub.testing.ledger.journals import Journal, Line


class LedgerFault(StrEnum):
    """A fault of the accounting system's own, at one write.

    late_commit: the answer is lost and the journal comes later; look_up_lag: look-ups do not show it for a while;
    error_before, error_after: an internal error, without or with the journal; key_ignored: a repeat with a known key is
    written again; written_twice: one call leaves two journals; cent_changed: its first debit and first credit are a minor
    unit more; line_dropped: its last line is gone, and another of that side carries the amount (from three lines on);
    made_draft, made_pending: it waits there for a person; date_changed: it is dated a day later.
    """

    LATE_COMMIT = "late_commit"
    LOOK_UP_LAG = "look_up_lag"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    KEY_IGNORED = "key_ignored"
    WRITTEN_TWICE = "written_twice"
    CENT_CHANGED = "cent_changed"
    LINE_DROPPED = "line_dropped"
    MADE_DRAFT = "made_draft"
    MADE_PENDING = "made_pending"
    DATE_CHANGED = "date_changed"


class FaultPlan:
    """Which faults are still to happen, and how often each one did."""

    def __init__(self) -> None:
        self.fired: Counter[LedgerFault] = Counter()
        self._planned: dict[LedgerFault, deque[float]] = defaultdict(deque)

    def add(self, fault: LedgerFault, *, seconds: float = 0, times: int = 1) -> None:
        """Plan a fault for the next writes; seconds: how late, for those that are about time."""
        self._planned[fault].extend([seconds] * times)

    def clear(self) -> None:
        """Forget what has not happened yet."""
        self._planned.clear()

    def take(self, fault: LedgerFault) -> float | None:
        """Return the seconds of a planned fault that happens now, None where none is planned."""
        if not self._planned[fault]:
            return None
        self.fired[fault] += 1
        return self._planned[fault].popleft()

    def is_planned(self, fault: LedgerFault) -> bool:
        """Whether the fault is still to happen."""
        return bool(self._planned[fault])

    def misrecorded(self, journal: Journal) -> Journal:
        """Return a journal as the ledger writes it down, with every planned change that can be made to it."""
        for fault, change in _CHANGES.items():
            if self.is_planned(fault):
                changed = change(journal)
                if changed != journal:
                    self.take(fault)
                    journal = changed
        return journal


def _cent_changed(journal: Journal) -> Journal:
    cent = from_minor(1, journal.currency)
    lines = list(journal.lines)
    for side in Side:
        first = next(index for index, line in enumerate(lines) if line.side is side)
        lines[first] = _more(lines[first], cent)
    return replace(journal, lines=tuple(lines))


def _line_dropped(journal: Journal) -> Journal:
    for number, line in reversed(list(enumerate(journal.lines))):
        rest = [*journal.lines[:number], *journal.lines[number + 1 :]]
        heir = next((index for index, other in enumerate(rest) if other.side is line.side), None)
        if heir is not None:
            rest[heir] = _more(rest[heir], line.amount)
            return replace(journal, lines=tuple(rest))
    return journal


def _more(line: Line, amount: Decimal) -> Line:
    return replace(line, amount=line.amount + amount)


_CHANGES: Mapping[LedgerFault, Callable[[Journal], Journal]] = {
    LedgerFault.CENT_CHANGED: _cent_changed,
    LedgerFault.LINE_DROPPED: _line_dropped,
    LedgerFault.MADE_DRAFT: lambda journal: replace(journal, status=ReceiptStatus.DRAFT),
    LedgerFault.MADE_PENDING: lambda journal: replace(journal, status=ReceiptStatus.PENDING_APPROVAL),
    LedgerFault.DATE_CHANGED: lambda journal: replace(journal, date=journal.date + timedelta(days=1)),
}
