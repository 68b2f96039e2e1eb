"""Many people press Export at once: one journal, and the same answer for all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.service.context import Refused
from hub.store import Database
from tests.audit_key import AUDIT_KEY
from tests.cases.company import NOVEMBER, OCTOBER, OPENED, Company

CLIENTS = 12


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    made = Company(database, tmp_path)
    made.connect()
    made.set_up({"DT": "books"})
    made.opens("DT", OPENED)
    made.counts("DT", OCTOBER, {**OPENED, "Meat": "5120.05"})
    yield made
    database.close()


def test_twelve_clicks_on_one_count_make_one_export_and_get_the_same_answer(company: Company) -> None:
    shown = company.preview(OCTOBER)["hash"]
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda _: company.export(OCTOBER, expected_hash=shown), range(CLIENTS)))
    assert {answer["export"] for answer in answers} == {answers[0]["export"]} != {None}
    with company.hub.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM export").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM posting").scalar_one() == 1


def test_two_counts_of_one_site_exported_at_once_never_both_go(company: Company) -> None:
    company.counts("DT", NOVEMBER, OPENED)

    def click(day: str) -> dict[str, Any] | Refused:
        try:
            return company.export(day, "acknowledge=older_count_skipped")
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(2) as clients:
        answers = list(clients.map(click, (OCTOBER, NOVEMBER)))
    made = [answer for answer in answers if isinstance(answer, dict) and answer["export"]]
    assert len(made) == 1
    with company.hub.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM export_count WHERE unsettled").scalar_one() == 1
