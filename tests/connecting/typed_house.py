"""A restaurant group whose books are behind secrets that are typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2

from hub.api import ClientAssertion, Connection, OAuth2
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connecting.typed_in import type_in
from hub.service.connections import add_connection
from hub.service.context import Route
from tests.connecting.gate import TOKEN_URL, TYPED, Gate, TypedConnector, key_fields
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import BASE, Plugin


class TypedHouse(SignedHouse):
    """A house with an accounting system that asks for secrets; gate: its server's; by: how people sign in there."""

    def __init__(self, url: str, home: Path, *, by: str = "secrets", **options: Any) -> None:
        gate = options.pop("gate", None)
        super().__init__(url, home, **options)
        self.by = by
        self.gate: Gate = gate or Gate(self.clock, self.ledger)
        self.typed = TypedConnector(self.clock)
        self.hub = replace(self.hub, registry=load(only=[Plugin(self.typed)]), posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection; nobody has typed anything in yet."""
        chosen = {"base_url": BASE, "profile": self.profile.value, "by": self.by, **settings}
        add_connection(self.hub, self.company, connector="typed", name=name, settings=chosen, environment="local")

    def types(self, name: str = "books", fields: Mapping[str, str] | None = None, **changes: str) -> dict[str, Any]:
        """Type in what is asked for."""
        usual = TYPED if self.by == "secrets" else key_fields()
        return type_in(self.hub, self.company, name, {**(usual if fields is None else fields), **changes})

    def _signed(self, connection: Connection, route: Route) -> httpx2.Client:
        return guarded_client(
            self._address(connection),
            transport=_Gated(self.transport, self.gate),
            auth=route.signing,
            clock=self.clock.seconds,
        )

    def _sign_in_client(self, way: OAuth2 | ClientAssertion) -> httpx2.Client:
        assert way.token_url == TOKEN_URL
        return guarded_client(way.token_url, transport=httpx2.MockTransport(self.gate.token), clock=self.clock.seconds)


class _Gated(httpx2.BaseTransport):
    """The house's spoilt network, behind the gate."""

    def __init__(self, network: httpx2.BaseTransport, gate: Gate) -> None:
        self._network, self._gate = network, gate

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        refused = self._gate.refusal(request)
        return self._network.handle_request(request) if refused is None else refused
