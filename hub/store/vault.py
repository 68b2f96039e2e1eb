"""Secrets sealed for the database: AES-256-GCM, bound to what they belong to, so that rows cannot be swapped."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from hub.store.key_ring import KeyRing, VaultClosed

VERSION = "1"
NONCE_BYTES = 12

Secrets = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens secrets with the keys of a ring."""

    keys: KeyRing

    def seal(self, content: Secrets, *bound: str) -> str:
        """Return secrets as one sealed text; bound: what they belong to, which must be the same to open it.

        Raises VaultClosed.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self.keys.newest()
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(dict(content)).encode()
        sealed = AESGCM(key.secret).encrypt(nonce, plain, _bound(key.id, bound))
        return f"{VERSION}.{key.id}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *bound: str) -> Secrets:
        """Return what a sealed text holds; raises VaultClosed where its key is not there, or it is not what was sealed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self.keys.key(key_id(sealed))
        try:
            raw = urlsafe_b64decode(sealed.rpartition(".")[2])
            plain = AESGCM(key.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(key.id, bound))
            content: Secrets = json.loads(plain)
        except (InvalidTag, ValueError):
            raise VaultClosed(
                "The secret in the database is not the one that was sealed there. Connect again."
            ) from None
        return content


def key_id(sealed: str) -> str:
    """Return the id of the key that a text was sealed with; raises VaultClosed where it is not a sealed text."""
    version, _, rest = sealed.partition(".")
    found, dot, _ = rest.partition(".")
    if version != VERSION or not dot:
        raise VaultClosed("What stands in the database is not a sealed secret. Connect again.")
    return found


def _bound(key: str, parts: tuple[str, ...]) -> bytes:
    return json.dumps([VERSION, key, *parts]).encode()
