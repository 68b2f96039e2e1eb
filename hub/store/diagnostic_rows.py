"""What is known of one connection for whoever finds out why it fails: states, instants and numbers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, func, select

from hub.store import tables

ATTEMPT = tables.Attempt.__table__  # type: ignore[attr-defined]
CHART = tables.ChartAccount.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
MAP = tables.AccountMap.__table__  # type: ignore[attr-defined]
POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
SITE = tables.Site.__table__  # type: ignore[attr-defined]


def newest_calls(connection: Connection, company_id: int, connection_id: int, limit: int) -> list[RowMapping]:
    """Return the newest calls for a connection's journals, each with its export's code."""
    statement = (
        select(ATTEMPT, POSTING.c.kind.label("journal"), POSTING.c.part, EXPORT.c.code.label("export"))
        .join(POSTING, POSTING.c.id == ATTEMPT.c.posting_id)
        .join(EXPORT, EXPORT.c.id == POSTING.c.export_id)
        .where(ATTEMPT.c.company_id == company_id, POSTING.c.company_id == company_id)
        .where(POSTING.c.connection_id == connection_id)
        .order_by(ATTEMPT.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).mappings())


def newest_exports(connection: Connection, company_id: int, connection_id: int, limit: int) -> list[RowMapping]:
    """Return a connection's newest exports."""
    columns = EXPORT.c["id", "code", "kind", "count_date", "sequence", "phase", "state", "created_at", "settled_at"]
    statement = (
        select(*columns)
        .where(EXPORT.c.company_id == company_id, EXPORT.c.connection_id == connection_id)
        .order_by(EXPORT.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).mappings())


def journals_of(connection: Connection, company_id: int, exports: Collection[int]) -> list[RowMapping]:
    """Return how the journals of some exports stand, without what is in them but what went wrong."""
    columns = POSTING.c[
        "export_id",
        "kind",
        "part",
        "state",
        "reference",
        "sends",
        "calls",
        "sent_at",
        "due_at",
        "checked_at",
        "uncertain",
        "needs_attention",
        "changed_there",
        "duplicates",
        "trouble",
    ]
    statement = (
        select(*columns)
        .where(POSTING.c.company_id == company_id, POSTING.c.export_id.in_(list(exports)))
        .order_by(POSTING.c.export_id.desc(), POSTING.c.kind, POSTING.c.part)
    )
    return list(connection.execute(statement).mappings())


def sizes(connection: Connection, company_id: int, connection_id: int) -> dict[str, int]:
    """Return how many accounts, maps and sites a connection has."""

    def number(table: object, *where: object) -> int:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]

    of_chart = (CHART.c.company_id == company_id, CHART.c.connection_id == connection_id)
    return {
        "accounts": number(CHART, *of_chart),
        "accounts_inactive": number(CHART, *of_chart, CHART.c.active.is_(False)),
        "gl_accounts_mapped": number(MAP, MAP.c.company_id == company_id, MAP.c.connection_id == connection_id),
        "sites": number(SITE, SITE.c.company_id == company_id, SITE.c.connection_id == connection_id),
    }
