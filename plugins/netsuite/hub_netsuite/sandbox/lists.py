"""The lists of an account in NetSuite: chart, subsidiaries, segments, currencies and periods, as they are at the start."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

PARENT, WEST, CANADA = "1", "2", "3"
ALL = (PARENT, WEST, CANADA)
YEARS = (2025, 2026, 2027)
STATISTICAL, NON_POSTING = "_statistical", "_nonPosting"
NAMED_TYPES = ("_accountsReceivable", "_accountsPayable")  # a line on one of these needs a name
DEPARTMENT, CLASS, LOCATION = "department", "classification", "location"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A general ledger account. subsidiaries: ids of those that may use it; inventory: whether it is an inventory asset."""

    id: str
    number: str
    name: str
    type: str
    subsidiaries: tuple[str, ...] = ALL
    is_inactive: bool = False
    is_inventory: bool = False

    @property
    def title(self) -> str:
        """Number and name, as lists in NetSuite have it."""
        return f"{self.number} {self.name}".strip()

    @property
    def takes_journals(self) -> bool:
        """Whether a journal entry may be posted to it."""
        return not self.is_inactive and self.type not in (STATISTICAL, NON_POSTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A department, class or location. kind: the vendor's record type."""

    kind: str
    id: str
    name: str
    subsidiaries: tuple[str, ...] = ALL
    is_inactive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidiary:
    """A subsidiary. currency: the id of the one that its books are kept in."""

    id: str
    name: str
    legal_name: str
    currency: str
    country: str
    parent: str = ""
    is_inactive: bool = False
    is_elimination: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency. symbol: its ISO 4217 code."""

    id: str
    name: str
    symbol: str
    rate: str
    is_base: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """An accounting period: a month, a quarter or a year."""

    id: str
    name: str
    start: date
    end: date
    parent: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year."""
        return self.name.startswith("FY")

    @property
    def is_quarter(self) -> bool:
        """Whether it is a quarter."""
        return self.name.startswith("Q")

    @property
    def is_month(self) -> bool:
        """Whether entries are posted to it."""
        return not self.is_year and not self.is_quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A customer or vendor, which lines of receivables and payables name."""

    id: str
    name: str


CURRENCIES = (
    Currency(id="1", name="US Dollar", symbol="USD", rate="1.0", is_base=True),
    Currency(id="2", name="Canadian Dollar", symbol="CAD", rate="0.73"),
)
SUBSIDIARIES = (
    Subsidiary(
        id=PARENT, name="Restaurants Inc.", legal_name="Restaurants Inc.", currency="1", country="_unitedStates"
    ),
    Subsidiary(
        id=WEST, name="West", legal_name="Restaurants West LLC", currency="1", country="_unitedStates", parent=PARENT
    ),
    Subsidiary(
        id=CANADA, name="Canada", legal_name="Restaurants Canada Ltd.", currency="2", country="_canada", parent=PARENT
    ),
)
SEGMENTS = (
    Segment(kind=DEPARTMENT, id="1", name="Kitchen"),
    Segment(kind=DEPARTMENT, id="2", name="Bar"),
    Segment(kind=DEPARTMENT, id="3", name="Catering", subsidiaries=(WEST,)),
    Segment(kind=DEPARTMENT, id="4", name="Bakery", is_inactive=True),
    Segment(kind=CLASS, id="1", name="Food"),
    Segment(kind=CLASS, id="2", name="Beverage"),
    Segment(kind=LOCATION, id="1", name="Commissary", subsidiaries=(PARENT, WEST)),
    Segment(kind=LOCATION, id="2", name="Downtown", subsidiaries=(PARENT, WEST)),
    Segment(kind=LOCATION, id="3", name="Harborside", subsidiaries=(PARENT, WEST)),
    Segment(kind=LOCATION, id="4", name="Toronto", subsidiaries=(CANADA,)),
)
ENTITIES = (Entity(id="501", name="House Account"), Entity(id="601", name="Produce Supplier"))

_FIRST_ACCOUNT = 201
_CHART: tuple[tuple[str, str, str], ...] = (
    ("1010", "Operating Account", "_bank"),
    ("1100", "Accounts Receivable", "_accountsReceivable"),
    ("1310", "Food Inventory", "_otherCurrentAsset"),
    ("1320", "Dry Goods Inventory", "_otherCurrentAsset"),
    ("1330", "Prepared Food Inventory", "_otherCurrentAsset"),
    ("1340", "Bar Inventory", "_otherCurrentAsset"),
    ("1350", "Wine Inventory", "_otherCurrentAsset"),
    ("1360", "Supplies Inventory", "_otherCurrentAsset"),
    ("1370", "Canadian Inventory", "_otherCurrentAsset"),
    ("1390", "Catering Inventory", "_otherCurrentAsset"),
    ("1410", "Due from Sister Restaurants", "_otherCurrentAsset"),
    ("2010", "Accounts Payable", "_accountsPayable"),
    ("2410", "Due to Sister Restaurants", "_otherCurrentLiability"),
    ("3010", "Retained Earnings", "_equity"),
    ("4010", "Sales", "_income"),
    ("5010", "COGS Meat and Fish", "_costOfGoodsSold"),
    ("5020", "COGS Produce", "_costOfGoodsSold"),
    ("5030", "COGS Prepared Food", "_costOfGoodsSold"),
    ("5040", "COGS Dry Goods", "_costOfGoodsSold"),
    ("5050", "COGS Other Food", "_costOfGoodsSold"),
    ("5090", "Production Variance", "_costOfGoodsSold"),
    ("5100", "COGS Liquor", "_costOfGoodsSold"),
    ("5110", "COGS Beer and Spirits", "_costOfGoodsSold"),
    ("5120", "COGS Wine", "_costOfGoodsSold"),
    ("6210", "Paper and Supplies", "_expense"),
    ("9010", "Covers Served", STATISTICAL),
)
_INACTIVE = frozenset({"1390"})
_SUBSIDIARIES = {"1370": (CANADA,)}


def accounts() -> Iterator[Account]:
    """Yield the chart of accounts."""
    for id_, (number, name, type_) in enumerate(_CHART, _FIRST_ACCOUNT):
        yield Account(
            id=str(id_),
            number=number,
            name=name,
            type=type_,
            subsidiaries=_SUBSIDIARIES.get(number, ALL),
            is_inactive=number in _INACTIVE,
            is_inventory=name.endswith("Inventory"),
        )


def periods() -> Iterator[Period]:
    """Yield the accounting periods of three calendar years: each year, its quarters, and their months."""
    next_id = 100
    for year in YEARS:
        whole = str(next_id)
        yield Period(id=whole, name=f"FY {year}", start=date(year, 1, 1), end=date(year, 12, 31))
        for quarter in range(4):
            first = quarter * 3 + 1
            next_id += 1
            part = str(next_id)
            end = date(year, first + 2, monthrange(year, first + 2)[1])
            yield Period(id=part, name=f"Q{quarter + 1} {year}", start=date(year, first, 1), end=end, parent=whole)
            for month in range(first, first + 3):
                next_id += 1
                start, last = date(year, month, 1), monthrange(year, month)[1]
                yield Period(
                    id=str(next_id), name=f"{start:%b} {year}", start=start, end=date(year, month, last), parent=part
                )
        next_id += 1
