"""An accounting system with a sign-in: tokens that expire and rotate, before a fake ledger."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
from pydantic import BaseModel

from hub.api import Addresses, ClientIn, Company, Connection, Connector, OAuth2, RevokeAs, hookimpl
from hub.testing.clock import VirtualClock
from hub.testing.connector import FakeConnector, Settings
from hub.testing.connector.session import FakeSession
from hub.testing.ledger import FakeLedger

BASE = "http://127.0.0.1:9"
CLIENT_ID, CLIENT_SECRET = "hub-client", "hub-client-canary-secret"
WAY = OAuth2(
    authorize_url=f"{BASE}/oauth/authorize",
    token_url=f"{BASE}/oauth/token",
    scopes=("journals", "offline"),
    revoke_url=f"{BASE}/oauth/revoke",
    kept=("realm",),
    refresh_expires_in="refresh_in",
    hard_expires_in="hard_in",
    token_headers={"x-with-hard-end": "true"},
)
ACCESS_S, REFRESH_S, HARD_S = 3600, 100 * 86_400, 5 * 365 * 86_400
YEARS_S = 10**9


class SignedConnector(FakeConnector):
    """The connector for the fake ledger, where people sign in first; way: how; books: by id, those that one then reaches."""

    def __init__(self, way: OAuth2 = WAY) -> None:
        super().__init__()
        self.way = way
        self.books = {"1": "Fake Company"}
        self.info = replace(self.info, id="signed", sign_ins=(way,), environments=("production", "sandbox", "local"))

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        assert isinstance(settings, Settings)
        base_url = settings.base_url.rstrip("/")
        urls = {
            name: getattr(self.way, name).replace(BASE, base_url)
            for name in ("authorize_url", "token_url", "revoke_url")
        }
        return Addresses(base_url=base_url, sign_in=replace(self.way, **urls), request_ids=("request-id",))

    def open(self, connection: Connection) -> FakeSession:
        assert connection.client is not None
        self.handed = connection
        return SignedSession(connection.client, Settings.model_validate(connection.settings.model_dump()), self.books)


class SignedSession(FakeSession):
    """A session that reaches several books."""

    def __init__(self, client: httpx2.Client, settings: Settings, books: Mapping[str, str]) -> None:
        super().__init__(client, settings)
        self._there = books

    def companies(self) -> list[Company]:
        super().companies()
        return [Company(id=each, name=name, currency="USD") for each, name in self._there.items()]


class Plugin:
    """A plugin that brings one connector."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    @hookimpl
    def hub_connectors(self) -> Iterable[Connector]:
        return (self._connector,)


class Vendor(httpx2.BaseTransport):
    """The server of the sign-in and, behind it, of the ledger.

    troubles: what befalls the next calls to the token address: `lost_request`, `lost_answer`, `garbage`, `unavailable`, an
    error of RFC 6749; told: by how often each kind of call came; meanwhile: done as a renewal arrives; strict: a refresh
    token dies as it is used, unless grace_s have not passed.
    """

    def __init__(self, clock: VirtualClock, ledger: FakeLedger, way: OAuth2 = WAY) -> None:
        self.clock, self.ledger, self.way = clock, ledger, way
        self.refresh: dict[str, datetime | None] = {}  # when it was used, None where it was not
        self.codes: dict[str, dict[str, str]] = {}
        self.troubles: list[str] = []
        self.told: list[str] = []
        self.asked: list[httpx2.Request] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.access_s: object = ACCESS_S
        self.hard_s = HARD_S
        self.rotates = True
        self._inner = ledger.transport()
        self._lock = Lock()

    @property
    def renewals(self) -> int:
        """How often tokens were renewed here."""
        return self.told.count("refresh_token")

    def first_refresh(self) -> str:
        """Return a refresh token, as a stand-in prints one."""
        token = f"refresh-canary-{len(self.refresh) + 1}"
        self.refresh[token] = None
        return token

    def line(self, **changes: str) -> dict[str, str]:
        """Return what a stand-in prints."""
        told = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": self.first_refresh()}
        return {"base_url": BASE, **told, "company_id": "1", **changes}

    def consent(self, url: str, *, realm: str = "1", **changes: str) -> dict[str, str]:
        """Press Connect on the page that a person was sent to, and return the parameters they are sent back with."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["scope"] == " ".join(self.way.scopes)
        code = f"code-canary-{len(self.codes) + 1}"
        self.codes[code] = query
        return {"code": code, "state": query["state"], "realm": realm, **changes}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path == "/oauth/token":
            return self._token(request)
        if path == "/oauth/revoke":
            return self._revoke(request)
        return self._inner.handle_request(request)

    def _token(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.told.append(form["grant_type"])
        trouble = self.troubles.pop(0) if self.troubles else ""
        self.meanwhile()
        if trouble == "lost_request":
            raise httpx2.ConnectError("no route", request=request)
        answer = self._refused(trouble, form, request) or self._grant(form)
        if trouble == "lost_answer":
            raise httpx2.ReadTimeout("no answer", request=request)
        if trouble == "garbage":
            return httpx2.Response(200, content=b"<html>moment</html>")
        return answer

    def _refused(self, trouble: str, form: Mapping[str, str], request: httpx2.Request) -> httpx2.Response | None:
        if trouble == "unavailable":
            return httpx2.Response(503, content=b"later")
        if trouble.startswith(("invalid", "unauthorized")):
            return _error(trouble)
        if self._client(form, request) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        if any(request.headers.get(name) != value for name, value in self.way.token_headers.items()):
            return _error("invalid_request")
        if form["grant_type"] == "authorization_code":
            return None if self._proven(form) else _error("invalid_grant")
        return None if self._alive(form.get("refresh_token", "")) else _error("invalid_grant")

    def _client(self, form: Mapping[str, str], request: httpx2.Request) -> tuple[str, str]:
        if self.way.client_in is ClientIn.BODY:
            return form.get("client_id", ""), form.get("client_secret", "")
        basic = request.headers.get("authorization", "").removeprefix("Basic ")
        user, _, secret = base64.b64decode(basic).decode().partition(":")
        return user, secret

    def _proven(self, form: Mapping[str, str]) -> bool:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return False
        if not self.way.proof_key:
            return "code_challenge" not in asked
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        return asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _alive(self, token: str) -> bool:
        if token not in self.refresh:
            return False
        used = self.refresh[token]
        return used is None or self.clock.now() - used < timedelta(seconds=self.way.grace_s)

    def _grant(self, form: Mapping[str, str]) -> httpx2.Response:
        with self._lock:
            if "refresh_token" in form and self.rotates:
                self.refresh[form["refresh_token"]] = self.clock.now()
            renewed = self.first_refresh() if self.rotates else form["refresh_token"]
            life = self.access_s if isinstance(self.access_s, int) and 1 < self.access_s < YEARS_S else None
            answer: dict[str, Any] = {
                "access_token": self.ledger.issue_token(life),
                "refresh_token": renewed,
                "token_type": "bearer",
                "expires_in": self.access_s,
                "refresh_in": REFRESH_S,
                "hard_in": self.hard_s,
            }
        return httpx2.Response(200, json=answer)

    def _revoke(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        self.told.append("revoke")
        if self.way.revoke_as is RevokeAs.JSON:
            token = json.loads(request.content)["token"]
        else:
            token = parse_qs(request.content.decode())["token"][0]
        return httpx2.Response(200 if self.refresh.pop(token, "gone") != "gone" else 400)


def _error(code: str, status: int = 400) -> httpx2.Response:
    return httpx2.Response(status, json={"error": code, "error_description": "said by the test"})
