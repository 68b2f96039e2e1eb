"""What a database restored from an older copy cannot know: whether a journal it believes never sent stands there (R17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.api import ConnectorError, Level, Problem, ReceiptStatus, Where
from hub.plugins import GuardedSession
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.frozen import export_row
from hub.service.posting.standings import frozen_entry, may_arrive
from hub.service.scope import reading
from hub.store import Row
from hub.store.posting_rows import looks_first

NEVER_SENT = ("FROZEN", "REJECTED")


def in_the_way_of_giving_up(hub: Hub, company: str, code: str, books: OpenBooks) -> tuple[Problem, ...]:
    """Look for each journal of an export that an undo would give up, and return what stands in the way of that.

    Nothing does where the database was not restored, and nothing is asked then.
    """
    with reading(hub, company) as rows:
        export = export_row(rows, code)
        postings = rows.exports.postings(export["id"], "post")
        never_sent = [row for row in postings if row["state"] in NEVER_SENT and not may_arrive(row)]
        where = Where(export=code, connection=rows.ids.connection_names[export["connection_id"]])
        searches = looks_first(rows.connection)
    if books.makes_files or not searches or not never_sent:
        return ()
    try:
        with books.session() as session:
            return tuple(_stands(row, books.label, where) for row in _found(session, never_sent, export))
    except ConnectorError as error:
        return (_not_searched(error, books.label, where),)


def _found(session: GuardedSession, postings: Iterable[Row], export: Row) -> Iterator[Row]:
    for posting in postings:
        found = session.find(frozen_entry(posting, export))
        if any(receipt.status is not ReceiptStatus.VOID for receipt in found):
            yield posting


def _stands(posting: Row, label: str, where: Where) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="sent_before_restore",
        message=f"Journal {posting['reference']} stands in {label}, though this database, restored from an older copy, "
        "does not know that it was sent.",
        fix=f"Run hub resume {where.export}: it is found and counts as posted. Then undo the export.",
        where=where,
    )


def _not_searched(error: ConnectorError, label: str, where: Where) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="not_searched",
        message=f"This database was restored from an older copy, and {label} could not be asked whether the export stands "
        f"there: {error.message}",
        fix="Try again: it is given up only where it is certainly not there.",
        where=where,
    )
