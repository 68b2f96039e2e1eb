"""What the ledger remembers of the keys that calls carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.testing.ledger.journals import Json
from hub.testing.ledger.refusals import LedgerRefused
from hub.testing.profile import Profile

FIRST_ERROR = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRules:
    """What a profile does with keys.

    life_s: how long it remembers one from the first call on; compares: it refuses a key that comes with another body;
    keeps_errors: it repeats refusals and errors too, and not only what wrote a journal.
    """

    life_s: float
    compares: bool
    keeps_errors: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    answer: Answer
    body: bytes
    until: datetime


class Keys:
    """The keys that one ledger has seen; rules: None where it takes no keys."""

    def __init__(self, rules: KeyRules | None) -> None:
        self._rules = rules
        self._kept: dict[str, _Kept] = {}

    def answer(self, key: str, body: bytes, now: datetime) -> Answer | None:
        """Return the answer to repeat for a key; raises LedgerRefused where it came with another body before."""
        kept = self._kept.get(key)
        if kept is None or self._rules is None:
            return None
        if kept.until <= now:
            del self._kept[key]
            return None
        if self._rules.compares and kept.body != body:
            raise LedgerRefused("key_reused", "This key is used with a different request.")
        return kept.answer

    def keep(self, key: str, body: bytes, answer: Answer, now: datetime) -> None:
        """Remember the first answer to a key, where the rules want it remembered."""
        if self._rules is None or not key or (answer.status >= FIRST_ERROR and not self._rules.keeps_errors):
            return
        until = now + timedelta(seconds=self._rules.life_s)
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            self._kept[key] = _Kept(answer=answer, body=body, until=until)


def rules_of(profile: Profile, life_s: float | None) -> KeyRules | None:
    """Return what a profile does with keys; life_s: instead of its own life of a key."""
    life = life_s if life_s is not None else profile.limits.key_life_s
    if profile not in _KINDS or life is None:
        return None
    compares, keeps_errors = _KINDS[profile]
    return KeyRules(life_s=life, compares=compares, keeps_errors=keeps_errors)


_KINDS: Mapping[Profile, tuple[bool, bool]] = {
    Profile.REQUEST_ID: (False, False),
    Profile.SHORT_KEY: (True, True),
}
