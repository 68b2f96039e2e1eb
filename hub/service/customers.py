"""Customers: every company with its connections, its health, its last export and what needs attention, for support."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from hub.api import Level
from hub.service.alarms.found import Found, place_of
from hub.service.alarms.keeping import found_by_night
from hub.service.alarms.records import Sighting, sightings, told_of
from hub.service.connections import signs_in
from hub.service.context import Hub
from hub.service.heading import labelled
from hub.store import Row, Transaction
from hub.store.customer_rows import (
    Company,
    companies_among,
    companies_by_id,
    companies_named,
    companies_of_journal,
    companies_of_sites,
    companies_paused,
    companies_with_connector,
    connections_of,
    connectors_used,
    count_companies,
    counts_waiting,
    every_company,
    last_exports,
    never_exported,
    not_connected,
    other_companies,
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

    find: words of a company's code and name, else a journal's reference, else words of a site's; health: one of HEALTHS, or
    `attention`. A bounded number of statements, however many companies there are.
    """
    with hub.database.read() as connection:
        alarms = _alarms(hub, connection)
        every = count_companies(connection)
        if find.strip() or connector or health:
            wanted = _wanted(hub, connection, alarms, find.split()[:MOST_WORDS], connector=connector, health=health)
            number, wanted = len(wanted), _gravest_first(wanted, alarms)
        else:
            number, wanted = every, _gravest_first(companies_among(connection, list(alarms)), alarms)
        pages = max(1, ceil(number / AT_ONCE))
        page = min(max(page, 1), pages)
        start = (page - 1) * AT_ONCE
        shown = wanted[start : start + AT_ONCE]
        if len(shown) < AT_ONCE and len(wanted) < number:
            past = max(start - len(wanted), 0)
            shown += other_companies(connection, list(alarms), offset=past, limit=AT_ONCE - len(shown))
        rows = _rows(hub, connection, shown, alarms)
    return Customers(rows=tuple(rows), page=page, pages=pages, found=number, every=every, to_see_to=len(alarms))


def connectors_in_use(hub: Hub) -> list[tuple[str, str]]:
    """Return the connectors that any company uses: id and name."""
    with hub.database.read() as connection:
        used = connectors_used(connection)
    installed = hub.registry.connectors
    named = {each: installed[each].connector.info.name if each in installed else each for each in used}
    return sorted(named.items(), key=lambda each: each[1].casefold())


@dataclass(kw_only=True)
class _Alarms:
    """What is to be seen to of one company, not put into words yet."""

    graver: bool = False
    ends: bool = False
    sightings: list[Sighting] = field(default_factory=list)
    by_night: list[Found] = field(default_factory=list)

    def add(self, code: str, level: Level) -> None:
        """Count something in."""
        self.graver = self.graver or level is Level.PROBLEM
        self.ends = self.ends or code in ENDING

    def found(self) -> list[Found]:
        """Return it in words, the gravest first, and once what both the records and the night tell of."""
        told: dict[tuple[object, ...], Found] = {}
        for each in sorted((*map(told_of, self.sightings), *self.by_night), key=lambda one: GRAVITY.index(one.level)):
            told.setdefault((each.connection_id, each.code, each.subject), each)
        return list(told.values())


Alarms = Mapping[int, _Alarms]
"""What is to be seen to, by company."""


def _alarms(hub: Hub, connection: Transaction) -> Alarms:
    alarms: dict[int, _Alarms] = defaultdict(_Alarms)
    for told, row in sightings(hub, connection):
        own = alarms[row["company_id"]]
        own.sightings.append((told, row))
        own.add(told.code, told.level)
    for each in found_by_night(connection):
        alarms[each.company_id].by_night.append(each)
        alarms[each.company_id].add(each.code, each.level)
    return dict(alarms)


def _wanted(
    hub: Hub, connection: Transaction, alarms: Alarms, words: Sequence[str], *, connector: str, health: str
) -> list[Company]:
    """Return the companies that are looked for, by name."""
    among = [each for each, own in alarms.items() if health in ("attention", "failing" if own.graver else "")]
    if words:
        found = _named(connection, words)
    elif health in ("attention", "failing"):
        found = companies_among(connection, among)
    else:
        found = every_company(connection)
    if connector:
        having = companies_with_connector(connection, connector)
        found = [each for each in found if each[0] in having]
    if health in ("attention", "failing"):
        kept = set(among)
        return [each for each in found if each[0] in kept]
    if health:
        told = _health(hub, connection, found, alarms, every=True)
        return [each for each in found if told[each[0]] == health]
    return found


def _gravest_first(companies: Sequence[Company], alarms: Alarms) -> list[Company]:
    """Return companies in their order, but those with something grave to see to first, then those with anything."""
    first: list[Company] = []
    then: list[Company] = []
    rest: list[Company] = []
    for each in companies:
        own = alarms.get(each[0])
        (rest if own is None else first if own.graver else then).append(each)
    return first + then + rest


def _named(connection: Transaction, words: Sequence[str]) -> list[Company]:
    """Return the companies that are meant: by their own names, by a journal of theirs, or by a site, in this order."""
    return (
        companies_named(connection, words)
        or (companies_of_journal(connection, words[0].upper()) if len(words) == 1 else [])
        or companies_of_sites(connection, words)
    )


def _health(
    hub: Hub, connection: Transaction, companies: Sequence[Company], alarms: Alarms, *, every: bool = False
) -> Mapping[int, str]:
    """Return the health of some companies; every: they are about all there are, so that nothing is asked of each."""
    ids = None if every else [company_id for company_id, _ in companies]
    signing = [id_ for id_, each in sorted(hub.registry.connectors.items()) if signs_in(each.connector)]
    held = companies_paused(connection, ids)
    waiting, never = not_connected(connection, signing, ids), never_exported(connection, ids)

    def of(company_id: int, mode: str) -> str:
        own = alarms.get(company_id)
        if own and own.graver:
            return "failing"
        if mode == "paused" or company_id in held:
            return "paused"
        if company_id in waiting:
            return "not_connected"
        if own and own.ends:
            return "expiring"
        return "never_exported" if company_id in never else "connected"

    return {company_id: of(company_id, mode) for company_id, mode in companies}


def _rows(hub: Hub, connection: Transaction, companies: Sequence[Company], alarms: Alarms) -> list[Customer]:
    ids = [company_id for company_id, _ in companies]
    named, health = companies_by_id(connection, ids), _health(hub, connection, companies, alarms)
    last, waiting = last_exports(connection, ids), counts_waiting(connection, ids)
    connections: dict[int, list[Row]] = defaultdict(list)
    for row in connections_of(connection, ids):
        connections[row["company_id"]].append(row)
    return [
        _customer(
            hub,
            named[each],
            connections[each],
            alarms[each].found() if each in alarms else [],
            health=health[each],
            last=last.get(each),
            waiting=waiting.get(each),
        )
        for each in ids
    ]


def _customer(
    hub: Hub,
    row: Row,
    connections: Sequence[Row],
    found: Sequence[Found],
    *,
    health: str,
    last: Row | None,
    waiting: tuple[int, date] | None,
) -> Customer:
    names = {each["id"]: each["name"] for each in connections}
    labels = dict.fromkeys(labelled(hub, each).label for each in connections)
    told = ("code", "count_date", "state", "phase", "label")
    return Customer(
        code=row["code"],
        name=row["name"],
        labels=tuple(labels),
        health=health,
        last=None if last is None else LastExport(**{name: last[name] for name in told}),
        waiting=waiting[0] if waiting else 0,
        oldest_waiting=waiting[1] if waiting else None,
        attention=tuple(_attention(each, row["code"], names) for each in found),
    )


def _attention(each: Found, company: str, names: Mapping[int, str]) -> Attention:
    path, step = place_of(each.code, company, names.get(each.connection_id or 0, ""), each.subject)
    return Attention(code=each.code, level=each.level.value, message=each.message, fix=each.fix, path=path, step=step)
