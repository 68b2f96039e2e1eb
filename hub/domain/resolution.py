"""From a category to an account: its GL Account, one override, the connection's map."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.api import Account, AccountKind, Level, Problem, Where
from hub.domain.setup import Setup, same_account

Part = Literal["asset", "cogs"]
Use = Literal["count", "transfer"]
COST_KINDS = (AccountKind.COGS, AccountKind.EXPENSE)


class Resolved(NamedTuple):
    """A GL Account's number and its account; either is missing where there is a problem."""

    gl_account: str
    account: Account | None
    problem: Problem | None


class Resolver:
    """Resolves the accounts of one connection's lines, each distinct question once.

    Sites without an override of their own share their answers, but for problems, which name the site.
    """

    def __init__(self, setup: Setup, connection: str) -> None:
        self.setup = setup
        self.connection = connection
        self._map = setup.account_maps.get(connection, {})
        self._apart = {site for _, site, _ in setup.overrides if site}
        self._known: dict[tuple[str, Part, str, Use], Resolved] = {}
        self._counted: dict[tuple[str, str], tuple[Resolved, Resolved]] = {}

    def counted(self, category: str, site: str, problems: list[Problem]) -> tuple[Resolved, Resolved]:
        """Resolve the asset and COGS sides of a counted category, which must differ; add what is wrong to problems."""
        key = (category, site if site in self._apart else "")
        known = self._counted.get(key)
        if known is not None:
            return known
        asset = self.category(category, "asset", site, "count")
        cogs = self.category(category, "cogs", site, "count")
        both = must_differ(asset, cogs, Where(site=site, category=category, connection=self.connection))
        found = [problem for problem in (asset.problem, cogs.problem, both) if problem is not None]
        if not found:
            self._counted[key] = (asset, cogs)
        problems += found
        return asset, cogs

    def category(self, category: str, part: Part, site: str, use: Use) -> Resolved:
        """Resolve the asset or COGS side of a category for a site and use."""
        key = (category, part, site if site in self._apart else "", use)
        known = self._known.get(key)
        if known is None:
            known = self._category(category, part, site, use)
            if known.problem is None:
                self._known[key] = known
        return known

    def gl_account(self, number: str, *, part: Part | None, where: Where) -> Resolved:
        """Resolve a GL Account through the map; part None asks for no particular kind."""
        gl_account = self.setup.gl_accounts.get(number)
        if gl_account is None:
            return Resolved(number, None, _unmapped_account(number, "", self.connection, where))
        account = self._map.get(number)
        if part is not None and not _kind_fits(part, gl_account.kind):
            return Resolved(
                number, account, _wrong_kind(f"GL Account {number} {gl_account.name}", part, gl_account.kind, where)
            )
        if account is None:
            return Resolved(number, None, _unmapped_account(number, gl_account.name, self.connection, where))
        if part is not None and account.kind is not None and not _kind_fits(part, account.kind):
            return Resolved(number, account, _wrong_kind(f"account {account.title}", part, account.kind, where))
        return Resolved(number, account, None)

    def overridden(self, number: str, site: str, use: Use) -> str:
        """Apply the one most specific override: site and use, use, site, neither."""
        for key in override_keys(number, site, use):
            found = self.setup.overrides.get(key)
            if found is not None:
                return found
        return number

    def _category(self, category: str, part: Part, site: str, use: Use) -> Resolved:
        known = self.setup.categories[category]
        number = known.asset if part == "asset" else known.cogs
        where = Where(site=site, category=category, connection=self.connection)
        if number is None:
            return Resolved("", None, _unmapped_category(category, part, where))
        number = self.overridden(number, site, use)
        return self.gl_account(
            number, part=part, where=Where(site=site, category=category, gl_account=number, connection=self.connection)
        )


def override_keys(number: str, site: str, use: Use) -> tuple[tuple[str, str, str], ...]:
    """Return where an override of a GL Account is looked up, the most specific first."""
    return (number, site, use), (number, "", use), (number, site, ""), (number, "", "")


def must_differ(asset: Resolved, cogs: Resolved, where: Where) -> Problem | None:
    """Return the problem of a category whose asset and COGS sides end in one account."""
    if asset.account is None or cogs.account is None or not same_account(asset.account, cogs.account):
        return None
    return Problem(
        level=Level.PROBLEM,
        code="wrong_kind",
        message=f"The asset and the COGS side of {where.category} both end in account {asset.account.title}.",
        fix="Map the two GL Accounts to different accounts under GL Account Maps.",
        where=where,
    )


def _kind_fits(part: Part, kind: AccountKind) -> bool:
    return kind is AccountKind.ASSET if part == "asset" else kind in COST_KINDS


def _wrong_kind(subject: str, part: Part, kind: AccountKind, where: Where) -> Problem:
    wanted = "an asset account" if part == "asset" else "a COGS or expense account"
    return Problem(
        level=Level.PROBLEM,
        code="wrong_kind",
        message=f"{where.category or 'A line'} needs {wanted} here, but {subject} is of kind {kind.value}.",
        fix="Choose another account for the category or department, its override, or its GL Account Map.",
        where=where,
    )


def _unmapped_category(category: str, part: Part, where: Where) -> Problem:
    wanted = "asset" if part == "asset" else "COGS"
    return Problem(
        level=Level.PROBLEM,
        code="unmapped_category",
        message=f"The category {category} has no {wanted} GL Account, and neither has its department.",
        fix=f"Set the {wanted} account of the category or its department under Inventory > Setup.",
        where=where,
    )


def _unmapped_account(number: str, name: str, connection: str, where: Where) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="unmapped_account",
        message=f"GL Account {number} {name}".rstrip() + f" is not mapped to an account of {connection}.",
        fix=f"Map GL Account {number} under Accounting > Setup > GL Account Maps.",
        where=where,
    )
