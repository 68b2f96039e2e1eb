"""A restaurant group whose books are behind a sign-in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx2

from hub.api import ClientAssertion, Connection, OAuth2
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.plugins.sign_in.grants import Client
from hub.service.companies import add_company
from hub.service.connecting.sealed import set_operators_client
from hub.service.connecting.sign_in import begin, finish, sign_in_with
from hub.service.connections import add_connection
from hub.service.context import Route
from tests.connecting.vendor import BASE, CLIENT_ID, CLIENT_SECRET, WAY, Plugin, SignedConnector, Vendor
from tests.posting.house import House

BROWSER = "what only this browser holds"
REDIRECT = "https://hub.example/connections/callback"


class SignedHouse(House):
    """A house with an accounting system that asks for a sign-in; vendor: its server; way: how one signs in there."""

    def __init__(
        self, url: str, home: Path, *, way: OAuth2 = WAY, vendor: Vendor | None = None, **options: Any
    ) -> None:
        super().__init__(url, home, **options)
        self.way = way
        self.vendor = vendor or Vendor(self.clock, self.ledger, way)
        self.posting = replace(
            self.posting, sign_in_client=self._sign_in_client, monotonic=self.clock.seconds, network=self._signed
        )
        self.connector = SignedConnector(way)
        registry = load(only=[Plugin(self.connector)])
        self.hub = replace(self.hub, registry=registry, posting=self.posting)

    def begin(self) -> SignedHouse:
        """Add the company and its connection, and no more."""
        add_company(self.hub, code=self.company, name="Acme Restaurants", currency="USD")
        self.connect()
        return self

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection; nobody has signed in to it yet."""
        chosen = {"base_url": BASE, "profile": self.profile.value, **settings}
        add_connection(self.hub, self.company, connector="signed", name=name, settings=chosen, environment="local")

    def sign_in(self, name: str = "books", **line: str) -> dict[str, Any]:
        """Sign in with what a stand-in prints."""
        return sign_in_with(self.hub, self.company, name, self.vendor.line(**line))

    def patiently(self) -> SignedHouse:
        """Have whoever waits let others go on, without time passing."""
        posting = replace(self.hub.posting, sleep=lambda _: Event().wait(0.005) and None)
        self.hub = replace(self.hub, posting=posting)
        return self

    def registered(self) -> SignedHouse:
        """Register the hub with the accounting system, as its operator does."""
        client = Client(id=CLIENT_ID, secret=CLIENT_SECRET)
        set_operators_client(self.hub, "signed", "local", client)
        return self

    def through_browser(self, name: str = "books", *, realm: str = "1", **changes: str) -> dict[str, Any]:
        """Go through the sign-in in the browser."""
        url = begin(self.hub, self.company, name, browser=BROWSER, redirect_url=REDIRECT)
        return finish(self.hub, self.company, self.vendor.consent(url, realm=realm, **changes), browser=BROWSER)

    def _signed(self, connection: Connection, route: Route) -> httpx2.Client:
        return guarded_client(
            self._address(connection),
            transport=_Both(self.transport, self.vendor),
            auth=route.signing,
            clock=self.clock.seconds,
        )

    def _sign_in_client(self, way: OAuth2 | ClientAssertion) -> httpx2.Client:
        return guarded_client(way.token_url, transport=self.vendor, clock=self.clock.seconds)


class _Both(httpx2.BaseTransport):
    """The house's spoilt network for journals; the sign-in's addresses are not to be asked on it."""

    def __init__(self, network: httpx2.BaseTransport, vendor: Vendor) -> None:
        self._network, self._vendor = network, vendor

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert not request.url.path.startswith("/oauth"), "a session asked the sign-in's own addresses"
        return self._network.handle_request(request)
