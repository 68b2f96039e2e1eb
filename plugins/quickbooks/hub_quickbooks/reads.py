"""What is read of a company before a journal is sent, from QuickBooks or from what was read a short while ago."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.api import Account, ConnectorError, Dimension, JournalEntry
from hub_quickbooks import books
from hub_quickbooks.answers import Unreadable
from hub_quickbooks.books import CLASS, LOCATION, Preferences
from hub_quickbooks.calls import Calls, distinct
from hub_quickbooks.known import Known, Seen, Thing
from hub_quickbooks.preflight import Facts

ALL = "Active IN (true,false)"  # lists leave out what is inactive where nothing is said


class Reads:
    """Reads of one company; again: ask QuickBooks in any case. All raise ConnectorError.

    kept_as: what tells these books from others'; currency: of the books, empty where it is not known.
    """

    def __init__(self, calls: Calls, known: Known, kept_as: tuple[str, ...], *, currency: str) -> None:
        self._calls = calls
        self._known = known
        self._kept_as = kept_as
        self._currency = currency

    def facts(self, entry: JournalEntry, *, again: bool) -> Seen[Facts]:
        """Return what an entry is checked against; locations and classes only where it has any."""
        chosen, chart = self.preferences(again=again), self.accounts(again=again)
        tracked: Seen[tuple[Dimension, ...]] = Seen((), is_fresh=True)
        if any(line.dimensions for line in entry.lines):
            tracked = self._dimensions(chosen.thing, again=again)
        facts = Facts(preferences=chosen.thing, accounts=chart.thing, dimensions=tracked.thing)
        return Seen(facts, is_fresh=chosen.is_fresh and chart.is_fresh and tracked.is_fresh)

    def preferences(self, *, again: bool = False) -> Seen[Preferences]:
        """Return what the company chose."""

        def ask() -> Preferences:
            return books.preferences(self._calls.get("preferences").get("Preferences"))

        return self._seen("preferences", ask, again=again)

    def accounts(self, *, again: bool = False) -> Seen[tuple[Account, ...]]:
        """Return the whole chart, inactive accounts included."""

        def ask() -> tuple[Account, ...]:
            rows = distinct(self._calls.rows("Account", ALL))
            return tuple(books.account(row, self._currency) for row in rows)

        return self._seen("accounts", ask, again=again)

    def dimensions(self, *, again: bool = False) -> Seen[tuple[Dimension, ...]]:
        """Return locations and classes, where the company tracks them."""
        return self._dimensions(self.preferences(again=again).thing, again=again)

    def _dimensions(self, chosen: Preferences, *, again: bool) -> Seen[tuple[Dimension, ...]]:
        return self._seen("dimensions", lambda: tuple(self._tracked(chosen)), again=again)

    def _tracked(self, chosen: Preferences) -> Iterator[Dimension]:
        for name, label, entity, on in (
            (LOCATION, chosen.locations_called, "Department", chosen.has_locations),
            (CLASS, "Class", "Class", chosen.has_classes),
        ):
            if on:
                values = tuple(books.dimension_value(row) for row in distinct(self._calls.rows(entity, ALL)))
                yield books.dimension(name, label, values)

    def _seen(self, what: str, ask: Callable[[], Thing], *, again: bool) -> Seen[Thing]:
        with understood():
            return self._known.get((*self._kept_as, what), ask, again=again)


@contextmanager
def understood() -> Iterator[None]:
    """Turn an answer that makes no sense, to a call that only reads, into the contract's error."""
    try:
        yield
    except Unreadable as error:
        raise ConnectorError("QuickBooks answered something that could not be read.", code="unreadable") from error
