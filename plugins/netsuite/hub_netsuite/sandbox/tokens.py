"""The token endpoint of REST: a machine proves who it is with a JWT, signed by the key of a certificate that is known here."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from hub_netsuite.sandbox.passports import SignIns

PATH = "/services/rest/auth/oauth2/v1/token"
SCOPE = "rest_webservices"
SCOPES = frozenset({SCOPE, "restlets", "suite_analytics"})
BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE = timedelta(minutes=60)
SKEW = timedelta(minutes=5)
CLIENT_ID = "b0a1928374655647382910fedcba98765432100123456789abcdeffedcba9876"
SMALLEST_RSA = 3_072

_HASHES: Mapping[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_CURVES = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
_OF_THE_SANDBOX = int.from_bytes(sha256(b"inventory hub sandbox").digest(), "big")
PublicKey: TypeAlias = "rsa.RSAPublicKey | ec.EllipticCurvePublicKey"
Json: TypeAlias = Any  # a JSON value


class NoToken(Exception):
    """A request for a token that is refused, with the error as OAuth names it. detail: for the audit trail."""

    def __init__(self, error: str, detail: str, status: int = 400) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A token that was issued."""

    until: datetime
    scopes: frozenset[str]


class Tokens:
    """Issues access tokens and knows them again. The account knows one certificate at the start; others can be added."""

    def __init__(self, token_url: str, sign_ins: SignIns, now: Callable[[], datetime]) -> None:
        self._token_url = token_url
        self._sign_ins = sign_ins
        self._now = now
        self._issued: dict[str, Access] = {}
        self._private = ec.derive_private_key(_OF_THE_SANDBOX, ec.SECP256R1())
        own = self._private.public_key()
        self.certificate_id = certificate_id(own)
        self._certificates: dict[str, PublicKey] = {self.certificate_id: own}

    def private_key(self) -> str:
        """Return the private key of the certificate that the account knows at the start, the same each time."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def add_certificates(self, pems: list[str]) -> None:
        """Let the account know further public keys (PEM); each has the certificate_id() of its key. Raises ValueError."""
        for pem in pems:
            key = load_pem_public_key(pem.encode())
            if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
                raise TypeError("a certificate has an RSA key or one on an elliptic curve")
            if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
                raise ValueError(f"an RSA key has at least {SMALLEST_RSA} bits")
            self._certificates[certificate_id(key)] = key

    def answer(self, body: bytes) -> dict[str, Json]:
        """Return the fields of a new token for a form; raises NoToken."""
        try:
            issued = self._answered(dict(parse_qsl(body.decode("utf-8", "replace"))))
        except NoToken as refused:
            self._sign_ins.note(self._sign_ins.account, CLIENT_ID, refused.detail)
            raise
        self._sign_ins.note(self._sign_ins.account, CLIENT_ID, "")
        return issued

    def access(self, token: str) -> Access | None:
        """Return what a token that is alive is good for, None for any other."""
        known = self._issued.get(token)
        return known if known is not None and known.until > self._now() else None

    def expire(self) -> None:
        """Let every token be too old from now on."""
        self._issued.clear()

    def _answered(self, form: Mapping[str, str]) -> dict[str, Json]:
        if form.get("grant_type") != "client_credentials":
            raise NoToken("unsupported_grant_type", "InvalidGrantType")
        if form.get("client_assertion_type") != BY_JWT or not form.get("client_assertion"):
            raise NoToken("invalid_request", "MissingParameter")
        claims = self._verified(form["client_assertion"])
        scopes = self._checked(claims)
        token = f"sandbox.{secrets.token_urlsafe(48)}"
        self._issued[token] = Access(until=self._now() + LIFE, scopes=scopes)
        return {"access_token": token, "expires_in": str(int(LIFE.total_seconds())), "token_type": "bearer"}

    def _verified(self, assertion: str) -> Mapping[str, Json]:
        """Return the claims of a JWT whose signature is right; raises NoToken."""
        parts = assertion.split(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in parts[:2])
            signed, signature = f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2])
        except (ValueError, IndexError, BadBase64) as error:
            raise NoToken("invalid_request", "InvalidJWT") from error
        if len(parts) != 3 or not isinstance(header, dict) or not isinstance(claims, dict):
            raise NoToken("invalid_request", "InvalidJWT")
        if header.get("typ") != "JWT":
            raise NoToken("invalid_request", "InvalidJWTType")
        key = self._certificates.get(str(header.get("kid")))
        if key is None:
            raise NoToken("invalid_client", "InvalidCertificateID", 401)
        try:
            _verify(key, str(header.get("alg")), signed, signature)
        except InvalidSignature as error:
            raise NoToken("invalid_client", "InvalidSignature", 401) from error
        return claims

    def _checked(self, claims: Mapping[str, Json]) -> frozenset[str]:
        """Return the scopes of claims that are right and of today; raises NoToken."""
        if claims.get("iss") != CLIENT_ID:
            raise NoToken("invalid_client", "InvalidClientID", 401)
        audience = claims.get("aud")
        if self._token_url not in (audience if isinstance(audience, list) else [audience]):
            raise NoToken("invalid_request", "InvalidAudience")
        issued, until = claims.get("iat"), claims.get("exp")
        if type(issued) is not int or type(until) is not int:
            raise NoToken("invalid_request", "MissingTimes")
        now = self._now().timestamp()
        if until <= now or issued > now + SKEW.total_seconds():
            raise NoToken("invalid_request", "InvalidTimestamp")
        if until - issued > LIFE.total_seconds():
            raise NoToken("invalid_request", "InvalidExpiration")
        told = claims.get("scope")
        scopes = frozenset(told if isinstance(told, list) else str(told or "").replace(",", " ").split())
        if not scopes or not scopes <= SCOPES:
            raise NoToken("invalid_scope", "InvalidScope")
        return scopes


def certificate_id(key: PublicKey) -> str:
    """Return the id that the account gives a certificate, made of its public key."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:40]


def _verify(key: PublicKey, algorithm: str, signed: bytes, signature: bytes) -> None:
    """Raise InvalidSignature where a signature is not the key's by one of the algorithms that are taken: not RS256."""
    hash_ = _HASHES.get(algorithm[2:])
    if algorithm.startswith("PS") and hash_ is not None and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PSS(padding.MGF1(hash_), hash_.digest_size), hash_)
    elif isinstance(key, ec.EllipticCurvePublicKey) and _CURVES.get(algorithm) == key.curve.name and hash_ is not None:
        half = (key.key_size + 7) // 8
        if len(signature) != 2 * half:
            raise InvalidSignature
        numbers = (int.from_bytes(each, "big") for each in (signature[:half], signature[half:]))
        key.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(hash_))
    else:
        raise NoToken("invalid_request", "UnknownAlgorithm")


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
