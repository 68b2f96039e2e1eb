"""What a company's books in QuickBooks look like: its preferences, accounts, locations and classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.api import Account, AccountKind, Dimension, DimensionValue
from hub_quickbooks.answers import Json
from hub_quickbooks.wire import a_date, an_object, flag, text

LOCATION, CLASS = "location", "class"

# The vendor's account types (Finance.xsd, AccountTypeEnum) as the hub's kinds.
KINDS: Mapping[str, AccountKind] = {
    "Bank": AccountKind.ASSET,
    "Accounts Receivable": AccountKind.ASSET,
    "Other Current Asset": AccountKind.ASSET,
    "Fixed Asset": AccountKind.ASSET,
    "Other Asset": AccountKind.ASSET,
    "Accounts Payable": AccountKind.LIABILITY,
    "Credit Card": AccountKind.LIABILITY,
    "Other Current Liability": AccountKind.LIABILITY,
    "Long Term Liability": AccountKind.LIABILITY,
    "Equity": AccountKind.EQUITY,
    "Income": AccountKind.INCOME,
    "Other Income": AccountKind.INCOME,
    "Cost of Goods Sold": AccountKind.COGS,
    "Expense": AccountKind.EXPENSE,
    "Other Expense": AccountKind.EXPENSE,
}
_BY_CLASSIFICATION: Mapping[str, AccountKind] = {
    "Asset": AccountKind.ASSET,
    "Equity": AccountKind.EQUITY,
    "Expense": AccountKind.EXPENSE,
    "Liability": AccountKind.LIABILITY,
    "Revenue": AccountKind.INCOME,
}
_WHY_NOT: Mapping[str, str] = {
    "Accounts Receivable": "QuickBooks wants a customer on each line of a receivables account.",
    "Accounts Payable": "QuickBooks wants a vendor on each line of a payables account.",
    "Non-Posting": "It is outside the general ledger: nothing is posted to it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a company chose in QuickBooks. closed_through: the last day of its closed books; currency: of its books."""

    closed_through: date | None
    currency: str
    many_currencies: bool
    has_locations: bool
    locations_called: str
    has_classes: bool


def preferences(told: Json) -> Preferences:
    """Return a company's preferences; raises Unreadable."""
    row = an_object(told)
    accounting = an_object(row.get("AccountingInfoPrefs", {}))
    currencies = an_object(row.get("CurrencyPrefs", {}))
    home = an_object(currencies.get("HomeCurrency") or {})
    return Preferences(
        closed_through=a_date(accounting, "BookCloseDate") if accounting.get("BookCloseDate") else None,
        currency=text(home, "value"),
        many_currencies=flag(currencies, "MultiCurrencyEnabled"),
        has_locations=flag(accounting, "TrackDepartments"),
        locations_called=text(accounting, "DepartmentTerminology").strip() or "Location",
        has_classes=flag(accounting, "ClassTrackingPerTxnLine") or flag(accounting, "ClassTrackingPerTxn"),
    )


def account(told: Json, currency: str) -> Account:
    """Return an account of the chart. currency: of the books, empty where it is not known."""
    row = an_object(told)
    kind, name = text(row, "AccountType"), text(row, "FullyQualifiedName") or text(row, "Name", needed=True)
    return Account(
        id=text(row, "Id", needed=True),
        number=text(row, "AcctNum").strip(),
        name=name.strip(),
        kind=KINDS.get(kind, _BY_CLASSIFICATION.get(text(row, "Classification"))),
        active=flag(row, "Active", usual=True),
        why_not_postable=_WHY_NOT.get(kind, "") or _foreign(row, currency),
    )


def dimension_value(told: Json) -> DimensionValue:
    """Return a location or class, by its full name."""
    row = an_object(told)
    name = text(row, "FullyQualifiedName") or text(row, "Name", needed=True)
    return DimensionValue(id=text(row, "Id", needed=True), name=name.strip(), active=flag(row, "Active", usual=True))


def dimension(name: str, label: str, values: tuple[DimensionValue, ...]) -> Dimension:
    """Return a dimension; QuickBooks only recommends one, so none is required."""
    return Dimension(name=name, label=label, required=False, values=values)


def _foreign(row: dict[str, Json], currency: str) -> str:
    reference = row.get("CurrencyRef")
    own = text(an_object(reference), "value") if reference is not None else ""
    return f"It is kept in {own}, and the books in {currency}." if own and currency and own != currency else ""
