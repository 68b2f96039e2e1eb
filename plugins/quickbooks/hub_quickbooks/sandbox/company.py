"""One company of the sandbox: its documents as the API shows them, and the kept books behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count

from hub.api import from_minor
from hub.testing.sandbox import BookAccount, Books
from hub_quickbooks.sandbox.refusals import Json, vendor_time
from hub_quickbooks.sandbox.sample import CURRENCY_NAMES, SampleAccount, SampleCompany

Document = dict[str, Json]
FIRST_JOURNAL = {0: 145, 1: 50_145}


@dataclass(slots=True, kw_only=True)
class Choices:
    """What a company chose, beyond its closing date, which its books keep."""

    numbers: bool
    locations: bool
    classes: bool
    many_currencies: bool = False
    warn_duplicate_journal_number: bool = False


class Company:
    """A company; number: the first or the second, so that no two journals of the sandbox have one id."""

    def __init__(self, sample: SampleCompany, number: int, now: datetime) -> None:
        self.realm = sample.realm
        self.name = sample.name
        self.currency = sample.currency
        self.choices = Choices(numbers=sample.numbers, locations=bool(sample.departments), classes=bool(sample.classes))
        self.books = Books(sample.realm, sample.name, sample.currency, ())
        self.accounts: dict[str, Document] = {}
        self.departments = _named(sample.departments, now)
        self.classes = _named(sample.classes, now, first=5_000_000_000_000_142_240)
        self.journals: dict[str, Document] = {}
        self.deleted: dict[str, Document] = {}
        self._ids = count(FIRST_JOURNAL[number])
        self._began = now
        for account in sample.accounts:
            self.put_account(self._account_document(account, now))

    def next_id(self) -> str:
        """Return an id that nothing has yet."""
        return str(next(self._ids))

    def put_account(self, account: Document) -> None:
        """Add an account, or put it in the place of the one with its id."""
        self.accounts[account["Id"]] = account
        self.books.add_account(BookAccount(id=account["Id"], name=account["FullyQualifiedName"]))

    def shown_accounts(self) -> list[Document]:
        """Return the chart as the API shows it: with balances, and with numbers where the company uses them."""
        own = self.books.trial_balance()
        below = dict(own)
        for id_ in reversed(self.accounts):  # an account stands behind the one above it
            above = self.accounts[id_].get("ParentRef", {}).get("value")
            if above:
                below[above] += below[id_]
        return [self._shown(account, own[id_], below[id_]) for id_, account in self.accounts.items()]

    def reference(self, kind: Mapping[str, Document], id_: str) -> Document:
        """Return a reference to something by its id, with its name."""
        found = kind[id_]
        return {"value": id_, "name": found["FullyQualifiedName"]}

    def currency_reference(self, code: str = "") -> Document:
        """Return a reference to a currency, the company's own unless said."""
        code = code or self.currency
        return {"value": code, "name": CURRENCY_NAMES.get(code, code)}

    def preferences(self) -> Document:
        """Return what the company chose, as the API shows it."""
        closed = self.books.closed_through
        accounting: Document = {
            "UseAccountNumbers": self.choices.numbers,
            "TrackDepartments": self.choices.locations,
            "DepartmentTerminology": "Location",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": self.choices.classes,
            "AutoJournalEntryNumber": True,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
        }
        if closed is not None:
            accounting["BookCloseDate"] = closed.isoformat()
        warn = str(self.choices.warn_duplicate_journal_number).lower()
        return {
            "Id": "1",
            "SyncToken": "5",
            "MetaData": times(self._began),
            "AccountingInfoPrefs": {**accounting, "CustomerTerminology": "Customers"},
            "CurrencyPrefs": {
                "MultiCurrencyEnabled": self.choices.many_currencies,
                "HomeCurrency": {"value": self.currency},
            },
            "OtherPrefs": {"NameValue": [{"Name": "WarnDuplicateJournalNumber", "Value": warn}]},
            "domain": "QBO",
            "sparse": False,
        }

    def company_info(self) -> Document:
        """Return the company as the API shows it."""
        return {
            "Id": "1",
            "SyncToken": "4",
            "MetaData": times(self._began),
            "CompanyName": self.name,
            "LegalName": self.name,
            "CompanyAddr": {"Id": "1", "Line1": "123 Sierra Way", "City": "San Pablo", "PostalCode": "87999"},
            "CompanyStartDate": "2026-01-01",
            "FiscalYearStartMonth": "January",
            "Country": "US",
            "SupportedLanguages": "en",
            "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
            "domain": "QBO",
            "sparse": False,
        }

    def _account_document(self, account: SampleAccount, now: datetime) -> Document:
        kind, classification = account.kind
        above = {"ParentRef": {"value": account.parent}} if account.parent else {}
        full = (
            f"{self.accounts[account.parent]['FullyQualifiedName']}:{account.name}" if account.parent else account.name
        )
        return {
            "Id": account.id,
            "SyncToken": "0",
            "MetaData": times(now),
            "Name": account.name,
            "SubAccount": bool(account.parent),
            **above,
            "FullyQualifiedName": full,
            "Active": account.active,
            **({"Classification": classification} if classification else {}),
            "AccountType": kind,
            "AccountSubType": account.subtype,
            "AcctNum": account.number,
            "domain": "QBO",
            "sparse": False,
        }

    def _shown(self, account: Document, own: int, below: int) -> Document:
        sign = -1 if account.get("Classification") in ("Liability", "Equity", "Revenue") else 1
        shown = {name: value for name, value in account.items() if name not in ("AcctNum", "domain", "sparse")}
        if self.choices.numbers and account.get("AcctNum"):
            shown["AcctNum"] = account["AcctNum"]
        return {
            **shown,
            "CurrentBalance": self._money(sign * own),
            "CurrentBalanceWithSubAccounts": self._money(sign * below),
            "CurrencyRef": self.currency_reference(),
            "domain": "QBO",
            "sparse": False,
        }

    def _money(self, minor: int) -> Decimal:
        return from_minor(minor, self.currency)


def times(created: datetime, updated: datetime | None = None) -> Document:
    """Return when something was made and last changed."""
    return {"CreateTime": vendor_time(created), "LastUpdatedTime": vendor_time(updated or created)}


def _named(names: tuple[str, ...], now: datetime, *, first: int = 1) -> dict[str, Document]:
    documents: list[Document] = [
        {
            "Id": str(id_),
            "SyncToken": "0",
            "MetaData": times(now),
            "Name": name,
            "FullyQualifiedName": name,
            "Active": True,
            "domain": "QBO",
            "sparse": False,
        }
        for id_, name in enumerate(names, start=first)
    ]
    return {each["Id"]: each for each in documents}
