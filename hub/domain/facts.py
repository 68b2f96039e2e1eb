"""What the records say about one export before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.api import Account
from hub.domain.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCount:
    """One site's approved count: totals by category in minor units; prior_date: its previous exported count's or opening date.

    negative_items: by category; differing_items: those whose value is not quantity × unit cost; ref: its row.
    """

    ref: int
    site: str
    totals: Mapping[str, int]
    prior_date: date | None
    prior_export: date | None = None
    negative_items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    differing_items: tuple[str, ...] = ()


class OnBooksValue(NamedTuple):
    """What the books carry for a site and category, as last posted; ref: its row."""

    ref: int
    connection: str
    site: str
    category: str
    value: int
    asset_gl: str
    asset: Account
    cogs_gl: str
    cogs: Account
    dimensions: Mapping[str, str]

    def with_accounts(self, asset: Account, cogs: Account) -> OnBooksValue:
        """Return the same value in these accounts."""
        if asset is self.asset and cogs is self.cogs:
            return self
        return OnBooksValue(*self[:6], asset, self.cogs_gl, cogs, self.dimensions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer not wholly posted; totals by category; posted: the sides already posted (`from`, `to`)."""

    ref: int
    transfer_id: str
    date: date
    from_site: str
    to_site: str
    approved: bool
    totals: Mapping[str, int]
    posted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A production batch not yet posted; outputs and inputs as (category, value); an output's value may be None."""

    ref: int
    batch_id: str
    date: date
    site: str
    outputs: tuple[tuple[str, int | None], ...]
    inputs: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """An export or undo of a site that has not come to rest; file: it waits for a person to confirm an import."""

    site: str
    export: str
    count_date: date
    file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorChange:
    """A posted journal that was edited or deleted in the accounting system."""

    sites: tuple[str, ...]
    export: str
    reference: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that one preview of one connection and date is computed from.

    counts: the sites' counts to export, by site code; books: on-books values of those sites; prior_dates: the previous
    exported count date of every site of the connection; opening_dates: of every site of the company;
    not_counted: sites left out; skipped: older unexported counts (site, date) of the covered sites.
    """

    setup: Setup
    connection: str
    count_date: date
    counts: Mapping[str, SiteCount]
    on_books: tuple[OnBooksValue, ...] = ()
    opening_dates: Mapping[str, date] = field(default_factory=dict)
    transfers: tuple[Transfer, ...] = ()
    batches: tuple[Batch, ...] = ()
    not_counted: tuple[str, ...] = ()
    skipped: tuple[tuple[str, date], ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    prior_changes: tuple[PriorChange, ...] = ()
    entry_dimensions: tuple[str, ...] = ()
