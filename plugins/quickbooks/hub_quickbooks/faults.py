"""What QuickBooks' answers mean to the hub: was the journal written, and who must act?

An answer says that nothing was written where every code in it is on the closed list (catalogue.py), whatever the HTTP status,
or where the status is 429. Everything else, and above all silence, may have written.
"""

from __future__ import annotations

import re

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
from hub_quickbooks.answers import Answer, Fault
from hub_quickbooks.catalogue import CATALOGUE, Meaning

TOO_MANY_CALLS = 429
UNAUTHORIZED = 401
THROTTLED_S = 60  # the vendor's advice after a 429; it does not promise a Retry-After
NOT_THERE = "610"
SIGNED_OUT = "3200"  # where it had only expired, the client has renewed it, and the hub sends again
THROTTLED = "3001"
REFERENCE_UNKNOWN = "2500"
BUSINESS_RULE = "6000"

# Texts decide nothing but these two, for which the vendor has no code of their own.
_ACCOUNT = re.compile(r"\bAccounts? element\b")  # of 2500: "Invalid Reference Id : Accounts element id 7 not found"
_PASSING = re.compile(
    r"unexpected error|wait a few minutes", re.IGNORECASE
)  # of 6000: "... Please wait a few minutes and try again"

# Raised before the first byte of a request has left.
_NO_BYTE_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)

_REFUSALS: dict[Meaning, type[NotWritten]] = {
    Meaning.ACCOUNT: AccountMissing,
    Meaning.PERIOD: PeriodClosed,
    Meaning.REFUSED: EntryRejected,
    Meaning.RECONNECT: ReconnectNeeded,
    Meaning.LATER: TryLater,
}


def meaning_of(fault: Fault) -> Meaning:
    """Return what an error says of a journal that was sent; a code that is not known says nothing."""
    known = CATALOGUE.get(fault.code)
    if known is None:
        return Meaning.UNKNOWN
    if fault.code == REFERENCE_UNKNOWN and _ACCOUNT.search(fault.sentence):
        return Meaning.ACCOUNT
    if fault.code == BUSINESS_RULE and _PASSING.search(fault.sentence):
        return Meaning.UNKNOWN
    return known.meaning


def error_after_write(answer: Answer) -> ConnectorError:
    """Return what an answer that is no success means for a journal that was sent."""
    if answer.status == TOO_MANY_CALLS:
        return _later(answer)
    meanings = {meaning_of(fault) for fault in answer.faults}
    has_journal = answer.body is not None and "JournalEntry" in answer.body
    if meanings and Meaning.UNKNOWN not in meanings and not has_journal:
        return _not_written(answer)
    code = answer.codes[0] if answer.codes else ""
    sentence = _sentence(answer.faults[0], answer) if answer.faults else _nameless(answer)
    return OutcomeUnknown(
        f"{sentence} It is not known whether the journal was written.", code=code, request_id=answer.trace
    )


def error_after_read(answer: Answer) -> ConnectorError:
    """Return what an answer that is no success means for a call that only reads."""
    if answer.status == TOO_MANY_CALLS:
        return _later(answer)
    if answer.faults:
        first = answer.faults[0]
        meaning = meaning_of(first)
        if meaning is Meaning.RECONNECT:
            return ReconnectNeeded(_sentence(first, answer), code=first.code, request_id=answer.trace)
        if meaning is Meaning.LATER:
            return _later(answer)
        return ConnectorError(_sentence(first, answer), code=first.code, request_id=answer.trace)
    if answer.status == UNAUTHORIZED:
        known = CATALOGUE[SIGNED_OUT]
        return ReconnectNeeded(f"{known.what} {known.do}", code=SIGNED_OUT, request_id=answer.trace)
    return ConnectorError(_nameless(answer), code="no_answer_to_read", request_id=answer.trace)


def silence_after_write(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a journal: nothing was written only where no byte left."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return OutcomeUnknown(
        "QuickBooks did not answer, so it is not known whether the journal was written.", code="no_answer"
    )


def silence_after_read(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a call that only reads."""
    if isinstance(error, _NO_BYTE_LEFT):
        return _not_reached()
    return ConnectorError("QuickBooks did not answer.", code="no_answer")


def unreadable_after_write(answer: Answer) -> OutcomeUnknown:
    """Return what a success that makes no sense means for a journal: it proves nothing."""
    return OutcomeUnknown(
        "QuickBooks answered something that is not a journal, so it is not known whether it was written.",
        code="unreadable",
        request_id=answer.trace,
    )


def _not_written(answer: Answer) -> NotWritten:
    first = answer.faults[0]
    if meaning_of(first) is Meaning.LATER:
        return _later(answer)
    kind = _REFUSALS[meaning_of(first)]
    return kind(" ".join(_sentence(fault, answer) for fault in answer.faults), code=first.code, request_id=answer.trace)


def _later(answer: Answer) -> TryLater:
    first = next(iter(answer.faults), None)
    return TryLater(
        CATALOGUE[THROTTLED].what,
        retry_after_s=THROTTLED_S if answer.wait_s is None else answer.wait_s,
        code=first.code if first else str(answer.status),
        request_id=answer.trace,
    )


def _sentence(fault: Fault, answer: Answer) -> str:
    """Return what happened and what to do; an error that is not known is shown with its code and request id."""
    known = CATALOGUE.get(fault.code)
    if known is None:
        about = f"code {fault.code or 'none'}, request {answer.trace or 'without an id'}"
        return f"QuickBooks answered with an error that the hub does not know ({about}): {_ended(fault.sentence)}"
    told = f" QuickBooks says: {_ended(fault.sentence)}" if known.told and fault.sentence else ""
    return f"{known.what}{told} {known.do}"


def _nameless(answer: Answer) -> str:
    about = f"status {answer.status}, request {answer.trace or 'without an id'}"
    return f"QuickBooks answered with something that cannot be read ({about})."


def _ended(sentence: str) -> str:
    text = " ".join(sentence.split())[:500] or "no reason given"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _not_reached() -> TryLater:
    return TryLater("QuickBooks could not be reached.", code="not_reached")
