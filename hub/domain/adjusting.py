"""Reverse what the books carry, post what was counted; or post the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.api import Account, Level, Problem, Reason, Where
from hub.domain.decisions import Decisions
from hub.domain.facts import Facts, OnBooksValue, SiteCount
from hub.domain.lines import About, Group, Line, pair
from hub.domain.resolution import Resolved, Resolver
from hub.domain.setup import Method, ReversalDate, Setup, same_account

REVERSE_PRIOR, CURRENT, NET_CHANGE = Reason.REVERSE_PRIOR, Reason.CURRENT, Reason.NET_CHANGE


class NewOnBooks(NamedTuple):
    """What the books will carry for a site and category once the export stands."""

    site: str
    category: str
    value: int
    asset_gl: str
    asset: Account | None
    cogs_gl: str
    cogs: Account | None
    dimensions: Mapping[str, str]


@dataclass(slots=True)
class Outcome:
    """What computing yields, gathered site by site."""

    groups: list[Group] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    claims: list[int] = field(default_factory=list)
    sets: list[NewOnBooks] = field(default_factory=list)


class Today(NamedTuple):
    """Where a category of a site posts today."""

    asset: Resolved
    cogs: Resolved
    dimensions: Mapping[str, str]


class Adjuster:
    """Computes the adjustments of one site's count after another's."""

    def __init__(self, facts: Facts, decisions: Decisions, resolver: Resolver, outcome: Outcome) -> None:
        self.setup: Setup = facts.setup
        self.connection = facts.connection
        self.count_date = facts.count_date.isoformat()
        self.decisions = decisions
        self.resolver = resolver
        self.outcome = outcome
        self.positions = {name: category.position for name, category in facts.setup.categories.items()}
        self.net_change = facts.setup.settings.method is Method.NET_CHANGE

    def adjust(self, count: SiteCount, on_books: Mapping[str, OnBooksValue]) -> None:
        """Add the groups, problems and new on-books values of one site."""
        for category in sorted({*count.totals, *on_books}, key=self.positions.__getitem__):
            prior = on_books.get(category)
            current = count.totals.get(category)
            if current is None:
                if prior is None or not self._may_be_zero(prior):
                    continue
                current = 0
            self._category(count, category, prior, current)

    def _category(self, count: SiteCount, category: str, prior: OnBooksValue | None, current: int) -> None:
        if prior is not None and prior.value == 0:
            self.outcome.claims.append(prior.ref)
            prior = None
        if current == 0:
            if prior is not None:
                self._reverse(count, prior)
            return
        today = self._today(category, count.site)
        if prior is None:
            self._post(count.site, category, current, today)
        elif self.net_change and _stands_as(prior, today):
            self._net_change(prior, current, today)
        else:
            if self.net_change and today.asset.account is not None and today.cogs.account is not None:
                self._tell_fallback(category, count.site)
            self._reverse(count, prior)
            self._post(count.site, category, current, today)

    def _today(self, category: str, site: str) -> Today:
        asset, cogs = self.resolver.counted(category, site, self.outcome.problems)
        return Today(asset, cogs, self.setup.dimensions(self.connection, site))

    def _reverse(self, count: SiteCount, prior: OnBooksValue) -> None:
        when = f" {count.prior_date.isoformat()}" if count.prior_date else ""
        memo = f"Reverse ending inventory{when} · {prior.category} · {self.setup.sites[prior.site].name}"
        about = (prior.site, prior.category, REVERSE_PRIOR, memo)
        self._add(about, 0, reverse_lines(prior, about), reverses=True)
        self.outcome.claims.append(prior.ref)

    def _post(self, site: str, category: str, current: int, today: Today) -> None:
        name = self.setup.sites[site].name
        about = (site, category, CURRENT, f"Ending inventory {self.count_date} · {category} · {name}")
        self._add(about, 1, pair(today.asset, today.cogs, current, about, today.dimensions))
        self._set(site, category, current, today)

    def _net_change(self, prior: OnBooksValue, current: int, today: Today) -> None:
        if current == prior.value and prior.connection == self.connection:
            return
        name = self.setup.sites[prior.site].name
        memo = f"Change in ending inventory {self.count_date} · {prior.category} · {name}"
        about = (prior.site, prior.category, NET_CHANGE, memo)
        self._add(about, 2, pair(today.asset, today.cogs, current - prior.value, about, today.dimensions))
        self.outcome.claims.append(prior.ref)
        self._set(prior.site, prior.category, current, today)

    def _add(self, about: About, rank: int, lines: tuple[Line, ...], *, reverses: bool = False) -> None:
        site, category, _, _ = about
        self.outcome.groups.append(Group((site, rank, self.positions[category], ""), site, lines, reverses))

    def _set(self, site: str, category: str, value: int, today: Today) -> None:
        (asset_gl, asset, _), (cogs_gl, cogs, _), dimensions = today
        self.outcome.sets.append(NewOnBooks(site, category, value, asset_gl, asset, cogs_gl, cogs, dimensions))

    def _may_be_zero(self, prior: OnBooksValue) -> bool:
        if prior.value == 0 or self.setup.categories[prior.category].retired:
            return True
        if (prior.site, prior.category) in self.decisions.zero:
            return True
        self.outcome.problems.append(
            Problem(
                level=Level.PROBLEM,
                code="category_missing",
                message=f"The books carry {prior.category} at {self.setup.sites[prior.site].name}, "
                "but its count has no line of that category.",
                fix=f"Correct the count, or decide that it is zero: zero={prior.site}/{prior.category}",
                where=Where(site=prior.site, category=prior.category, connection=self.connection),
            )
        )
        return False

    def _tell_fallback(self, category: str, site: str) -> None:
        dated_apart = self.setup.settings.reversal_date is ReversalDate.DAY_AFTER_PRIOR
        self.outcome.problems.append(
            Problem(
                level=Level.WARNING if dated_apart else Level.NOTE,
                code="net_change_fallback",
                message=f"{category} at {self.setup.sites[site].name} has other accounts or dimensions than the books carry, "
                "so its old value is reversed and its new one posted instead of the difference.",
                fix="Say yes, or map the category as it was." if dated_apart else "",
                where=Where(site=site, category=category, connection=self.connection),
            )
        )


def reverse_lines(prior: OnBooksValue, about: About) -> tuple[Line, ...]:
    """Return Dr COGS, Cr asset with the value, accounts and dimensions that the books carry."""
    _, _, _, _, value, asset_gl, asset, cogs_gl, cogs, dimensions = prior
    return pair((cogs_gl, cogs, None), (asset_gl, asset, None), value, about, dimensions)


def _stands_as(prior: OnBooksValue, today: Today) -> bool:
    asset, cogs = today.asset.account, today.cogs.account
    if asset is None or cogs is None or not (same_account(prior.asset, asset) and same_account(prior.cogs, cogs)):
        return False
    return dict(prior.dimensions) == dict(today.dimensions)
