"""Where a NetSuite account is: its addresses, what signs in to them, and links to its records."""

from __future__ import annotations

import re

from hub.api import Addresses, ClientAssertion, ConnectorError, SecretFields
from hub_netsuite.settings import Secrets, Settings, Transport

PRODUCTION, SANDBOX, LOCAL = "production", "sandbox", "local"
ENVIRONMENTS = (PRODUCTION, SANDBOX, LOCAL)

SCOPE = "rest_webservices"
ALGORITHMS = ("PS256", "ES256")  # RS256 is not taken (facts 1.5)
OPERATION = "X-N-OperationId"

SOAP_PATH = "/services/NetSuitePort_"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
RECORD_PATH = "/services/rest/record/v1"
QUERY_PATH = "/services/rest/query/v1/suiteql"

_TRYING_OUT = re.compile(r"_(?:SB|RP)[0-9]*$", re.ASCII)  # a sandbox, a release preview


def addresses(settings: Settings, environment: str) -> Addresses:
    """Return where a connection calls and signs in; raises ConnectorError where settings and environment contradict."""
    if (environment == LOCAL) is not bool(settings.base_url):
        raise ConnectorError(
            "The local address and the environment local go together: set both or none.", code="address_mismatch"
        )
    if environment == PRODUCTION and _TRYING_OUT.search(settings.account):
        raise ConnectorError(
            f"{settings.account} is an account for trying out. Choose the environment sandbox, or correct the account ID.",
            code="environment_mismatch",
        )
    base_url = api_host(settings)
    return Addresses(base_url=base_url, sign_in=sign_in(settings.transport, base_url), request_ids=(OPERATION,))


def sign_in(transport: Transport, base_url: str) -> SecretFields | ClientAssertion:
    """Return how a connection signs in: each of the two interfaces has its own way."""
    if transport is Transport.SOAP:
        return SecretFields(model=Secrets)
    return ClientAssertion(token_url=f"{base_url}{TOKEN_PATH}", scopes=(SCOPE,), algorithms=ALGORITHMS)


def api_host(settings: Settings) -> str:
    """Return the one host of both interfaces; the account ID is in lower case with a hyphen there (facts 1.2)."""
    return settings.base_url or f"https://{_label(settings.account)}.suitetalk.api.netsuite.com"


def app_host(settings: Settings) -> str:
    """Return where people open the account."""
    return settings.base_url or f"https://{_label(settings.account)}.app.netsuite.com"


def journal_link(settings: Settings, journal_id: str) -> str:
    """Return the address of a journal entry in NetSuite."""
    return f"{app_host(settings)}/app/accounting/transactions/journal.nl?id={journal_id}"


def _label(account: str) -> str:
    return account.lower().replace("_", "-")
