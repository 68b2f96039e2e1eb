"""One guarded call for a posting: send it, or look it up; nothing here writes to the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.api import (
    Capability,
    ConnectorError,
    EntryRejected,
    JournalEntry,
    NotWritten,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    Recorded,
    TryLater,
)
from hub.domain.comparing import differences
from hub.domain.posting import Answer, Outcome
from hub.plugins import GuardedSession
from hub.service.connections import OpenBooks

Late = Callable[[str, Receipt], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a call told: the answer as the rules see it, and its evidence.

    receipt, recorded: the journal it named, and as it stands there; others: further journals there with our reference;
    code, message, request_id: the system's own words.
    """

    answer: Answer
    receipt: Receipt | None = None
    recorded: Recorded | None = None
    others: tuple[Receipt, ...] = ()
    message: str = ""
    code: str = ""
    request_id: str = ""


def send(books: OpenBooks, entry: JournalEntry, on_late: Late, until: float, turn_at: float | None) -> Told:
    """Post an entry, complete it where a draft came of it, and read back what was recorded (R4, R9, R14: once).

    until: no request begins after it, by the process's monotonic seconds, which go on while the process is asleep (R7);
    turn_at: when the first request's turn is booked for, by the same.
    """
    sent = False
    receipt: Receipt | None = None
    try:
        with books.session(on_late=on_late, until=until, turn_at=turn_at) as session:
            sent = True
            receipt = session.post(entry)
            receipt = _finished(books, session, receipt, entry)
            return _seen(session, receipt, entry, (), Outcome.DONE)
    except ReconnectNeeded as error:
        # With another token at hand a write is sent again, by the rules of posting alone.
        if receipt is None and books.try_again:
            return _told(error, Outcome.TRY_LATER)
        return _failed(error, sent=sent, receipt=receipt)
    except ConnectorError as error:
        return _failed(error, sent=sent, receipt=receipt)


def look_up(books: OpenBooks, entry: JournalEntry, on_late: Late, turn_at: float | None) -> Told:
    """Search for an entry by its reference and key; every match counts (R15)."""
    try:
        with books.session(on_late=on_late, turn_at=turn_at) as session:
            found = session.find(entry)
            if not found:
                return Told(answer=Answer(outcome=Outcome.ABSENT))
            best, others = _best(session, found, entry)
            return _seen(session, _finished(books, session, best, entry), entry, others, Outcome.FOUND)
    except ReconnectNeeded as error:
        return _told(error, Outcome.TRY_LATER if books.try_again else Outcome.RECONNECT)
    except TryLater as error:
        return _told(error, Outcome.TRY_LATER, error.retry_after_s)
    except ConnectorError as error:
        return _told(error, Outcome.FAILED)


def _finished(books: OpenBooks, session: GuardedSession, receipt: Receipt, entry: JournalEntry) -> Receipt:
    if receipt.status is ReceiptStatus.DRAFT and books.connector.can(Capability.FINISH):
        return session.finish(receipt, entry)
    return receipt


def _seen(
    session: GuardedSession, receipt: Receipt, entry: JournalEntry, others: tuple[Receipt, ...], outcome: Outcome
) -> Told:
    recorded = receipt.recorded or session.read(receipt)
    if recorded is None:
        raise ConnectorError(
            f"Journal {receipt.number or receipt.id} was named and could not be read.", code="not_readable"
        )
    answer = Answer(outcome=outcome, differences=differences(entry, recorded))
    return Told(answer=answer, receipt=receipt, recorded=recorded, others=others)


def _best(
    session: GuardedSession, found: Sequence[Receipt], entry: JournalEntry
) -> tuple[Receipt, tuple[Receipt, ...]]:
    """Return the journal that is most like the entry, and the others that stand there too."""
    if len(found) == 1:
        return found[0], ()
    standing = [receipt for receipt in found if receipt.status is not ReceiptStatus.VOID] or list(found)

    def unlike(receipt: Receipt) -> int:
        recorded = receipt.recorded or session.read(receipt)
        return len(differences(entry, recorded)) if recorded is not None else len(entry.lines)

    best = min(standing, key=unlike)
    return best, tuple(receipt for receipt in standing if receipt is not best)


def _failed(error: ConnectorError, *, sent: bool, receipt: Receipt | None) -> Told:
    """Sort an error by whether the entry was written (R4); after a receipt, or where nobody can tell, it may be."""
    if receipt is not None or not isinstance(error, NotWritten):
        outcome = Outcome.UNKNOWN if sent else Outcome.TRY_LATER
        return _told(error, outcome, receipt=receipt)
    if isinstance(error, ReconnectNeeded):
        return _told(error, Outcome.RECONNECT)
    if isinstance(error, EntryRejected) and sent:
        return _told(error, Outcome.REJECTED)
    return _told(error, Outcome.TRY_LATER, getattr(error, "retry_after_s", None))


def _told(error: ConnectorError, outcome: Outcome, wait_s: float | None = None, receipt: Receipt | None = None) -> Told:
    return Told(
        answer=Answer(outcome=outcome, wait_s=wait_s),
        receipt=receipt,
        message=error.message,
        code=error.code,
        request_id=error.request_id,
    )


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as it is kept and shown."""
    return {"id": receipt.id, "number": receipt.number, "url": receipt.url, "file": "", "status": receipt.status.value}


def recorded_document(recorded: Recorded) -> dict[str, Any]:
    """Return a journal as the system holds it, as it is kept; amounts as texts."""
    return {
        "date": recorded.date.isoformat(),
        "currency": recorded.currency,
        "status": recorded.status.value,
        "lines": [
            {
                "account_id": line.account.id,
                "account_number": line.account.number,
                "account_name": line.account.name,
                "side": line.side.value,
                "amount": f"{line.amount:f}",
                "memo": line.memo,
            }
            for line in recorded.lines
        ],
    }
