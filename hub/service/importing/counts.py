"""Counts: names to ids while the lines stream in, then each count against the one it replaces."""

from __future__ import annotations

from datetime import date

from hub.api import minor_digits
from hub.intake import OpenCount, Progress, Refused, RowError, Sheet, read_counts
from hub.service.importing.result import AmendedCount, Outcome
from hub.service.importing.scope import Scope
from hub.store.importing import CountStore, Items, NewCount

MOST_COUNTS = 50_000
MOST_LINES = 900_000
"""Of one count: so many lines of the largest value still add up within 64 bits."""
MOST_ERRORS = 1_000


def store_counts(sheet: Sheet, scope: Scope, progress: Progress | None) -> Outcome:
    """Read and store counts; one with a refused row is left out whole, since part of a count is wrong money."""
    store = CountStore(scope.connection, scope.company_id, scope.now)
    names = _Names(scope, store)
    for lines in read_counts(sheet, names, scope.report, progress):
        if not scope.refuses:
            names.items.flush()
            store.write(lines)
    names.check_whole()
    if scope.refuses or scope.report.unknown_group:
        return Outcome()
    return names.settle()


class _Names:
    """Finds what a line names, and keeps the counts of the file."""

    def __init__(self, scope: Scope, store: CountStore) -> None:
        self.company_id = scope.company_id
        self.items = Items(scope.connection, scope.company_id)
        self._scope = scope
        self._store = store
        self._counts: dict[tuple[str, date], OpenCount] = {}

    def count(self, count_date: date, site: str) -> OpenCount:
        """Return the count of a site and date, opening it where it is the first line's; raises Refused."""
        count = self._counts.get((site, count_date))
        if count is None:
            known = self._scope.known.sites.get(site)
            if known is None:
                message = self._scope.unknown("site", site, self._scope.known.sites, "sites")
                raise Refused("unknown_site", message, column="site")
            if len(self._counts) >= MOST_COUNTS:
                raise Refused("too_many_counts", f"At most {MOST_COUNTS:,} counts in one file; split it.")
            count = OpenCount(
                id=self._store.open(known.id, count_date),
                site=site,
                count_date=count_date,
                digits=minor_digits(known.currency),
            )
            self._counts[site, count_date] = count
        return count

    def item(self, item: str, category_name: str) -> tuple[int, int]:
        """Return an item's id and its category's; raises Refused for an unknown category, or a second one."""
        category_id = self._scope.category(category_name).id
        item_id, in_file = self.items.find(item, category_id)
        if in_file != category_id:
            raise _second_category(item)
        return item_id, category_id

    def check_whole(self) -> None:
        """Check what only whole counts show."""
        if self.items.forgot and not self._scope.report.error_count:
            self._check_categories()
        for count in self._counts.values():
            if count.lines > MOST_LINES:
                self._refuse(count, "too_many_lines", f"At most {MOST_LINES:,} lines in one count.")
        reopened = [count for count in self._counts.values() if count.status == "open" and count.lines]
        exported = self._store.live_exports([self._new(count) for count in reopened])
        for count in reopened:
            if count.id in exported:
                message = "has been exported, so it cannot be set open again. Undo the export first."
                self._refuse(count, "already_exported", message)

    def settle(self) -> Outcome:
        """Make the good counts current."""
        left_out = [count for count in self._counts.values() if count.bad]
        for count in left_out:
            self._store.drop(count.id)
        if left_out and self.items.made:
            self._store.drop_unused_items(self.items.made)
        good = {count.id: count for count in self._counts.values() if not count.bad}
        counts = [self._new(count) for count in good.values()]
        self._store.total(counts)
        stored = self._store.settle(counts)
        if self.items.moved:
            self.items.move(set(self._store.items_of(stored.added + stored.changed)))
        return Outcome(
            added=len(stored.added),
            changed=len(stored.changed),
            unchanged=len(stored.unchanged),
            left_out=len(left_out),
            amended=tuple(
                AmendedCount(site=good[count_id].site, count_date=good[count_id].count_date)
                for count_id in stored.amended
            ),
        )

    def _check_categories(self) -> None:
        """Ask the stored lines, where the file has more items than are remembered."""
        for row, item in self._store.in_two_categories(MOST_ERRORS):
            self._scope.report.error(row, "category", _second_category(item))
            self._scope.report.leave_out("")

    def _refuse(self, count: OpenCount, rule: str, message: str) -> None:
        count.bad = True
        sentence = message if message[0].isupper() else f"The count of {count.site} on {count.count_date} {message}"
        self._scope.report.add(
            RowError(row=0, column="status" if rule == "already_exported" else "", rule=rule, message=sentence)
        )

    def _new(self, count: OpenCount) -> NewCount:
        return NewCount(
            id=count.id,
            site_id=self._scope.known.sites[count.site].id,
            count_date=count.count_date,
            status=count.status,
            lines=count.lines,
            value=count.value,
            differing=count.differing,
        )


def _second_category(item: str) -> Refused:
    message = f"“{item}” is in another category further up in this file; one item has one category."
    return Refused("two_categories", message, column="category")
