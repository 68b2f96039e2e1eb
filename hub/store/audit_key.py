"""The key that seals the audit trails: a file outside the database, so that whoever writes there cannot seal what they write."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from hub.store.private_file import make_once, written_beside

BYTES = 32
SHOWN = 16


class KeyUnusable(Exception):
    """The file of the audit key cannot be read or made, or holds none; the message says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """A secret of 32 bytes, and the file that it is kept in; None for one that lives no longer than this process."""

    secret: bytes = field(repr=False)
    file: Path | None = None

    @property
    def fingerprint(self) -> str:
        """What the database keeps of the key, to know it again: 16 hex characters that tell nothing about it."""
        return hmac.digest(self.secret, b"fingerprint of an audit key", "sha256").hex()[:SHOWN]


def read_key(file: Path) -> AuditKey | None:
    """Return the key in a file, 64 hex characters; None where there is no such file. Raises KeyUnusable."""
    try:
        secret = bytes.fromhex(file.read_text("ascii"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyUnusable(f"The audit key {file} cannot be read: {error.strerror}.") from error
    except ValueError:
        secret = b""
    if len(secret) != BYTES:
        raise KeyUnusable(f"The file {file} is not an audit key, which is {2 * BYTES} hexadecimal characters.")
    return AuditKey(secret=secret, file=file)


def make_key(file: Path) -> AuditKey:
    """Make a key in a file that only its owner may read; one that is there already, made meanwhile, is taken instead."""
    try:
        make_once(file, _new())
    except OSError as error:
        raise KeyUnusable(f"The audit key {file} cannot be made: {error.strerror}.") from error
    made = read_key(file)
    assert made is not None
    return made


def replace_key(file: Path) -> AuditKey:
    """Put a new key in place of the one in a file, which is kept beside it under its fingerprint."""
    try:
        if file.exists():
            kept = file.with_name(f"{file.name}.{_name_of(file)}")
            kept.unlink(missing_ok=True)
            os.link(file, kept)
        written_beside(file, _new()).replace(file)
    except OSError as error:
        raise KeyUnusable(f"The audit key {file} cannot be replaced: {error.strerror}.") from error
    made = read_key(file)
    assert made is not None
    return made


def _new() -> str:
    return secrets.token_hex(BYTES) + "\n"


def _name_of(file: Path) -> str:
    try:
        key = read_key(file)
    except KeyUnusable:
        key = None
    return key.fingerprint if key else "unusable"
