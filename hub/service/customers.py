"""Customers: every company with its connections, its health, its last export and what needs attention, for support."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from hub.api import Level
from hub.service.alarms.found import Found, place_of
from hub.service.alarms.keeping import found_by_night
from hub.service.alarms.records import find_in_records
from hub.service.connections import signs_in
from hub.service.context import Hub
from hub.service.heading import labelled
from hub.store import Row
from hub.store.customer_rows import (
    Ranks,
    Sought,
    companies_page,
    connections_of,
    connectors_used,
    count_companies,
    counts_waiting,
    last_exports,
)

AT_ONCE = 50
MOST_WORDS = 8
ENDING = frozenset({"sign_in_ends", "sign_in_idle"})
HEALTHS: Mapping[str, str] = {
    "connected": "Connected",
    "expiring": "Expiring",
    "failing": "Failing",
    "paused": "Paused",
    "never_exported": "Never exported",
    "not_connected": "Not connected",
}
"""What a company's health is called; the first that is true counts: failing, paused, not connected, expiring, never exported."""
GRAVITY = (Level.PROBLEM, Level.WARNING, Level.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Something to see to, and the address on the hub's pages where that is done; step: what the link is called."""

    code: str
    level: str
    message: str
    fix: str
    path: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastExport:
    """A company's newest export."""

    code: str
    count_date: date
    state: str
    phase: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company as support lists it; labels: of its accounting systems; waiting: counts that can be exported."""

    code: str
    name: str
    labels: tuple[str, ...]
    health: str
    last: LastExport | None
    waiting: int
    oldest_waiting: date | None
    attention: tuple[Attention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """A page of the companies that were looked for.

    found: how many those are; every: how many companies there are; to_see_to: those of them with something to see to.
    """

    rows: tuple[Customer, ...]
    page: int
    pages: int
    found: int
    every: int
    to_see_to: int

    @property
    def first(self) -> int:
        """The number of the first row shown, 0 where there is none."""
        return (self.page - 1) * AT_ONCE + 1 if self.rows else 0


def customers(hub: Hub, *, find: str = "", connector: str = "", health: str = "", page: int = 1) -> Customers:
    """Return a page of companies, those with something to see to first.

    find: words of a company's code or name or a site's, or a journal's reference; health: one of HEALTHS, or `attention`.
    A bounded number of statements, however many companies there are.
    """
    sought = Sought(words=find.split()[:MOST_WORDS], connector=connector, health=health)
    with hub.database.read() as connection:
        found = _gravest_first([*find_in_records(hub, connection), *found_by_night(connection)])
        ranks = _ranks(hub, found)
        every = count_companies(connection, Sought(), ranks)
        number = count_companies(connection, sought, ranks) if sought != Sought() else every
        pages = max(1, ceil(number / AT_ONCE))
        page = min(max(page, 1), pages)
        rows = companies_page(connection, sought, ranks, offset=(page - 1) * AT_ONCE, limit=AT_ONCE)
        ids = [row["id"] for row in rows]
        connections, last, waiting = (
            connections_of(connection, ids),
            last_exports(connection, ids),
            counts_waiting(connection, ids),
        )
    attention, named = _of_companies(found), _connections(connections)
    return Customers(
        rows=tuple(
            _customer(
                hub,
                row,
                named[row["id"]],
                attention[row["id"]],
                last=last.get(row["id"]),
                waiting=waiting.get(row["id"]),
            )
            for row in rows
        ),
        page=page,
        pages=pages,
        found=number,
        every=every,
        to_see_to=len({*ranks.graver, *ranks.lesser}),
    )


def connectors_in_use(hub: Hub) -> list[tuple[str, str]]:
    """Return the connectors that any company uses: id and name."""
    with hub.database.read() as connection:
        used = connectors_used(connection)
    installed = hub.registry.connectors
    named = {each: installed[each].connector.info.name if each in installed else each for each in used}
    return sorted(named.items(), key=lambda each: each[1].casefold())


def _gravest_first(found: Iterable[Found]) -> list[Found]:
    """Return what was found, the gravest first, and once what both the records and the night tell of."""
    told: dict[tuple[object, ...], Found] = {}
    for each in sorted(found, key=lambda each: GRAVITY.index(each.level)):
        told.setdefault((each.company_id, each.connection_id, each.code, each.subject), each)
    return list(told.values())


def _ranks(hub: Hub, found: Sequence[Found]) -> Ranks:
    graver = {each.company_id for each in found if each.level is Level.PROBLEM}
    return Ranks(
        failing=graver,
        expiring={each.company_id for each in found if each.code in ENDING},
        graver=graver,
        lesser={each.company_id for each in found} - graver,
        signing=[id_ for id_, each in sorted(hub.registry.connectors.items()) if signs_in(each.connector)],
    )


def _of_companies(found: Iterable[Found]) -> Mapping[int, list[Found]]:
    by_company = defaultdict(list)
    for each in found:
        by_company[each.company_id].append(each)
    return by_company


def _connections(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    by_company = defaultdict(list)
    for row in rows:
        by_company[int(row["company_id"])].append(row)
    return by_company


def _customer(
    hub: Hub,
    row: Row,
    connections: Sequence[Row],
    found: Sequence[Found],
    *,
    last: Row | None,
    waiting: tuple[int, date] | None,
) -> Customer:
    names = {each["id"]: each["name"] for each in connections}
    labels = dict.fromkeys(labelled(hub, each).label for each in connections)
    return Customer(
        code=row["code"],
        name=row["name"],
        labels=tuple(labels),
        health=row["health"],
        last=None
        if last is None
        else LastExport(**{name: last[name] for name in ("code", "count_date", "state", "phase", "label")}),
        waiting=waiting[0] if waiting else 0,
        oldest_waiting=waiting[1] if waiting else None,
        attention=tuple(_attention(each, row["code"], names) for each in found),
    )


def _attention(each: Found, company: str, names: Mapping[int, str]) -> Attention:
    path, step = place_of(each.code, company, names.get(each.connection_id or 0, ""), each.subject)
    return Attention(code=each.code, level=each.level.value, message=each.message, fix=each.fix, path=path, step=step)
