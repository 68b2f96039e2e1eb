"""Companies as support lists them: found, filtered and paged by the database, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, Date, RowMapping, bindparam, func, select, text

from hub.store import tables
from hub.store.tables.columns import Instant

CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]

NOT_CONNECTED = """NOT EXISTS (SELECT 1 FROM connection n WHERE n.company_id = c.id)
  OR EXISTS (SELECT 1 FROM connection n WHERE n.company_id = c.id AND n.connector IN ({signing})
             AND (n.sign_in_id IS NULL OR n.chosen_at IS NULL))"""
HEALTH = """CASE WHEN c.id IN ({failing}) THEN 'failing' WHEN c.mode = 'paused' THEN 'paused'
  WHEN {not_connected} THEN 'not_connected' WHEN c.id IN ({expiring}) THEN 'expiring'
  WHEN NOT EXISTS (SELECT 1 FROM export x WHERE x.company_id = c.id) THEN 'never_exported' ELSE 'connected' END"""
RANK = "CASE WHEN c.id IN ({graver}) THEN 0 WHEN c.id IN ({lesser}) THEN 1 ELSE 2 END"
WAITING = text(
    """
    SELECT c.company_id, count(*) AS counts, min(c.count_date) AS oldest
    FROM valuation_count c JOIN site s ON s.id = c.site_id
    WHERE c.company_id IN :companies AND c.current AND c.status = 'approved'
      AND (s.opening_date IS NULL OR c.count_date > s.opening_date)
      AND NOT EXISTS (SELECT 1 FROM export_count e WHERE e.company_id = c.company_id AND e.site_id = c.site_id
                      AND e.live AND e.count_id IS NOT NULL AND e.count_date >= c.count_date)
    GROUP BY c.company_id
    """
).bindparams(bindparam("companies", expanding=True))
LAST = text(
    """
    SELECT e.company_id, e.code, e.count_date, e.state, e.phase, e.label, e.created_at FROM export e
    JOIN (SELECT company_id, max(id) AS newest FROM export WHERE company_id IN :companies GROUP BY company_id) n
      ON n.newest = e.id
    """
).bindparams(bindparam("companies", expanding=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Which companies something is known of, by their ids.

    failing, expiring: what they count as; graver, lesser: those with something to see to, which are listed first; signing:
    the connectors that people sign in to.
    """

    failing: Collection[int] = ()
    expiring: Collection[int] = ()
    graver: Collection[int] = ()
    lesser: Collection[int] = ()
    signing: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which companies are looked for; what is empty does not narrow. health: one of HEALTH, or `attention`."""

    words: Sequence[str] = ()
    connector: str = ""
    health: str = ""


@dataclass(kw_only=True)
class _Query:
    """Conditions of a query on companies, and the values that they bind."""

    conditions: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def add(self, condition: str, **values: str) -> None:
        self.conditions.append(condition)
        self.values |= values

    @property
    def where(self) -> str:
        return f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


def companies_page(
    connection: Connection, sought: Sought, ranks: Ranks, *, offset: int, limit: int
) -> list[RowMapping]:
    """Return a page of the companies that are looked for, those with something to see to first, then by name."""
    query = _query(sought, ranks)
    ids = connection.execute(
        text(
            f"SELECT c.id FROM company c {query.where} ORDER BY {_rank(ranks)}, lower(c.name), c.id LIMIT :most OFFSET :past"
        ),
        {**query.values, **_signing(ranks), "most": limit, "past": offset},
    ).scalars()
    places = {company_id: place for place, company_id in enumerate(ids)}
    if not places:
        return []
    statement = text(
        f"SELECT c.id, c.code, c.name, c.mode, c.currency, {_health(ranks)} AS health FROM company c WHERE c.id IN :companies"
    ).bindparams(bindparam("companies", expanding=True))
    found = connection.execute(statement, {**_signing(ranks), "companies": list(places)}).mappings()
    return sorted(found, key=lambda row: places[row["id"]])


def count_companies(connection: Connection, sought: Sought, ranks: Ranks) -> int:
    """Return how many companies are looked for."""
    query = _query(sought, ranks)
    statement = text(f"SELECT count(*) FROM company c {query.where}")
    return int(connection.execute(statement, {**query.values, **_signing(ranks)}).scalar_one())


def connections_of(connection: Connection, companies: Collection[int]) -> list[RowMapping]:
    """Return the connections of some companies, each with whether it is signed in."""
    statement = (
        select(*CONNECTION.c["id", "company_id", "name", "connector", "environment", "settings", "chosen_at"])
        .where(CONNECTION.c.company_id.in_(list(companies)))
        .order_by(CONNECTION.c.id)
    )
    return list(connection.execute(statement).mappings())


def last_exports(connection: Connection, companies: Collection[int]) -> dict[int, RowMapping]:
    """Return the newest export of each of some companies."""
    statement = LAST.columns(
        company_id=EXPORT.c.company_id.type,
        code=EXPORT.c.code.type,
        count_date=Date(),
        state=EXPORT.c.state.type,
        phase=EXPORT.c.phase.type,
        label=EXPORT.c.label.type,
        created_at=Instant(),
    )
    return {row["company_id"]: row for row in connection.execute(statement, {"companies": list(companies)}).mappings()}


def counts_waiting(connection: Connection, companies: Collection[int]) -> dict[int, tuple[int, date]]:
    """Return how many counts of each of some companies can be exported, and the date of the oldest."""
    statement = WAITING.columns(company_id=EXPORT.c.company_id.type, counts=EXPORT.c.id.type, oldest=Date())
    found = connection.execute(statement, {"companies": list(companies)})
    return {row[0]: (row[1], row[2]) for row in found}


def connectors_used(connection: Connection) -> list[str]:
    """Return the ids of the connectors that any connection is of."""
    statement = select(CONNECTION.c.connector, func.count()).group_by(CONNECTION.c.connector)
    return [row[0] for row in connection.execute(statement)]


def _query(sought: Sought, ranks: Ranks) -> _Query:
    query = _Query()
    for number, word in enumerate(sought.words):
        like, exact = f"like_{number}", f"exact_{number}"
        query.add(
            f"(lower(c.code) LIKE :{like} ESCAPE '!' OR lower(c.name) LIKE :{like} ESCAPE '!' OR c.id IN"
            f" (SELECT s.company_id FROM site s WHERE lower(s.code) LIKE :{like} ESCAPE '!'"
            f" OR lower(s.name) LIKE :{like} ESCAPE '!')"
            f" OR c.id IN (SELECT p.company_id FROM posting p WHERE p.reference = :{exact}))",
            **{like: f"%{_literal(word)}%", exact: word.upper()},
        )
    if sought.connector:
        query.add(
            "c.id IN (SELECT n.company_id FROM connection n WHERE n.connector = :connector)", connector=sought.connector
        )
    if sought.health == "attention":
        query.add(f"c.id IN ({_ids([*ranks.graver, *ranks.lesser])})")
    elif sought.health:
        query.add(f"{_health(ranks)} = :health", health=sought.health)
    return query


def _literal(word: str) -> str:
    return word.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _health(ranks: Ranks) -> str:
    signing = ", ".join(f":signing_{number}" for number in range(len(ranks.signing))) or "NULL"
    not_connected = NOT_CONNECTED.format(signing=signing)
    return HEALTH.format(failing=_ids(ranks.failing), expiring=_ids(ranks.expiring), not_connected=not_connected)


def _rank(ranks: Ranks) -> str:
    return RANK.format(graver=_ids(ranks.graver), lesser=_ids(ranks.lesser))


def _signing(ranks: Ranks) -> Mapping[str, str]:
    return {f"signing_{number}": connector for number, connector in enumerate(ranks.signing)}


def _ids(ids: Collection[int]) -> str:
    """Return ids of the database's own as SQL has a list of them: whole numbers and nothing else."""
    return ", ".join(str(int(each)) for each in sorted(set(ids))) or "NULL"
