"""What Xero tells of an organisation: itself, its accounts and its tracking categories, in the hub's own types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.api import Account, AccountKind, Company, Dimension, DimensionValue
from hub_xero.fields import Json, Row, Unreadable, identifier, objects, optional_day, text

ORGANISATION = "ORGANISATION"
MOST_TRACKING_CATEGORIES = 2  # active ones, of an organisation and of a line (facts 2.3)

# Type first, since the class EXPENSE holds what things cost and everything else that is spent (facts 2.3).
_KIND_OF_TYPE: Mapping[str, AccountKind] = {"DIRECTCOSTS": AccountKind.COGS}
_KIND_OF_CLASS: Mapping[str, AccountKind] = {
    "ASSET": AccountKind.ASSET,
    "EQUITY": AccountKind.EQUITY,
    "EXPENSE": AccountKind.EXPENSE,
    "LIABILITY": AccountKind.LIABILITY,
    "REVENUE": AccountKind.INCOME,
}
# Xero's own accounts that take manual journals all the same, and the names of those that do not
# (help.xero.com/uk/Chart-LockedSystem, facts 2.3).
_OPEN_SYSTEM_ACCOUNTS = frozenset({"HISTORICAL", "REALISEDCURRENCYGAIN", "RETAINEDEARNINGS"})
_SYSTEM_ACCOUNTS: Mapping[str, str] = {
    "BANKCURRENCYGAIN": "Bank Revaluations",
    "CREDITORS": "Accounts Payable",
    "CURRENTEARNINGS": "Current Year Earnings",
    "DEBTORS": "Accounts Receivable",
    "TRACKINGTRANSFERS": "Tracking Transfers",
    "UNPAIDEXPCLM": "Unpaid Expense Claims",
    "WAGEPAYABLES": "Wages Payable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What the hub needs to know of an organisation before it posts.

    short_code: such as `!FR6KJ`, for links; locked_through: the later of its two lock dates, None where neither is set;
    lock: the name of that one.
    """

    name: str
    currency: str
    short_code: str = ""
    locked_through: date | None = None
    lock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAccount:
    """An account, and whether it is the asset that Xero keeps for tracked inventory items."""

    account: Account
    tracks_inventory: bool


def organisation(row: Row) -> Organisation:
    """Return an organisation as GET /Organisation tells it."""
    locks = [
        (locked, name)
        for name in ("PeriodLockDate", "EndOfYearLockDate")
        if (locked := optional_day(row, name)) is not None
    ]
    locked_through, lock = max(locks, default=(None, ""))
    return Organisation(
        name=text(row, "Name", needed=True).strip(),
        currency=text(row, "BaseCurrency", needed=True),
        short_code=text(row, "ShortCode"),
        locked_through=locked_through,
        lock={"PeriodLockDate": "lock date", "EndOfYearLockDate": "end of year lock date"}.get(lock, ""),
    )


def tenants(told: Json) -> list[Company]:
    """Return the organisations among the connections of a consent; a practice or another kind of tenant is none."""
    return [
        Company(id=identifier(row, "tenantId"), name=text(row, "tenantName", needed=True).strip())
        for row in objects(told, "connections")
        if text(row, "tenantType") == ORGANISATION
    ]


def chart_account(row: Row) -> ChartAccount:
    """Return an account as GET /Accounts tells it."""
    type_, status = text(row, "Type", needed=True), text(row, "Status")
    return ChartAccount(
        account=Account(
            id=identifier(row, "AccountID"),
            number=text(row, "Code"),
            name=text(row, "Name", needed=True),
            kind=_KIND_OF_TYPE.get(type_) or _KIND_OF_CLASS.get(text(row, "Class")),
            active=status in ("", "ACTIVE"),
            why_not_postable=_why_not_postable(row, type_, status),
        ),
        tracks_inventory=type_ == "INVENTORY",
    )


def tracking_category(row: Row) -> Dimension | None:
    """Return an active tracking category with its options, None for one that is not active."""
    if text(row, "Status") not in ("", "ACTIVE"):
        return None
    name = text(row, "Name", needed=True).strip()
    options = tuple(
        DimensionValue(
            id=identifier(option, "TrackingOptionID"),
            name=text(option, "Name", needed=True).strip(),
            active=text(option, "Status") in ("", "ACTIVE"),
        )
        for option in objects(row.get("Options") or [], "Options")
    )
    return Dimension(name=name, label=name, values=options)


def one(several: list[Row], name: str) -> Row:
    """Return the only row of an answer."""
    if len(several) != 1:
        raise Unreadable(f"{name} holds {len(several)} and should hold one.")
    return several[0]


def _why_not_postable(row: Row, type_: str, status: str) -> str:
    """Return why manual journals may not post to an account, empty where they may."""
    if status == "ARCHIVED":
        return "It is archived in Xero."
    if status not in ("", "ACTIVE"):
        return "It was deleted in Xero."
    if type_ == "BANK":
        return "Xero takes no manual journals to bank accounts."
    system = text(row, "SystemAccount")
    if system and system not in _OPEN_SYSTEM_ACCOUNTS:
        return f"Xero takes no manual journals to its system account {_SYSTEM_ACCOUNTS.get(system, system)}."
    return ""
