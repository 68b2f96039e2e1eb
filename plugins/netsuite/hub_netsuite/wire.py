"""Between the hub's journal entries and NetSuite's, whichever interface carries them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from hub.api import (
    Account,
    JournalEntry,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Side,
    minor_digits,
)
from hub_netsuite.answers import Unreadable
from hub_netsuite.places import journal_link
from hub_netsuite.records import JournalThere
from hub_netsuite.settings import Settings


def external_id(entry: JournalEntry) -> str:
    """Return a journal's external id: its key, in upper case since NetSuite does not tell cases apart (facts 2.3)."""
    return entry.key.upper()


def memo(entry: JournalEntry) -> str:
    """Return what people read in NetSuite's list of journals: the reference, and the memo."""
    return f"{entry.reference} {entry.memo}".rstrip()


def is_ours(there: JournalThere, entry: JournalEntry) -> bool:
    """Whether a journal carries the entry's external id; one that tells none was found by it."""
    return not there.external_id or there.external_id.upper() == external_id(entry)


def receipt(there: JournalThere, settings: Settings, currencies: Mapping[str, str], own: str) -> Receipt:
    """Return the receipt of a journal. currencies: codes by id; own: the currency of one that tells none."""
    return Receipt(
        id=there.id,
        status=status(there),
        number=there.number[:50],
        url=journal_link(settings, there.id),
        recorded=recorded(there, currencies, own),
    )


def status(there: JournalThere) -> ReceiptStatus:
    """Return how a journal stands: without approval routing it does not say, and is posted."""
    return ReceiptStatus.PENDING_APPROVAL if there.approved is False else ReceiptStatus.POSTED


def recorded(there: JournalThere, currencies: Mapping[str, str], own: str) -> Recorded:
    """Return a journal as it stands there; raises Unreadable where it does not balance or is in no known currency."""
    currency = currencies.get(there.currency, "") if there.currency else own
    if not currency:
        raise Unreadable("The journal's currency is not one of the account's.")
    unit = Decimal(1).scaleb(-minor_digits(currency))
    accounts: dict[str, Account] = {}
    lines, balance = [], Decimal(0)
    for line in there.lines:
        if not line.amount:
            continue
        account = accounts.get(line.account)
        if account is None:
            account = accounts[line.account] = _account(line.account, line.account_name)
        balance += line.amount
        side = Side.CREDIT if line.amount.is_signed() else Side.DEBIT
        amount = _exact(line.amount.copy_abs(), unit, currency)
        lines.append(RecordedLine(account=account, side=side, amount=amount, memo=line.memo))
    if balance:
        raise Unreadable("The journal's debits and credits differ.")
    return Recorded(date=there.date, currency=currency, status=status(there), lines=tuple(lines))


def _exact(amount: Decimal, unit: Decimal, currency: str) -> Decimal:
    try:
        exact = amount.quantize(unit)
    except InvalidOperation as error:
        raise Unreadable("An amount is more than the hub can keep.") from error
    if exact != amount:
        raise Unreadable(f"An amount is not exact in {currency}.")
    return exact


def _account(id_: str, name: str) -> Account:
    return Account(id=id_, name=name or ("" if id_ else "No account"))
