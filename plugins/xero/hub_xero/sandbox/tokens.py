"""Tokens as Xero makes them: the access token is a signed JWT, and an id_token comes only with the scope `openid`."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from hub.testing.sandbox import Grant
from hub_xero.sandbox.organisations import named_id

KEY_ID = "inventory-hub-sandbox"
PERSON = named_id("person")
ACCESS_S = 1_800
OPENID_S = 300


def access_token(grant: Grant, base_url: str, client_id: str, now: datetime) -> str:
    """Return an access token of half an hour; its authentication_event_id is the consent's."""
    return _signed(
        {
            "nbf": int(now.timestamp()),
            "exp": int(now.timestamp()) + ACCESS_S,
            "iss": base_url,
            "aud": f"{base_url}/resources",
            "client_id": client_id,
            "sub": PERSON,
            "auth_time": int(grant.began_at.timestamp()),
            "xero_userid": PERSON,
            "authentication_event_id": event_id(grant),
            "jti": secrets.token_hex(16),
            "scope": list(grant.scopes),
        }
    )


def id_token(grant: Grant, base_url: str, client_id: str, now: datetime) -> str:
    """Return who signed in, for the client that asked."""
    return _signed(
        {
            "nbf": int(now.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + OPENID_S,
            "iss": base_url,
            "aud": client_id,
            "sub": PERSON,
            "auth_time": int(grant.began_at.timestamp()),
            "email": "alex@sandbox.example",
            "given_name": "Alex",
            "family_name": "Sandbox",
        }
    )


def event_id(grant: Grant) -> str:
    """Return the id that all connections of one consent share."""
    return named_id("event", grant.id)


def key_set() -> dict[str, object]:
    """Return the public key (RFC 7517) that tokens are verified with."""
    numbers = _key().public_key().public_numbers()
    exponent = numbers.e.to_bytes(3, "big")
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": KEY_ID,
                "n": _encoded(numbers.n.to_bytes(256, "big")),
                "e": _encoded(exponent),
            }
        ]
    }


def discovery(base_url: str, scopes: tuple[str, ...]) -> dict[str, object]:
    """Return the document at /.well-known/openid-configuration."""
    at: Callable[[str], str] = lambda path: f"{base_url}{path}"  # noqa: E731 - a name for what is done six times
    return {
        "issuer": base_url,
        "jwks_uri": at("/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": at("/identity/connect/authorize"),
        "token_endpoint": at("/connect/token"),
        "revocation_endpoint": at("/connect/revocation"),
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=2_048)


def _signed(claims: dict[str, object]) -> str:
    """Return a JWT (RFC 7519), signed with RS256."""
    header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    told = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{told}.{_encoded(_key().sign(told.encode(), PKCS1v15(), SHA256()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
