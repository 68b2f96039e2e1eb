"""Which exports it touches that the account of a GL Account cannot be used as it is mapped: those that wait, and the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.api import Account, ConnectorError
from hub.domain.decisions import Decisions
from hub.domain.posting import State
from hub.domain.setup import same_account
from hub.service.context import Hub, Refused
from hub.service.previewing import default_date, draft
from hub.service.scope import CompanyRows
from hub.store import Row
from hub.store.mapping_rows import waiting_entries

WAITING = frozenset({State.FROZEN, State.SENDING, State.UNKNOWN, State.REJECTED})
"""Postings that are not in the books yet, for all that is known."""
REVERSES = "reverse_prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """waiting: the codes of exports that are frozen with the account and not posted yet; next_date: the next count to be
    exported, where its entry needs the map; carried: the sites for which the books carry inventory in the account."""

    waiting: tuple[str, ...] = ()
    next_date: date | None = None
    carried: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is touched."""
        return bool(self.waiting or self.next_date or self.carried)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is touched, in words."""
        found = []
        if self.next_date:
            found.append(f"The export of {self.next_date.isoformat()} needs it.")
        if self.waiting:
            one = len(self.waiting) == 1
            words = f"Export {self.waiting[0]} waits" if one else f"{len(self.waiting)} exports wait"
            found.append(f"{words} with it, as frozen: for that, the account has to be put right there.")
        if self.carried:
            found.append(
                f"The books carry inventory of {', '.join(self.carried)} in it, which the next export takes off."
            )
        return tuple(found)


NO_EFFECTS = Effects()


def effects_of(hub: Hub, rows: CompanyRows, row: Row, accounts: Mapping[str, Account]) -> Mapping[str, Effects]:
    """Return by GL Account what it touches that its account cannot be used; row: the connection's."""
    waiting: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in waiting_entries(rows.connection, rows.company_id, row["id"], WAITING):
        for number in _with_accounts(entry.lines, accounts):
            waiting[number][entry.export] = None
    day, lines = _next(hub, rows, row["name"])
    needed = {line["gl_account"] for line in lines if line["reason"] != REVERSES}
    carried: dict[str, dict[str, None]] = defaultdict(dict)
    for line in lines:
        if line["reason"] == REVERSES:
            for number in _with_accounts([line], accounts):
                carried[number][line["site"]] = None
    return {
        number: Effects(
            waiting=tuple(waiting[number]),
            next_date=day if number in needed else None,
            carried=tuple(sorted(carried[number])),
        )
        for number in accounts
    }


def _next(hub: Hub, rows: CompanyRows, connection: str) -> tuple[date | None, list[dict[str, Any]]]:  # Any: JSON's own
    """Return the date of the next export and its lines by the records alone; nothing where none is on offer."""
    with suppress(Refused, ConnectorError):
        books = rows.books(connection)
        drafted = draft(hub, rows, books, default_date(rows, books), Decisions())
        return drafted.facts.count_date, [line for entry in drafted.documents for line in entry["lines"]]
    return None, []


def _with_accounts(lines: Iterable[Mapping[str, Any]], accounts: Mapping[str, Account]) -> Iterable[str]:
    """Return the GL Accounts whose accounts stand in some lines."""
    there = {
        Account(id=line["account_id"], number=line["account_number"], name=line["account_name"])
        for line in lines
        if line["account_id"] or line["account_number"] or line["account_name"]
    }
    return [number for number, account in accounts.items() if any(same_account(account, each) for each in there)]
