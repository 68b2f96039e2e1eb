"""Opening values: what the books carried before the first export, resolved when they are imported and frozen.

Imported again before anything stands on them, equal ones follow what was mapped since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from hub.api import Account, Problem, Where, minor_digits
from hub.domain.resolution import Part, Resolved, Resolver, must_differ
from hub.domain.setup import Setup
from hub.intake import minor
from hub.intake.records import OpeningRow
from hub.service.importing.result import Outcome
from hub.service.importing.scope import RowLookup, Scope
from hub.store.importing import FrozenAccounts, KnownSite, OpeningStore, OpeningValue
from hub.store.setup_rows import load_setup


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """An opening value and the accounts it was resolved to, None where nothing stays on the books."""

    row: int
    value: OpeningValue
    accounts: FrozenAccounts | None


def store_opening(rows: Sequence[OpeningRow], scope: Scope) -> Outcome:
    """Store opening values; a site with a refused row is left out whole."""
    groups: dict[str, list[OpeningRow]] = {}
    for row in rows:
        groups.setdefault(row.site, []).append(row)
    setup = load_setup(scope.connection, scope.company_id)
    sites = [_Site(code, group, setup, scope) for code, group in groups.items()]
    for site in sites:
        site.check()
    if scope.refuses or scope.report.unknown_group:
        return Outcome()
    outcomes = [site.store() for site in sites if site.code not in scope.report.bad_groups]
    return Outcome(
        added=sum(outcome.added for outcome in outcomes),
        changed=sum(outcome.changed for outcome in outcomes),
        unchanged=sum(outcome.unchanged for outcome in outcomes),
        left_out=len(scope.report.bad_groups),
    )


class _Site:
    """The opening values of one site in one file."""

    def __init__(self, code: str, rows: Sequence[OpeningRow], setup: Setup, scope: Scope) -> None:
        self.code = code
        self._rows = rows
        self._setup = setup
        self._scope = scope
        self._ready: dict[int | None, _Ready] = {}
        self._store: OpeningStore | None = None
        self._reopens = False
        self._stored: dict[int | None, OpeningValue] = {}
        self._outdated: set[int | None] = set()
        self._dimensions: dict[str, str] = {}

    def check(self) -> None:
        """Check every row, then the site's values as a whole."""
        look = RowLookup(self._scope, self._rows[0].row)
        site = look.site(self.code)
        connection = self._connection(look)
        if site is None or not connection:
            self._scope.report.leave_out(self.code)
            return
        connection_id = self._scope.known.connections[connection].id
        self._store = OpeningStore(self._scope.connection, self._scope.company_id, site.id, connection_id)
        self._reopens = self._setup.sites[self.code].opening_connection != connection
        self._stored = {} if self._reopens else self._store.stored()
        resolver = Resolver(self._setup, connection)
        self._dimensions = dict(self._setup.dimensions(connection, self.code))
        for row in self._rows:
            self._check_row(row, site, resolver)
        if self.code not in self._scope.report.bad_groups:
            self._check_whole(self._store)

    def store(self) -> Outcome:
        """Store what changed of a good site."""
        assert self._store is not None
        news = self._news()
        added = [ready for ready in news if ready.value.category_id not in self._stored]
        if news and self._reopens:
            self._store.forget_earlier()
        if news:
            self._store.decide(news[0].value.date)
        for ready in news:
            self._store.put(ready.value, ready.accounts, self._dimensions)
        return Outcome(added=len(added), changed=len(news) - len(added), unchanged=len(self._ready) - len(news))

    def _news(self) -> list[_Ready]:
        return [
            ready
            for category, ready in self._ready.items()
            if self._stored.get(category) != ready.value or category in self._outdated
        ]

    def _connection(self, look: RowLookup) -> str:
        site = self._setup.sites.get(self.code)
        if site and not site.connection:
            message = f"{self.code} has no connection yet, so there are no books to open. Import its connection first."
            look.refuse("site", "no_connection", message, self.code)
        return (site.connection or "") if site else ""

    def _check_row(self, row: OpeningRow, site: KnownSite, resolver: Resolver) -> None:
        look = RowLookup(self._scope, row.row)
        self._check_date(row, look)
        category_id = self._category(row, look)
        digits = minor_digits(site.currency)
        value = OpeningValue(
            category_id=category_id,
            date=row.date,
            value=look.check("value", lambda: minor(f"{row.value:f}", digits), 0),
            asset_account=look.gl_account(row.asset_account, "asset_account"),
            cogs_account=look.gl_account(row.cogs_account, "cogs_account"),
        )
        if not look.failed and category_id in self._ready:
            what = f"“{row.category}”" if row.category else "no category"
            look.refuse("", "duplicate", f"Row {self._ready[category_id].row} has {self.code} and {what} already.")
        accounts = None
        if not look.failed and value.value:
            asked = _Accounts(row, resolver)
            if self._stored.get(category_id) != value:
                accounts = asked.frozen(look)
            elif accounts := self._mapped_since(category_id, asked):
                self._outdated.add(category_id)
        if look.failed:
            self._scope.report.leave_out(self.code)
        else:
            self._ready[category_id] = _Ready(row=row.row, value=value, accounts=accounts)

    def _mapped_since(self, category_id: int | None, asked: _Accounts) -> FrozenAccounts | None:
        """Return the accounts of a value that is stored already where what it was frozen with is no longer what is mapped."""
        if self._carried is None or (accounts := asked.resolved()) is None:
            return None
        return accounts if self._carried.get(category_id) != (accounts, self._dimensions) else None

    @cached_property
    def _carried(self) -> Mapping[int | None, tuple[FrozenAccounts, Mapping[str, str]]] | None:
        """What the opening values were frozen with, by category; None where something stands on them."""
        store = self._store
        assert store is not None
        if store.carried_elsewhere() or store.is_exported() or store.is_unsettled():
            return None
        return store.frozen()

    def _check_date(self, row: OpeningRow, look: RowLookup) -> None:
        first = self._rows[0]
        if row.date != first.date:
            message = f"Row {first.row} opens {self.code} on {first.date}; a site has one opening date."
            look.refuse("date", "rows_disagree", message, str(row.date))

    def _category(self, row: OpeningRow, look: RowLookup) -> int | None:
        if row.category:
            known = self._scope.known.categories.get(row.category)
            if known is None:
                message = self._scope.unknown("category", row.category, self._scope.known.categories, "categories")
                look.refuse("category", "unknown_category", message, row.category)
            return known.id if known else None
        if row.value:
            look.refuse("category", "missing", "A value needs its category; only the value 0 stands without one.")
        return None

    def _check_whole(self, store: OpeningStore) -> None:
        look = RowLookup(self._scope, self._rows[0].row)
        after = self._stored | {ready.value.category_id: ready.value for ready in self._ready.values()}
        if None in after and len(after) > 1:
            message = (
                f"One row says that the books carry nothing for {self.code}, others name values; it is one or other."
            )
            look.refuse("category", "nothing_and_values", message)
        if len(dates := {value.date for value in after.values()}) > 1:
            look.refuse("date", "rows_disagree", self._several_dates(dates))
        if self._news():
            self._check_free(look, store)
        if look.failed:
            self._scope.report.leave_out(self.code)

    def _check_free(self, look: RowLookup, store: OpeningStore) -> None:
        """Check that nothing stands on what the books carry for the site: opening values come first, or after a closing."""
        opened = self._setup.sites[self.code].opening_date is not None  # a closing entry leaves a site unopened
        if store.carried_elsewhere():
            message = f"Other books still carry values of {self.code}. Export its closing entry there first."
            look.refuse("", "carried_elsewhere", message)
        elif opened and store.is_exported():
            message = f"{self.code} has been exported; what the books carry now comes from that export."
            look.refuse("", "already_exported", message)
        elif store.is_unsettled():
            message = f"An export of {self.code} has not come to rest. Confirm or undo it first."
            look.refuse("", "export_in_progress", message)

    def _several_dates(self, dates: set[date]) -> str:
        listed = " and ".join(str(day) for day in sorted(dates))
        return f"{self.code} would open on {listed}, rows imported before included; a site has one opening date."


class _Accounts:
    """Resolves the accounts of one opening value: those given through the map alone, else the category's own."""

    def __init__(self, row: OpeningRow, resolver: Resolver) -> None:
        self._row = row
        self._resolver = resolver

    def resolved(self) -> FrozenAccounts | None:
        """Return the accounts as they are mapped now; None where they cannot be resolved."""
        asset, cogs = self._resolve("asset"), self._resolve("cogs")
        if asset.account is None or cogs.account is None or self._same(asset, cogs):
            return None
        return FrozenAccounts(
            asset_gl=asset.gl_account,
            asset_account=_document(asset.account),
            cogs_gl=cogs.gl_account,
            cogs_account=_document(cogs.account),
        )

    def frozen(self, look: RowLookup) -> FrozenAccounts | None:
        """Return the accounts to freeze; None where they cannot be resolved, which is an error of the row."""
        asset, cogs = self._resolve("asset"), self._resolve("cogs")
        self._refuse("asset", asset, look)
        self._refuse("cogs", cogs, look)
        if not look.failed and (same := self._same(asset, cogs)):
            look.refuse("category", same.code, f"{same.message} {same.fix}", self._row.category)
        return None if look.failed else self.resolved()

    def _refuse(self, part: Part, resolved: Resolved, look: RowLookup) -> None:
        if problem := resolved.problem:
            given = self._given(part)
            column = f"{part}_account" if given else "category"
            look.refuse(column, problem.code, f"{problem.message} {problem.fix}", given or self._row.category)

    def _given(self, part: Part) -> str:
        return self._row.asset_account if part == "asset" else self._row.cogs_account

    def _resolve(self, part: Part) -> Resolved:
        given = self._given(part)
        where = Where(site=self._row.site, category=self._row.category, gl_account=given)
        if given:
            return self._resolver.gl_account(given, part=part, where=where)
        return self._resolver.category(self._row.category, part, self._row.site, "count")

    def _same(self, asset: Resolved, cogs: Resolved) -> Problem | None:
        return must_differ(asset, cogs, Where(site=self._row.site, category=self._row.category))


def _document(account: Account) -> dict[str, str]:
    return {"id": account.id, "number": account.number, "name": account.name}
