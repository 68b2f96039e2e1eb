"""The demo's companies beside the stand-ins: loaded once, led to where these are at each start, and able to sign in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest

from hub.app import posting
from hub.demo.loading import CONNECTION
from hub.demo.networked import Beside, load_beside
from hub.plugins import Registry
from hub.service.connecting.sign_in import begin, share, sign_in_with
from hub.service.connecting.standing import connections
from hub.service.connections import add_connection
from hub.service.context import Hub
from hub.service.previewing import offered_counts
from hub.store import Database
from hub.web.sandboxes import StandIns, all_served
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.demo.home import NOW, everything

HUB = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def stand_ins(registry: Registry) -> Iterator[StandIns]:
    """Every stand-in, on free ports."""
    with all_served(registry, 0) as running:
        running.register(HUB)
        yield running


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases, registry: Registry
) -> Iterator[Hub]:
    """An empty home that reaches this machine."""
    database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
    home: Path = tmp_path_factory.mktemp("beside")
    yield Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="alice", posting=posting())
    database.close()


@pytest.fixture(scope="module")
def loaded(hub: Hub, stand_ins: StandIns) -> list[Beside]:
    """What `hub demo serve` loads."""
    return load_beside(hub, stand_ins.credentials)


def elsewhere(stand_ins: StandIns) -> dict[str, Mapping[str, str]]:
    """Return what stand-ins say of themselves at a start on other ports."""
    return {
        name: {**told, "base_url": f"http://127.0.0.1:{port}"}
        for port, (name, told) in enumerate(stand_ins.credentials.items(), start=9_001)
    }


def addresses(hub: Hub, loaded: list[Beside]) -> list[str]:
    return [found["settings"]["base_url"] for each in loaded for found in connections(hub, each.code)]


def test_there_is_a_company_beside_each_stand_in_with_a_count_and_a_connection_to_sign_in_to(
    hub: Hub, loaded: list[Beside], stand_ins: StandIns
) -> None:
    assert [each.code for each in loaded] == ["DEMO-NETSUITE", "DEMO-QUICKBOOKS", "DEMO-XERO"]
    assert [each.address for each in loaded] == [told["base_url"] for told in stand_ins.credentials.values()]
    assert [each.code for each in loaded if each.types_secrets] == ["DEMO-NETSUITE"]
    for each in loaded:
        (found,) = connections(hub, each.code)
        assert (found["name"], found["environment"], found["state"]) == (CONNECTION, "local", "not_connected")
        assert [count["count_date"] for count in offered_counts(hub, each.code)] == ["2026-10-31"]


def test_the_connection_whose_secrets_are_typed_in_has_the_settings_that_its_stand_in_tells_and_no_secret(
    hub: Hub, loaded: list[Beside], stand_ins: StandIns
) -> None:
    (found,) = connections(hub, "DEMO-NETSUITE")
    told = stand_ins.credentials["netsuite"]
    assert found["settings"] == {"account": told["account"], "base_url": told["base_url"]}
    assert found["label"] == "NetSuite"
    assert (found["types_secrets"], found["sign_in"]) == (True, None)


def test_a_stand_in_that_does_not_say_what_its_connection_needs_gets_no_company(
    hub: Hub, loaded: list[Beside], stand_ins: StandIns
) -> None:
    lacking = {"netsuite": "account", "quickbooks": "client_secret"}
    told = {
        connector: {name: text for name, text in stand_ins.credentials[connector].items() if name != lacks}
        for connector, lacks in lacking.items()
    }
    assert load_beside(hub, told) == []


def test_a_second_start_on_other_ports_changes_the_addresses_of_the_connections_and_no_more(
    hub: Hub, loaded: list[Beside], stand_ins: StandIns
) -> None:
    before = {name: len(rows) for name, rows in everything(hub).items()}
    moved = load_beside(hub, elsewhere(stand_ins))
    assert addresses(hub, moved) == [f"http://127.0.0.1:{port}" for port in (9001, 9002, 9003)]
    assert load_beside(hub, stand_ins.credentials) == loaded
    assert addresses(hub, loaded) == [each.address for each in loaded]
    changed = {name for name, rows in everything(hub).items() if len(rows) != before[name]}
    assert changed <= {"audit_event"}, "moving is in the audit trail"


def test_each_stand_in_takes_people_who_come_from_the_address_that_was_registered_and_no_other(
    hub: Hub, loaded: list[Beside]
) -> None:
    for each in [each for each in loaded if not each.types_secrets]:
        for address, status in ((HUB, 200), ("http://127.0.0.1:7999", 400)):
            url = begin(hub, each.code, CONNECTION, browser="ann", redirect_url=f"{address}/connections/callback")
            assert url.startswith(each.address)
            assert httpx2.get(url, trust_env=False).status_code == status


def test_a_start_anew_asks_each_connection_to_its_stand_in_to_connect_again(
    hub: Hub, loaded: list[Beside], stand_ins: StandIns
) -> None:
    code = loaded[-1].code
    told = stand_ins.credentials["xero"]
    add_connection(
        hub, code, connector="xero", name="second", settings={"base_url": told["base_url"]}, environment="local"
    )
    sign_in_with(hub, code, CONNECTION, told)
    share(hub, code, "second", CONNECTION)
    moved = load_beside(hub, elsewhere(stand_ins))[-1]
    for found in connections(hub, code):
        assert (found["settings"]["base_url"], found["state"]) == (moved.address, "reconnect")
        assert "started anew, with empty books" in found["problem"]
    load_beside(hub, stand_ins.credentials)
