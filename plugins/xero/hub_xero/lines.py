"""The lines of a manual journal: from the hub's to JSON text, and back to what was recorded.

A journal of a thousand lines passes here twice, so this is written for speed: an account is looked at once, and an amount that
has its currency's decimals already is taken as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from hub.api import Account, JournalEntry, JournalLine, RecordedLine, Side, minor_digits
from hub_xero.fields import Json, Row, Unreadable, identifier, number, text

NO_ACCOUNT = Account(name="No account")
TAX = Account(name="Tax")

as_json = json.JSONEncoder(separators=(",", ":")).encode


def line_texts(entry: JournalEntry) -> Iterator[str]:
    """Yield each line as JSON; amounts are written digit by digit, since JSON libraries write floats.

    An entry's amounts have no more decimals than its currency, so that none is rounded here.
    """
    digits = minor_digits(entry.currency)
    point = -digits - 1
    accounts: dict[int, str] = {}  # by the object's id: the entry holds them all
    for line in entry.lines:
        account = accounts.get(id(line.account))
        if account is None:
            account = accounts[id(line.account)] = _named(line.account)
        amount = str(line.amount)
        if not digits or amount[point : point + 1] != ".":
            amount = f"{line.amount:.{digits}f}"
        sign = "" if line.side is Side.DEBIT else "-"
        tracking = _tracking(line) if line.dimensions else ""
        yield f'{{"LineAmount":{sign}{amount},{account},"Description":{as_json(line.memo)},"TaxType":"NONE"{tracking}}}'


class RecordedLines:
    """Lines as Xero tells them, each as what it moves: the account, and where somebody put tax on it, the tax.

    lines: those told so far; balance: their debits less their credits.
    """

    def __init__(self, currency: str, *, inclusive: bool) -> None:
        self.lines: list[RecordedLine] = []
        self.balance = Decimal(0)
        self._unit = Decimal(1).scaleb(-minor_digits(currency))
        self._currency = currency
        self._inclusive = inclusive
        self._accounts: dict[str, Account] = {}

    def add(self, row: Row) -> None:
        """Take one line; one that moves nothing is none. Raises Unreadable."""
        amount, tax = number(row, "LineAmount"), row.get("TaxAmount")
        memo = text(row, "Description")
        if tax:
            amount = self._taxed(amount, number(row, "TaxAmount"), memo)
        if amount:
            self._move(self._account(row), amount, memo)

    def _taxed(self, amount: Decimal, tax: Decimal, memo: str) -> Decimal:
        """Return what is left for the account of a line with tax in it."""
        self._move(TAX, tax, memo)
        return amount - tax if self._inclusive else amount

    def _move(self, account: Account, amount: Decimal, memo: str) -> None:
        positive = amount.copy_abs()
        try:
            exact = positive.quantize(self._unit)
        except InvalidOperation as error:
            raise Unreadable("An amount is more than the hub can keep.") from error
        if exact != positive:
            raise Unreadable(f"An amount is not exact in {self._currency}.")
        self.balance += amount
        side = Side.CREDIT if amount.is_signed() else Side.DEBIT
        self.lines.append(RecordedLine(account=account, side=side, amount=exact, memo=memo))

    def _account(self, row: Row) -> Account:
        told: Json = row.get("AccountID")
        known = self._accounts.get(told) if isinstance(told, str) else None
        if known is not None:
            return known
        account_id, code = identifier(row, "AccountID", needed=False), text(row, "AccountCode")
        account = Account(id=account_id, number=code) if account_id or code else NO_ACCOUNT
        if account_id:
            self._accounts[told] = account
        return account


def _named(account: Account) -> str:
    """Return how a line names its account: by its id, else by its code."""
    return as_json({"AccountID": account.id} if account.id else {"AccountCode": account.number})[1:-1]


def _tracking(line: JournalLine) -> str:
    tracked = [{"Name": name, "Option": option} for name, option in sorted(line.dimensions.items()) if option]
    return f',"Tracking":{as_json(tracked)}' if tracked else ""
