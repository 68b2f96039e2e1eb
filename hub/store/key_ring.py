"""The keys that seal secrets: outside the database, each with an id, the newest used for all that is sealed from now on."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from hub.store.private_file import make_once, written_beside

BYTES = 32
ID_LENGTH = 16
NAMED = "a line for each key, the newest last: 64 hexadecimal characters"
READABLE_FOR_OTHERS = 0o077


class VaultClosed(Exception):
    """A secret cannot be sealed or opened, since its key is not there or is another; the message says so."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of 32 bytes; id: what sealed texts name it by, which tells nothing about it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The key's fingerprint: 16 hex characters."""
        return hmac.digest(self.secret, b"id of a vault key", "sha256").hex()[:ID_LENGTH]


class KeyRing:
    """The keys of a file, or of a setting of the environment.

    A file is made when the first secret is sealed, and read again when a text names a key that is not known yet: another
    process may have added it.
    """

    def __init__(self, file: Path, *, given: str = "") -> None:
        """Take the keys from a file, or those given instead of it: texts of 64 hexadecimal characters."""
        self._file = file
        self._given = given
        self._keys: Mapping[str, Key] = {}
        self._lock = Lock()

    @property
    def where(self) -> str:
        """Where the keys are, for a person."""
        return "HUB_KEY" if self._given else str(self._file)

    def newest(self) -> Key:
        """Return the key to seal with; a file is made where there is none. Raises VaultClosed."""
        with self._lock:
            keys = self._read()
            if not keys and not self._given:
                self._make()
                keys = self._read()
            self._keys = keys
            return list(keys.values())[-1]

    def key(self, key_id: str) -> Key:
        """Return the key of this id; raises VaultClosed where it is not there."""
        with self._lock:
            if key_id not in self._keys:
                self._keys = self._read()
            found = self._keys.get(key_id)
        if found is None:
            raise VaultClosed(
                f"The secret was sealed with the key {key_id}, which is not in {self.where}. Bring that file from another "
                "machine of this database or from a back-up, or name it in HUB_KEY_FILE; else connect again."
            )
        return found

    def add(self) -> Key:
        """Add a new key as the newest; those of before stay, for back-ups. Raises VaultClosed."""
        if self._given:
            return self.newest()
        with self._lock:
            keys = self._read()
            new = Key(secrets.token_bytes(BYTES))
            try:
                written_beside(self._file, _text([*keys.values(), new])).replace(self._file)
            except OSError as error:
                raise VaultClosed(f"The keys {self._file} cannot be written: {error.strerror}.") from error
            self._keys = self._read()
            return new

    def _make(self) -> None:
        try:
            make_once(self._file, _text([Key(secrets.token_bytes(BYTES))]))
        except OSError as error:
            raise VaultClosed(f"The keys {self._file} cannot be made: {error.strerror}.") from error

    def _read(self) -> dict[str, Key]:
        text = self._given.replace(",", "\n") or self._content()
        try:
            secrets_ = [bytes.fromhex(line) for line in text.split()]
        except ValueError:
            secrets_ = [b""]
        if any(len(each) != BYTES for each in secrets_):
            raise VaultClosed(f"{self.where} holds no keys, which are {NAMED}.")
        keys = map(Key, secrets_)
        return {key.id: key for key in keys}

    def _content(self) -> str:
        try:
            if os.name == "posix" and self._file.stat().st_mode & READABLE_FOR_OTHERS:
                raise VaultClosed(f"Others than its owner may read {self._file}. Run: chmod 600 {self._file}")
            return self._file.read_text("ascii")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise VaultClosed(f"The keys {self._file} cannot be read: {type(error).__name__}.") from error


def _text(keys: list[Key]) -> str:
    return "".join(f"{key.secret.hex()}\n" for key in keys)
