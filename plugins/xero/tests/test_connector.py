"""What the hub learns about the connector, its settings, its addresses and its sign-in."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from pydantic import BaseModel, ValidationError

from hub.api import ENTRY_POINT_GROUP, Capability, ClientIn, Connection, ConnectorError, Guarantee, OAuth2, RevokeAs
from hub.domain.posting import Rules
from hub.plugins import load
from hub_xero.connector import LIMITS, Xero, hub_connectors
from hub_xero.settings import Settings

LOCAL = "http://127.0.0.1:9001"


def test_the_plugin_is_found_through_its_entry_point_and_admitted() -> None:
    (point,) = entry_points(group=ENTRY_POINT_GROUP, name="xero")
    assert point.load().hub_connectors is hub_connectors
    connector = load().connector("xero")
    assert (connector.info.id, connector.label(Settings())) == ("xero", "Xero")


def test_it_claims_what_xero_keeps_and_neither_drafts_nor_voids() -> None:
    info = Xero().info
    assert info.guarantee is Guarantee.SERVER_KEY
    assert info.environments == ("production", "sandbox", "local")
    assert info.capabilities == {Capability.CHANGED_SINCE}


def test_silence_outlasts_both_the_keys_six_minutes_and_the_latest_commit() -> None:
    assert (LIMITS.key_life_s, LIMITS.calls_per_minute, LIMITS.calls_at_once) == (360, 60, 5)
    assert LIMITS.latest_commit_s is not None
    assert LIMITS.latest_commit_s >= 25 * 60 > 360
    assert Rules().quiet_s(LIMITS) > LIMITS.latest_commit_s


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_real_organisations_and_demo_companies_are_called_at_xeros_own_hosts(environment: str) -> None:
    addresses = Xero().addresses(Settings(), environment)
    assert isinstance(addresses.sign_in, OAuth2)
    assert (addresses.base_url, addresses.hosts, addresses.request_ids) == (
        "https://api.xero.com",
        (),
        ("Xero-Correlation-Id",),
    )
    assert addresses.sign_in.authorize_url == "https://login.xero.com/identity/connect/authorize"
    assert addresses.sign_in.token_url == "https://identity.xero.com/connect/token"
    assert addresses.sign_in.revoke_url == "https://identity.xero.com/connect/revocation"


def test_a_local_connection_stays_on_its_address_sign_in_included() -> None:
    addresses = load().connector("xero").addresses(Settings(base_url=f"{LOCAL}/"), "local")
    assert addresses is not None
    assert isinstance(addresses.sign_in, OAuth2)
    sign_in = addresses.sign_in
    assert addresses.base_url == LOCAL
    assert all(url.startswith(f"{LOCAL}/") for url in (sign_in.authorize_url, sign_in.token_url, sign_in.revoke_url))


@pytest.mark.parametrize(("environment", "base_url"), [("local", ""), ("production", LOCAL), ("sandbox", LOCAL)])
def test_a_local_address_and_the_environment_local_go_together(environment: str, base_url: str) -> None:
    with pytest.raises(ConnectorError, match="go together"):
        Xero().addresses(Settings(base_url=base_url), environment)


def test_it_asks_for_the_least_granular_scopes_with_pkce_and_tells_the_lives_of_tokens() -> None:
    (sign_in,) = Xero().info.sign_ins
    assert isinstance(sign_in, OAuth2)
    assert sign_in.scopes == ("offline_access", "accounting.manualjournals", "accounting.settings.read")
    assert (sign_in.proof_key, sign_in.client_in, sign_in.revoke_as) == (True, ClientIn.HEADER, RevokeAs.FORM)
    assert (sign_in.refresh_life_s, sign_in.grace_s) == (60 * 24 * 3600, 1_800)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:9001",
        "ftp://127.0.0.1",
        "http://127.0.0.1:9001/?a=1",
        "http://me@127.0.0.1",
        "http://127.0.0.1:port",
        "http://[",
        "http:///x",
        "http://127.0.0.1:9001/a b",
    ],
)
def test_a_local_address_is_a_plain_web_address(address: str) -> None:
    with pytest.raises(ValidationError, match="an address of this machine"):
        Settings(base_url=address)


@pytest.mark.parametrize(
    "address", ["hub.example.com", "javascript:alert(1)", "https://hub.example.com/#a", "https://"]
)
def test_the_hubs_address_is_a_web_address(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(hub_url=address)


def test_settings_of_another_connector_are_a_programming_error() -> None:
    class Other(BaseModel):
        pass

    with pytest.raises(TypeError, match="settings of xero expected"):
        Xero().label(Other())


def test_without_a_client_there_is_no_session() -> None:
    with pytest.raises(ConnectorError, match="no way to reach Xero"):
        Xero().open(Connection(name="books", settings=Settings()))
