"""Client credentials proven by a signed JWT (RFC 7523): a key that a person typed in, and access tokens for it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hub.api import ClientAssertion
from hub.plugins.sign_in.flow import ask_as_client
from hub.plugins.sign_in.grants import Granted, granted_to_client

if TYPE_CHECKING:
    import httpx2

LIVES = timedelta(minutes=15)
"""How long a signed assertion is good: it is used at once, and clocks differ."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SMALLEST_RSA = 2048  # bits
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
BEGINS = "-----BEGIN "


class KeyFields(BaseModel):
    """What a person types in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    client_id: str = Field(title="Client ID", min_length=1, description="Of the application that was made for the hub.")
    certificate_id: str = Field(
        title="Certificate ID",
        min_length=1,
        description="What the certificate of the private key is listed under there.",
    )
    private_key: SecretStr = Field(
        title="Private key",
        min_length=1,
        description="The whole PEM file, from “BEGIN PRIVATE KEY” to “END PRIVATE KEY”, without a password.",
        json_schema_extra={"multiline": True},
    )


class KeyUnfit(ValueError):
    """A private key that cannot be used; the message is the rest of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A client's private key, and how it signs; kid: the id of its certificate at the accounting system."""

    client_id: str
    kid: str
    algorithm: str
    key: RSAKey | ECKey = field(repr=False)


def signing_key(way: ClientAssertion, typed: KeyFields) -> SigningKey:
    """Return the key that was typed in, with the first algorithm that fits it; raises KeyUnfit."""
    key = _key(typed.private_key.get_secret_value().strip())
    fitting = [each for each in way.algorithms if _fits(each, key)]
    if not fitting:
        raise KeyUnfit(f"is of another kind than can be used here: it must be for {' or '.join(way.algorithms)}")
    return SigningKey(client_id=typed.client_id, kid=typed.certificate_id, algorithm=fitting[0], key=key)


def access_for(http: httpx2.Client, way: ClientAssertion, key: SigningKey, now: datetime) -> Granted:
    """Ask for an access token, once; raises NoGrant."""
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": _assertion(way, key, now)}
    return granted_to_client(ask_as_client(http, way.token_url, proof))


def _assertion(way: ClientAssertion, key: SigningKey, now: datetime) -> str:
    issued = int(now.timestamp())
    claims = {
        "iss": key.client_id,
        "sub": key.client_id,
        "aud": way.token_url,
        "scope": list(way.scopes),
        "iat": issued,
        "exp": issued + int(LIVES.total_seconds()),
        "jti": token_urlsafe(),
    }
    header = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
    return jwt.encode(header, claims, key.key, algorithms=[key.algorithm])


def _key(pem: str) -> RSAKey | ECKey:
    """Return a private key of a PEM file; no error of the libraries is told, as it may repeat what was typed."""
    if not pem.startswith(BEGINS):
        raise KeyUnfit("is no PEM file: its first line says “BEGIN PRIVATE KEY” between dashes")
    if "CERTIFICATE" in pem.partition("\n")[0]:
        raise KeyUnfit("is a certificate: that one goes to the accounting system, and the private key comes here")
    if "ENCRYPTED" in pem:
        raise KeyUnfit("is protected by a password: take that off first")
    found = _imported(pem)
    if found is None:
        raise KeyUnfit("cannot be read as a private key of RSA or EC: paste the whole PEM file")
    private = found.private_key
    if private is None:
        raise KeyUnfit("is a public key: that one goes to the accounting system, and the private key comes here")
    if isinstance(found, RSAKey) and private.key_size < SMALLEST_RSA:
        raise KeyUnfit(f"is too short: an RSA key has at least {SMALLEST_RSA:,} bits")
    return found


def _imported(pem: str) -> RSAKey | ECKey | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of short keys, which are refused
        for kind in (RSAKey, ECKey):
            try:
                return kind.import_key(pem)
            except (JoseError, ValueError, TypeError, LookupError):
                continue
    return None


def _fits(algorithm: str, key: RSAKey | ECKey) -> bool:
    if isinstance(key, RSAKey):
        return algorithm.startswith(("RS", "PS"))
    return CURVES.get(algorithm) == key.curve_name
