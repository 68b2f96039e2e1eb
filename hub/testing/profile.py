"""What an accounting system does with a key: the four ways that the fake ledger can behave."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hub.api import Guarantee, Limits

MINUTE_S = 60
YEAR_S = 365 * 24 * 60 * MINUTE_S


class Profile(StrEnum):
    """How the ledger keeps one posting from becoming two.

    request_id: it keeps the key of each journal it wrote for a year, and answers a repeat with the first result, whatever
    the repeat's body says; short_key: it keeps a key for six minutes, compares the body, and repeats any answer, errors
    too, and may commit up to 25 minutes late; external_id: a journal carries a unique id of the caller's, and a second
    add is refused without telling the first journal's id; no_key: nothing, so only a look-up by reference helps.
    """

    REQUEST_ID = "request_id"
    SHORT_KEY = "short_key"
    EXTERNAL_ID = "external_id"
    NO_KEY = "no_key"

    @property
    def limits(self) -> Limits:
        """What it declares to bear; latest_commit_s counts until the journal is there, however late it is answered."""
        return _LIMITS[self]

    @property
    def guarantee(self) -> Guarantee:
        """What makes a posting happen once there."""
        return Guarantee.LOOK_UP if self is Profile.NO_KEY else Guarantee.SERVER_KEY


_LIMITS: Mapping[Profile, Limits] = {
    Profile.REQUEST_ID: Limits(
        lines_per_entry=1_000, calls_per_minute=500, calls_at_once=10, key_life_s=YEAR_S, latest_commit_s=5 * MINUTE_S
    ),
    Profile.SHORT_KEY: Limits(
        lines_per_entry=500,
        calls_per_minute=60,
        calls_at_once=5,
        key_life_s=6 * MINUTE_S,
        latest_commit_s=25 * MINUTE_S,
    ),
    Profile.EXTERNAL_ID: Limits(lines_per_entry=1_000, calls_at_once=5, latest_commit_s=5 * MINUTE_S),
    Profile.NO_KEY: Limits(lines_per_entry=200, calls_per_minute=60, calls_at_once=2, latest_commit_s=25 * MINUTE_S),
}
