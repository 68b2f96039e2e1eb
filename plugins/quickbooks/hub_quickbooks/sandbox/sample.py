"""The two companies that the sandbox begins with: a restaurant's books with the vendor's own sample ids, and simpler ones."""

from __future__ import annotations

from dataclasses import dataclass

RESTAURANT, SIMPLE = "9130350000000001", "9130350000000002"
CURRENCY_NAMES = {"USD": "United States Dollar", "CAD": "Canadian Dollar"}

CURRENT_ASSET, COGS = ("Other Current Asset", "Asset"), ("Cost of Goods Sold", "Expense")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAccount:
    """One account. kind: type and classification; parent: the id of the account above it."""

    id: str
    name: str
    kind: tuple[str, str]
    subtype: str
    number: str = ""
    parent: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCompany:
    """One company and what it chose."""

    realm: str
    name: str
    accounts: tuple[SampleAccount, ...]
    departments: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    numbers: bool = False
    currency: str = "USD"


def _below(parent: str, kind: tuple[str, str], subtype: str, *rows: tuple[str, str, str]) -> tuple[SampleAccount, ...]:
    return tuple(
        SampleAccount(id=id_, name=name, kind=kind, subtype=subtype, number=number, parent=parent)
        for id_, number, name in rows
    )


_SHARED = (
    SampleAccount(
        id="33",
        number="2010",
        name="Accounts Payable (A/P)",
        kind=("Accounts Payable", "Liability"),
        subtype="AccountsPayable",
    ),
    SampleAccount(id="35", number="1010", name="Checking", kind=("Bank", "Asset"), subtype="Checking"),
    SampleAccount(
        id="79",
        number="4010",
        name="Sales of Product Income",
        kind=("Income", "Revenue"),
        subtype="SalesOfProductIncome",
    ),
    SampleAccount(id="80", number="5000", name="Cost of Goods Sold", kind=COGS, subtype="SuppliesMaterialsCogs"),
    SampleAccount(id="81", number="1300", name="Inventory Asset", kind=CURRENT_ASSET, subtype="Inventory"),
    SampleAccount(
        id="84",
        number="1100",
        name="Accounts Receivable (A/R)",
        kind=("Accounts Receivable", "Asset"),
        subtype="AccountsReceivable",
    ),
)

_RESTAURANT = SampleCompany(
    realm=RESTAURANT,
    name="Sandbox Restaurants US",
    numbers=True,
    departments=("Commissary", "Downtown", "Harborside"),
    classes=("Commissary", "Downtown", "Harborside"),
    accounts=(
        *_SHARED,
        *_below(
            "81",
            CURRENT_ASSET,
            "Inventory",
            ("101", "1310", "Food"),
            ("102", "1320", "Dry Goods"),
            ("103", "1330", "Prepared Food"),
            ("104", "1340", "Bar"),
            ("105", "1350", "Wine"),
            ("106", "1360", "Supplies"),
        ),
        SampleAccount(
            id="107", number="1390", name="Catering", kind=CURRENT_ASSET, subtype="Inventory", parent="81", active=False
        ),
        SampleAccount(
            id="108", number="1410", name="Due from Sister Locations", kind=CURRENT_ASSET, subtype="OtherCurrentAssets"
        ),
        SampleAccount(
            id="109",
            number="2410",
            name="Due to Sister Locations",
            kind=("Other Current Liability", "Liability"),
            subtype="OtherCurrentLiabilities",
        ),
        SampleAccount(
            id="110", number="3010", name="Retained Earnings", kind=("Equity", "Equity"), subtype="RetainedEarnings"
        ),
        *_below(
            "80",
            COGS,
            "SuppliesMaterialsCogs",
            ("121", "5010", "Meat and Fish"),
            ("122", "5020", "Produce"),
            ("123", "5030", "Prepared Food"),
            ("124", "5040", "Dry Goods"),
            ("125", "5050", "Other Food"),
            ("126", "5090", "Production Variance"),
            ("127", "5110", "Beer and Spirits"),
            ("128", "5120", "Wine"),
        ),
        SampleAccount(
            id="131", number="6210", name="Paper and Supplies", kind=("Expense", "Expense"), subtype="SuppliesMaterials"
        ),
        SampleAccount(id="140", number="9000", name="Estimates", kind=("Non-Posting", ""), subtype="NonPosting"),
    ),
)
_SIMPLE = SampleCompany(
    realm=SIMPLE,
    name="Sandbox Cafe US",
    accounts=(
        *_SHARED,
        SampleAccount(id="90", name="Old Stock", kind=CURRENT_ASSET, subtype="Inventory", active=False),
    ),
)
SAMPLES = (_RESTAURANT, _SIMPLE)
