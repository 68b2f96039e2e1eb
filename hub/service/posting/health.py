"""What the operator should know of the exports: who waits for a person, which system fails, whether anybody works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hub.api import Level, Problem, Where
from hub.service.companies import companies
from hub.service.context import Hub
from hub.service.posting.life import listed
from hub.service.restoring import searching
from hub.service.scope import CompanyRows, reading
from hub.store.posting_rows import PostingRows
from hub.store.traffic_rows import troubled

STUCK_AFTER = timedelta(hours=1)
WAITING = ("FROZEN", "SENDING", "UNKNOWN", "REJECTED", "MISMATCH")


def posting_health(hub: Hub) -> list[Problem]:
    """Return what does not go on by itself, or not as it should, over all companies."""
    found = [problem for company in companies(hub) for problem in _company(hub, str(company["code"]))]
    if searching(hub):
        found.append(_searching())
    dead = [str(each["worker"]) for each in listed(hub) if not each["alive"]]
    return [*found, *(_dead(name) for name in dead)]


def _company(hub: Hub, company: str) -> Iterator[Problem]:
    with reading(hub, company) as rows:
        now = hub.database.now(rows.connection)
        names = rows.ids.connection_names
        for row in troubled(rows.connection, rows.company_id):
            yield _failing(company, names[row["connection_id"]], row["failing_since"], row["trouble"])
        yield from _waiting(rows, company, now)


def _waiting(rows: CompanyRows, company: str, now: datetime) -> Iterator[Problem]:
    desk = PostingRows(rows.connection, rows.company_id)
    for connection in rows.connections():
        for posting in desk.of_connection(connection["id"], WAITING):
            where = Where(export=posting["export_code"], connection=connection["name"])
            if posting["needs_attention"] or (posting["due_at"] is None and posting["state"] != "FROZEN"):
                yield _needs_person(company, posting["export_code"], posting["reference"], where)
            elif posting["due_at"] is not None and posting["due_at"] < now - STUCK_AFTER:
                yield _stuck(company, posting["export_code"], posting["reference"], where)


def _needs_person(company: str, export: str, reference: str, where: Where) -> Problem:
    return Problem(
        level=Level.WARNING,
        code="export_needs_person",
        message=f"{company}: journal {reference} of export {export} waits for a person.",
        fix=f"hub exports --company {company} says what happened and what to do.",
        where=where,
    )


def _stuck(company: str, export: str, reference: str, where: Where) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="posting_stands_still",
        message=f"{company}: journal {reference} of export {export} has been due for more than an hour, and nobody works on it.",
        fix="See that a worker runs: hub workers, hub worker.",
        where=where,
    )


def _failing(company: str, connection: str, since: datetime | None, trouble: str) -> Problem:
    when = f" since {since:%Y-%m-%d %H:%M} UTC" if since is not None else ""
    return Problem(
        level=Level.WARNING,
        code="connection_failing",
        message=f"{company}: the accounting system of {connection} has failed{when}. {trouble}".strip(),
        fix="It is tried again by itself; what waits is posted when it answers.",
        where=Where(connection=connection),
    )


def _dead(name: str) -> Problem:
    return Problem(
        level=Level.WARNING,
        code="worker_dead",
        message=f"The worker {name} stopped without saying so. What it had in hand is taken over by the others.",
        fix=f"Start it again: hub worker --name {name}. One that is gone for good is forgotten after a day.",
    )


def _searching() -> Problem:
    return Problem(
        level=Level.WARNING,
        code="searching_first",
        message="The database was restored from an older copy, so each journal is searched for before it is sent.",
        fix="When what was missing is there again: hub db restored --over",
    )
