"""An accounting system that is signed in to with secrets that are typed in: signed requests, or a key for access tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs

import httpx2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hub.api import Addresses, ClientAssertion, Connection, SecretFields
from hub.plugins.sign_in.assertion import ASSERTION_TYPE
from hub.testing.clock import VirtualClock
from hub.testing.connector import FakeConnector
from hub.testing.connector import Settings as LedgerSettings
from hub.testing.ledger import FakeLedger
from tests.connecting.vendor import BASE, SignedSession

ACCOUNT, CLIENT, CERTIFICATE = "1234567_SB1", "client-7", "certificate-7"
API_SECRET = "api-secret-canary-91c4"
TOKEN_URL = f"{BASE}/oauth/token"
TYPED = {"account": ACCOUNT, "api_secret": API_SECRET}
SKEW_S, MOST_LIFE_S, ACCESS_S = 300, 3600, 3600


class ApiSecrets(BaseModel):
    """What people type in where requests are signed."""

    model_config = ConfigDict(hide_input_in_errors=True)

    account: str = Field(title="Account ID", description="As the address shows it, such as 7654321.", min_length=3)
    api_secret: SecretStr = Field(title="API secret", min_length=8)
    spare_secret: SecretStr = Field(default=SecretStr(""), title="Spare secret", json_schema_extra={"multiline": True})


class Settings(LedgerSettings):
    """Where the ledger is, and how people sign in to it."""

    by: Literal["secrets", "key"] = "secrets"


BY_SECRETS = SecretFields(model=ApiSecrets)
BY_KEY = ClientAssertion(token_url=TOKEN_URL, scopes=("journals", "charts"), algorithms=("PS256", "ES256"))


class TypedConnector(FakeConnector):
    """The connector for the fake ledger, where people type secrets in; books: by id, those that one then reaches."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self.books = {"1": "Fake Company"}
        ways = {"sign_ins": (BY_SECRETS, BY_KEY), "environments": ("production", "local")}
        self.info = replace(self.info, id="typed", settings=Settings, **ways)

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        """Return where these settings lead, and which way to sign in they choose."""
        assert isinstance(settings, Settings)
        base_url = settings.base_url.rstrip("/")
        by_key = replace(BY_KEY, token_url=BY_KEY.token_url.replace(BASE, base_url))
        return Addresses(base_url=base_url, sign_in=BY_SECRETS if settings.by == "secrets" else by_key)

    def sign(self, request: httpx2.Request, secrets_: BaseModel, settings: BaseModel) -> httpx2.Request:
        """Sign a request with HMAC-SHA256 over all that it says."""
        assert isinstance(secrets_, ApiSecrets)
        assert isinstance(settings, Settings)
        nonce, at = secrets.token_hex(8), str(int(self._clock.seconds()))
        request.headers["X-Account"], request.headers["X-Nonce"], request.headers["X-Time"] = (
            secrets_.account,
            nonce,
            at,
        )
        request.headers["X-Signature"] = signature(request, secrets_.api_secret.get_secret_value())
        return request

    def open(self, connection: Connection) -> SignedSession:
        """Return a session, which has no secret."""
        assert connection.client is not None
        self.handed = connection
        return SignedSession(connection.client, Settings.model_validate(connection.settings.model_dump()), self.books)


def signature(request: httpx2.Request, secret: str) -> str:
    """Return what proves that a request was made by whoever knows a secret."""
    said = (request.method, str(request.url), *(request.headers[f"X-{each}"] for each in ("Account", "Nonce", "Time")))
    return hmac.new(secret.encode(), "\n".join(said).encode() + request.content, hashlib.sha256).hexdigest()


class Gate:
    """Who may call the ledger: signatures, nonces and times are verified, and so is each assertion of a key.

    nonces, assertions: those that were used; issued: how many access tokens; certificates: the public keys known, by id;
    troubles: what befalls the next calls to the token address: `unavailable`, or an error of RFC 6749.
    """

    def __init__(self, clock: VirtualClock, ledger: FakeLedger) -> None:
        self._clock, self._ledger = clock, ledger
        self._inside = ledger.issue_token()
        self.secrets = {ACCOUNT: API_SECRET}
        self.certificates = {CERTIFICATE: ECKey.import_key(pem("one")).as_pem(private=False).decode()}
        self.nonces: list[str] = []
        self.assertions: list[str] = []
        self.issued: list[str] = []
        self.asked = 0
        self.troubles: list[str] = []

    def refusal(self, request: httpx2.Request) -> httpx2.Response | None:
        """Return why a call is not let in; None where it is, with a token of the ledger's own."""
        request.read()
        if "X-Signature" not in request.headers:
            return None  # the ledger itself looks at the token
        known = self.secrets.get(request.headers["X-Account"], "")
        nonce, late = request.headers["X-Nonce"], abs(self._clock.seconds() - int(request.headers["X-Time"]))
        if (
            late > SKEW_S
            or nonce in self.nonces
            or not hmac.compare_digest(signature(request, known), request.headers["X-Signature"])
        ):
            told = {"code": "token_invalid", "message": "Invalid login attempt."}
            return httpx2.Response(401, json={"error": told}, request=request)
        self.nonces.append(nonce)
        request.headers["Authorization"] = f"Bearer {self._inside}"
        return None

    def token(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a call to the token address."""
        request.read()
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "unavailable":
            return httpx2.Response(503, content=b"later")
        wrong = trouble or self._wrong({name: values[0] for name, values in parse_qs(request.content.decode()).items()})
        if wrong:
            return httpx2.Response(400, json={"error": wrong, "error_description": "said by the gate"})
        self.issued.append(self._ledger.issue_token(ACCESS_S))
        told = {"access_token": self.issued[-1], "token_type": "bearer", "expires_in": str(ACCESS_S)}
        return httpx2.Response(200, json=told)

    def _wrong(self, form: Mapping[str, str]) -> str:
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION_TYPE:
            return "invalid_request"
        assertion = form["client_assertion"]
        try:
            known = {jwt_id: ECKey.import_key(each) for jwt_id, each in self.certificates.items()}
            proven = jwt.decode(assertion, lambda asked: known[str(asked.headers()["kid"])], algorithms=["ES256"])
        except (JoseError, KeyError, ValueError):
            return "invalid_client"
        claims: Mapping[str, Any] = proven.claims  # Any: JSON
        now, life = self._clock.seconds(), claims["exp"] - claims["iat"]
        if assertion in self.assertions or not claims["iat"] - 1 <= now < claims["exp"] or not 0 < life <= MOST_LIFE_S:
            return "invalid_grant"
        self.assertions.append(assertion)
        if (claims["iss"], claims["aud"]) != (CLIENT, TOKEN_URL):
            return "invalid_client"
        return "" if claims["scope"] == list(BY_KEY.scopes) else "invalid_scope"


@cache
def pem(name: str) -> str:
    """Return a private key as people have it in a file, the same for the same name."""
    del name
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    made: bytes = ec.generate_private_key(ec.SECP256R1()).private_bytes(*form, serialization.NoEncryption())
    return made.decode()


def key_fields(name: str = "one") -> dict[str, str]:
    """Return what people type in where a key proves the client."""
    return {"client_id": CLIENT, "certificate_id": CERTIFICATE, "private_key": pem(name)}
