"""What Tryton's errors mean to the hub: was a move written, and who must act?

Tryton has no error codes, only sentences; they come in English, since every request asks for that. Each stands here once,
with where it was seen. Whatever comes as Tryton's own JSON for an error was raised inside its transaction, which is rolled back
before the answer leaves (trytond 8.2, protocols/wrappers.py and protocols/rest.py): of a request that makes a move, such an
answer says that no move was made. Of one that posts a draft it says nothing, as the draft may have been posted before.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import httpx2

from hub.api import (
    AccountMissing,
    ConnectorError,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    TryLater,
)

REFUSED, UNAUTHORIZED, TOO_MANY_CALLS = 400, 401, 429
LONGEST_WAIT_S = 86_400
LONGEST_TOLD = 300  # characters of a sentence of Tryton's

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked

# Raised before the first byte of a request has left.
_NO_BYTE_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

# What Tryton 8.2.1 says to a request that makes a move, as its sentences were seen; the code is ours, for support. Where a
# sentence quotes what it is about, so does ours.
_SENTENCES: tuple[tuple[re.Pattern[str], str, type[NotWritten], str], ...] = (
    (
        re.compile(r"in closed period|field \"Period\" in record .* is not valid according to its domain"),
        "period_closed",
        PeriodClosed,
        "The period of this date is closed in Tryton. Choose a later date, or open the period again in Tryton.",
    ),
    (
        re.compile(
            r'The value "(.{1,100}?)" for field "Account" in .*(?:not valid according to its domain|does not exist)'
        ),
        "account_refused",
        AccountMissing,
        "Tryton takes no line for the account {}: it is closed, has ended, or is gone. Map another one instead.",
    ),
    (
        re.compile(r"The number of digits in the value .* exceeds the limit"),
        "too_many_decimals",
        EntryRejected,
        "Tryton keeps fewer decimals than an amount of this entry has. Give the company in Tryton the entry's currency.",
    ),
    (
        re.compile(r"you must balance all its lines"),
        "unbalanced",
        EntryRejected,
        "The move does not balance in Tryton, which therefore did not post it.",
    ),
    (
        re.compile(r"You are not allowed to (access|create|read|write)|fail on at least one of these rules"),
        "right_missing",
        ReconnectNeeded,
        "The key's user may not enter moves in Tryton. Give the user the group Accounting and the company, then sign in again.",
    ),
    (
        re.compile(r"You are trying to read records .* of \"Company\" that don't exist"),
        "company_gone",
        ReconnectNeeded,
        "The company of this connection is not in Tryton's database. Sign in again here, and choose the company.",
    ),
)


class Unreadable(ValueError):
    """An answer is not what Tryton's REST interface answers."""


def parsed(response: httpx2.Response) -> Json:
    """Return the JSON of an answer; raises Unreadable for anything else, deep nesting and a wrong charset too."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The answer is not JSON.") from error


def sentence_of(response: httpx2.Response) -> str:
    """Return the sentence of Tryton's own error answer, empty where the answer is none."""
    if response.status_code != REFUSED:
        return ""
    try:
        told = parsed(response)
    except Unreadable:
        return ""
    if not isinstance(told, dict) or told.get("status") != REFUSED or not isinstance(told.get("message"), str):
        return ""
    return " ".join(told["message"].split())


def error_after_create(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a move that was to be made."""
    known = _known(response)
    if known is not None:
        return known
    sentence = sentence_of(response)
    if sentence:
        return EntryRejected(f"Tryton refused the entry: {_told(sentence)}", code="refused")
    return _unknown(response)


def error_after_post(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a draft that was to be posted: it is never certain.

    Whatever the answer says, the draft stands there, or it was posted by an earlier request. A look-up tells.
    """
    known = _known(response)
    if isinstance(known, ReconnectNeeded | TryLater):
        return known
    if known is not None:
        return OutcomeUnknown(f"{known.message} Its draft is left in Tryton.", code=known.code)
    return _unknown(response)


def error_after_read(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a call that only reads."""
    known = _known(response)
    if isinstance(known, ReconnectNeeded | TryLater):
        return known
    sentence = sentence_of(response)
    told = f": {_told(sentence)}" if sentence else f" ({response.status_code})."
    return ConnectorError(f"Tryton answered with an error{told}", code="refused" if sentence else "")


def silence_after_write(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a move: nothing was written only where no byte left."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return OutcomeUnknown("Tryton did not answer, so it is not known whether the move was written.", code="no_answer")


def silence_after_read(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a call that only reads."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return ConnectorError("Tryton did not answer.", code="no_answer")


def unreadable_after_write() -> ConnectorError:
    """Return what an answer that makes no sense means for a move: a success that cannot be read proves nothing."""
    return OutcomeUnknown(
        "Tryton answered something that is not the move, so it is not known whether it was written.", code="unreadable"
    )


def retry_after_s(response: httpx2.Response) -> int | None:
    """Return how long an answer asks to wait (seconds, 0 to a day), None where it does not say or makes no sense.

    The header is a number of seconds or a date (RFC 9110, section 10.2.3); a date is counted from the answer's own Date,
    so that two clocks need not agree. Tryton itself sends none; what stands before it may.
    """
    told = response.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(told):
        return min(int(told), LONGEST_WAIT_S)
    until, now = _date(told), _date(response.headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(int((until - now).total_seconds()), 0), LONGEST_WAIT_S)


def _known(response: httpx2.Response) -> NotWritten | None:
    """Return the error of a 429, of a 401, or of a sentence that stands above; None for anything else."""
    if response.status_code == TOO_MANY_CALLS:
        return TryLater("Tryton asks for fewer calls.", retry_after_s=retry_after_s(response), code="throttled")
    if response.status_code == UNAUTHORIZED:
        return ReconnectNeeded(
            "Tryton does not take the key any more. Sign in again with the key of a user application that is validated.",
            code="key_refused",
        )
    sentence = sentence_of(response)
    for pattern, code, kind, message in _SENTENCES:
        if found := pattern.search(sentence):
            return kind(message.format(*map(_told, found.groups())), code=code)
    return None


def _unknown(response: httpx2.Response) -> OutcomeUnknown:
    sentence = sentence_of(response)
    told = f"answered “{_told(sentence)}”" if sentence else f"answered with an error ({response.status_code})"
    return OutcomeUnknown(f"Tryton {told}, so it is not known whether the move was written.", code="")


def _told(sentence: str) -> str:
    """Return a sentence of Tryton's that is short enough, and without marks that a page could take for its own."""
    bare = sentence.replace("<", "‹").replace(">", "›")
    return bare if len(bare) <= LONGEST_TOLD else f"{bare[:LONGEST_TOLD]}…"


def _not_reached() -> TryLater:
    return TryLater("Tryton could not be reached.", code="not_reached")


def _date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
