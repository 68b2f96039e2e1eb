"""Random histories of one company through the real service."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.service import companies
from hub.service.context import Hub
from tests.properties.driver import Driver
from tests.properties.model import ASSETS, CATEGORIES, CONNECTIONS, COSTS, SITES, Batch, Export, Transfer, day

LAST_DAY = 24
MOST_BETWEEN = 6
sites = st.sampled_from(SITES)
categories = st.sampled_from(CATEGORIES)
books = st.sampled_from(CONNECTIONS)
SETTINGS = [
    ("method", "net_change"),
    ("method", "reversal"),
    ("entry_per", "site"),
    ("entry_per", "connection"),
    ("reversal_date", "day_after_prior"),
    ("reversal_date", "count"),
    ("transfers", "off"),
    ("transfers", "with_adjustments"),
    ("production", "off"),
    ("production", "with_adjustments"),
]
worth = st.sampled_from([1, 2, 33, 100, 1999, 482137, 965000])
counted = st.sampled_from([-1250, 0, 1, 2, 100, 98840, 512005, 482137])
picks = st.integers(0, 7)
shares = st.dictionaries(categories, worth, min_size=1, max_size=2)


class Histories(RuleBasedStateMachine):
    """What people do with counts, maps, settings and exports, in any order."""

    hub: ClassVar[Hub]
    steps: ClassVar[Counter[str]]
    seen: ClassVar[Counter[str]]
    numbers: ClassVar[itertools.count[int]] = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.driver = Driver(self.hub, f"C{next(self.numbers)}")
        self.model = self.driver.model
        self.today = 1
        self.since = 0

    @initialize(homes=st.tuples(books, books, books), opened=st.sets(sites, min_size=2), value=worth)
    def set_up(self, homes: tuple[str, str, str], opened: set[str], value: int) -> None:
        self.driver.set_up(dict(zip(SITES, ("books", *homes), strict=True)))
        for site in sorted(opened):
            self.driver.open(site, day(0), {"Meat": value, "Liquor": 2 * value})
        self._step("set up")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(site=sites, ahead=st.integers(-2, 2), values=st.dictionaries(categories, counted, min_size=1), approved=picks)
    def count(self, site: str, ahead: int, values: dict[str, int], approved: int) -> None:
        self.driver.count(site, self._day(ahead), values, approved=approved > 0)
        self._step("count")

    @precondition(
        lambda self: self.since < MOST_BETWEEN and any(count.approved for count in self.model.counts.values())
    )
    @rule(pick=st.integers(0, 31), values=st.dictionaries(categories, counted, min_size=1), approved=st.booleans())
    def amend(self, pick: int, values: dict[str, int], approved: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        keys = sorted(self.model.counts)
        self.driver.count(*keys[pick % len(keys)], values, approved=approved)
        self._step("amend")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(ends=st.permutations(SITES), behind=st.integers(-3, 1), values=shares, approved=picks)
    def transfer(self, ends: list[str], behind: int, values: dict[str, int], approved: int) -> None:
        made = Transfer(
            date=self._day(behind), from_site=ends[0], to_site=ends[1], values=values, approved=approved > 0
        )
        self.driver.transfer(f"T{len(self.model.transfers)}", made)
        self._step("transfer")

    @precondition(lambda self: self.since < MOST_BETWEEN and self.model.transfers)
    @rule(pick=picks, values=shares)
    def change_transfer(self, pick: int, values: dict[str, int]) -> None:
        names = sorted(self.model.transfers)
        name = names[pick % len(names)]
        old = self.model.transfers[name]
        kept = {category: values.get(category, value) for category, value in old.values.items()}
        made = Transfer(date=old.date, from_site=old.from_site, to_site=old.to_site, values=kept, approved=True)
        self.driver.transfer(name, made)
        self._step("change transfer")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(site=sites, behind=st.integers(-3, 1), inputs=st.lists(st.tuples(categories, worth), min_size=1, max_size=3),
          category=categories, value=st.none() | worth | st.just(-1))  # fmt: skip
    def produce(self, site: str, behind: int, inputs: list[tuple[str, int]], category: str, value: int | None) -> None:
        spent = sum(value for _, value in inputs)
        output = spent + 1 if value == -1 else value
        made = Batch(date=self._day(behind), site=site, output=(category, output), inputs=inputs)
        self.driver.batch(f"B{len(self.model.batches)}", made)
        self._step("produce")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(site=sites, values=st.dictionaries(categories, worth, max_size=3), when=st.integers(0, 1))
    def open(self, site: str, values: dict[str, int], when: int) -> None:
        self.driver.open(site, self._day(-1) if when else day(0), values)
        self._step("open")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(change=st.one_of(
        st.tuples(st.just("map_category"), categories, st.sampled_from(ASSETS), st.sampled_from(COSTS)),
        st.tuples(st.just("map_account"), books, st.sampled_from([ASSETS, COSTS]), picks, picks),
        st.tuples(st.just("override"), st.sampled_from([ASSETS, COSTS]), picks, picks, st.none() | sites,
                  st.sampled_from(["", "count", "transfer"])),
        st.tuples(st.just("map_site"), sites, books, st.sampled_from(["North", "South"])),
    ))  # fmt: skip
    def map_anew(self, change: tuple[Any, ...]) -> None:
        name, *values = change
        getattr(self, f"_{name}")(*values)
        self._step(name.replace("_", " "))

    def _map_category(self, category: str, asset: str, cogs: str) -> None:
        row = {"category": category, "department": "All", "asset_account": asset, "cogs_account": cogs}
        self.driver.takes("categories", [row])
        self.model.accounts[category] = (asset, cogs)
        self.model.retired.discard(category)

    def _map_account(self, connection: str, accounts: tuple[str, ...], of: int, to: int) -> None:
        number, target = accounts[of % len(accounts)], f"{connection}-{accounts[to % len(accounts)]}"
        row = {"gl_account": number, "account_number": target, "connection": connection}
        self.driver.takes("account-map", [row])
        self.model.maps[connection, number] = target

    def _override(self, accounts: tuple[str, ...], of: int, to: int, site: str | None, use: str) -> None:
        number, target = accounts[of % len(accounts)], accounts[to % len(accounts)]
        if number != target:
            row = {"gl_account": number, "override_account": target, "site": site or "", "use": use}
            self.driver.takes("overrides", [row])
            self.model.overrides[number, site or "", use] = target

    def _map_site(self, site: str, connection: str, value: str) -> None:
        self.driver.takes("site-map", [{"site": site, "dimension": "class", "value": value, "connection": connection}])
        self.model.site_maps[connection, site] = value

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(change=st.one_of(st.sampled_from(SETTINGS), st.tuples(st.just("retired"), categories),
                           st.tuples(st.just("restored"), categories), st.tuples(st.just("moved"), sites)))  # fmt: skip
    def change_company(self, change: tuple[str, str]) -> None:
        name, value = change
        if name == "moved":
            self._move(value)
        elif name in ("retired", "restored"):
            companies.retire_category(self.driver.hub, self.driver.code, value, retired=name == "retired")
            (self.model.retired.add if name == "retired" else self.model.retired.discard)(value)
        else:
            self.driver.change(**{name: value})
        self._step(name if name in ("moved", "retired", "restored") else f"{name}={value}")

    def _move(self, site: str) -> None:
        other = next(name for name in CONNECTIONS if name != self.model.sites[site])
        self.driver.takes("sites", [{"site": site, "name": f"Site {site}", "connection": other}])
        self.model.sites[site] = other

    @rule(site=sites, connection=books, moves=picks, confirmed=picks, value=st.none() | worth)
    def close_site(self, site: str, connection: str, moves: int, confirmed: int, value: int | None) -> None:
        """Close a site in the books that carry it, mostly after moving it to others, and mostly open it there."""
        old = self.model.standing[site].connection or connection
        if moves and self.model.sites[site] == old:
            self._move(site)
        made = self.driver.close(site, old)
        if made and confirmed:
            self.driver.confirm(made)
            if value is not None:
                self.driver.open(site, made.date, {"Meat": value})
        self._step("close site" if made else "close site, refused")

    @rule(values=st.tuples(counted, counted, counted), same_books=st.sampled_from([(), SITES]), confirmed=picks)
    def end_month(self, values: tuple[int, int, int], same_books: tuple[str, ...], confirmed: int) -> None:
        self._end_month(values, same_books, confirmed)
        self._step("end month")

    @rule(values=st.tuples(counted, counted, counted))
    def end_month_with_everything_confirmed(self, values: tuple[int, int, int]) -> None:
        for export in self._in("ready", "undoing"):
            self.driver.confirm(export)
        self._end_month(values, SITES, 1)
        self._step("confirm everything and end month")

    def _end_month(self, values: tuple[int, int, int], same_books: tuple[str, ...], confirmed: int) -> None:
        """Count everywhere what the books carry and one more category, and export and confirm whatever is on offer."""
        self.today = min(self.today + 1, LAST_DAY)
        for index, site in enumerate(SITES):
            self.driver.open(site, day(0), {"Dairy": 700 + index})
            names = sorted({*self.model.standing[site].values, CATEGORIES[(index + self.today) % len(CATEGORIES)]})
            counts = {name: values[place % 3] + index for place, name in enumerate(names)}
            self.driver.count(site, day(self.today), counts, approved=True)
        for connection in CONNECTIONS:
            offered = list(self.model.offered(connection))
            if offered:
                self._export(connection, offered[0], same_books, confirmed > 0)

    @precondition(lambda self: any(self.model.offered(name) for name in CONNECTIONS))
    @rule(pick=picks, same_books=st.sampled_from([(), SITES]), confirmed=picks)
    def export(self, pick: int, same_books: tuple[str, ...], confirmed: int) -> None:
        offered = [(name, when) for name in CONNECTIONS for when in self.model.offered(name)]
        self._export(*offered[pick % len(offered)], same_books, confirmed > 1)
        self._step("export")

    @precondition(lambda self: self._in("ready", "undoing"))
    @rule(pick=picks)
    def confirm(self, pick: int) -> None:
        found = self._in("ready", "undoing")
        self.driver.confirm(found[pick % len(found)])
        self._step("confirm")

    @precondition(lambda self: self.model.exports)
    @rule(back=picks, confirmed=st.booleans())
    def undo(self, back: int, confirmed: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        found = self.model.live() if back < 6 else self.model.exports
        if not found:
            self._step("undo, nothing there")
            return
        export = found[-1 - (back % 3) % len(found)]
        self.driver.undo(export)
        if confirmed and export.state == "undoing":
            self.driver.confirm(export)
        self._step(f"undo, {export.state}")

    @precondition(lambda self: self._in("posted"))
    @rule(back=picks, same_books=st.sampled_from([(), SITES]))
    def undo_and_export_again(self, back: int, same_books: tuple[str, ...]) -> None:
        found = self._in("posted")
        undone = found[-1 - (back % 2) % len(found)]
        self.driver.undo(undone)
        if undone.state == "undoing":
            self.driver.confirm(undone)
        if undone.state == "undone" and undone.date in self.model.offered(undone.connection):
            self._export(undone.connection, undone.date, same_books, confirmed=True)
        self._step("undo and export again" if undone.state == "undone" else "undo, refused")

    @precondition(lambda self: self._in("undoing"))
    @rule()
    def withdraw_undo(self) -> None:
        self.driver.withdraw(self._in("undoing")[-1])
        self._step("withdraw undo")

    @precondition(lambda self: self.since < MOST_BETWEEN)
    @rule(weeks=st.integers(1, 2))
    def let_time_pass(self, weeks: int) -> None:
        self.today = min(self.today + weeks, LAST_DAY)
        self._step("time")

    def teardown(self) -> None:
        self.seen["actions"] += self.driver.actions

    @invariant()
    def holds(self) -> None:
        if self.model.sites:
            self.driver.check()

    def _export(self, connection: str, when: date, same_books: tuple[str, ...], confirmed: bool) -> None:  # noqa: FBT001
        made = self.driver.export(connection, when, set(same_books))
        self.since = -1
        if made and confirmed:
            self.driver.confirm(made)
        self.seen["exported" if made else "refused"] += 1
        if made and not made.lines:
            self.seen["exported without a line"] += 1

    def _in(self, *states: str) -> list[Export]:
        return [export for export in self.model.exports if export.state in states]

    def _day(self, ahead: int) -> date:
        return day(max(0, self.today + ahead))

    def _step(self, name: str) -> None:
        self.steps[name] += 1
        self.since += 1
