"""Diagnostics say enough to find out why a connection fails, and nothing that must not be sent to anybody."""

from __future__ import annotations

import json
import re

from hub.service.alarms.by_night import look_at
from hub.service.diagnostics import diagnostics, diagnostics_file
from hub.testing.lossy import Fault
from tests.canaries import AMOUNT, CANARIES
from tests.connecting.conftest import MakeSigned, MakeTyped
from tests.connecting.gate import API_SECRET
from tests.posting.house import House

PERSONS = ("alice", "Acme", "Site DT", "Food Inventory", "COGS", "books", "Fake Company")


def clean(text: str) -> None:
    """Fail where a text holds a secret, an amount or a name."""
    assert CANARIES.told_in(text) == ""
    assert not re.search(AMOUNT, text)
    for name in PERSONS:
        assert not re.search(rf'"[^"]*\b{name}\b[^"]*"(?!:)', text), name


def test_a_connection_with_a_history_of_troubles_is_told_without_what_must_not_be(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.sign_in()
    house.chart()
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    look_at(house.hub, house.company, "books")
    name, content = diagnostics_file(house.hub, house.company, "books")
    text = content.decode()
    clean(text)
    told = json.loads(text)
    assert re.fullmatch(r"diagnostics-signed-[0-9a-f]{12}\.json", name)
    assert told["settings"]["base_url"] == "http://127.0.0.1/…"
    assert told["settings"]["profile"] == house.profile.value
    assert told["standing"]["state"] == "ready"
    assert told["connector"]["contract"] == 1
    (export,) = told["exports"]
    assert (export["code"], export["journals"][0]["sends"]) == (made["export"], 1)
    assert told["calls"][-1]["outcome"] == "unknown"
    assert told["sizes"]["gl_accounts_mapped"] == 5


def test_what_a_person_or_a_system_wrote_is_left_out_wherever_it_stands(house: House) -> None:
    house.export()
    with house.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE attempt SET code = 'Alice Kent 4,812.37', message = 'Refused for Alice Kent: 4,812.37', request_id = 'Kent'"
        )
        connection.exec_driver_sql("UPDATE posting SET needs_attention = 'ask Alice Kent'")
        connection.exec_driver_sql("UPDATE traffic SET trouble = 'Alice Kent owes 4,812.37'")
    text = json.dumps(diagnostics(house.hub, house.company, "books"))
    assert "Kent" not in text
    assert "4,812" not in text
    assert '"(19 characters, left out)"' in text


def test_a_secret_that_somebody_put_where_none_belongs_is_found_and_left_out(make_typed: MakeTyped) -> None:
    house = make_typed()
    house.types()
    with house.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE connection SET connector = '{API_SECRET}'")
        connection.exec_driver_sql("UPDATE sign_in SET kept = '{}'".format('{"realm": "tenant-of-a-customer"}'))
    text = json.dumps(diagnostics(house.hub, house.company, "books"))
    assert API_SECRET not in text
    assert "tenant-of-a-customer" not in text


def test_a_connector_that_is_not_installed_is_told_with_what_is_known(house: House) -> None:
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE connection SET connector = 'gone'")
    told = diagnostics(house.hub, house.company, "books")
    assert told["connector"] == {"id": "gone", "installed": False, "version": ""}
    assert told["standing"]["state"].startswith("unusable")
    clean(json.dumps(told))
