"""Reverse what the books carry, post what was counted; or post the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.api import Account, Level, Problem, Reason, Where
from hub.domain.decisions import Decisions
from hub.domain.facts import Facts, OnBooksValue, SiteCount
from hub.domain.lines import About, Group, pair
from hub.domain.resolution import Resolved, Resolver, must_differ
from hub.domain.setup import Method, ReversalDate, Setup, same_account


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOnBooks:
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


class Adjuster:
    """Computes the adjustments of one site's count after another's."""

    def __init__(self, facts: Facts, decisions: Decisions, resolver: Resolver, outcome: Outcome) -> None:
        self.setup: Setup = facts.setup
        self.connection = facts.connection
        self.facts = facts
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
        asset, cogs = self._today(category, count.site)
        dimensions = self.setup.dimensions(self.connection, count.site)
        if prior is None:
            self._post(count, category, current, asset, cogs, dimensions)
        elif self.net_change and _stands_as(prior, asset, cogs, dimensions):
            self._net_change(count, prior, current, asset, cogs)
        else:
            if self.net_change and asset.account is not None and cogs.account is not None:
                self._tell_fallback(category, count.site)
            self._reverse(count, prior)
            self._post(count, category, current, asset, cogs, dimensions)

    def _today(self, category: str, site: str) -> tuple[Resolved, Resolved]:
        asset = self.resolver.category(category, "asset", site, "count")
        cogs = self.resolver.category(category, "cogs", site, "count")
        both = must_differ(asset, cogs, Where(site=site, category=category, connection=self.connection))
        self.outcome.problems += [found for found in (asset.problem, cogs.problem, both) if found is not None]
        return asset, cogs

    def _reverse(self, count: SiteCount, prior: OnBooksValue) -> None:
        when = f" {count.prior_date.isoformat()}" if count.prior_date else ""
        memo = f"Reverse ending inventory{when} · {prior.category} · {self.setup.sites[prior.site].name}"
        about = About(prior.site, prior.category, Reason.REVERSE_PRIOR, memo)
        self._add(about, 0, reverse_lines(prior, about), reverses=True)
        self.outcome.claims.append(prior.ref)

    def _post(
        self,
        count: SiteCount,
        category: str,
        current: int,
        asset: Resolved,
        cogs: Resolved,
        dimensions: Mapping[str, str],
    ) -> None:
        site = self.setup.sites[count.site]
        memo = f"Ending inventory {self.facts.count_date.isoformat()} · {category} · {site.name}"
        about = About(count.site, category, Reason.CURRENT, memo)
        self._add(about, 1, pair(asset, cogs, current, about, dimensions))
        self._set(count.site, category, current, asset, cogs, dimensions)

    def _net_change(self, count: SiteCount, prior: OnBooksValue, current: int, asset: Resolved, cogs: Resolved) -> None:
        if current == prior.value:
            return
        site = self.setup.sites[count.site]
        memo = f"Change in ending inventory {self.facts.count_date.isoformat()} · {prior.category} · {site.name}"
        about = About(count.site, prior.category, Reason.NET_CHANGE, memo)
        self._add(about, 2, pair(asset, cogs, current - prior.value, about, prior.dimensions))
        self.outcome.claims.append(prior.ref)
        self._set(count.site, prior.category, current, asset, cogs, prior.dimensions)

    def _add(self, about: About, rank: int, lines: tuple, *, reverses: bool = False) -> None:  # type: ignore[type-arg]
        order = (about.site, rank, self.positions[about.category], "")
        self.outcome.groups.append(Group(order, about.site, lines, reverses))

    def _set(
        self,
        site: str,
        category: str,
        value: int,
        asset: Resolved,
        cogs: Resolved,
        dimensions: Mapping[str, str],
    ) -> None:
        self.outcome.sets.append(
            NewOnBooks(
                site=site,
                category=category,
                value=value,
                asset_gl=asset.gl_account,
                asset=asset.account,
                cogs_gl=cogs.gl_account,
                cogs=cogs.account,
                dimensions=dimensions,
            )
        )

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


def reverse_lines(prior: OnBooksValue, about: About) -> tuple:  # type: ignore[type-arg]
    """Return Dr COGS, Cr asset with the value, accounts and dimensions that the books carry."""
    cogs = Resolved(prior.cogs_gl, prior.cogs, None)
    asset = Resolved(prior.asset_gl, prior.asset, None)
    return pair(cogs, asset, prior.value, about, prior.dimensions)


def _stands_as(prior: OnBooksValue, asset: Resolved, cogs: Resolved, dimensions: Mapping[str, str]) -> bool:
    if asset.account is None or cogs.account is None:
        return False
    same_accounts = same_account(prior.asset, asset.account) and same_account(prior.cogs, cogs.account)
    return same_accounts and dict(prior.dimensions) == dict(dimensions)
