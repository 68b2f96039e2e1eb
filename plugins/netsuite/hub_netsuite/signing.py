"""Token-based authentication: the passport that each SOAP request carries, made anew for every request that is sent.

Sources: the vendor's pages on the token passport and on its signature (facts 1.1), whose worked example is a test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

import httpx2

from hub.api import ConnectorError
from hub_netsuite.settings import Secrets

MARKER = b"<!--passport-->"
"""What an envelope has where its passport goes. No text of an entry can look like it, since `<` is escaped there."""

ALGORITHM = "HMAC-SHA256"  # as the element spells it; the only one taken since release 2023.1

_PASSPORT = (
    '<m:tokenPassport xmlns:m="urn:messages_{version}.platform.webservices.netsuite.com"'
    ' xmlns:c="urn:core_{version}.platform.webservices.netsuite.com">'
    "<c:account>{account}</c:account><c:consumerKey>{consumer_key}</c:consumerKey><c:token>{token}</c:token>"
    "<c:nonce>{nonce}</c:nonce><c:timestamp>{timestamp}</c:timestamp>"
    '<c:signature algorithm="{algorithm}">{signature}</c:signature></m:tokenPassport>'
)


def signed(request: httpx2.Request, passport: bytes) -> httpx2.Request:
    """Return a request whose envelope carries a passport; raises ConnectorError where it has no place for exactly one."""
    content = request.read()
    if content.count(MARKER) != 1:
        raise ConnectorError("A request has no place for its signature, so it was not sent.", code="not_signable")
    headers = [(name, value) for name, value in request.headers.multi_items() if name.lower() != "content-length"]
    return httpx2.Request(
        request.method,
        request.url,
        headers=headers,
        content=content.replace(MARKER, passport),
        extensions=request.extensions,
    )


def passport(secrets: Secrets, *, account: str, version: str, nonce: str, timestamp: int) -> bytes:
    """Return the passport's element. nonce: used once, 6 to 64 letters and digits; timestamp: Unix seconds."""
    consumer_key, token = secrets.consumer_key.get_secret_value(), secrets.token_id.get_secret_value()
    return _PASSPORT.format(
        version=version,
        account=account,
        consumer_key=consumer_key,
        token=token,
        nonce=nonce,
        timestamp=timestamp,
        algorithm=ALGORITHM,
        signature=signature(secrets, account=account, nonce=nonce, timestamp=timestamp),
    ).encode()


def signature(secrets: Secrets, *, account: str, nonce: str, timestamp: int) -> str:
    """Return the signature of a passport, in base64."""
    named = (
        account,
        secrets.consumer_key.get_secret_value(),
        secrets.token_id.get_secret_value(),
        nonce,
        str(timestamp),
    )
    key = f"{_quoted(secrets.consumer_secret.get_secret_value())}&{_quoted(secrets.token_secret.get_secret_value())}"
    base = "&".join(map(_quoted, named))
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")
