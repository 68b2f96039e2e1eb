"""The commands that connect, as an operator and support staff type them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hub.api import hookimpl
from hub.cli.program import app
from hub.plugins import Registry, load
from hub.plugins.client import guarded_client
from hub.service.context import Hub
from hub.web.sandboxes import NoSandbox, served
from tests.connecting.conftest import MakeSigned, MakeTyped
from tests.connecting.gate import ACCOUNT, API_SECRET
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import CLIENT_ID, CLIENT_SECRET


class Terminal:
    """Types commands at a house's hub."""

    def __init__(self, house: SignedHouse, folder: Path) -> None:
        self.house, self.folder = house, folder

    @contextmanager
    def open(self, home: Path | None) -> Iterator[Hub]:
        yield self.house.hub

    def types(self, line: str, told: str = "") -> Result:
        return CliRunner().invoke(app, shlex.split(line), obj=self, input=told)

    def done(self, line: str, told: str = "") -> Any:
        """Type a command that must go well, and return its JSON."""
        result = self.types(f"{line} --json", told)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def line(self, **changes: str) -> str:
        return json.dumps({**self.house.vendor.line(**changes), "redirect_uris": ["http://127.0.0.1/callback"]}) + "\n"


@pytest.fixture
def terminal(make_signed: MakeSigned, tmp_path: Path) -> Terminal:
    return Terminal(make_signed(), tmp_path)


def test_a_connection_goes_from_a_stand_ins_line_to_a_chart_and_back(terminal: Terminal) -> None:
    assert terminal.done("connections list")[0]["state"] == "not_connected"
    assert terminal.done("connections sign-in books --from -", terminal.line())["chosen"]["id"] == "1"
    (listed,) = terminal.done("connections list")
    assert (listed["state"], listed["company"]["name"], listed["problem"]) == ("ready", "Fake Company", None)
    assert terminal.done("connections companies books")[0]["chosen"]
    assert terminal.done("connections test books")["reached"]
    assert terminal.done("connections chart books")["accounts"] > 5
    assert terminal.done("connections disconnect books")["revoked"]
    result = terminal.types("connections test books")
    assert result.exit_code == 1
    assert "is not connected to Fake Ledger" in result.output


def test_the_line_may_come_from_a_file(terminal: Terminal) -> None:
    file = terminal.folder / "line.json"
    file.write_text(terminal.line())
    result = terminal.types(f"connections sign-in books --from {shlex.quote(str(file))}")
    assert result.exit_code == 0
    assert "It posts to Fake Company" in result.output
    assert "canary" not in result.output


def test_what_is_no_line_of_a_stand_in_is_a_wrong_call(terminal: Terminal) -> None:
    for told in ("", "nonsense\n", "[]\n"):
        assert terminal.types("connections sign-in books --from -", told).exit_code == 2
    assert terminal.types("connections sign-in books").exit_code == 2


def test_a_company_is_chosen_by_its_id(terminal: Terminal) -> None:
    terminal.house.connector.books["2"] = "Other Books"
    shown = terminal.types("connections sign-in books --from -", terminal.line(company_id=""))
    assert "hub connections companies books --company-id ID" in shown.output
    assert terminal.done("connections companies books --company-id 2")["name"] == "Other Books"
    terminal.house.connect("second")
    assert terminal.done("connections sign-in second --share books")["chosen"] is None


def test_the_operator_registers_the_hub_and_the_secret_is_shown_nowhere(terminal: Terminal) -> None:
    file = terminal.folder / "secret"
    file.write_text(CLIENT_SECRET + "\n")
    command = f"connectors set signed client_id={CLIENT_ID} client_secret=@{file} environment=local"
    assert terminal.done(command) == {"connector": "signed", "environment": "local"}
    listed = terminal.done("connectors list")
    assert {each["environment"]: each["client_id"] for each in listed} == {
        "production": "",
        "sandbox": "",
        "local": CLIENT_ID,
    }
    assert CLIENT_SECRET not in terminal.types("connectors list").output
    terminal.house.through_browser()


@pytest.mark.parametrize(
    "line",
    [
        "connectors set signed client_id=a",
        "connectors set signed client_id=a client_secret=b environment=moon",
        "connectors set signed client_id=a client_secret=b colour=red",
        "connectors set unknown client_id=a client_secret=b",
    ],
)
def test_a_registration_that_does_not_fit_is_refused(terminal: Terminal, line: str) -> None:
    assert terminal.types(line).exit_code == 1


def test_keys_are_rotated(terminal: Terminal) -> None:
    terminal.house.sign_in()
    assert terminal.done("keys rotate")["secrets"] == 2
    terminal.done("connections test books")


class Ledger:
    """A stand-in that answers with its address."""

    connector_id = "ledgerly"

    def app(self, base_url: str) -> Any:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": base_url.encode()})

        return answer

    def credentials(self, base_url: str) -> Mapping[str, str]:
        return {"client_id": "an-id", "refresh_token": "a-token"}


class Brings:
    """A plugin that brings a stand-in."""

    @hookimpl
    def hub_sandboxes(self) -> list[Ledger]:
        return [Ledger()]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load(only=[Brings()])


def test_a_stand_in_is_served_on_this_machine_with_what_a_client_needs(registry: Registry) -> None:
    with served(registry, "ledgerly", 0) as credentials:
        address = credentials["base_url"]
        assert credentials == {"base_url": address, "client_id": "an-id", "refresh_token": "a-token"}
        with guarded_client(address) as client:
            assert client.get("/").text == address


def test_a_stand_in_that_nobody_brings_is_said_to_be_missing(registry: Registry) -> None:
    with pytest.raises(NoSandbox, match="There are: ledgerly"), served(registry, "other", 0):
        pass


def test_a_stand_in_that_does_not_start_says_so() -> None:
    class Broken(Ledger):
        def app(self, base_url: str) -> Any:
            raise ModuleNotFoundError("No module named 'ledgerly'")

    class BringsBroken:
        @hookimpl
        def hub_sandboxes(self) -> list[Ledger]:
            return [Broken()]

    with (
        pytest.raises(NoSandbox, match=r"failed in app\(\): ModuleNotFoundError"),
        served(load(only=[BringsBroken()]), "ledgerly", 0),
    ):
        pass


def test_a_stand_in_tells_what_to_type_next(
    monkeypatch: pytest.MonkeyPatch, registry: Registry, tmp_path: Path
) -> None:
    from hub.app import Installation

    monkeypatch.setattr("hub.service.environment.load", lambda **_: registry)
    monkeypatch.setattr("hub.app.wait", lambda seconds: None)
    shown = CliRunner().invoke(app, ["sandbox", "ledgerly"], obj=Installation())
    assert shown.exit_code == 0
    assert "hub connections add --connector ledgerly --name ledgerly --set environment=local" in shown.output
    assert "hub connections sign-in ledgerly --from -" in shown.output
    line = CliRunner().invoke(app, ["sandbox", "ledgerly", "--json"], obj=Installation())
    assert json.loads(line.stdout)["refresh_token"] == "a-token"
    missing = CliRunner().invoke(app, ["sandbox", "other"], obj=Installation())
    assert missing.exit_code == 1
    assert "No plugin brings a stand-in for other" in missing.output


def test_secrets_are_typed_in_from_files_and_tried(make_typed: MakeTyped, tmp_path: Path) -> None:
    house = make_typed()
    terminal = Terminal(house, tmp_path)
    fields = terminal.done("connections secrets books")
    assert [each["field"] for each in fields if each["needed"]] == ["account", "api_secret"]
    (tmp_path / "secret").write_text(f"{API_SECRET}\n")
    line = f"connections secrets books account={ACCOUNT} api_secret=@{tmp_path / 'secret'}"
    assert terminal.done(line)["chosen"]["id"] == "1"
    assert terminal.done("connections list")[0]["types_secrets"]
    result = terminal.types(f"connections secrets books account={ACCOUNT} api_secret=ca7ary")
    assert result.exit_code == 1
    assert "API secret must have at least 8 characters" in result.output
    assert "ca7ary" not in result.output
    house.gate.secrets = {}
    result = terminal.types(line)
    assert result.exit_code == 1
    assert "What was stored before stays" in result.output
    assert API_SECRET not in result.output
    assert terminal.done("connections disconnect books")["revoked"] is False
    result = terminal.types(line)
    assert result.exit_code == 1
    assert "The secrets of books are stored" in result.output


def test_a_connector_that_secrets_are_typed_in_for_needs_no_client_of_the_operators(
    make_typed: MakeTyped, tmp_path: Path
) -> None:
    terminal = Terminal(make_typed(), tmp_path)
    assert terminal.done("connectors list") == []
    result = terminal.types("connectors set typed client_id=x client_secret=y")
    assert result.exit_code == 1
    assert "needs no client of the hub's own" in " ".join(result.output.split())
