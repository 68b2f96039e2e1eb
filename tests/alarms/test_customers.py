"""Customers lists every company with its health and what needs attention, in as many statements for 60 as for 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from hub.service.companies import add_company, set_company
from hub.service.connections import add_connection
from hub.service.customers import Customers, customers
from hub.service.pausing import pause, plugin_of
from tests.alarms.test_records import deletes
from tests.connecting.conftest import MakeSigned
from tests.posting.house import House


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """Gather the statements that are run."""
    run: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        run.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", hear)
    yield run
    event.remove(house.database.engine, "before_cursor_execute", hear)


def health(found: Customers) -> dict[str, str]:
    return {each.code: each.health for each in found.rows}


def add(house: House, code: str, name: str, *, connected: bool = True) -> None:
    add_company(house.hub, code=code, name=name, currency="USD")
    if connected:
        settings = {"base_url": "http://127.0.0.1:9", "profile": house.profile.value}
        add_connection(house.hub, code, connector="fake", name="books", settings=settings)


def test_each_company_has_its_health_and_those_that_need_attention_stand_first(house_anywhere: House) -> None:
    house = house_anywhere
    add(house, "ABLE", "Able Kitchens", connected=False)
    add(house, "BAKER", "Baker Street 100%")
    add(house, "CAFE", "Café Zoë")
    set_company(house.hub, "CAFE", {"mode": "paused"})
    found = customers(house.hub)
    assert health(found) == {
        "ACME": "never_exported",
        "ABLE": "not_connected",
        "BAKER": "never_exported",
        "CAFE": "paused",
    }
    assert [each.code for each in found.rows] == ["ABLE", "ACME", "BAKER", "CAFE"]
    assert (found.rows[1].waiting, found.rows[1].labels) == (1, ("Fake Ledger",))
    made = house.export()
    assert health(customers(house.hub))["ACME"] == "connected"
    house.ledger.delete(house.ledger.journals()[0].id)
    house.check()
    first = customers(house.hub).rows[0]
    assert (first.code, first.health, first.waiting) == ("ACME", "connected", 0)
    assert first.last is not None
    assert first.last.code == made["export"]
    (one,) = first.attention
    assert (one.code, one.path) == ("deleted_there", f"/c/ACME/exports/{made['export']}")
    assert customers(house.hub).to_see_to == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"find": "baker"}, ["BAKER"]),
        ({"find": "STREET 100%"}, ["BAKER"]),
        ({"find": "%"}, ["BAKER"]),
        ({"find": "_"}, []),
        ({"find": "site dt"}, ["ACME"]),
        ({"find": "zoë"}, ["CAFE"]),
        ({"find": "nothing"}, []),
        ({"connector": "fake"}, ["ACME", "BAKER", "CAFE"]),
        ({"connector": "other"}, []),
        ({"health": "not_connected"}, ["ABLE"]),
        ({"health": "never_exported"}, ["BAKER", "CAFE"]),
        ({"health": "attention"}, ["ACME"]),
        ({"health": "connected", "find": "acme"}, ["ACME"]),
        ({"health": "attention", "find": "able"}, []),
    ],
)
def test_companies_are_found_by_words_connector_and_health(
    house: House, asked: dict[str, str], found: list[str]
) -> None:
    add(house, "ABLE", "Able Kitchens", connected=False)
    add(house, "BAKER", "Baker Street 100%")
    add(house, "CAFE", "Café Zoë")
    deletes(house)
    answer = customers(house.hub, **asked)
    assert sorted(each.code for each in answer.rows) == found
    assert (answer.found, answer.every) == (len(found), 4)


def test_a_company_is_found_by_a_journals_reference(house_anywhere: House) -> None:
    made = house_anywhere.export()
    add(house_anywhere, "OTHER", "Other")
    reference = made["postings"][0]["reference"]
    assert [each.code for each in customers(house_anywhere.hub, find=reference.lower()).rows] == ["ACME"]


def test_a_connection_that_nobody_signed_in_to_is_not_connected_and_one_that_ends_soon_expires(
    make_signed: MakeSigned,
) -> None:
    house = make_signed()
    assert health(customers(house.hub)) == {"ACME": "not_connected"}
    house.vendor.hard_s = 20 * 86_400
    house.sign_in()
    found = customers(house.hub)
    assert health(found) == {"ACME": "expiring"}
    assert [each.code for each in found.rows[0].attention] == ["sign_in_ends"]
    assert found.rows[0].attention[0].path == "/c/ACME/setup/connections/one?connection=books"
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE sign_in SET needs_reconnect = 'It was taken back.'")
    assert health(customers(house.hub)) == {"ACME": "failing"}


def test_a_test_copy_is_no_customer_and_raises_no_alarm(house: House) -> None:
    add(house, "COPY", "Acme Test")
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE connection SET connector = 'gone' WHERE company_id = 2")
    assert customers(house.hub).to_see_to == 1
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE company SET test_of = 1, test_connection = 'books' WHERE code = 'COPY'")
    found = customers(house.hub)
    assert [each.code for each in found.rows] == [house.company]
    assert (found.every, found.found, found.to_see_to) == (1, 1, 0)
    assert [each.code for each in customers(house.hub, find="acme").rows] == [house.company]


def test_a_company_whose_plugin_is_paused_for_it_counts_as_paused(house: House) -> None:
    add(house, "OTHER", "Other")
    pause(house.hub, plugin_of(house.hub.registry, "fake"), reason="It is being looked at.", company="OTHER")
    assert health(customers(house.hub)) == {"ACME": "never_exported", "OTHER": "paused"}
    assert [each.code for each in customers(house.hub, health="paused").rows] == ["OTHER"]


def test_more_companies_take_no_more_statements_and_are_listed_a_page_at_a_time(house_anywhere: House) -> None:
    house = house_anywhere
    house.export()
    with statements(house) as few:
        customers(house.hub, find="a", health="connected")
    for number in range(60):
        add(house, f"R{number:02}", f"Restaurant {number:02}")
    with statements(house) as many:
        found = customers(house.hub, find="a", health="never_exported")
    assert len(many) == len(few)
    assert (len(found.rows), found.pages, found.found) == (50, 2, 60)
    rest = customers(house.hub, health="never_exported", page=2)
    assert [each.code for each in rest.rows] == [f"R{number}" for number in range(50, 60)]
    assert customers(house.hub, page=99).page == 2
