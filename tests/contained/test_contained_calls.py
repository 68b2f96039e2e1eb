"""A contained connector answers as any other does, and its process holds no more than it must."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.api import (
    Connection,
    ConnectorError,
    EntryRejected,
    File,
    OutcomeUnknown,
    ReconnectNeeded,
    SecretFields,
    SettledExport,
)
from hub.plugins import GuardedConnector, GuardedSession, Registry, SettingsInvalid, load
from hub.plugins.client import guarded_client
from hub.plugins.contained.process import Containment
from hub.plugins.loading import Policy
from hub.plugins.sign_in.typed import SigningTyped
from hub.plugins.trust import Trust, Way
from tests.contained.conftest import on_path
from tests.plugins.scripted import entry

SECRET = "correct-horse-battery"
ADDRESS = "https://production.moody.example/v1/"

pytestmark = pytest.mark.usefixtures("installed_site")


@pytest.fixture(scope="module")
def registry(site: Path, containment: Containment) -> Iterator[Registry]:
    """The hub's own plugins and the partner's, which is not trusted."""
    with on_path(site):
        loaded = load(policy=Policy(trust=Trust(), containment=containment))
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def moody(registry: Registry) -> GuardedConnector:
    return registry.connector("moody")


class System:
    """The accounting system: what arrived there, and what it answers."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.answer: Any = None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if request.method == "GET":
            return httpx2.Response(200, json=[{"id": "7", "name": "COGS Meat"}])
        return httpx2.Response(201, json={"id": "J-9"}, headers={"Set-Cookie": "a=b"})


@pytest.fixture
def system() -> System:
    return System()


def opened(moody: GuardedConnector, system: System, *, mood: str = "calm", name: str = "books") -> GuardedSession:
    """A session whose requests are signed with what was typed in, as the hub opens one."""
    settings = moody.settings_from({"mood": mood})
    (way,) = moody.info.sign_ins
    assert isinstance(way, SecretFields)
    secrets = moody.secrets_from(way.model, {"account": "kitchen", "secret": SECRET})
    client = guarded_client(
        ADDRESS,
        transport=httpx2.MockTransport(system),
        auth=SigningTyped(lambda request: moody.sign(request, secrets, settings)),
    )
    return moody.open(Connection(name=name, settings=settings, client=client), deadline_s=120)


def test_a_contained_plugin_is_listed_and_never_imported_in_the_hub(registry: Registry) -> None:
    (known,) = [each for each in registry.known if each.name == "moody"]
    assert (known.way, known.connector_ids, known.reason) == (Way.CONTAINED, ("moody",), "")
    assert "partner_moody" not in sys.modules


def test_what_follows_from_settings_is_told_by_the_plugins_own_process(moody: GuardedConnector) -> None:
    settings = moody.settings_from({"mood": "calm", "lines": "40"})
    assert moody.label(settings) == "Moody, calm"
    assert moody.limits(settings).lines_per_entry == 40
    addresses = moody.addresses(settings, "production")
    assert addresses is not None
    assert addresses.base_url == ADDRESS
    assert addresses.sign_in == moody.info.sign_ins[0]


def test_the_form_is_drawn_from_the_plugins_own_model(moody: GuardedConnector) -> None:
    schema = moody.info.settings.model_json_schema()
    assert schema["properties"]["lines"] == {"default": 500, "title": "Lines", "type": "integer"}
    (way,) = moody.info.sign_ins
    assert isinstance(way, SecretFields)
    assert way.model.model_json_schema()["properties"]["secret"]["format"] == "password"


def test_settings_that_the_plugin_refuses_are_told_as_those_of_any_other(moody: GuardedConnector) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        moody.settings_from({"mood": "unknown", "lines": "many", "colour": "red"})
    assert sorted(each.message for each in refused.value.problems) == [
        "The setting colour is not one of this connector's settings: mood, lines.",
        "The setting lines must be a whole number.",
        "The setting mood is not acceptable: the mood … {is} none.",
    ]


def test_a_journal_is_posted_through_the_hubs_own_client(moody: GuardedConnector, system: System) -> None:
    with opened(moody, system) as session:
        receipt = session.post(entry())
        assert [(each.id, each.name) for each in session.accounts()] == [("7", "COGS Meat")]
    assert receipt.id == "J-9"
    assert receipt.recorded is not None
    assert receipt.recorded.lines[0].amount == entry().lines[0].amount
    posted, read = system.requests
    assert (posted.method, str(posted.url)) == ("POST", f"{ADDRESS}journals")
    assert posted.content == b'{"reference":"IA7K2Q9XM4B","total":"4812.37"}'
    assert posted.headers["x-signed"] == f"kitchen:{SECRET}:{len(posted.content)}"
    assert posted.headers["user-agent"].startswith("inventory-hub/")
    assert "cookie" not in read.headers


def test_a_refusal_arrives_with_its_code_and_request_id(moody: GuardedConnector, system: System) -> None:
    system.answer = httpx2.Response(422, headers={"x-request-id": "r-1"})
    with opened(moody, system) as session, pytest.raises(EntryRejected, match=r"The period is locked\.") as refused:
        session.post(entry())
    assert (refused.value.code, refused.value.request_id) == ("6140", "r-1")


@pytest.mark.parametrize("broken", [httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("gone")])
def test_an_answer_that_was_lost_leaves_the_outcome_unknown(
    moody: GuardedConnector, system: System, broken: Exception
) -> None:
    system.answer = broken
    with opened(moody, system) as session, pytest.raises(OutcomeUnknown):
        session.post(entry())


def test_a_sign_in_that_no_longer_works_is_told_as_what_it_is(moody: GuardedConnector) -> None:
    def no_sign_in(request: httpx2.Request) -> httpx2.Request:
        raise ReconnectNeeded("Connect it again.", code="expired")

    settings = moody.settings_from({})
    client = guarded_client(ADDRESS, transport=httpx2.MockTransport(System()), auth=SigningTyped(no_sign_in))
    connection = Connection(name="books", settings=settings, client=client)
    with moody.open(connection) as session, pytest.raises(ReconnectNeeded, match=r"Connect it again\."):
        session.accounts()


def test_a_chart_is_read_from_a_file(moody: GuardedConnector) -> None:
    accounts = moody.read_chart(File(name="chart.txt", content=b"5010 1310"))
    assert [each.number for each in accounts] == ["5010", "1310"]


def test_two_connections_never_share_a_process(moody: GuardedConnector, system: System) -> None:
    with opened(moody, system, name="first") as first, opened(moody, system, name="second") as second:
        assert [each.id for each in second.find(entry())] == ["J-second"]
        assert [each.name for each in first.companies()] == ["first after 1"]
    with opened(moody, system, name="first") as again:
        assert {each.id for each in again.find(entry())} != {"J-second"}


def test_a_settled_export_is_heard_of_in_a_process_of_the_plugin(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    settled = SettledExport(
        company="kitchen",
        connection="books",
        export="E1",
        state="POSTED",
        count_date=entry().date,
        sequence=1,
        postings=(),
    )
    registry.tell_settled(settled, deadline_s=60)
    registry.tell_settled(replace(settled, export="loud"), deadline_s=60)
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert (
        told == 'plugin "moody" of partner-moody 1.0 failed in hub_export_settled() for export loud with PluginFailed'
    )


def test_what_is_tried_on_the_hub_fails_and_what_a_plugin_needs_works(
    moody: GuardedConnector, system: System, site: Any
) -> None:
    with opened(moody, system, mood="probes") as session:
        found = dict(each.name.split(": ") for each in session.accounts())
    assert found == {
        "fork": "PermissionError",
        "program": "PermissionError",
        "thread": "done",
        "network": "PermissionError",
        "key file": "PermissionError",
        "written there": "PermissionError",
        "environment of the hub": "PermissionError",
        "signal": "PermissionError",
        "own file": "done",
        "environment": "HOME,LANG,PATH,TMPDIR,TZ",
        "open files": "1",
    }
    assert (site / "home" / "vault.keys").read_text() == "the key"


def test_no_secret_that_a_plugin_prints_or_raises_is_told(
    moody: GuardedConnector, system: System, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with opened(moody, system, mood="tells") as session, pytest.raises(ConnectorError) as failed:
        session.post(entry())
    assert SECRET not in f"{failed.value} {failed.value.__cause__} {failed.value.__context__} {caplog.text}"
