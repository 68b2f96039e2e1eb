"""Close a site in the books it has left: reversal only, then its opening values in the new books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.api import Level, Problem, Where
from hub.domain.canonical import canonical
from hub.domain.closing import closing_entry
from hub.domain.facts import OnBooksValue
from hub.domain.identity import Identity, export_code, posting_key
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.documents import entry_document, journal_entry, preview_hash
from hub.service.freezing import figures_changed, refused, unacknowledged, when_due
from hub.service.previewing import decisions_from, open_connection, preflight
from hub.service.scope import CompanyRows, reading, writing
from hub.service.settling import settle
from hub.store.export_rows import NewExport, NewPosting


def close_site(
    hub: Hub,
    company: str,
    site: str,
    connection: str,
    *,
    on: date | None = None,
    decisions: Sequence[str] = (),
    expected_hash: str | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """Post the closing entry of a site that now posts to other books.

    on: its date, by default the site's last exported count or opening date in the books it leaves; expected_hash: what
    `closing_shown` said; other figures now are refused as `figures_changed`.
    """
    decided = decisions_from(decisions)
    with reading(hub, company) as rows:
        _must_have_moved(rows, site, connection)
        frozen, posting, values = _closing(hub, rows, site, connection, on=on, decisions=decided.texts)
        open_books = open_connection(hub, rows, rows.books(connection))
    if expected_hash is not None and _hash(posting, frozen) != expected_hash:
        raise Refused([figures_changed(connection)])
    entry = journal_entry(
        frozen[1], key=posting.key, part=1, count_date=frozen[0].count_date, currency=frozen[0].currency
    )
    problems = [
        replace(problem, where=replace(problem.where, site=site)) for _, problem in preflight(open_books, [entry])
    ]
    stopping = [problem for problem in problems if problem.blocking] + unacknowledged(problems, decided)
    if stopping:
        return refused(frozen[0].count_date, stopping)
    with writing(hub, company) as rows:
        _must_have_moved(rows, site, connection)
        now, now_posting, now_values = _closing(hub, rows, site, connection, on=on, decisions=decided.texts)
        if now[0].hash != frozen[0].hash or now_values != values:
            raise Refused([figures_changed(connection)])
        due_at = when_due(hub, rows, open_books)
        rows.exports.freeze(now[0], [now_posting], due_at=due_at, actor=hub.actor, now=hub.clock())
        rows.exports.audit("close site", site, {"connection": connection}, actor=hub.actor, now=hub.clock())
    return settle(hub, company, frozen[0].code, out)


def closing_shown(
    hub: Hub, rows: CompanyRows, site: str, connection: str, *, on: date | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the closing entry that a site would have in a connection's books, whether it has moved or not, and its hash.

    Raises Refused where there is none, or an export of the site has not come to rest.
    """
    frozen, posting, _ = _closing(hub, rows, site, connection, on=on, decisions=())
    return _hash(posting, frozen), frozen[1]


def _hash(posting: NewPosting, frozen: Frozen) -> str:
    """Return the hash of what a closing entry posts, whatever was decided about it, and whichever of its date's it is."""
    shown = {name: frozen[1][name] for name in ("date", "memo", "lines")}
    return sha256(canonical([posting.books, shown])).hexdigest()


Frozen = tuple[NewExport, dict[str, Any]]


def _closing(
    hub: Hub, rows: CompanyRows, site: str, connection: str, *, on: date | None, decisions: Sequence[str]
) -> tuple[Frozen, NewPosting, list[OnBooksValue]]:
    books = rows.books(connection)
    values = _values(rows, site, connection)
    day = on or _last_date(rows, site)
    entry = closing_entry(rows.setup, site, values, day)
    if entry is None:
        raise refuse("nothing_to_post", f"The books of {connection} carry nothing for {site}.", where=Where(site=site))
    identity = Identity(
        company_uuid=rows.setup.company_uuid,
        books=books.books,
        count_date=day,
        sites=(site,),
        sequence=rows.exports.next_sequence(connection, day),
    )
    document = entry_document(entry, identity, 1, books.currency)
    text = canonical(document)
    export = NewExport(
        connection=connection,
        code=export_code(identity),
        kind="closing",
        count_date=day,
        sequence=identity.sequence,
        hash=preview_hash(connection, books.books, decisions, [document]),
        label=open_connection(hub, rows, books).label,
        currency=books.currency,
        decisions=decisions,
        settings=_settings(rows, site, connection, day),
        counts={site: (None, day)},
        claims=[value.ref for value in values],
        sets=[],
        taken=[],
    )
    posting = NewPosting(
        books=books.books,
        kind="post",
        part=1,
        reference=document["reference"],
        key=posting_key(identity, 1, "post"),
        entry_date=day,
        entry=text.decode(),
        sha256=sha256(text).hexdigest(),
    )
    return (export, document), posting, values


def _must_have_moved(rows: CompanyRows, site: str, connection: str) -> None:
    if site not in rows.setup.sites:
        raise not_found("site", site, list(rows.setup.sites))
    if rows.setup.sites[site].connection == connection:
        raise refuse(
            "site_not_moved",
            f"{rows.setup.sites[site].name} still posts to {connection}.",
            "Import the site with its new connection first.",
            Where(site=site, connection=connection),
        )


def _values(rows: CompanyRows, site: str, connection: str) -> list[OnBooksValue]:
    waiting = rows.facts.unsettled([site])
    if waiting:
        raise refuse(
            "file_not_confirmed" if waiting[0].file else "export_in_progress",
            f"Export {waiting[0].export} of {rows.setup.sites[site].name} has not come to rest.",
            "Confirm or undo it first.",
            Where(site=site, export=waiting[0].export),
        )
    chart = rows.setup.chart(connection)
    return [
        value._replace(asset=chart.current(value.asset), cogs=chart.current(value.cogs))
        for value in rows.facts.on_books([site])
        if value.connection == connection
    ]


def _last_date(rows: CompanyRows, site: str) -> date:
    known = [rows.facts.last_exported().get(site), rows.setup.sites[site].opening_date]
    dates = [day for day in known if day is not None]
    if not dates:
        problem = Problem(
            level=Level.PROBLEM,
            code="date_needed",
            message=f"It is not known when {site} was exported last.",
            fix="Give a date.",
        )
        raise Refused([problem])
    return max(dates)


def _settings(rows: CompanyRows, site: str, connection: str, day: date) -> dict[str, object]:
    settings: dict[str, object] = {
        name: str(value) for name, value in asdict(rows.setup.settings).items() if value is not None
    }
    opening = rows.setup.sites[site].opening_date or day
    books = rows.setup.sites[site].opening_connection or connection
    settings["openings"] = {site: {"date": opening.isoformat(), "connection": books}}
    return settings
