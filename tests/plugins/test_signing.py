"""What the host makes of secrets that are typed in: checked, handed to sign() alone, and told in no error."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

from hub.api import Addresses, ClientAssertion, ConnectorError, ReconnectNeeded, SecretFields
from hub.plugins import GuardedConnector, SecretsInvalid, load
from hub.plugins.errors import ContractBroken, PluginFailed
from hub.plugins.sign_in.assertion import KeyFields, KeyUnfit, access_for, signing_key
from hub.plugins.sign_in.grants import GrantRefused, NoGrant
from hub.plugins.sign_in.typed import SigningTyped
from tests.plugins.scripted import INFO, Plugin, ScriptedConnector, Settings

CANARY = "canary 5e2b of a typed secret"
DASHES = "-" * 5
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAY = ClientAssertion(
    token_url="https://ledgerly.example/token",
    scopes=("rest_webservices", "restlets"),
    algorithms=("PS256", "ES256", "ES384"),
)


class Secrets(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    account: str
    api_key: SecretStr

    @field_validator("api_key")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 8:
            raise ValueError(f"{value.get_secret_value()} is too short")
        return value


Signs = Callable[[httpx2.Request, Secrets, Settings], object]


class Signing(ScriptedConnector):
    def __init__(self, signs: Signs) -> None:
        super().__init__({}, replace(INFO, sign_ins=(SecretFields(model=Secrets),)))
        self._signs = signs

    def sign(self, request: httpx2.Request, secrets: Secrets, settings: Settings) -> object:
        return self._signs(request, secrets, settings)


def loaded(signs: Signs) -> GuardedConnector:
    return load(only=[Plugin(Signing(signs))]).connector("ledgerly")


def in_header(request: httpx2.Request, secrets: Secrets, _settings: Settings) -> httpx2.Request:
    request.headers["x-signed"] = f"{secrets.account} {len(request.content)}"
    return request


def typed(connector: GuardedConnector) -> BaseModel:
    return connector.secrets_from(Secrets, {"account": "1234567", "api_key": CANARY})


def test_what_is_typed_in_is_checked_by_its_model_and_told_field_by_field_without_a_value() -> None:
    connector = loaded(in_header)
    with pytest.raises(SecretsInvalid) as wrong:
        connector.secrets_from(Secrets, {"api_key": "ca7ary", "more": "1"})
    assert wrong.value.fields == {
        "account": "is needed",
        "api_key": "is not acceptable: … is too short",
        "more": "is not one of this connector's fields: account, api_key",
    }
    assert CANARY not in repr(typed(connector))


def test_each_attempt_is_signed_anew_with_its_body_at_hand() -> None:
    connector = loaded(in_header)
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["x-signed"])
        assert request.extensions["timeout"]["connect"] == 7
        return httpx2.Response(401)

    auth = SigningTyped(lambda request: connector.sign(request, typed(connector), Settings()))
    with httpx2.Client(auth=auth, transport=httpx2.MockTransport(answer), timeout=7) as client:
        for _ in range(2):
            assert client.post("https://ledgerly.example/j", content=iter((b"four", b"five"))).status_code == 401
    assert seen == ["1234567 8"] * 2


def test_a_signature_in_the_body_makes_a_new_request_to_the_same_address() -> None:
    def in_body(request: httpx2.Request, secrets: Secrets, _settings: Settings) -> httpx2.Request:
        return httpx2.Request(request.method, request.url, content=request.content + secrets.account.encode())

    connector = loaded(in_body)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    auth = SigningTyped(lambda request: connector.sign(request, typed(connector), Settings()))
    with httpx2.Client(auth=auth, transport=httpx2.MockTransport(answer), timeout=7) as client:
        client.post("https://ledgerly.example/j", content=b"body ", extensions={"reading": True})
    assert seen[0].content == b"body 1234567"
    assert seen[0].extensions["timeout"]["read"] == 7
    assert seen[0].extensions["reading"] is True


@pytest.mark.parametrize(
    "made",
    [
        None,
        "a request",
        httpx2.Request("GET", "https://ledgerly.example/j"),
        httpx2.Request("POST", "https://elsewhere.example/j"),
        httpx2.Request("POST", "https://ledgerly.example/other"),
        httpx2.Request("POST", "http://ledgerly.example/j"),
    ],
    ids=str,
)
def test_sign_leads_a_request_nowhere_else(made: object) -> None:
    connector = loaded(lambda *_: made)
    with pytest.raises(ContractBroken, match="sign\\(\\) must return the same request, or another POST"):
        connector.sign(httpx2.Request("POST", "https://ledgerly.example/j"), typed(connector), Settings())


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (KeyError(CANARY), PluginFailed, "failed in sign() with KeyError."),
        (SystemExit(CANARY), PluginFailed, "failed in sign() with SystemExit."),
        (ReconnectNeeded(f"The key {CANARY} is not one."), ReconnectNeeded, "The key … is not one."),
        (ConnectorError(CANARY, code="E1"), ConnectorError, "…"),
    ],
    ids=str,
)
def test_what_signing_raises_tells_no_secret(raised: BaseException, kind: type[Exception], said: str) -> None:
    def signs(*_: object) -> object:
        raise raised

    connector = loaded(signs)
    with pytest.raises(kind) as caught:
        connector.sign(httpx2.Request("POST", "https://ledgerly.example/j"), typed(connector), Settings())
    assert str(caught.value).endswith(said)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert CANARY not in told
    assert caught.value.__context__ is None


def test_addresses_that_ask_for_secrets_which_nobody_signs_with_break_the_contract() -> None:
    class Addressed(ScriptedConnector):
        def addresses(self, settings: object, environment: object) -> Addresses:
            del settings, environment
            return Addresses(base_url="https://ledgerly.example", sign_in=SecretFields(model=Secrets))

    connector = load(only=[Plugin(Addressed({}, INFO))]).connector("ledgerly")
    with pytest.raises(ContractBroken, match=r"SecretFields, and sign\(\) is missing"):
        connector.addresses(Settings(), "production")


@cache
def pem(kind: str) -> str:
    """Return a key as people have it in a file."""
    made: Any = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "short": lambda: rsa.generate_private_key(65537, 1024),
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return str(made.private_bytes(*form, serialization.NoEncryption()).decode())


def fields(key: str) -> KeyFields:
    return KeyFields(client_id="client-1", certificate_id="certificate-7", private_key=SecretStr(key))


@pytest.mark.parametrize(
    ("kind", "algorithm", "public"), [("rsa", "PS256", RSAKey), ("p256", "ES256", ECKey), ("p384", "ES384", ECKey)]
)
def test_a_client_proves_itself_with_the_first_algorithm_that_fits_its_key(
    kind: str, algorithm: str, public: type[RSAKey | ECKey]
) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"access_token": "access-1", "token_type": "bearer", "expires_in": "3600"})

    key = signing_key(WAY, fields(f"\n{pem(kind)}\n"))
    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http:
        granted = access_for(http, WAY, key, NOW)
        access_for(http, WAY, key, NOW)
    assert (granted.access, granted.access_s, granted.refresh) == ("access-1", 3600, "")
    assert pem(kind).splitlines()[1] not in repr(key)
    one, other = ({name: value for name, (value,) in parse_qs(each.content.decode()).items()} for each in asked)
    assert sorted(one) == ["client_assertion", "client_assertion_type", "grant_type"]
    assert one["grant_type"] == "client_credentials"
    assert "authorization" not in asked[0].headers
    proven = jwt.decode(one["client_assertion"], public.import_key(pem(kind)), algorithms=[algorithm])
    assert proven.header == {"alg": algorithm, "kid": "certificate-7", "typ": "JWT"}
    assert proven.claims["iss"] == "client-1"
    assert proven.claims["aud"] == WAY.token_url
    assert proven.claims["scope"] == ["rest_webservices", "restlets"]
    assert proven.claims["iat"] == NOW.timestamp()
    assert 0 < proven.claims["exp"] - proven.claims["iat"] <= 3600
    assert one["client_assertion"] != other["client_assertion"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nonsense", "is no PEM file"),
        ("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "is a certificate"),
        (f"{DASHES}BEGIN ENCRYPTED PRIVATE KEY{DASHES}\nMII", "by a password"),
        (f"{DASHES}BEGIN PRIVATE KEY{DASHES}\nMII", "cannot be read as a private key"),
        ("short", "at least 2,048 bits"),
        ("p521", "must be for PS256 or ES256 or ES384"),
        ("ed25519", "cannot be read as a private key"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_the_reason(key: str, said: str) -> None:
    text = pem(key) if key in ("short", "p521", "ed25519") else key
    with pytest.raises(KeyUnfit, match=said) as refused:
        signing_key(WAY, fields(text))
    assert "MII" not in str(refused.value)


def test_a_public_key_is_told_from_a_private_one() -> None:
    public = RSAKey.import_key(pem("rsa")).as_pem(private=False).decode()
    with pytest.raises(KeyUnfit, match="is a public key"):
        signing_key(WAY, fields(public))


@pytest.mark.parametrize(
    ("status", "body", "kind", "ended"),
    [
        (401, '{"error": "invalid_client"}', GrantRefused, True),
        (400, '{"error": "invalid_grant", "error_description": "expired"}', GrantRefused, True),
        (400, '{"error": "invalid_scope"}', GrantRefused, False),
        (503, "later", NoGrant, False),
        (200, "<html>", NoGrant, False),
        (200, '{"token_type": "bearer"}', NoGrant, False),
    ],
)
def test_what_a_token_address_refuses_is_told_by_its_cause(
    status: int, body: str, kind: type[NoGrant], *, ended: bool
) -> None:
    key = signing_key(WAY, fields(pem("rsa")))
    answers = httpx2.MockTransport(lambda _: httpx2.Response(status, text=body))
    with httpx2.Client(transport=answers) as http, pytest.raises(NoGrant) as refused:
        access_for(http, WAY, key, NOW)
    assert type(refused.value) is kind
    assert getattr(refused.value, "key_ended", False) is ended
