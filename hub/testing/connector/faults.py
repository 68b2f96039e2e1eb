"""What the ledger's errors mean to the hub: was the journal written, and who must act?

Copy the shape of this file: one closed list of codes, one question about the request ("did a byte leave?"), and
`OutcomeUnknown` for all the rest. A code goes on the list only if the vendor's documentation says that it is answered
before anything is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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

TOO_MANY_CALLS = 429
LONGEST_WAIT_S = 86_400
ALREADY_EXISTS = "already_exists"
JOURNAL_UNKNOWN = "journal_unknown"

# The closed list: with one of these codes nothing was written, whatever the status says. `key_reused` and
# `already_exists` are not on it: both say that an earlier call may have written.
NOTHING_WRITTEN: Mapping[str, type[NotWritten]] = {
    "period_closed": PeriodClosed,
    "account_unknown": AccountMissing,
    "account_inactive": AccountMissing,
    "unbalanced": EntryRejected,
    "amount_invalid": EntryRejected,
    "currency_mismatch": EntryRejected,
    "too_many_lines": EntryRejected,
    "malformed": EntryRejected,
    "token_invalid": ReconnectNeeded,
    "access_revoked": ReconnectNeeded,
    "company_wrong": ReconnectNeeded,
}

# Raised before the first byte of a request has left.
_NO_BYTE_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked


class Unreadable(ValueError):
    """An answer is not what the ledger's documentation says."""


def parsed(response: httpx2.Response) -> dict[str, Json]:
    """Return the JSON object of an answer; raises Unreadable for anything else, deep nesting and a wrong charset too."""
    try:
        told = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The answer is not JSON.") from error
    if not isinstance(told, dict):
        raise Unreadable("The answer is not a JSON object.")
    return told


def code_of(response: httpx2.Response) -> str:
    """Return the code of an error answer, empty where it has none that can be read."""
    if response.is_success:
        return ""
    try:
        error = parsed(response).get("error")
    except Unreadable:
        return ""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""


def error_after_write(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a journal that was sent."""
    known = _known(response)
    if known is not None:
        return known
    return OutcomeUnknown(
        f"The accounting system answered with an error ({response.status_code}), so it is not known whether the journal "
        "was written.",
        code=code_of(response),
        request_id=request_id_of(response),
    )


def error_after_read(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a call that only reads."""
    return _known(response) or ConnectorError(
        f"The accounting system answered with an error ({response.status_code}).",
        code=code_of(response),
        request_id=request_id_of(response),
    )


def silence_after_write(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a journal: nothing was written only where no byte left."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return OutcomeUnknown(
        "The accounting system did not answer, so it is not known whether the journal was written.", code="no_answer"
    )


def silence_after_read(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a call that only reads."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return ConnectorError("The accounting system did not answer.", code="no_answer")


def unreadable_after_write(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that makes no sense means for a journal: a success that cannot be read proves nothing."""
    return OutcomeUnknown(
        "The accounting system answered something that is not a journal, so it is not known whether it was written.",
        code="unreadable",
        request_id=request_id_of(response),
    )


def request_id_of(response: httpx2.Response) -> str:
    """Return the ledger's own id of a call, which its support asks for."""
    return response.headers.get("Request-Id", "")


def retry_after_s(response: httpx2.Response) -> int | None:
    """Return how long an answer asks to wait (seconds, 0 to a day), None where it does not say or makes no sense.

    The header is a number of seconds or a date (RFC 9110, section 10.2.3); a date is counted from the answer's own Date,
    so that two clocks need not agree.
    """
    told = response.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(told):
        return min(int(told), LONGEST_WAIT_S)
    until, now = _date(told), _date(response.headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(int((until - now).total_seconds()), 0), LONGEST_WAIT_S)


def _known(response: httpx2.Response) -> NotWritten | None:
    """Return the error of a 429 or of a code on the closed list, None for anything else."""
    code, request_id = code_of(response), request_id_of(response)
    if response.status_code == TOO_MANY_CALLS:
        return TryLater(
            "The accounting system asks for fewer calls.",
            retry_after_s=retry_after_s(response),
            code=code,
            request_id=request_id,
        )
    if code not in NOTHING_WRITTEN:
        return None
    return NOTHING_WRITTEN[code](_message(response), code=code, request_id=request_id)


def _message(response: httpx2.Response) -> str:
    """Return the ledger's own sentence, which stands beside a code on the closed list."""
    message = parsed(response)["error"].get("message")
    return message if isinstance(message, str) and message else "The accounting system refused the journal."


def _not_reached() -> TryLater:
    return TryLater("The accounting system could not be reached.", code="not_reached")


def _date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
