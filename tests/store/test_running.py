"""Statements that are built once find and change what SQLAlchemy's own way of running them does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Date, bindparam, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.store import Database, tables
from hub.store.prepared import change_by, row_by
from hub.store.running import changed, fetched, run
from tests.audit_key import AUDIT_KEY

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
AUDIT = tables.AuditEvent.__table__  # type: ignore[attr-defined]
AT = datetime(2026, 11, 2, 9, 30, 0, 5, tzinfo=UTC)
ROW = {
    "uuid": "u", "code": "ACME", "name": "Acme", "currency": "USD", "method": "reversal", "transfers": "off",
    "production": "off", "entry_per": "connection", "reversal_date": "count", "mode": "manual", "version": 0,
    "go_live": date(2026, 1, 31),
}  # fmt: skip
ENTRY = {"company_id": 1, "at": AT, "actor": "alice", "action": "send", "subject": "E-1", "mac": ""}
ADD_ENTRY = insert(AUDIT)
NUMBERED = select(AUDIT).where(AUDIT.c.seq.in_(bindparam("seqs", expanding=True))).order_by(AUDIT.c.seq)
WRITTEN = text("SELECT code, go_live FROM company WHERE code = :code OR uuid = :code OR name = :name").columns(
    go_live=Date()
)
CODED = select(COMPANY.c.code, COMPANY.c.code.label("again")).where(COMPANY.c.name == bindparam("name", "Acme"))
RENAME = update(COMPANY).where(COMPANY.c.code == bindparam("by_code"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    with database.write() as connection:
        connection.execute(insert(COMPANY), {"id": 1, **ROW})
        for seq in (1, 2, 3):
            changed(connection, ADD_ENTRY, {**ENTRY, "seq": seq, "detail": {"Größe": [seq, None, "é"]}})
    yield database
    database.close()


CASES: list[tuple[Any, dict[str, Any]]] = [
    (NUMBERED, {"seqs": [1, 3]}),
    (NUMBERED, {"seqs": [2]}),
    (NUMBERED, {"seqs": []}),
    (WRITTEN, {"code": "ACME", "name": "nobody"}),
    (WRITTEN, {"code": "nobody", "name": "nobody"}),
    (CODED, {}),
    (CODED, {"name": "Other"}),
    (select(COMPANY).where(COMPANY.c.code == bindparam("code")), {"code": "ACME"}),
]


@pytest.mark.parametrize(("statement", "values"), CASES)
def test_what_is_found_is_what_sqlalchemy_finds(database: Database, statement: Any, values: dict[str, Any]) -> None:
    for _ in range(2):  # compiled, and then as it was compiled
        with database.read() as connection:
            expected = connection.execute(statement, values).mappings().all()
            assert run(connection, statement, values).mappings().all() == expected
            assert fetched(connection, statement, values) == tuple(tuple(row.values()) for row in expected)


def test_values_are_read_as_they_were_written(database: Database) -> None:
    with database.read() as connection:
        row = run(connection, NUMBERED, {"seqs": [3]}).mappings().one()
        found = row_by(connection, COMPANY, code="ACME")
    assert (row["at"], row["detail"]) == (AT, {"Größe": [3, None, "é"]})
    assert found is not None
    assert found["go_live"] == date(2026, 1, 31)


def test_changes_are_counted_and_take_only_the_columns_given(database: Database) -> None:
    with database.write() as connection:
        assert changed(connection, RENAME, {"by_code": "ACME", "name": "New"}) == 1
        assert changed(connection, RENAME, {"by_code": "ACME", "mode": "paused", "go_live": None}) == 1
        assert changed(connection, RENAME, {"by_code": "nobody", "name": "Lost"}) == 0
        assert change_by(connection, AUDIT, {"detail": []}, company_id=1, actor="alice") == 3
    with database.read() as connection:
        row = row_by(connection, COMPANY, code="ACME")
        details = run(connection, NUMBERED, {"seqs": [1, 2, 3]}).mappings().all()
    assert row is not None
    assert (row["name"], row["mode"], row["go_live"], row["method"]) == ("New", "paused", None, "reversal")
    assert [entry["detail"] for entry in details] == [[], [], []]


def test_a_value_that_is_not_given_is_missed_and_not_taken_for_nothing(database: Database) -> None:
    with database.read() as connection, pytest.raises(KeyError, match="name"):
        run(connection, WRITTEN, {"code": "ACME"})


def test_what_the_database_refuses_is_told_as_sqlalchemy_tells_it_and_rolled_back(database: Database) -> None:
    with pytest.raises(IntegrityError, match="audit_event"):
        _renames_and_adds_again(database)
    with database.read() as connection:
        assert run(connection, CODED).all() == [("ACME", "ACME")]


def test_a_statement_that_cannot_be_read_is_told_as_sqlalchemy_tells_it(database: Database) -> None:
    with database.read() as connection, pytest.raises(DBAPIError, match="no_such_table") as ours:
        run(connection, text("SELECT 1 FROM no_such_table"))
    with database.read() as connection, pytest.raises(type(ours.value)):
        connection.execute(text("SELECT 1 FROM no_such_table"))


def test_who_listens_to_statements_hears_of_each(database: Database) -> None:
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _connection, _cursor, sql, *_rest: said.append(sql))
    with database.read() as connection:
        run(connection, CODED)
    assert any("company" in sql for sql in said)


def test_a_transaction_that_only_reads_keeps_nobody_from_writing(database: Database) -> None:
    with database.read() as reading:
        run(reading, CODED).all()
        with database.write() as connection:
            changed(connection, RENAME, {"by_code": "ACME", "name": "New"})
        assert run(reading, CODED).all() == [("ACME", "ACME")]
    with database.read() as connection:
        assert run(connection, CODED).all() == []


def _renames_and_adds_again(database: Database) -> None:
    with database.write() as connection:
        changed(connection, RENAME, {"by_code": "ACME", "name": "New"})
        changed(connection, ADD_ENTRY, {**ENTRY, "seq": 3, "detail": {}})
