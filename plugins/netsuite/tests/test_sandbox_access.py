"""Signing in to the sandbox over both transports, what is refused as a whole, and how many calls it bears."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from hub.plugins import load
from hub.plugins.sign_in.assertion import KeyFields
from hub_netsuite.sandbox.passports import Keys, Passport, signature
from hub_netsuite.sandbox.tokens import certificate_id
from hub_netsuite.settings import Secrets, Settings
from plugins.netsuite.tests.sandbox_client import BASE, Body, Local, envelope, ref

TIME = "<m:getServerTime/>"
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "consumer key": ({"consumerKey": "0" * 64}, "consumer_key_unknown"),
    "token": ({"token": "0" * 64}, "token_rejected"),
    "consumer secret": ({"consumer_secret": "wrong"}, "InvalidSignature"),
    "token secret": ({"token_secret": "wrong"}, "InvalidSignature"),
    "lower case account": ({"account": "1234567_sb1"}, "InvalidAccount"),
    "account as in addresses": ({"account": "1234567-sb1"}, "InvalidAccount"),
    "algorithm": ({"algorithm": "HMAC-SHA1"}, "UnknownAlgorithm"),
    "old timestamp": ({"timestamp": "1793609699"}, "InvalidTimestamp"),
    "short nonce": ({"nonce": "abc12"}, "InvalidNonce"),
    "nonce with signs": ({"nonce": "abc-12345"}, "InvalidNonce"),
    "missing nonce": ({"nonce": ""}, "MissingTokenPassportRequiredFields"),
    "signature in hex": ({"signature": "00ff" * 16}, "InvalidSignature"),
}


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(folder=tmp_path)


def test_the_signature_is_the_one_of_the_vendors_documented_example() -> None:
    keys = Keys(
        consumer_key="ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
        consumer_secret="d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
        token_id="2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
        token_secret="c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    )
    passport = Passport(
        account="123456",
        consumer_key=keys.consumer_key,
        token=keys.token_id,
        nonce="fjaLirsIcCGVZWzBX0pg",
        timestamp="1508242306",
        signature="",
        algorithm="HMAC-SHA256",
    )
    assert signature(passport, keys) == "tIcC5zyKUmycB5Ml/cNxOHDusw03Y5KPQiXVNUHHp4U="


def test_a_passport_that_is_right_gets_an_answer_with_an_id_for_support(local: Local) -> None:
    told = local.soap(TIME)
    assert (told.status_code, told.succeeded) == (200, True)
    assert told.texts("nsId")[0].startswith("WEBSERVICES_1234567_SB1_")
    assert told.texts("serverTime") == ["2026-11-02T01:00:00.000-08:00"]


@pytest.mark.parametrize("cause", WRONG)
def test_whatever_is_wrong_the_refusal_is_the_same_and_only_the_audit_trail_says_why(local: Local, cause: str) -> None:
    changes, detail = WRONG[cause]
    told = local.soap(TIME, passport=local.passport(**changes))
    assert (told.status_code, told.texts("faultstring")) == (500, ["Invalid login attempt."])
    assert told.texts("faultcode") == ["soapenv:Server.userException"]
    assert told.find("invalidCredentialsFault") is not None
    assert local.audit() == [detail]
    assert detail in local.bare.get("/_sandbox/audit", headers={"Accept": "text/html"}).text


def test_the_front_page_shows_all_that_is_typed_in_by_its_names_in_the_hub_and_leads_on(local: Local) -> None:
    told = local.bare.get("/")
    shown = dict(re.findall(r"<dt>(.*?)</dt><dd><code>(.*?)</code></dd>", told.text, re.DOTALL))
    asked = {**Secrets.model_fields, **KeyFields.model_fields}
    asked |= {name: Settings.model_fields[name] for name in ("account", "base_url")}
    assert shown == {str(field.title): local.credentials[name] for name, field in asked.items()}
    assert "This is not NetSuite" in told.text
    pages = [unescape(address) for address in re.findall(r'<a href="(.*?)">', told.text)]
    assert len(pages) == 3
    assert [local.bare.get(each, headers={"Accept": "text/html"}).status_code for each in pages] == [200, 200, 200]


def test_a_passport_is_good_for_five_minutes_and_once(local: Local) -> None:
    early, late = local.passport(), local.passport()
    local.clock.advance(300)
    assert local.soap(TIME, passport=early).succeeded
    assert local.soap(TIME, passport=early).status_code == 500
    local.clock.advance(1)
    assert local.soap(TIME, passport=late).status_code == 500
    assert local.audit() == ["InvalidTimestamp", "NonceUsed", ""]


def test_five_failures_in_a_row_lock_the_token_for_half_an_hour(local: Local) -> None:
    def fail(times: int) -> None:
        for _ in range(times):
            assert local.soap(TIME, passport=local.passport(token_secret="wrong")).status_code == 500

    fail(4)
    assert local.soap(TIME).succeeded
    fail(5)
    assert local.soap(TIME).status_code == 500
    assert local.audit()[0] == "temporary_locked"
    local.clock.advance(1_800)
    assert local.soap(TIME).succeeded
    fail(5)
    local.faults(unlock=True)
    assert local.soap(TIME).succeeded


@pytest.mark.parametrize(
    "second",
    [
        "<m:applicationInfo><m:applicationId>A</m:applicationId></m:applicationInfo>",
        "<m:passport><c:email>a@example.com</c:email></m:passport>",
    ],
)
def test_two_kinds_of_sign_in_are_ambiguous(local: Local, second: str) -> None:
    assert "Ambiguous authentication" in local.soap(TIME, preferences=second).texts("faultstring")[0]
    cookie = local.soap(TIME, headers={"Cookie": "JSESSIONID=abc"})
    assert "Ambiguous authentication" in cookie.texts("faultstring")[0]


def test_no_sign_in_at_all_is_an_invalid_session_but_the_addresses_are_told_to_anybody(local: Local) -> None:
    assert local.soap(TIME, passport="").find("invalidSessionFault") is not None
    told = local.soap("<m:getDataCenterUrls><m:account>7654321</m:account></m:getDataCenterUrls>", passport="")
    assert told.texts("webservicesDomain") == [BASE]
    missing = local.soap("<m:getDataCenterUrls><m:account/></m:getDataCenterUrls>", passport="")
    assert missing.codes == ["DATA_REQD"]


@pytest.mark.parametrize(
    ("permission", "fault", "detail"),
    [
        ("Setup -> Log in using Access Tokens", "invalidCredentialsFault", "permission_denied"),
        ("Setup -> SOAP Web Services", "insufficientPermissionFault", ""),
    ],
)
def test_a_role_needs_its_permissions(local: Local, permission: str, fault: str, detail: str) -> None:
    local.faults(denied_permissions=[permission])
    assert local.soap(TIME).find(fault) is not None
    assert local.audit() == [detail]


def test_an_endpoint_answers_in_its_own_version_only_and_those_of_the_past_not_at_all(tmp_path: Path) -> None:
    for version, code in (("2019_2", "UNSUPPORTED_WS_VERSION"), ("2026_1", "UNSUPPORTED_WS_VERSION")):
        assert Local(folder=tmp_path, version=version).soap(TIME).codes == [code]
    newest = Local(folder=tmp_path, version="2025_2")
    assert newest.soap(TIME).succeeded
    other = newest.post(envelope("2023_2", TIME, "").encode())
    assert (other.status_code, other.codes) == (500, ["INVALID_WS_VERSION"])


ATTACKS: dict[str, Callable[[str], bytes]] = {
    "document type": lambda told: f'<!DOCTYPE s [<!ENTITY x "y">]>{told}'.encode(),
    "file": lambda told: f'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/hostname">]>{told}'.encode(),
    "other encoding": lambda told: f'<?xml version="1.0" encoding="utf-7"?>{told}'.encode(),
    "sixteen bits": lambda told: told.encode("utf-16"),
    "cut off": lambda told: told.encode()[:-10],
    "entity that is not there": lambda told: told.replace("<m:getServerTime/>", "&x;").encode(),
    "nothing": lambda _told: b"",
    "another document": lambda _told: b"<html/>",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_xml_that_is_not_a_plain_envelope_is_refused_unread(local: Local, attack: str) -> None:
    told = local.post(ATTACKS[attack](envelope(local.version, TIME, local.passport())))
    assert told.status_code == 500
    assert told.texts("faultstring")[0].startswith("org.xml.sax.SAXException")
    assert local.audit() == []


def test_a_message_needs_its_action_and_an_operation_that_is_there(local: Local) -> None:
    no_action = local.bare.post(f"/services/NetSuitePort_{local.version}", content=envelope(local.version, TIME, ""))
    assert "no SOAPAction" in no_action.text
    assert "has no operation" in local.soap("<m:attach/>").texts("faultstring")[0]


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("concurrency", "exceededConcurrentRequestLimitFault", "WS_REQUEST_BLOCKED"),
        ("throttle", "exceededRequestLimitFault", "WS_CONCUR_SESSION_DISALLWD"),
        ("server_error_before", "unexpectedErrorFault", "UNEXPECTED_ERROR"),
    ],
)
def test_limits_and_errors_can_be_made_to_strike(local: Local, fault: str, kind: str, code: str) -> None:
    local.faults(fault=fault, on="read")
    told = local.soap(TIME)
    assert (told.status_code, told.codes) == (500, [code])
    assert told.find(kind) is not None
    assert local.soap(TIME).succeeded


def test_an_error_of_the_vendors_own_has_an_id(local: Local) -> None:
    local.faults(fault="unexpected_error", on="read")
    told = local.soap(f"<m:get>{ref('account', internal_id='203')}</m:get>")
    assert (told.status_code, told.codes) == (200, ["UNEXPECTED_ERROR"])
    assert told.message.startswith("An unexpected error occurred. Error ID: ")


def test_answers_get_lost_late_or_garbled_as_planned(local: Local) -> None:
    for fault in ("lost_request", "lost_answer"):
        local.faults(fault=fault, on="read")
        with pytest.raises(httpx2.RemoteProtocolError):
            local.soap(TIME)
    local.faults(fault="gateway_shape", on="read")
    assert local.soap(TIME).status_code == 503
    local.faults(fault="garbage", body="<broken", on="read")
    assert local.soap(TIME).text == "<broken"
    before = local.clock.now()
    local.faults(fault="slow", on="read", seconds=12)
    assert local.soap(TIME).succeeded
    assert (local.clock.now() - before).total_seconds() == 12


def test_a_signed_assertion_gets_a_token_of_an_hour(local: Local) -> None:
    told = local.token()
    assert told.status_code == 200
    assert told.json().keys() == {"access_token", "expires_in", "token_type"}
    assert (told.json()["expires_in"], told.json()["token_type"]) == ("3600", "bearer")
    access = told.json()["access_token"]
    assert local.rest("GET", "subsidiary/1", access=access).status_code == 200
    local.clock.advance(3_600)
    expired = local.rest("GET", "subsidiary/1", access=access)
    assert expired.status_code == 401
    assert expired.headers["WWW-Authenticate"].startswith("Bearer ")
    assert expired.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"
    assert "Login Audit Trail" in expired.json()["o:errorDetails"][0]["detail"]
    assert expired.headers["content-type"] == "application/vnd.oracle.resource+json; type=error"


BAD_CLAIMS: list[tuple[Body, Body, str, str]] = [
    ({}, {"iss": "nobody"}, "invalid_client", "InvalidClientID"),
    ({}, {"aud": "https://example.com/token"}, "invalid_request", "InvalidAudience"),
    ({}, {"scope": "everything"}, "invalid_scope", "InvalidScope"),
    ({}, {"exp": 1793610000}, "invalid_request", "InvalidTimestamp"),
    ({}, {"exp": 1793614000}, "invalid_request", "InvalidExpiration"),
    ({}, {"iat": "now"}, "invalid_request", "MissingTimes"),
    ({"kid": "another"}, {}, "invalid_client", "InvalidCertificateID"),
    ({"alg": "RS256"}, {}, "invalid_request", "UnknownAlgorithm"),
    ({"alg": "none"}, {}, "invalid_request", "UnknownAlgorithm"),
    ({"alg": "ES384"}, {}, "invalid_request", "UnknownAlgorithm"),
    ({"typ": "JOSE"}, {}, "invalid_request", "InvalidJWTType"),
]


@pytest.mark.parametrize(("header", "claims", "error", "detail"), BAD_CLAIMS)
def test_an_assertion_that_is_wrong_gets_no_token(
    local: Local, header: Body, claims: Body, error: str, detail: str
) -> None:
    told = local.token(local.assertion(header=header, **claims))
    assert (told.status_code, told.json()) == (401 if error == "invalid_client" else 400, {"error": error})
    assert local.audit() == [detail]


def test_a_token_needs_the_grant_the_assertion_and_the_right_signature(local: Local) -> None:
    assert local.token(grant_type="authorization_code").json() == {"error": "unsupported_grant_type"}
    assert local.token("").json() == {"error": "invalid_request"}
    assert local.token("a.b").json() == {"error": "invalid_request"}
    signed = local.assertion()
    head, claims, _ = signed.split(".")
    assert local.token(f"{head}.{claims}.{'A' * 86}").json() == {"error": "invalid_client"}
    assert local.audit()[0] == "InvalidSignature"


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3_072)


def test_an_rsa_key_signs_with_ps256_once_its_certificate_is_known(local: Local, rsa_key: rsa.RSAPrivateKey) -> None:
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    header = {"alg": "PS256", "kid": certificate_id(key)}
    assert local.token(local.assertion(rsa_key, header)).status_code == 401
    local.faults(certificates=[pem])
    assert local.token(local.assertion(rsa_key, header)).status_code == 200
    assert local.token(local.assertion(rsa_key, {**header, "alg": "RS256"})).json() == {"error": "invalid_request"}


def test_rest_needs_its_scope_its_permission_and_no_session(local: Local) -> None:
    restlets = local.token(local.assertion(scope=["restlets"])).json()["access_token"]
    assert local.rest("GET", "account", access=restlets).status_code == 403
    assert local.rest("GET", "account", access="sandbox.none").status_code == 401
    assert local.rest("GET", "account", headers={"Cookie": "JSESSIONID=x"}).status_code == 401
    local.faults(denied_permissions=["Setup -> REST Web Services"])
    refused = local.rest("GET", "account")
    assert refused.json()["o:errorDetails"][0]["o:errorCode"] == "INSUFFICIENT_PERMISSION"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("concurrency", 429, "CONCURRENCY_LIMIT_EXCEEDED"),
        ("throttle", 429, "CONCURRENCY_LIMIT_EXCEEDED"),
        ("server_error_before", 500, "UNEXPECTED_ERROR"),
        ("unexpected_error", 500, "UNEXPECTED_ERROR"),
    ],
)
def test_limits_and_errors_strike_over_rest_too(local: Local, fault: str, status: int, code: str) -> None:
    local.faults(fault=fault, on="read")
    told = local.rest("GET", "account")
    assert (told.status_code, told.json()["status"], told.json()["o:errorDetails"][0]["o:errorCode"]) == (
        status,
        status,
        code,
    )
    assert local.rest("GET", "account").status_code == 200


def test_it_comes_with_the_plugin_and_tells_a_client_what_it_needs() -> None:
    told = load().sandboxes["netsuite"].sandbox.credentials(BASE)
    assert told.keys() == {
        "base_url",
        "account",
        "consumer_key",
        "consumer_secret",
        "token_id",
        "token_secret",
        "wsdl_url",
        "client_id",
        "certificate_id",
        "private_key",
    }
    assert told["account"] == "1234567_SB1"


def test_what_is_not_there_is_a_page_and_settings_that_cannot_be_are_told(local: Local) -> None:
    assert local.bare.get("/app/center/card.nl").status_code == 404
    for wrong in (
        {"user_time_zone": "Moon/Crater"},
        {"closed_period_code": "closed"},
        {"edit_journals": ["1"]},
        {"inactivate_accounts": ["1"]},
        {"certificates": ["no pem"]},
    ):
        assert local.bare.post("/_sandbox/faults", json=wrong).status_code == 400, wrong
