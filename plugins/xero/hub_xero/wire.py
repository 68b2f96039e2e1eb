"""Between the hub's journal entries and Xero's manual journals; nothing else here knows their field names.

Amounts are one number: a debit is positive, a credit negative (Xero-OpenAPI issue 608; facts 2.4). They leave as the exact
digits of a Decimal and are read as Decimal, so that no binary fraction is ever in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from hub.api import JournalEntry, Receipt, ReceiptStatus, Recorded
from hub_xero.fields import Row, Unreadable, day, identifier, objects, text
from hub_xero.lines import RecordedLines, as_json, line_texts

STATUS: Mapping[str, ReceiptStatus] = {
    "POSTED": ReceiptStatus.POSTED,
    "DRAFT": ReceiptStatus.DRAFT,
    "ARCHIVED": ReceiptStatus.DRAFT,  # not known to count in the books, so it is never taken for posted
    "VOIDED": ReceiptStatus.VOID,
    "DELETED": ReceiptStatus.VOID,
}
# What Xero's own "reverse" makes is a journal of somebody's, though it repeats our narration after this (facts 2.4).
REVERSED_THERE = re.compile(r"\s*Reversal:", re.IGNORECASE)

GO = "https://go.xero.com"
_WORDS = re.compile(r"[A-Za-z0-9]+")
_VIEW = "/Journal/View.aspx?invoiceID="


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What an organisation never changes, and what makes links to it.

    currency: of all its journals; short_code: such as `!FR6KJ`; host: where people open it, Xero's own or a stand-in's.
    """

    currency: str
    short_code: str = ""
    host: str = GO


def body(entry: JournalEntry, hub_url: str) -> bytes:
    """Return the body that posts an entry: the same bytes on every attempt."""
    head: Row = {
        "Narration": narration(entry),
        "Date": entry.date.isoformat(),
        "Status": "POSTED",  # the default is DRAFT
        "LineAmountTypes": "NoTax",
        "ShowOnCashBasisReports": True,
    }
    if hub_url:
        head["Url"] = f"{hub_url}/?reference={entry.reference}"
    lines = ",".join(line_texts(entry))
    return f'{{"ManualJournals":[{as_json(head)[:-1]},"JournalLines":[{lines}]}}]}}'.encode()


def narration(entry: JournalEntry) -> str:
    """Return what people read in Xero's list of journals: the reference, since manual journals have no number, and the memo."""
    return f"{entry.reference} {entry.memo}".rstrip()


def carries(row: Row, reference: str) -> bool:
    """Whether a journal is one that was posted under a reference: in its narration, or in its link back.

    A reversal that somebody made in Xero repeats the narration and is none.
    """
    narrated = text(row, "Narration")
    if REVERSED_THERE.match(narrated):
        return False
    return reference in _WORDS.findall(narrated) or reference in _WORDS.findall(text(row, "Url"))


def receipt(row: Row, nature: Nature) -> Receipt:
    """Return the receipt of a manual journal.

    number: what its people find it by, the first word of the narration that the hub gave it; recorded: its lines, None
    where the answer leaves them out, as lists without a page do.
    """
    journal_id = identifier(row, "ManualJournalID")
    return Receipt(
        id=journal_id,
        status=_status(row),
        number=(text(row, "Narration").split() or [""])[0][:50],
        url=link(journal_id, nature),
        recorded=recorded(row, nature.currency) if row.get("JournalLines") else None,
    )


def link(journal_id: str, nature: Nature) -> str:
    """Return the address of a journal in Xero; with an organisation's short code it opens that organisation first.

    Sources: the deep links of XeroAPI/xero-mcp-server (facts 2.6).
    """
    if not nature.short_code:
        return f"{nature.host}{_VIEW}{journal_id}"
    code = quote(nature.short_code, safe="!")
    return f"{nature.host}/organisationlogin/default.aspx?shortcode={code}&redirecturl={_VIEW}{journal_id}"


def recorded(row: Row, currency: str) -> Recorded:
    """Return a manual journal as it stands there; raises Unreadable where a posted one does not balance.

    What is not posted yet need not balance there; its lines are then left out.
    """
    status = _status(row)
    inclusive = text(row, "LineAmountTypes") == "Inclusive"
    told = objects(row.get("JournalLines") or [], "JournalLines")
    read = RecordedLines(currency, inclusive=inclusive)
    for each in told:
        read.add(each)
    if read.balance and status is ReceiptStatus.POSTED:
        raise Unreadable("The journal's debits and credits differ.")
    lines = () if read.balance else tuple(read.lines)
    return Recorded(date=day(row, "Date"), currency=currency, status=status, lines=lines)


def _status(row: Row) -> ReceiptStatus:
    status = STATUS.get(text(row, "Status"))
    if status is None:
        raise Unreadable("The status is not one that Xero documents.")
    return status
