"""The organisations of the sandbox: their charts, tracking categories, and the journals in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID, uuid5

from hub.api import from_minor
from hub.testing.sandbox import BookAccount, BookJournal, BookLine, Books

Value: TypeAlias = "str | bool | int | Decimal | date | datetime | list[Shown] | Shown | None"
Shown: TypeAlias = dict[str, Value]  # an object of an answer, its dates and amounts still exact

POSTED, DRAFT, VOIDED, DELETED = "POSTED", "DRAFT", "VOIDED", "DELETED"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

_NAMES = UUID("8f7b6a34-7c1e-4f57-9a36-0a9d1f3a7c11")
_REFERENCE = re.compile(r"(?<![A-Z0-9])IA[A-Z0-9]{9}(?![A-Z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """An account; code: empty where it has none."""

    id: str
    code: str
    name: str
    type: str
    klass: str
    system: str = ""
    status: str = "ACTIVE"
    updated_at: datetime = SINCE

    @property
    def key(self) -> str:
        """What the ledger calls it: its code, as people do, else its id."""
        return self.code or self.id

    def shown(self) -> Shown:
        """Return it as an answer has it."""
        row: Shown = {
            "AccountID": self.id,
            **({"Code": self.code} if self.code else {}),
            "Name": self.name,
            "Status": self.status,
            "Type": self.type,
            "TaxType": "NONE",
            "Class": self.klass,
            "EnablePaymentsToAccount": False,
            "ShowInExpenseClaims": False,
            "ReportingCode": self.klass[:3],
            "HasAttachments": False,
            "UpdatedDateUTC": self.updated_at,
            "AddToWatchlist": False,
        }
        if self.system:
            row["SystemAccount"] = self.system
        if self.type == "BANK":
            row |= {"BankAccountNumber": "0123456789", "BankAccountType": "BANK", "CurrencyCode": "USD"}
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a tracking category."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """A tracking category."""

    id: str
    name: str
    options: tuple[Option, ...]

    def shown(self) -> Shown:
        """Return it as an answer has it."""
        options: list[Shown] = [
            {"TrackingOptionID": option.id, "Name": option.name, "Status": "ACTIVE"} for option in self.options
        ]
        return {"Name": self.name, "Status": "ACTIVE", "TrackingCategoryID": self.id, "Options": list(options)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a journal; minor: a debit is positive; tracked: category and option."""

    account: ChartRow
    minor: int
    description: str = ""
    tracked: tuple[tuple[Tracking, Option], ...] = ()

    def shown(self, currency: str) -> Shown:
        """Return it as an answer has it."""
        tracking: list[Shown] = [
            {
                "Name": category.name,
                "Option": option.name,
                "TrackingCategoryID": category.id,
                "TrackingOptionID": option.id,
            }
            for category, option in self.tracked
        ]
        return {
            **({"Description": self.description} if self.description else {}),
            "TaxType": "NONE",
            "TaxAmount": from_minor(0, currency),
            "LineAmount": from_minor(self.minor, currency),
            **({"AccountCode": self.account.code} if self.account.code else {}),
            "Tracking": list(tracking),
            "AccountID": self.account.id,
            "IsBlank": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A manual journal."""

    id: str
    narration: str
    date: date
    status: str
    lines: tuple[Line, ...]
    updated_at: datetime
    url: str = ""
    line_amount_types: str = "NoTax"
    on_cash_basis: bool = True

    def shown(self, currency: str, *, with_lines: bool = True) -> Shown:
        """Return it as an answer has it; lists without a page leave the lines out."""
        return {
            "Date": self.date,
            "Status": self.status,
            "LineAmountTypes": self.line_amount_types,
            "UpdatedDateUTC": self.updated_at,
            "ManualJournalID": self.id,
            "Narration": self.narration,
            "JournalLines": [line.shown(currency) for line in self.lines] if with_lines else [],
            **({"Url": self.url} if self.url else {}),
            "ShowOnCashBasisReports": self.on_cash_basis,
            "HasAttachments": False,
        }


class Organisation:
    """One organisation: what its API tells, and the books below it."""

    def __init__(self, tenant: str, name: str, currency: str, short_code: str, chart: tuple[ChartRow, ...]) -> None:
        self.tenant = tenant
        self.name = name
        self.currency = currency
        self.short_code = short_code
        self.chart = {row.id: row for row in chart}
        self.tracking: tuple[Tracking, ...] = ()
        self.journals: dict[str, Journal] = {}
        self.books = Books(tenant, name, currency, (BookAccount(id=row.key, name=row.name) for row in chart))

    def put(self, journal: Journal) -> None:
        """Keep a journal, and let it move balances where it is posted; a draft that does not balance has no lines there."""
        balanced = not sum(line.minor for line in journal.lines)
        lines = tuple(BookLine(account=line.account.key, amount=line.minor) for line in journal.lines if balanced)
        found = _REFERENCE.search(journal.narration)
        self.books.put(
            BookJournal(
                id=journal.id,
                date=journal.date,
                reference=found[0] if found else journal.narration,
                status=journal.status,
                lines=lines,
                moves=journal.status == POSTED,
            )
        )
        self.journals[journal.id] = journal

    def account(self, told: str) -> ChartRow | None:
        """Return the account of an id or a code."""
        by_id = self.chart.get(told.lower())
        return by_id or next((row for row in self.chart.values() if told and row.code == told), None)

    def set_status(self, told: str, status: str, now: datetime) -> None:
        """Archive or restore an account; raises ValueError where there is none of this code."""
        row = self.account(told)
        if row is None:
            raise ValueError(f"there is no account {told}")
        self.chart[row.id] = replace(row, status=status, updated_at=now)

    def shown(self) -> Shown:
        """Return it as GET /Organisation does; its lock date is where its books are closed."""
        locked = self.books.closed_through
        return {
            "OrganisationID": self.tenant,
            "Name": self.name,
            "LegalName": self.name,
            "PaysTax": True,
            "Version": "US" if self.currency == "USD" else "GLOBAL",
            "OrganisationType": "COMPANY",
            "BaseCurrency": self.currency,
            "CountryCode": self.currency[:2],
            "IsDemoCompany": True,
            "OrganisationStatus": "ACTIVE",
            "FinancialYearEndDay": 31,
            "FinancialYearEndMonth": 12,
            "SalesTaxBasis": "ACCRUALS",
            "SalesTaxPeriod": "QUARTERLY",
            **({"PeriodLockDate": locked} if locked else {}),
            "CreatedDateUTC": SINCE,
            "OrganisationEntityType": "COMPANY",
            "Timezone": "EASTERNSTANDARDTIME",
            "ShortCode": self.short_code,
            "Edition": "BUSINESS",
            "Class": "DEMO",
            "Addresses": [],
            "Phones": [],
            "ExternalLinks": [],
            "PaymentTerms": {},
        }


def named_id(*names: str) -> str:
    """Return an id that is the same at every start."""
    return str(uuid5(_NAMES, "/".join(names)))


_CHART: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("", "Operating Account", "BANK", "ASSET", "", "ACTIVE"),
    ("1100", "Accounts Receivable", "CURRENT", "ASSET", "DEBTORS", "ACTIVE"),
    ("1300", "Tracked Inventory", "INVENTORY", "ASSET", "", "ACTIVE"),
    ("1310", "Food Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1320", "Dry Goods Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1330", "Prepared Food Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1340", "Bar Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1350", "Wine Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1360", "Supplies Inventory", "CURRENT", "ASSET", "", "ACTIVE"),
    ("1390", "Catering Inventory", "CURRENT", "ASSET", "", "ARCHIVED"),
    ("1410", "Due from Sister Restaurants", "CURRENT", "ASSET", "", "ACTIVE"),
    ("2010", "Accounts Payable", "CURRLIAB", "LIABILITY", "CREDITORS", "ACTIVE"),
    ("2410", "Due to Sister Restaurants", "CURRLIAB", "LIABILITY", "", "ACTIVE"),
    ("3010", "Retained Earnings", "EQUITY", "EQUITY", "RETAINEDEARNINGS", "ACTIVE"),
    ("4010", "Sales", "SALES", "REVENUE", "", "ACTIVE"),
    ("5010", "COGS Meat and Fish", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5020", "COGS Produce", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5030", "COGS Prepared Food", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5040", "COGS Dry Goods", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5050", "COGS Other Food", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5090", "Production Variance", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5100", "COGS Liquor", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5110", "COGS Beer and Spirits", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("5120", "COGS Wine", "DIRECTCOSTS", "EXPENSE", "", "ACTIVE"),
    ("6210", "Paper and Supplies", "OVERHEADS", "EXPENSE", "", "ACTIVE"),
)
_TRACKED: Mapping[str, tuple[str, ...]] = {"Region": ("Commissary", "Downtown", "Harborside")}


def organisations() -> tuple[Organisation, ...]:
    """Return the two organisations of the consent, each with the same chart, in US and in Canadian dollars."""
    return (
        _made("Demo Company (US)", "USD", "!Dm0US"),
        _made("Demo Company (Canada)", "CAD", "!Dm0CA"),
    )


def _made(name: str, currency: str, short_code: str) -> Organisation:
    tenant = named_id(name)
    chart = tuple(
        ChartRow(
            id=named_id(name, code or title),
            code=code,
            name=title,
            type=type_,
            klass=klass,
            system=system,
            status=status,
        )
        for code, title, type_, klass, system, status in _CHART
    )
    made = Organisation(tenant, name, currency, short_code, chart)
    made.tracking = tuple(
        Tracking(
            id=named_id(name, category),
            name=category,
            options=tuple(Option(id=named_id(name, category, option), name=option) for option in options),
        )
        for category, options in _TRACKED.items()
    )
    return made
