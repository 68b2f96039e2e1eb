"""Which preview an accounting system last found nothing wrong with, so that its export need not ask again at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.api import Level, Problem
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.scope import CompanyRows
from hub.store.company_rows import change_connection

CHECKED_FOR = timedelta(minutes=10)
"""What is closed or made inactive there within this time is refused when it is posted, and nothing of it is written."""


def remember_check(hub: Hub, books: OpenBooks, hash_: str, problems: Sequence[Problem]) -> None:
    """Remember a preview that nothing is wrong with, where its accounting system was asked over a sign-in."""
    if not books.signs_in or any(problem.level is not Level.NOTE for problem in problems):
        return
    with hub.database.write() as connection:
        values = {"checked_hash": hash_, "checked_at": hub.database.now(connection)}
        change_connection(connection, books.company_id, books.id, values)


def was_checked(hub: Hub, rows: CompanyRows, connection: str, hash_: str) -> bool:
    """Whether this preview was found to be in order a moment ago."""
    row = rows.connection_row(connection)
    if row["checked_at"] is None or row["checked_hash"] != hash_:
        return False
    return bool(hub.database.now(rows.connection) - row["checked_at"] <= CHECKED_FOR)
