"""Token-based sign-in: who signed a request, and the audit trail that alone says why one was refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from hub_netsuite.sandbox.company import Company
from hub_netsuite.sandbox.refusals import invalid_login

LOG_IN = "Setup -> Log in using Access Tokens"
ALGORITHM = "HMAC-SHA256"
SKEW = timedelta(minutes=5)
LOCKED_AFTER, LOCKED_FOR = 5, timedelta(minutes=30)
REMEMBERED = 1_000  # entries of the audit trail

_NONCE = re.compile(r"[A-Za-z0-9]{6,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a client signs with."""

    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """A tokenPassport as it was sent."""

    account: str
    consumer_key: str
    token: str
    nonce: str
    timestamp: str
    signature: str
    algorithm: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return all((self.account, self.consumer_key, self.token, self.nonce, self.timestamp, self.signature))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An entry of the Login Audit Trail. detail: empty for a success."""

    at: datetime
    account: str
    token: str
    detail: str


def signature(passport: Passport, keys: Keys) -> str:
    """Return the signature that a passport should have."""
    parts = (passport.account, passport.consumer_key, passport.token, passport.nonce, passport.timestamp)
    told = "&".join(quote(part, safe="") for part in parts)
    key = f"{quote(keys.consumer_secret, safe='')}&{quote(keys.token_secret, safe='')}"
    return base64.b64encode(hmac.new(key.encode(), told.encode(), hashlib.sha256).digest()).decode()


class SignIns:
    """Looks at passports."""

    def __init__(self, company: Company, keys: Keys, now: Callable[[], datetime]) -> None:
        self.keys = keys
        self.account = company.id
        self.trail: list[Attempt] = []
        self._company = company
        self._now = now
        self._used: dict[tuple[str, str], datetime] = {}
        self._failures: dict[str, int] = defaultdict(int)
        self._locked_until: dict[str, datetime] = {}

    def admit(self, passport: Passport) -> None:
        """Let a passport in; raises Fault, in the same words whatever is wrong."""
        detail = self._refusal(passport)
        self.note(passport.account, passport.token, detail)
        if not detail:
            self._failures.pop(passport.token, None)
            return
        self._failures[passport.token] += 1
        if self._failures[passport.token] == LOCKED_AFTER:
            self._locked_until[passport.token] = self._now() + LOCKED_FOR
        raise invalid_login()

    def note(self, account: str, token: str, detail: str) -> None:
        """Write an attempt into the audit trail."""
        self.trail = [
            *self.trail[1 - REMEMBERED :],
            Attempt(at=self._now(), account=account, token=token, detail=detail),
        ]

    def unlock(self) -> None:
        """Forget failures and locks, as half an hour does."""
        self._failures.clear()
        self._locked_until.clear()

    def _refusal(self, passport: Passport) -> str:
        """Return why a passport is refused, in the words of the vendor's audit trail; empty where it is not."""
        if not passport.is_whole:
            return "MissingTokenPassportRequiredFields"
        if passport.account != self._company.id:
            return "InvalidAccount"
        if self._is_locked(passport.token):
            return "temporary_locked"
        return self._key_refusal(passport) or self._signature_refusal(passport)

    def _key_refusal(self, passport: Passport) -> str:
        if passport.consumer_key != self.keys.consumer_key:
            return "consumer_key_unknown"
        if passport.token != self.keys.token_id:
            return "token_rejected"
        return "permission_denied" if LOG_IN in self._company.denied else ""

    def _signature_refusal(self, passport: Passport) -> str:
        if passport.algorithm != ALGORITHM:
            return "UnknownAlgorithm"
        if not _is_near(passport.timestamp, self._now()):
            return "InvalidTimestamp"
        if not _NONCE.fullmatch(passport.nonce):
            return "InvalidNonce"
        if not hmac.compare_digest(passport.signature.encode(), signature(passport, self.keys).encode()):
            return "InvalidSignature"
        return "" if self._is_new(passport) else "NonceUsed"

    def _is_new(self, passport: Passport) -> bool:
        """Whether a nonce was not used while its timestamp could still be valid; from now on it was."""
        now, key = self._now(), (passport.token, passport.nonce)
        self._used = {each: until for each, until in self._used.items() if until > now}
        if key in self._used:
            return False
        self._used[key] = now + 2 * SKEW
        return True

    def _is_locked(self, token: str) -> bool:
        until = self._locked_until.get(token)
        if until is None:
            return False
        if until <= self._now():
            del self._locked_until[token]
            self._failures.pop(token, None)
            return False
        return True


def _is_near(timestamp: str, now: datetime) -> bool:
    return (
        timestamp.isascii() and timestamp.isdecimal() and abs(int(timestamp) - now.timestamp()) <= SKEW.total_seconds()
    )
