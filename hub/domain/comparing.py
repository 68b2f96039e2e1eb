"""Compare a journal as an accounting system holds it with the entry that was frozen (R9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from hub.api import JournalEntry, JournalLine, ReceiptStatus, Recorded, RecordedLine, Side
from hub.domain.setup import same_account

MOST_TOLD = 10
NOT_POSTED = {ReceiptStatus.DRAFT: "It is a draft there, not posted.", ReceiptStatus.VOID: "It was voided there."}
SHORT = {Side.DEBIT: "Dr", Side.CREDIT: "Cr"}


def differences(entry: JournalEntry, recorded: Recorded) -> tuple[str, ...]:
    """Return a sentence for each way in which what is recorded is not what was frozen; none where it is the same.

    Compared are date, currency, status and the lines (account, side, amount); memos are not, since systems cut them.
    """
    return tuple(_differences(entry, recorded))


def _differences(entry: JournalEntry, recorded: Recorded) -> Iterator[str]:
    if recorded.status in NOT_POSTED:
        yield NOT_POSTED[recorded.status]
    if recorded.date != entry.date:
        yield f"Its date there is {recorded.date}, and {entry.date} was sent."
    if recorded.currency != entry.currency:
        yield f"Its currency there is {recorded.currency}, and {entry.currency} was sent."
        return
    total = sum((line.amount for line in recorded.lines if line.side is Side.DEBIT), Decimal(0))
    if total != entry.total:
        yield f"Its total there is {total:,}, and {entry.total:,} was sent."
    missing, extra = _unmatched(entry, recorded)
    if len(recorded.lines) != len(entry.lines):
        yield f"It has {len(recorded.lines)} lines there, and {len(entry.lines)} were sent."
    yield from _told("Missing there", missing)
    yield from _told("Only there", extra)


def _unmatched(entry: JournalEntry, recorded: Recorded) -> tuple[list[JournalLine], list[RecordedLine]]:
    """Return the lines without a partner on the other side, each partner taken once."""
    there: dict[tuple[Side, Decimal], list[RecordedLine]] = defaultdict(list)
    for line in recorded.lines:
        if line.amount:
            there[line.side, line.amount].append(line)
    missing = []
    for sent in entry.lines:
        candidates = there[sent.side, sent.amount]
        match = next((line for line in candidates if same_account(sent.account, line.account)), None)
        if match is None:
            missing.append(sent)
        else:
            candidates.remove(match)
    return missing, [line for lines in there.values() for line in lines]


def _told(what: str, lines: list[JournalLine] | list[RecordedLine]) -> Iterator[str]:
    for line in lines[:MOST_TOLD]:
        account = f"{line.account.number} {line.account.name}".strip() or line.account.id
        yield f"{what}: {SHORT[line.side]} {account} {line.amount:,}"
    if len(lines) > MOST_TOLD:
        yield f"{what}: {len(lines) - MOST_TOLD} more lines."
