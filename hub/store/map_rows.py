"""Set-up rows as their pages show and remove them, who changed them last, and the exports that used them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, RowMapping, Select, delete, select

from hub.store import tables
from hub.store.importing.rows import TARGETS, RowChange, Target, Values
from hub.store.importing.sql import CATEGORY, COMPANY, CONNECTION, DEPARTMENT, GL_ACCOUNT, ON_BOOKS, OPENING, table_of

ACCOUNT_MAP = table_of(tables.AccountMap)
AUDIT = table_of(tables.AuditEvent)
DUE = table_of(tables.DueAccounts)
EXPORT = table_of(tables.Export)
OVERRIDE = table_of(tables.Override)
POSTING = table_of(tables.Posting)

_REFERS = (
    *(table.c[name] for table in (DEPARTMENT, CATEGORY, OPENING) for name in ("asset_account", "cogs_account")),
    OVERRIDE.c.gl_account_id,
    OVERRIDE.c.override_account_id,
    ACCOUNT_MAP.c.gl_account_id,
    DUE.c.due_from,
    DUE.c.due_to,
)
"""The columns that refer to a GL Account's row."""


class ToldChange(NamedTuple):
    """An audit entry of set-up that was changed: who did what, when, and what it says of it."""

    actor: str
    at: datetime
    action: str
    subject: str
    detail: Mapping[str, Any]  # Any: JSON's own types


class UsedBy(NamedTuple):
    """An export that has something in its frozen entries; lines: how often."""

    code: str
    connection: str
    label: str
    kind: str
    count_date: date
    sequence: int
    state: str
    created_by: str
    created_at: datetime
    lines: int


def remove_rows(connection: Connection, kind: str, company_id: int, keys: Sequence[Values]) -> list[RowChange]:
    """Remove set-up rows by their keys; those that are not there any more are left alone. Return what was removed."""
    target = TARGETS[kind]
    return [found for key in keys if (found := _remove(connection, target, company_id, key)) is not None]


def _remove(connection: Connection, target: Target, company_id: int, key: Values) -> RowChange | None:
    table = target.table
    own = (table.c.company_id == company_id, *(table.c[name] == key[name] for name in target.key))
    row = connection.execute(select(table).where(*own)).mappings().first()
    if row is None:
        return None
    connection.execute(delete(table).where(*own))
    before = {name: value for name, value in row.items() if name not in {"id", "company_id", *target.key}}
    return RowChange(key=dict(key), before=before, after={})


def gl_accounts_needed(connection: Connection, company_id: int) -> frozenset[str]:
    """Return the numbers of the GL Accounts that the set-up uses, or that the books carry values in."""
    used = {found for column in _REFERS for found in connection.execute(_own(column, company_id)).scalars()}
    rows = connection.execute(select(GL_ACCOUNT.c.id, GL_ACCOUNT.c.number).where(GL_ACCOUNT.c.company_id == company_id))
    numbers = {row.number for row in rows if row.id in used}
    for column in (ON_BOOKS.c.asset_gl, ON_BOOKS.c.cogs_gl):
        numbers |= set(connection.execute(_own(column, company_id)).scalars())
    variance = select(COMPANY.c.production_variance).where(COMPANY.c.id == company_id)
    return frozenset(filter(None, numbers | {connection.execute(variance).scalar_one()}))


def _own(column: Column[Any], company_id: int) -> Select[tuple[Any]]:
    return select(column).where(column.table.c.company_id == company_id).distinct()


def department_rows(connection: Connection, company_id: int) -> list[RowMapping]:
    """Return a company's departments in the order they were set up, their accounts by row id."""
    statement = select(DEPARTMENT).where(DEPARTMENT.c.company_id == company_id).order_by(DEPARTMENT.c.position)
    return list(connection.execute(statement).mappings())


def category_rows(connection: Connection, company_id: int) -> list[RowMapping]:
    """Return a company's categories in the order they were set up, each with its own accounts only, by row id."""
    statement = select(CATEGORY).where(CATEGORY.c.company_id == company_id).order_by(CATEGORY.c.position)
    return list(connection.execute(statement).mappings())


def told_changes(
    connection: Connection, company_id: int, actions: Sequence[str], subject: str | None = None
) -> list[ToldChange]:
    """Return the audit entries of some actions, on one subject where it is given, oldest first."""
    statement = (
        select(AUDIT.c.actor, AUDIT.c.at, AUDIT.c.action, AUDIT.c.subject, AUDIT.c.detail)
        .where(AUDIT.c.company_id == company_id, AUDIT.c.action.in_(actions))
        .order_by(AUDIT.c.seq)
    )
    if subject is not None:
        statement = statement.where(AUDIT.c.subject == subject)
    return [ToldChange(*row) for row in connection.execute(statement)]


def exports_with(connection: Connection, company_id: int, text: str, books: str | None = None) -> list[UsedBy]:
    """Return the exports in whose frozen entries (canonical JSON) a text stands, newest first; books: of one connection."""
    statement = (
        select(
            EXPORT.c.code, CONNECTION.c.name, EXPORT.c.label, EXPORT.c.kind, EXPORT.c.count_date,
            EXPORT.c.sequence, EXPORT.c.state, EXPORT.c.created_by, EXPORT.c.created_at, POSTING.c.entry,
        )
        .join(POSTING, (POSTING.c.export_id == EXPORT.c.id) & (POSTING.c.company_id == company_id))
        .join(CONNECTION, (CONNECTION.c.id == EXPORT.c.connection_id) & (CONNECTION.c.company_id == company_id))
        .where(EXPORT.c.company_id == company_id, POSTING.c.kind == "post", POSTING.c.entry.contains(text, autoescape=True))
        .order_by(EXPORT.c.count_date.desc(), EXPORT.c.id.desc())
    )  # fmt: skip
    if books is not None:
        statement = statement.where(CONNECTION.c.name == books)
    return list(_used(connection.execute(statement, execution_options={"yield_per": 20}), text))


def _used(rows: Any, text: str) -> Iterator[UsedBy]:  # noqa: ANN401 - what the statement selects
    """Yield each export once, with all its entries' lines; a database may take A for a, so it is looked at again here."""
    last: UsedBy | None = None
    for *export, entry in rows:
        lines: int = entry.count(text)
        if last is not None and last.code == export[0]:
            last = last._replace(lines=last.lines + lines)
            continue
        if last is not None and last.lines:
            yield last
        last = UsedBy._make((*export, lines))
    if last is not None and last.lines:
        yield last
