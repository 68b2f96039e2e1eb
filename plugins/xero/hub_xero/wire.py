"""Between the hub's journal entries and Xero's manual journals; nothing else here knows their field names.

Amounts are one number: a debit is positive, a credit negative (Xero-OpenAPI issue 608; facts 2.4). They leave as the exact
digits of a Decimal and are read as Decimal, so that no binary fraction is ever in between.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from hub.api import (
    Account,
    JournalEntry,
    JournalLine,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Side,
    amount_text,
    from_minor,
    to_minor,
)
from hub_xero.fields import Row, Unreadable, day, identifier, number, objects, text

STATUS: Mapping[str, ReceiptStatus] = {
    "POSTED": ReceiptStatus.POSTED,
    "DRAFT": ReceiptStatus.DRAFT,
    "ARCHIVED": ReceiptStatus.DRAFT,  # not known to count in the books, so it is never taken for posted
    "VOIDED": ReceiptStatus.VOID,
    "DELETED": ReceiptStatus.VOID,
}
NO_ACCOUNT = Account(name="No account")
TAX = Account(name="Tax")
# What Xero's own "reverse" makes is a journal of somebody's, though it repeats our narration after this (facts 2.4).
REVERSED_THERE = re.compile(r"\s*Reversal:", re.IGNORECASE)

GO = "https://go.xero.com"
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
    lines = ",".join([_line_text(line, entry.currency) for line in entry.lines])
    return f'{{"ManualJournals":[{json.dumps(head)[:-1]},"JournalLines":[{lines}]}}]}}'.encode()


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
    whole = re.compile(rf"(?<![A-Za-z0-9]){re.escape(reference)}(?![A-Za-z0-9])")
    return bool(whole.search(narrated) or whole.search(text(row, "Url")))


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
    lines = [line for each in told for line in _lines(each, currency, inclusive=inclusive)]
    if sum(line.amount if line.side is Side.DEBIT else -line.amount for line in lines):
        if status is ReceiptStatus.POSTED:
            raise Unreadable("The journal's debits and credits differ.")
        lines = []
    return Recorded(date=day(row, "Date"), currency=currency, status=status, lines=tuple(lines))


def _line_text(line: JournalLine, currency: str) -> str:
    """Return a line as JSON; its amount is written digit by digit, since JSON libraries write floats."""
    minor = to_minor(line.amount, currency)
    amount = amount_text(minor if line.side is Side.DEBIT else -minor, currency)
    account = line.account
    rest: Row = {"AccountID": account.id} if account.id else {"AccountCode": account.number}
    rest |= {"Description": line.memo, "TaxType": "NONE"}
    if line.dimensions:
        tracking = [{"Name": name, "Option": option} for name, option in sorted(line.dimensions.items()) if option]
        rest["Tracking"] = tracking
    return f'{{"LineAmount":{amount},{json.dumps(rest)[1:]}'


def _lines(row: Row, currency: str, *, inclusive: bool) -> list[RecordedLine]:
    """Return a line there as what it moves: the account, and where somebody put tax on it, the tax."""
    amount, tax = number(row, "LineAmount"), number(row, "TaxAmount")
    account = _account(row)
    memo = text(row, "Description")
    net = amount - tax if inclusive else amount
    lines = [_moved(account, net, currency, memo)] if net else []
    return [*lines, _moved(TAX, tax, currency, memo)] if tax else lines


def _moved(account: Account, amount: Decimal, currency: str, memo: str) -> RecordedLine:
    try:
        exact = from_minor(to_minor(abs(amount), currency), currency)
    except ValueError as error:
        raise Unreadable(f"An amount is not exact in {currency}.") from error
    return RecordedLine(account=account, side=Side.DEBIT if amount > 0 else Side.CREDIT, amount=exact, memo=memo)


def _account(row: Row) -> Account:
    account_id, code = identifier(row, "AccountID", needed=False), text(row, "AccountCode")
    return Account(id=account_id, number=code) if account_id or code else NO_ACCOUNT


def _status(row: Row) -> ReceiptStatus:
    status = STATUS.get(text(row, "Status"))
    if status is None:
        raise Unreadable("The status is not one that Xero documents.")
    return status
