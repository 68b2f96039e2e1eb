"""Before a count is previewed: what stands there of the journals it reverses is looked at, where nobody did for a day (R15)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

from hub.api import ConnectorError
from hub.domain.decisions import Decisions
from hub.plugins import SettingsInvalid
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.posting.watching import STANDS, look_again
from hub.service.scope import CompanyRows, reading
from hub.store.posting_rows import PostingRows

LOOKED_AT_FOR = timedelta(hours=24)


def look_back(hub: Hub, company: str, count_date: date | None, connection: str | None, decisions: Decisions) -> None:
    """Look at the newest journals of the sites of a count, those not looked at for a day, or all where one is decided about.

    A system that cannot be asked is passed over: the preview itself says that it could not be.
    """
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        try:
            books = OpenBooks(hub, rows.connection_row(name), rows)
        except SettingsInvalid:
            return
        if books.makes_files:
            return
        since = hub.database.now(rows.connection) - LOOKED_AT_FOR
        codes = list(
            _unseen(rows, books.id, _offered_sites(rows, name, count_date), None if decisions.prior else since)
        )
    with suppress(ConnectorError):
        for code in codes:
            look_again(hub, company, code, books)


def _offered_sites(rows: CompanyRows, connection: str, count_date: date | None) -> set[str]:
    own = sorted(code for code, site in rows.setup.sites.items() if site.connection == connection)
    offered = rows.facts.offered(own)
    day = count_date or (offered[0].count_date if offered else None)
    return {count.site for count in offered if count.count_date == day}


def _unseen(rows: CompanyRows, connection_id: int, sites: set[str], since: datetime | None) -> Iterator[str]:
    """Yield the newest exports of some sites that were last looked at before an instant; None: whenever that was."""
    if not sites:
        return
    for export_id in dict.fromkeys(PostingRows(rows.connection, rows.company_id).newest_of_sites(connection_id)):
        if sites.isdisjoint(rows.exports.sites(export_id)):
            continue
        standing = [
            row for row in rows.exports.postings(export_id, "post") if row["state"] in STANDS and row["receipt"]
        ]
        seen = [row["checked_at"] or row["sent_at"] for row in standing]
        if standing and (since is None or any(at is None or at < since for at in seen)):
            yield str(rows.exports.by_id(export_id)["code"])
