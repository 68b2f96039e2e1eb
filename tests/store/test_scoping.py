"""Every query names the company, and two companies never meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from hub.service import exporting, previewing, reporting
from hub.service.companies import add_company
from hub.service.context import NotFound, Refused
from hub.store import Database, tables
from tests.audit_key import AUDIT_KEY
from tests.cases.company import COUNTED, NOVEMBER, OCTOBER, OPENED, Company

OWNED = [name for name, table in SQLModel.metadata.tables.items() if "company_id" in table.c]
OWNED_TABLE = re.compile(rf"\b(?:from|join|into|update)\s+\"?({'|'.join(OWNED)})\b", re.IGNORECASE)


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    yield Company(database, tmp_path)
    database.close()


def _month_ends(company: Company) -> None:
    company.connect()
    company.set_up({"DT": "books", "CK": "books"})
    for site in ("DT", "CK"):
        company.opens(site, OPENED)
        company.counts(site, OCTOBER, COUNTED)
    company.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "10.00"})
    company.produces("B-1", "2026-10-11", {"Meat": "5.00"}, {"Prep": "5.00"}, "CK")
    code = company.exported(OCTOBER)
    company.counts("DT", OCTOBER, {**COUNTED, "Meat": "1.00"})
    exporting.undo(company.hub, "ACME", code)
    exporting.confirm(company.hub, "ACME", code)
    company.counts("DT", NOVEMBER, COUNTED)
    company.preview(NOVEMBER)


def test_every_statement_on_a_customers_table_names_the_company(company: Company) -> None:
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(company.hub.database.engine, "before_cursor_execute", listen)
    _month_ends(company)
    owned = [statement for statement in said if OWNED_TABLE.search(statement)]
    assert len(owned) > 100
    scoped = [statement for statement in owned if "company_id" in statement]
    # The newest row of a table, whoever's it is: to number new rows, and to notice a restored database.
    of_all = {statement for statement in owned if re.search(r"max\(id\)|FROM audit_event", statement)}
    assert sorted({*owned} - {*scoped} - of_all) == []
    assert tables.Company.__tablename__ not in OWNED


def test_a_second_company_sees_nothing_of_the_first(company: Company) -> None:
    _month_ends(company)
    add_company(company.hub, code="OTHER", name="Other", currency="USD")
    assert previewing.offered_counts(company.hub, "OTHER") == []
    assert exporting.exports(company.hub, "OTHER") == []
    code = exporting.exports(company.hub, "ACME")[0]["export"]
    for ask in (exporting.show_export, exporting.confirm, exporting.undo):
        with pytest.raises(NotFound):
            ask(company.hub, "OTHER", code)
    with pytest.raises(Refused):
        reporting.report(company.hub, "OTHER", date(2026, 10, 31))
