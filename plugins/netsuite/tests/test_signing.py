"""The passport of token-based authentication: the vendor's worked example, and one of its own for every request."""

from __future__ import annotations

import httpx2
import pytest
from lxml import etree
from pydantic import ValidationError

from hub.api import ConnectorError
from hub_netsuite.connector import NetSuite
from hub_netsuite.envelopes import Envelopes
from hub_netsuite.settings import Secrets, Settings
from hub_netsuite.signing import MARKER, passport, signature, signed
from plugins.netsuite.tests.journals import ACCOUNT, HOST, NOW, VERSION

CONSUMER_KEY = "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4"
TOKEN = "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc"
# The worked example of the vendor's page on the signature; its secrets are published there, and open nothing.
EXAMPLE = Secrets.model_validate(
    {
        "consumer_key": CONSUMER_KEY,
        "consumer_" + "secret": "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
        "token_id": TOKEN,
        "token_" + "secret": "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    }
)
SETTINGS = Settings(account=ACCOUNT, endpoint=VERSION)


def request(content: bytes | None = None) -> httpx2.Request:
    envelope = Envelopes(VERSION).get_journal(internal="1") if content is None else content
    headers = {"SOAPAction": '"get"', "Content-Type": "text/xml; charset=utf-8"}
    return httpx2.Request("POST", f"{HOST}/services/NetSuitePort_{VERSION}", content=envelope, headers=headers)


def told(sent: httpx2.Request) -> dict[str, str]:
    """The passport's values by the names of their elements."""
    (found,) = etree.fromstring(sent.content).iter("{*}tokenPassport")
    return {etree.QName(each).localname: str(each.text) for each in found}


def test_the_signature_is_that_of_the_vendors_worked_example() -> None:
    made = signature(EXAMPLE, account="123456", nonce="fjaLirsIcCGVZWzBX0pg", timestamp=1_508_242_306)
    assert made == "tIcC5zyKUmycB5Ml/cNxOHDusw03Y5KPQiXVNUHHp4U="


def test_a_passport_names_all_that_it_signs_in_the_order_of_the_schema() -> None:
    made = passport(EXAMPLE, account="123456", version=VERSION, nonce="fjaLirsIcCGVZWzBX0pg", timestamp=1_508_242_306)
    element = etree.fromstring(made)
    assert [etree.QName(each).localname for each in element] == [
        "account",
        "consumerKey",
        "token",
        "nonce",
        "timestamp",
        "signature",
    ]
    assert {etree.QName(each).namespace for each in element} == {
        f"urn:core_{VERSION}.platform.webservices.netsuite.com"
    }
    assert element[-1].get("algorithm") == "HMAC-SHA256"
    assert b"d26ad321" not in made
    assert b"c29a677d" not in made


def test_every_request_that_is_sent_has_a_nonce_of_its_own_and_the_time_of_its_sending() -> None:
    now = [NOW]
    connector = NetSuite(lambda: now[0])
    first = told(connector.sign(request(), EXAMPLE, SETTINGS))
    now[0] += 61
    second = told(connector.sign(request(), EXAMPLE, SETTINGS))
    assert first["account"] == second["account"] == "1234567_SB1"
    assert (int(first["timestamp"]), int(second["timestamp"])) == (int(NOW), int(NOW) + 61)
    assert len({told(connector.sign(request(), EXAMPLE, SETTINGS))["nonce"] for _ in range(50)}) == 50
    assert first["nonce"].isalnum()
    assert 6 <= len(first["nonce"]) <= 64
    assert first["signature"] != second["signature"]


def test_a_signed_request_is_the_same_one_with_its_passport_and_the_right_length() -> None:
    bare = request()
    made = NetSuite(lambda: NOW).sign(bare, EXAMPLE, SETTINGS)
    assert (made.method, made.url, made.headers["SOAPAction"]) == (bare.method, bare.url, '"get"')
    assert int(made.headers["Content-Length"]) == len(made.content)
    assert MARKER in bare.content
    assert MARKER not in made.content
    header, body = etree.fromstring(made.content)
    assert etree.QName(header[0]).localname == "tokenPassport"
    assert etree.QName(body[0]).localname == "get"


@pytest.mark.parametrize("content", [b"<Envelope/>", b"", MARKER + MARKER])
def test_a_request_without_one_place_for_a_passport_is_not_sent(content: bytes) -> None:
    with pytest.raises(ConnectorError, match="was not sent"):
        signed(request(content), b"<passport/>")


def test_secrets_take_what_was_pasted_with_blanks_and_refuse_what_is_no_key_without_showing_it() -> None:
    values = dict.fromkeys(Secrets.model_fields, f"  {'a1' * 32}\n")
    assert Secrets.model_validate(values).token_id.get_secret_value() == "a1" * 32
    with pytest.raises(ValidationError, match="letters and digits only") as caught:
        Secrets.model_validate({**values, "token_id": "Bearer hush-hush"})
    assert "hush" not in str(caught.value)


def test_secrets_of_another_connector_are_a_programming_error() -> None:
    with pytest.raises(TypeError, match="secrets of netsuite expected"):
        NetSuite().sign(request(), SETTINGS, SETTINGS)
