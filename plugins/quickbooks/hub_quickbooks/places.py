"""Where QuickBooks Online is: its addresses in production, for developers, and of a stand-in on this machine."""

from __future__ import annotations

from hub.api import Addresses, ClientIn, ConnectorError, OAuth2, RevokeAs
from hub_quickbooks.settings import Settings

PRODUCTION, SANDBOX, LOCAL = "production", "sandbox", "local"
ENVIRONMENTS = (PRODUCTION, SANDBOX, LOCAL)

SCOPE = "com.intuit.quickbooks.accounting"  # the only one: it reads and writes, and there is no smaller one
TRACE = "intuit_tid"
REALM = "realmId"
AUTHORIZE, TOKEN, REVOKE = "/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke"
HARD_EXPIRY_ASKED = {"x-include-refresh-token-hard-expires-in": "true"}
REFRESH_LIFE_S = 100 * 24 * 3600

API = {PRODUCTION: "https://quickbooks.api.intuit.com", SANDBOX: "https://sandbox-quickbooks.api.intuit.com"}
APP = {PRODUCTION: "https://app.qbo.intuit.com", SANDBOX: "https://app.sandbox.qbo.intuit.com"}


def addresses(settings: Settings, environment: str) -> Addresses:
    """Return where a connection calls and signs in; raises ConnectorError where settings and environment contradict."""
    if environment == LOCAL:
        base = _local(settings)
        return Addresses(base_url=base, sign_in=sign_in(base, base, base), request_ids=(TRACE,))
    if settings.base_url:
        raise ConnectorError(
            "The address of a sandbox is set, and this connection is not one to a sandbox on this machine. "
            "Clear the address, or choose the environment local.",
            code="base_url_not_local",
        )
    return Addresses(base_url=API[environment], sign_in=sign_in(), request_ids=(TRACE,))


def sign_in(
    authorize: str = "https://appcenter.intuit.com",
    token: str = "https://oauth.platform.intuit.com",
    revoke: str = "https://developer.api.intuit.com",
) -> OAuth2:
    """Return how people sign in, at these three origins; the vendor's own are the same for production and its sandbox.

    No proof key, since the vendor's pages know none; the refresh token dies when it gets a successor, so there is no grace.
    """
    return OAuth2(
        authorize_url=f"{authorize}{AUTHORIZE}",
        token_url=f"{token}{TOKEN}",
        revoke_url=f"{revoke}{REVOKE}",
        scopes=(SCOPE,),
        proof_key=False,
        kept=(REALM,),
        client_in=ClientIn.HEADER,
        revoke_as=RevokeAs.JSON,
        token_headers=HARD_EXPIRY_ASKED,
        refresh_life_s=REFRESH_LIFE_S,
        refresh_expires_in="x_refresh_token_expires_in",
        hard_expires_in="x_refresh_token_hard_expires_in",
        grace_s=0,
    )


def app_url(settings: Settings, environment: str) -> str:
    """Return where people open QuickBooks, for the links to journals."""
    return _local(settings) if environment == LOCAL else APP[environment]


def _local(settings: Settings) -> str:
    if not settings.base_url:
        raise ConnectorError(
            "This connection is one to a sandbox on this machine, and the sandbox's address is not set.",
            code="base_url_missing",
        )
    return settings.base_url
