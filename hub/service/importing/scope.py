"""What one import works in: the transaction, the company's names, the report, and what the person chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar

from hub.intake import Refused, Report
from hub.store.importing import Known, KnownCategory, KnownConnection, KnownSite, StoredAccount, Transaction

Found = TypeVar("Found")
Checked = TypeVar("Checked")


class StoredChart:
    """A connection's chart, in which an account is found without looking at all of them."""

    def __init__(self, accounts: Sequence[StoredAccount]) -> None:
        self.accounts = accounts
        self._called: dict[tuple[str, str], list[StoredAccount]] = defaultdict(list)
        for account in accounts:
            for name in ("id", "number", "name"):
                self._called[name, getattr(account, name)].append(account)

    def called(self, account_id: str, number: str, name: str) -> Sequence[StoredAccount]:
        """Return the accounts of this id, else this number, else this name: the first of them that is given."""
        given = (("id", account_id), ("number", number), ("name", name))
        return next((self._called.get(each, ()) for each in given if each[1]), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One import. columns: those the file has; connection_name: the one chosen for the whole file, if any;
    charts: those read so far."""

    connection: Transaction
    known: Known
    report: Report
    now: datetime
    valid_rows: bool
    columns: frozenset[str] = frozenset()
    connection_name: str | None = None
    charts: dict[int, StoredChart] = field(default_factory=dict)

    @property
    def company_id(self) -> int:
        """The company whose data this import may touch."""
        return self.known.company_id

    @property
    def refuses(self) -> bool:
        """Whether the errors so far keep everything out."""
        return bool(self.report.error_count) and not self.valid_rows

    def category(self, name: str) -> KnownCategory:
        """Return a category by its name; raises Refused for an unknown or retired one."""
        found = self.known.categories.get(name)
        if found is None:
            message = self.unknown("category", name, self.known.categories, "categories")
            raise Refused("unknown_category", message, column="category")
        if found.retired:
            message = (
                f"The category “{name}” is gone from the company. Import it again under categories to bring it back."
            )
            raise Refused("retired_category", message, column="category")
        return found

    def unknown(self, what: str, name: str, known: Iterable[str], kind: str) -> str:
        """Return the sentence for a name that is not known, with the nearest known one; kind: of import that adds it.

        Looking for the nearest takes long, so it is not done for errors that are only counted.
        """
        near = [] if self.report.full else get_close_matches(name, list(known), n=1, cutoff=0)
        hint = f" Did you mean “{near[0]}”?" if near and _alike(name, near[0]) else f" Import it first, with {kind}."
        return f"There is no {what} “{name}”.{hint}"


class RowLookup:
    """Looks up one row's names; each that is not known becomes an error of the row, so that all are listed."""

    def __init__(self, scope: Scope, row: int) -> None:
        self._scope = scope
        self._row = row
        self.failed = False

    @property
    def full(self) -> bool:
        """Whether further errors are only counted."""
        return self._scope.report.full

    def refuse(self, column: str, rule: str, message: str, value: str = "") -> None:
        """List an error of this row."""
        self._scope.report.error(self._row, column, Refused(rule, message), value)
        self.failed = True

    def check(self, column: str, read: Callable[[], Checked], otherwise: Checked) -> Checked:
        """Return what `read` returns; where it refuses, list that as an error of this row."""
        try:
            return read()
        except Refused as refused:
            self._scope.report.error(self._row, column, refused)
            self.failed = True
            return otherwise

    def site(self, code: str, column: str = "site") -> KnownSite | None:
        """Return a site by its code."""
        return self._look(column, "site", code, self._scope.known.sites, "sites")

    def category(self, name: str) -> KnownCategory | None:
        """Return a category by its name; a retired one is refused."""
        return self.check("category", lambda: self._scope.category(name), None)

    def department(self, name: str) -> int | None:
        """Return a department's id."""
        return self._look("department", "department", name, self._scope.known.departments, "departments")

    def gl_account(self, number: str, column: str) -> int | None:
        """Return a GL Account's id by its number, None for no number."""
        if not number:
            return None
        return self._look(column, "GL Account", number, self._scope.known.gl_accounts, "gl-accounts")

    def connection(self, name: str, column: str = "connection") -> KnownConnection | None:
        """Return a connection by its name; by no name, the chosen one, or the only one."""
        known = self._scope.known.connections
        name = name or self._scope.connection_name or (next(iter(known)) if len(known) == 1 else "")
        if name:
            return self._look(column, "connection", name, known, "hub connections add")
        many = f"Name one of the connections: {', '.join(known)}." if known else "The company has no connection yet."
        self.refuse(column, "connection_needed", many)
        return None

    def _look(self, column: str, what: str, name: str, known: Mapping[str, Found], kind: str) -> Found | None:
        if name in known:
            return known[name]
        self.refuse(
            column, f"unknown_{what.lower().replace(' ', '_')}", self._scope.unknown(what, name, known, kind), name
        )
        return None


def _alike(name: str, other: str) -> bool:
    return bool(get_close_matches(name.casefold(), [other.casefold()], n=1))
