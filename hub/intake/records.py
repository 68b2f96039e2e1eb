"""The rows of each kind once read: exact values, names still to be looked up. `row` is the row they came from.

An optional name is empty where its cell is, or where the file has no such column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GlAccountRow:
    """One account of the hub's own list."""

    row: int
    number: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRow:
    """One department with the GL Accounts its categories fall back to."""

    row: int
    department: str
    asset_account: str = ""
    cogs_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """One inventory category."""

    row: int
    category: str
    department: str
    asset_account: str = ""
    cogs_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site; currency: ISO 4217, empty for the company's."""

    row: int
    site: str
    name: str
    connection: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """One override; use: `count`, `transfer` or empty for both."""

    row: int
    gl_account: str
    override_account: str
    site: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """One item of a transfer; quantity and unit cost in millionths."""

    row: int
    transfer_id: str
    date: date
    from_site: str
    to_site: str
    item: str
    category: str
    quantity: int
    unit_cost: int | None = None
    value: Decimal | None = None
    status: str = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionRow:
    """One input or output of a production batch; quantity and unit cost in millionths."""

    row: int
    batch_id: str
    date: date
    site: str
    side: str
    item: str
    category: str
    quantity: int
    unit_cost: int | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """What the books carried for a site and category; no category and value 0: nothing."""

    row: int
    date: date
    site: str
    value: Decimal
    category: str = ""
    asset_account: str = ""
    cogs_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One account of a connection's chart, as its accounting system names it."""

    row: int
    kind: str | None
    number: str = ""
    name: str = ""
    id: str = ""
    active: bool = True
    why_not_postable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMapRow:
    """The account of the accounting system that a GL Account maps to."""

    row: int
    gl_account: str
    account_number: str = ""
    account_name: str = ""
    account_id: str = ""
    connection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMapRow:
    """One dimension value that a site's lines carry."""

    row: int
    site: str
    dimension: str
    value: str
    connection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAccountsRow:
    """The GL Accounts for what one connection owes another after a transfer."""

    row: int
    from_connection: str
    to_connection: str
    due_from: str
    due_to: str


Record = (
    GlAccountRow
    | DepartmentRow
    | CategoryRow
    | SiteRow
    | OverrideRow
    | TransferRow
    | ProductionRow
    | OpeningRow
    | ChartRow
    | AccountMapRow
    | SiteMapRow
    | DueAccountsRow
)
