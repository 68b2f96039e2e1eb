"""The connector for Xero: what it is, where it signs in and calls, and what Xero bears."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from hub.api import (
    Addresses,
    Capability,
    ClientIn,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Guarantee,
    Limits,
    OAuth2,
    RevokeAs,
    Sandbox,
    Session,
    hookimpl,
)
from hub_xero.faults import REQUEST_ID
from hub_xero.session import LINES_PER_ENTRY, XeroSession
from hub_xero.settings import Settings
from hub_xero.wire import Nature

API_HOST = "https://api.xero.com"
LOGIN_HOST = "https://login.xero.com"
IDENTITY_HOST = "https://identity.xero.com"
LOCAL = "local"
MINUTE_S = 60
DAY_S = 24 * 60 * MINUTE_S
MOST_NATURES = 10_000

# The granular scopes, the only ones of apps made since 2 March 2026, and no more of them than these (facts 2.1).
SCOPES = (
    "offline_access",  # to go on without the person who connected: exports run by themselves, and are checked each night
    "accounting.manualjournals",  # to post journals, to look for one whose answer was lost, and to see what was changed there
    "accounting.settings.read",  # to read accounts, tracking categories, base currency and lock dates
)

LIMITS = Limits(
    lines_per_entry=LINES_PER_ENTRY,  # Xero documents 3.5 MB a request only; this stays below a tenth of it
    calls_per_minute=60,
    calls_at_once=5,
    key_life_s=6 * MINUTE_S,
    latest_commit_s=25 * MINUTE_S,  # Xero documents none; it outlasts the key's life, so that silence does too
)


class Xero:
    """Posts journal entries to Xero as manual journals."""

    def __init__(self) -> None:
        self.info = ConnectorInfo(
            id="xero",
            name="Xero",
            settings=Settings,
            guarantee=Guarantee.SERVER_KEY,
            sign_ins=(sign_in("", ""),),
            environments=("production", "sandbox", LOCAL),
            capabilities=frozenset({Capability.CHANGED_SINCE}),
            limits=LIMITS,
            docs_url="https://developer.xero.com/documentation/api/accounting/manualjournals",
        )
        self._natures: dict[str, Nature] = {}

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name, as customers see it."""
        _own(settings)
        return "Xero"

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        """Return where a connection's calls go; raises ConnectorError where its address does not fit its environment.

        Xero has no host of its own for trying out: the environment `sandbox` is a demo company on the same one.
        """
        base_url = _own(settings).base_url
        if (environment == LOCAL) is not bool(base_url):
            raise ConnectorError(
                "The local address and the environment local go together: set both or none.", code="address_mismatch"
            )
        return Addresses(base_url=base_url or API_HOST, sign_in=sign_in(base_url, base_url), request_ids=(REQUEST_ID,))

    def open(self, connection: Connection) -> Session:
        """Return a session for one organisation; nothing is called yet."""
        if connection.client is None:
            raise ConnectorError("This connection has no way to reach Xero.", code="no_client")
        if len(self._natures) > MOST_NATURES:
            self._natures.clear()
        return XeroSession(connection, _own(connection.settings), connection.client, self._natures)


def sign_in(login_host: str, identity_host: str) -> OAuth2:
    """Return how people sign in to Xero (facts 2.1); empty hosts are Xero's own."""
    identity = identity_host or IDENTITY_HOST
    return OAuth2(
        authorize_url=f"{login_host or LOGIN_HOST}/identity/connect/authorize",
        token_url=f"{identity}/connect/token",
        revoke_url=f"{identity}/connect/revocation",
        scopes=SCOPES,
        proof_key=True,
        client_in=ClientIn.HEADER,
        revoke_as=RevokeAs.FORM,
        refresh_life_s=60 * DAY_S,
        grace_s=30 * MINUTE_S,
    )


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of xero expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for Xero."""
    return (Xero(),)


@hookimpl
def hub_sandboxes() -> Iterable[Sandbox]:
    """Return the local stand-in for Xero."""
    from hub_xero.sandbox import XeroSandbox  # the web stack, which only a sandbox needs

    return (XeroSandbox(),)
