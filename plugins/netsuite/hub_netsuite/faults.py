"""What NetSuite's errors mean to the hub: was the journal written, and who must act?

They come in three layers: a fault of the whole request, the status of a record, and over REST a list of details. All are
sorted by code, by the fault's element, and by the sentences of codes.py where only those tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from hub.api import ConnectorError, NotWritten, OutcomeUnknown, TryLater
from hub_netsuite.answers import SoapFault, Status, Unreadable
from hub_netsuite.catalogue import CATALOGUE
from hub_netsuite.codes import CODES, FAULTS, SENTENCES

LONGEST_WAIT_S = 86_400
MOST_SAID = 300  # characters of NetSuite's own sentence
CLOCK_OFF_S = 300  # NetSuite takes timestamps within five minutes of its own clock (facts 1.1)
VAGUE = frozenset({"refused", "missing_record", "permission", "fields_needed"})
"""Refusals that do not prove by themselves that nothing was written, such as those that a script words."""

_USUAL: Mapping[int, str] = {400: "refused", 403: "permission", 404: "not_found"}
"""What an error over REST is by its HTTP status, where its code and sentence tell no more."""

# Raised before the first byte of a request has left.
_NO_BYTE_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_ERROR_ID = re.compile(r"error id:?\s*(?P<id>[\w-]{6,64})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error as it was understood: its entry in the catalogue, what the entry's sentence names, and NetSuite's own code."""

    entry: str
    code: str = ""
    taken: Mapping[str, str] = field(default_factory=dict)
    retry_after_s: int | None = None
    request_id: str = ""

    @property
    def message(self) -> str:
        """The sentences that people read."""
        return CATALOGUE[self.entry].message(self.taken)

    def after_read(self) -> ConnectorError:
        """Return what it means for a call that only reads."""
        return self._known() or ConnectorError(self.message, code=self.code, request_id=self.request_id)

    def after_write(self) -> ConnectorError:
        """Return what it means for a journal that was sent."""
        return self._known() or OutcomeUnknown(
            f"It is not known whether the journal was written. {self.message}",
            code=self.code,
            request_id=self.request_id,
        )

    def _known(self) -> NotWritten | None:
        means = CATALOGUE[self.entry].means
        if means is None:
            return None
        if means is TryLater:
            wait = self.retry_after_s
            return TryLater(self.message, retry_after_s=wait, code=self.code, request_id=self.request_id)
        return means(self.message, code=self.code, request_id=self.request_id)


def of_fault(told: SoapFault, request_id: str = "") -> Fault:
    """Return what a fault of a whole request is."""
    if told.code or told.kind:
        return _fault(told.code, told.message, FAULTS.get(told.kind, "unknown"), request_id)
    return _fault("", told.message, "unknown", request_id)


def of_status(status: Status, request_id: str = "") -> Fault:
    """Return why NetSuite did not do what it was asked for one record: the first error that says something exact."""
    errors = [each for each in status.details if each.kind != "WARN"] or list(status.details)
    if not errors:
        return _fault("", "", "unknown", request_id)
    # A status that says no belongs to this record alone; its codes are 1,399, and each of them refuses it (facts 2.5).
    found = [_fault(each.code, each.message, "refused" if each.code else "unknown", request_id) for each in errors]
    return next((fault for fault in found if fault.entry not in ("refused", "unknown")), found[0])


def of_details(status: int, details: list[tuple[str, str]], request_id: str = "") -> Fault:
    """Return what an error over REST is; details: each one's code and sentence."""
    if status == httpx2.codes.UNAUTHORIZED:
        code, said = details[0] if details else ("INVALID_LOGIN", "")
        entry = "rest_login" if details else "unknown"
        return Fault(entry=entry, code=code, taken=_taken(said, status), request_id=request_id)
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        return Fault(entry="concurrency", code="CONCURRENCY_LIMIT_EXCEEDED", request_id=request_id)
    if status >= httpx2.codes.INTERNAL_SERVER_ERROR and not details:
        return Fault(entry="5xx", code=f"HTTP {status}", taken=_taken("", status), request_id=request_id)
    usual = _USUAL.get(status, "unknown")
    if not details:
        return _fault("", "", "unknown" if usual != "not_found" else usual, request_id, status)
    found = [_fault(code, said, usual, request_id, status) for code, said in details]
    return next((fault for fault in found if fault.entry not in ("refused", "unknown")), found[0])


def waiting(fault: Fault, response: httpx2.Response, now: datetime) -> Fault:
    """Return a fault with the time that the answer asks to wait, and with the clocks compared where a sign-in failed."""
    off = clock_off_s(response, now) if fault.entry == "invalid_login" else 0
    if off > CLOCK_OFF_S:
        return Fault(entry="clock", code=fault.code, taken={"seconds": str(off)}, request_id=fault.request_id)
    return Fault(
        entry=fault.entry,
        code=fault.code,
        taken=fault.taken,
        retry_after_s=retry_after_s(response),
        request_id=fault.request_id,
    )


def unsorted(response: httpx2.Response) -> Fault:
    """Return what an answer with an HTTP error and nothing that can be read in it is."""
    status = response.status_code
    entry = "5xx" if status >= httpx2.codes.INTERNAL_SERVER_ERROR else "unknown"
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        entry = "concurrency"
    wait = retry_after_s(response)
    return Fault(entry=entry, code=f"HTTP {status}", taken=_taken("", status), retry_after_s=wait)


def silence_after_write(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a journal: nothing was written only where no byte left."""
    return _silence(error).after_write()


def silence_after_read(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a call that only reads."""
    return _silence(error).after_read()


def unreadable(error: Unreadable, request_id: str = "") -> Fault:
    """Return what an answer that makes no sense is."""
    return Fault(entry="unreadable", code="unreadable", taken={"what": str(error)}, request_id=request_id)


def retry_after_s(response: httpx2.Response) -> int | None:
    """Return how long an answer asks to wait (seconds, at most a day), None where it does not say or makes no sense."""
    told = response.headers.get("Retry-After", "").strip()
    return min(int(told), LONGEST_WAIT_S) if _SECONDS.fullmatch(told) else None


def clock_off_s(response: httpx2.Response, now: datetime) -> int:
    """Return how far this machine's clock was from NetSuite's when the answer came (seconds), 0 where it does not tell."""
    try:
        there = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return 0
    return abs(int((there.astimezone(UTC) - now).total_seconds())) if there.tzinfo is not None else 0


def _fault(code: str, said: str, usual: str, request_id: str, status: int = 0) -> Fault:
    """Return which error a code with its sentence is; usual: what it is where neither tells."""
    by_code = CODES.get(code.upper(), "")
    entry, named = by_code or usual, {}
    if entry in ("refused", "unknown", "missing_record", "invalid_login"):
        for sentence in SENTENCES:
            found = sentence.words.search(said)
            if found:
                entry = sentence.entry
                named = {name: value or "" for name, value in found.groupdict().items()}
                break
    error_id = _ERROR_ID.search(said)
    return Fault(
        entry=entry,
        code=code or entry,
        taken={**_taken(said, status), **named},
        request_id=error_id["id"] if error_id else request_id,
    )


def _taken(said: str, status: int) -> dict[str, str]:
    said = " ".join(said.split())
    shown = said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 1]}…"
    return {"said": shown or "nothing", "status": f"HTTP {status}" if status else "a fault"}


def _silence(error: httpx2.HTTPError) -> Fault:
    entry = "not_reached" if isinstance(error, _NO_BYTE_LEFT) else "no_answer"
    return Fault(entry=entry, code=entry)
