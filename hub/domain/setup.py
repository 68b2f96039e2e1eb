"""A company's set-up as the accounting needs it: sites, categories, GL Accounts, maps and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.api import Account, AccountKind


class Method(StrEnum):
    """How a change of inventory is posted."""

    REVERSAL = "reversal"
    NET_CHANGE = "net_change"


class Movements(StrEnum):
    """Whether transfers or production are posted with the adjustments."""

    WITH_ADJUSTMENTS = "with_adjustments"
    OFF = "off"


class EntryPer(StrEnum):
    """What shares one journal entry."""

    CONNECTION = "connection"
    SITE = "site"


class ReversalDate(StrEnum):
    """The date of the reversals: the count's, or the day after the previous exported count."""

    COUNT = "count"
    DAY_AFTER_PRIOR = "day_after_prior"


class Mode(StrEnum):
    """Who starts an export."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a company chose under Company Settings > Accounting; production_variance is a GL Account's number."""

    method: Method = Method.REVERSAL
    transfers: Movements = Movements.WITH_ADJUSTMENTS
    production: Movements = Movements.WITH_ADJUSTMENTS
    entry_per: EntryPer = EntryPer.CONNECTION
    reversal_date: ReversalDate = ReversalDate.COUNT
    production_variance: str | None = None
    go_live: date | None = None
    mode: Mode = Mode.MANUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class GlAccount:
    """An account of the hub's own list."""

    number: str
    name: str
    kind: AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category with its GL Account numbers: its own, else its department's, else None; position: order set up."""

    name: str
    department: str
    position: int
    asset: str | None
    cogs: str | None
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site; connection: the books it posts to, None where none is set up; currency: ISO 4217."""

    code: str
    name: str
    connection: str | None
    currency: str
    opening_date: date | None = None
    opening_connection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A connection: its name, connector, the books' own id, and their base currency."""

    name: str
    connector: str
    books: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything about a company that resolving needs.

    gl_accounts by number; categories and sites by name and code; overrides by (GL Account, site or "", use or "");
    account_maps, charts and site_maps by connection: GL Account number → account, account texts → account,
    site → dimension → value; due by (from, to) connection: the numbers of due-from and due-to.
    """

    company_uuid: str
    company: str
    currency: str
    settings: Settings
    gl_accounts: Mapping[str, GlAccount]
    categories: Mapping[str, Category]
    sites: Mapping[str, Site]
    books: Mapping[str, Books]
    overrides: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    account_maps: Mapping[str, Mapping[str, Account]] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)
    site_maps: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    due: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def chart(self, connection: str) -> Chart:
        """The connection's accounts as last read or imported; empty where none were."""
        return self.charts.get(connection) or Chart(accounts=())

    def dimensions(self, connection: str, site: str) -> Mapping[str, str]:
        """The dimension values that a site's lines carry in a connection's books."""
        return self.site_maps.get(connection, {}).get(site, {})


class Chart:
    """A chart of accounts that finds an account by its id, else its number, else its name."""

    __slots__ = ("_by_id", "_by_name", "_by_number", "accounts")

    def __init__(self, accounts: tuple[Account, ...]) -> None:
        self.accounts = accounts
        self._by_id = {account.id: account for account in accounts if account.id}
        self._by_number = {account.number: account for account in accounts if account.number}
        self._by_name = {account.name: account for account in accounts if account.name}

    def find(self, *, account_id: str = "", number: str = "", name: str = "") -> Account | None:
        """Return the account with this id, else this number, else this name: the first of them that is given."""
        if account_id:
            return self._by_id.get(account_id)
        if number:
            return self._by_number.get(number)
        return self._by_name.get(name)

    def current(self, account: Account) -> Account:
        """Return an account kept earlier as it is called now; unchanged where the chart does not have it."""
        found = self._by_id.get(account.id)
        if found is not None:
            return found
        for found in (self._by_number.get(account.number), self._by_name.get(account.name)):
            if found is not None and same_account(found, account):
                return found
        return account

    def named(self, text: str) -> Account | None:
        """Return the account that a person names by id, number or name."""
        return self._by_id.get(text) or self._by_number.get(text) or self._by_name.get(text)


def same_account(one: Account, other: Account) -> bool:
    """Tell whether two are the same account: by the first of id, number and name that both have."""
    if one.id and other.id:
        return one.id == other.id
    if one.number and other.number:
        return one.number == other.number
    return one.name == other.name
