"""Where a connection goes, for every environment."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hub.api import ClientIn, ConnectorError, OAuth2, RevokeAs
from hub_quickbooks.connector import QuickBooks
from hub_quickbooks.settings import Settings

CONNECTOR = QuickBooks()


@pytest.mark.parametrize(
    ("environment", "base_url"),
    [
        ("production", "https://quickbooks.api.intuit.com"),
        ("sandbox", "https://sandbox-quickbooks.api.intuit.com"),
    ],
)
def test_the_vendors_own_addresses_are_used_with_its_own_sign_in(environment: str, base_url: str) -> None:
    found = CONNECTOR.addresses(Settings(), environment)
    assert (found.base_url, found.request_ids) == (base_url, ("intuit_tid",))
    sign_in = found.sign_in
    assert isinstance(sign_in, OAuth2)
    assert sign_in.authorize_url == "https://appcenter.intuit.com/connect/oauth2"
    assert sign_in.token_url == "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
    assert sign_in.revoke_url == "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
    assert (sign_in.scopes, sign_in.proof_key, sign_in.kept) == (
        ("com.intuit.quickbooks.accounting",),
        False,
        ("realmId",),
    )
    assert (sign_in.client_in, sign_in.revoke_as, sign_in.grace_s) == (ClientIn.HEADER, RevokeAs.JSON, 0)


def test_a_local_connection_has_every_address_at_its_sandbox() -> None:
    found = CONNECTOR.addresses(Settings(base_url="http://127.0.0.1:9001/"), "local")
    assert found.base_url == "http://127.0.0.1:9001"
    assert isinstance(found.sign_in, OAuth2)
    addresses = (found.sign_in.authorize_url, found.sign_in.token_url, found.sign_in.revoke_url)
    assert all(address.startswith("http://127.0.0.1:9001/") for address in addresses)


def test_a_sandboxs_address_is_needed_there_and_refused_elsewhere() -> None:
    with pytest.raises(ConnectorError, match="not set"):
        CONNECTOR.addresses(Settings(), "local")
    for environment in ("production", "sandbox"):
        with pytest.raises(ConnectorError, match="environment local"):
            CONNECTOR.addresses(Settings(base_url="http://127.0.0.1:9001"), environment)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.7:9001",
        "https://example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "ftp://127.0.0.1",
        "http://user:pass@127.0.0.1",
        "http://127.0.0.1/?x=1",
        "127.0.0.1:9002",
    ],
)
def test_an_address_on_another_machine_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(base_url=address)
    assert address not in str(caught.value)


def test_lines_per_journal_may_be_set_and_empty_means_not_set() -> None:
    assert CONNECTOR.limits(Settings()).lines_per_entry == 1000
    assert Settings.model_validate({"max_lines": ""}).max_lines is None
    with pytest.raises(ValidationError):
        Settings(max_lines=1)


def test_calls_are_spread_so_that_no_second_has_more_than_ten() -> None:
    per_minute = CONNECTOR.info.limits.calls_per_minute
    assert per_minute is not None
    burst = per_minute // 10
    interval_s = 60 / (per_minute - burst)
    assert burst + 1 / interval_s <= 10.5
    assert burst + int(0.999 / interval_s) <= 10
