"""What the hub learns about the connector, its settings, its addresses and its two ways to sign in."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from pydantic import BaseModel, ValidationError

from hub.api import ENTRY_POINT_GROUP, ClientAssertion, Connection, ConnectorError, Guarantee, SecretFields
from hub.domain.posting import Rules
from hub.plugins import load
from hub_netsuite.connector import LIMITS, NetSuite, hub_connectors
from hub_netsuite.settings import Secrets, Settings

LOCAL = "http://127.0.0.1:9001"


def test_the_plugin_is_found_through_its_entry_point_and_admitted() -> None:
    (point,) = entry_points(group=ENTRY_POINT_GROUP, name="netsuite")
    assert point.load().hub_connectors is hub_connectors
    connector = load().connector("netsuite")
    assert (connector.info.id, connector.label(Settings(account="1234567"))) == ("netsuite", "NetSuite")


def test_it_claims_a_key_that_netsuite_keeps_and_neither_drafts_nor_voids() -> None:
    info = NetSuite().info
    assert info.guarantee is Guarantee.SERVER_KEY
    assert info.environments == ("production", "sandbox", "local")
    assert info.capabilities == frozenset()
    assert info.entry_dimensions == ("subsidiary",)


def test_silence_outlasts_the_fifteen_minutes_after_which_netsuite_cuts_a_request() -> None:
    assert (LIMITS.lines_per_entry, LIMITS.calls_at_once, LIMITS.key_life_s) == (1_000, 1, None)
    assert LIMITS.latest_commit_s == 15 * 60
    assert Rules().quiet_s(LIMITS) > LIMITS.latest_commit_s


@pytest.mark.parametrize("typed", ["1234567_SB1", "1234567-sb1", " 1234567_sb1 ", "1234567-SB1"])
def test_an_account_id_is_taken_in_either_form_signed_in_one_and_addressed_in_the_other(typed: str) -> None:
    settings = Settings(account=typed)
    assert settings.account == "1234567_SB1"
    addresses = NetSuite().addresses(settings, "sandbox")
    assert addresses.base_url == "https://1234567-sb1.suitetalk.api.netsuite.com"


@pytest.mark.parametrize("typed", ["", "1234567 SB1", "https://1234567.app.netsuite.com", "1234567_", "1234567/../x"])
def test_what_is_no_account_id_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="an account ID such as"):
        Settings(account=typed)


def test_each_interface_has_its_own_sign_in_at_the_accounts_own_host() -> None:
    connector = NetSuite()
    soap = connector.addresses(Settings(account="1234567"), "production")
    rest = connector.addresses(Settings.model_validate({"account": "1234567", "transport": "rest"}), "production")
    assert soap.base_url == rest.base_url == "https://1234567.suitetalk.api.netsuite.com"
    assert soap.sign_in == SecretFields(model=Secrets)
    assert rest.sign_in == ClientAssertion(
        token_url="https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
        scopes=("rest_webservices",),
        algorithms=("PS256", "ES256"),
    )
    assert [type(each) for each in connector.info.sign_ins] == [SecretFields, ClientAssertion]


def test_a_local_connection_stays_on_its_address_sign_in_included() -> None:
    settings = Settings.model_validate({"account": "1234567_SB1", "transport": "rest", "base_url": f"{LOCAL}/"})
    addresses = load().connector("netsuite").addresses(settings, "local")
    assert addresses is not None
    assert isinstance(addresses.sign_in, ClientAssertion)
    assert (addresses.base_url, addresses.hosts) == (LOCAL, ())
    assert addresses.sign_in.token_url.startswith(f"{LOCAL}/")


@pytest.mark.parametrize(("environment", "base_url"), [("local", ""), ("production", LOCAL), ("sandbox", LOCAL)])
def test_a_local_address_and_the_environment_local_go_together(environment: str, base_url: str) -> None:
    with pytest.raises(ConnectorError, match="go together"):
        NetSuite().addresses(Settings(account="1234567", base_url=base_url), environment)


@pytest.mark.parametrize("account", ["1234567_SB1", "1234567_RP"])
def test_an_account_for_trying_out_is_not_taken_for_the_real_one(account: str) -> None:
    with pytest.raises(ConnectorError, match="for trying out"):
        NetSuite().addresses(Settings(account=account), "production")
    assert NetSuite().addresses(Settings(account=account), "sandbox").base_url


@pytest.mark.parametrize(("typed", "endpoint"), [("2025_2", "2025_2"), ("2024.1", "2024_1"), ("v2023_2_0", "2023_2")])
def test_an_endpoint_is_taken_as_it_is_written_anywhere(typed: str, endpoint: str) -> None:
    assert Settings(account="1", endpoint=typed).endpoint == endpoint


@pytest.mark.parametrize("typed", ["2025", "2025_3", "25_2", "latest"])
def test_what_is_no_endpoint_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="a version such as"):
        Settings(account="1", endpoint=typed)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:9001", "ftp://127.0.0.1", "http://me@127.0.0.1", "http://[", "http:///x", "http://a b"]
)
def test_a_local_address_is_a_plain_web_address(address: str) -> None:
    with pytest.raises(ValidationError, match="an address of this machine"):
        Settings(account="1234567", base_url=address)


def test_the_last_endpoint_and_soap_are_the_defaults_and_the_form_says_which_interface_to_choose_and_why() -> None:
    settings = Settings(account="1234567")
    assert (settings.endpoint, settings.transport.value, settings.oneworld, settings.approve) == (
        "2025_2",
        "soap",
        True,
        False,
    )
    told = Settings.model_json_schema()["properties"]["transport"]["description"]
    for word in ("2027.1", "2028.1", "2028.2", "rest for a new integration"):
        assert word in told


def test_settings_of_another_connector_are_a_programming_error() -> None:
    class Other(BaseModel):
        pass

    with pytest.raises(TypeError, match="settings of netsuite expected"):
        NetSuite().label(Other())


def test_without_a_client_there_is_no_session() -> None:
    with pytest.raises(ConnectorError, match="no way to reach NetSuite"):
        NetSuite().open(Connection(name="books", settings=Settings(account="1234567")))
