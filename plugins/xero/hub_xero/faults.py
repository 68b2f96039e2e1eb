"""What Xero's errors mean to the hub: was the journal written, and who must act?

An answer is sorted by its HTTP status and Xero's own codes. Where only a sentence tells things apart, the match is in
SENTENCES with its source; one that no longer matches makes an error less exact, never a refusal out of silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from hub.api import AccountMissing, ConnectorError, EntryRejected, NotWritten, OutcomeUnknown, PeriodClosed, TryLater
from hub_xero.catalogue import CATALOGUE
from hub_xero.fields import NOBODY, Row, Unreadable, objects, parsed, text

TOO_MANY_CALLS = 429
REQUEST_ID = "Xero-Correlation-Id"
LONGEST_WAIT_S = 86_400
MOST_SAID = 300  # characters of Xero's own sentence
MOST_REASONS = 3
GONE = (
    "The resource you're looking for cannot be found"  # 404, text/html: pyxero, "verified response from the live API"
)

# Raised before the first byte of a request has left.
_NO_BYTE_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_LOCKED_THROUGH = "%d-%b-%Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """An error that Xero tells apart by its words only: what they look like, and which entry of the catalogue it is."""

    words: re.Pattern[str]
    entry: str
    source: str


SENTENCES: tuple[Sentence, ...] = (
    Sentence(
        words=re.compile(
            r"date cannot be before the (?:end of year|period) lock date, currently set at (?P<date>[\w-]+)", re.I
        ),
        entry="lock_date",
        source="help pages of Dext and Emersion; fyle's code (facts 2.4)",
    ),
    Sentence(
        words=re.compile(r"account code '(?P<account>[^']*)' is not a valid code for this document", re.I),
        entry="account_not_valid",
        source="a recorded reply of a journal on accounts payable (facts 2.3)",
    ),
    Sentence(
        words=re.compile(r"account(?: code)? '?(?P<account>[^']*?)'? has been archived, or has been deleted", re.I),
        entry="account_archived",
        source="a recorded reply (facts 2.4)",
    ),
    Sentence(
        words=re.compile(
            r"taxtype code '(?P<tax_type>[^']*)' cannot be used with account code '(?P<account>[^']*)'", re.I
        ),
        entry="tax_type",
        source="a recorded reply (facts 2.4)",
    ),
    Sentence(
        words=re.compile(r"total debits \((?P<debits>[^)]*)\) must equal total credits \((?P<credits>[^)]*)\)", re.I),
        entry="unbalanced",
        source="the vendor's OpenAPI, example of ManualJournals (facts 2.4)",
    ),
    Sentence(
        words=re.compile(r"\btracking (?:category|option|categories|options)\b", re.I),
        entry="tracking",
        source="believed: any sentence of a refusal that names tracking; nothing depends on it but the advice",
    ),
)
_IDEMPOTENCY = re.compile(r"^Idempotency Key: .* is used with a different request", re.I)  # XeroAPI/Xero-OpenAPI#571
_RANK: tuple[type[NotWritten], ...] = (PeriodClosed, AccountMissing, EntryRejected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error as it was understood: its entry in the catalogue, what the entry's sentence names, and Xero's own code."""

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


def understood(response: httpx2.Response) -> Fault | EntryRejected:
    """Return what an answer that is no success says: one fault, or the refusal of an entry with all its reasons."""
    status, request_id = response.status_code, request_id_of(response)
    if status == TOO_MANY_CALLS:
        return _limited(response, request_id)
    told = _body(response)
    if status in (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN):
        return _refused_sign_in(response, told, request_id)
    if status == httpx2.codes.BAD_REQUEST and text_of(told, "Type") == "ValidationException" and not _mismatched(told):
        reasons = [reason for each in _elements(told) for reason in _reasons(each)]
        return rejected(reasons or [_said(told)], request_id)
    taken = {"status": str(status), "said": _said(told)}
    entry = "idempotency_mismatch" if _mismatched(told) else _entry_of(status)
    code = entry if _mismatched(told) else text_of(told, "Type") or f"HTTP {status}"
    return Fault(entry=entry, code=code, taken=taken, request_id=request_id)


def error_after_write(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a journal that was sent."""
    found = understood(response)
    return found.after_write() if isinstance(found, Fault) else found


def error_after_read(response: httpx2.Response) -> ConnectorError:
    """Return what an answer that is no success means for a call that only reads."""
    found = understood(response)
    return (
        found.after_read()
        if isinstance(found, Fault)
        else ConnectorError(found.message, code=found.code, request_id=found.request_id)
    )


def silence_after_write(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a journal: nothing was written only where no byte left."""
    return _silence(error).after_write()


def silence_after_read(error: httpx2.HTTPError) -> ConnectorError:
    """Return what the lack of an answer means for a call that only reads."""
    return _silence(error).after_read()


def unreadable(error: Unreadable, response: httpx2.Response | None = None) -> Fault:
    """Return what an answer that makes no sense is."""
    request_id = request_id_of(response) if response is not None else ""
    return Fault(entry="unreadable", code="unreadable", taken={"what": str(error)}, request_id=request_id)


def refusal(element: Row, request_id: str) -> EntryRejected | None:
    """Return why Xero refused a journal in an answer with HTTP 200 (summarizeErrors=false), None where it did not.

    Raises Unreadable where the element has the id of a journal all the same: then nobody knows.
    """
    if text(element, "StatusAttributeString").upper() != "ERROR":
        return None
    if element.get("ManualJournalID") not in (None, "", NOBODY):
        raise Unreadable("A journal is told to be both refused and written.")
    return rejected(list(_reasons(element)) or ["no reason"], request_id)


def rejected(reasons: Iterable[str], request_id: str) -> EntryRejected:
    """Return the refusal of an entry for all of these reasons, as the most exact error of them."""
    faults = [_fault_of(reason) for reason in dict.fromkeys(reasons)]
    told = list(dict.fromkeys(fault.message for fault in faults))
    more = f" And {len(told) - MOST_REASONS} more." if len(told) > MOST_REASONS else ""
    kinds = {CATALOGUE[fault.entry].means for fault in faults}
    kind = next(kind for kind in _RANK if kind in kinds)
    error = kind(" ".join(told[:MOST_REASONS]) + more, code="ValidationException", request_id=request_id)
    if not isinstance(error, EntryRejected):
        raise TypeError(f"{kind.__name__} is no refusal of an entry")
    return error


def is_gone(response: httpx2.Response) -> bool:
    """Whether Xero says that there is no such journal: its own page, and not just any 404."""
    return response.status_code == httpx2.codes.NOT_FOUND and GONE in response.text


def request_id_of(response: httpx2.Response) -> str:
    """Return Xero's own id of a call, which its support asks for."""
    return response.headers.get(REQUEST_ID, "")


def retry_after_s(response: httpx2.Response) -> int | None:
    """Return how long an answer asks to wait (seconds, at most a day), None where it does not say or makes no sense."""
    told = response.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(told):
        return min(int(told), LONGEST_WAIT_S)
    until, now = _instant(told), _instant(response.headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(int((until - now).total_seconds()), 0), LONGEST_WAIT_S)


def text_of(told: Row, name: str) -> str:
    """Return a text of an error's body, empty where it has none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _mismatched(told: Row) -> bool:
    """Whether the key came with another request before; Xero says so in words, of whatever type the error is."""
    return bool(_IDEMPOTENCY.match(text_of(told, "Message")))


def _entry_of(status: int) -> str:
    if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        return "503" if status == httpx2.codes.SERVICE_UNAVAILABLE else "5xx"
    return "404" if status == httpx2.codes.NOT_FOUND else "unknown"


def _limited(response: httpx2.Response, request_id: str) -> Fault:
    """A 429: which limit it is stands in a header, never in the body (facts 2.5)."""
    limit = response.headers.get("X-Rate-Limit-Problem", "").strip().lower()
    entry = {"daily": "day"}.get(limit, limit if limit in ("minute", "day", "concurrent") else "429")
    return Fault(entry=entry, code=limit or "429", retry_after_s=retry_after_s(response), request_id=request_id)


def _refused_sign_in(response: httpx2.Response, told: Row, request_id: str) -> Fault:
    detail = text_of(told, "Detail")
    code = detail.partition(":")[0].strip()
    if response.status_code == httpx2.codes.FORBIDDEN:
        entry = "AuthenticationUnsuccessful" if code == "AuthenticationUnsuccessful" else "unknown"
        taken = {"status": "403", "said": _said(told)}
        return Fault(entry=entry, code=code or "HTTP 403", taken=taken, request_id=request_id)
    challenge = response.headers.get("WWW-Authenticate", "")
    if (
        "insufficient_scope" in challenge or "insufficent_scope" in challenge
    ):  # Xero's own spelling (its FAQ, facts 2.1)
        return Fault(entry="insufficient_scope", code="insufficient_scope", request_id=request_id)
    if not told:  # not Xero's own answer, so it proves nothing
        return Fault(
            entry="unknown", code="HTTP 401", taken={"status": "401", "said": "nothing"}, request_id=request_id
        )
    entry = code if code == "TokenExpired" else "Unauthorized"
    return Fault(entry=entry, code=code or "Unauthorized", request_id=request_id)


def _silence(error: httpx2.HTTPError) -> Fault:
    entry = "not_reached" if isinstance(error, _NO_BYTE_LEFT) else "no_answer"
    return Fault(entry=entry, code=entry)


def _fault_of(reason: str) -> Fault:
    """Return which error a sentence of a refusal is; the general one, with the sentence, where no other matches."""
    for sentence in SENTENCES:
        found = sentence.words.search(reason)
        if found:
            taken = {name: value or "" for name, value in found.groupdict().items()}
            if "date" in taken:
                taken["date"] = _iso(taken["date"])
            return Fault(entry=sentence.entry, taken=taken)
    return Fault(entry="ValidationException", taken={"said": reason})


def _iso(told: str) -> str:
    """Return a day such as 30-Nov-2018 as 2018-11-30, or as it was told."""
    try:
        return datetime.strptime(told, _LOCKED_THROUGH).replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return told


def _body(response: httpx2.Response) -> Row:
    try:
        return parsed(response.content)
    except Unreadable:
        return {}


def _elements(told: Row) -> list[Row]:
    try:
        return objects(told.get("Elements") or [], "Elements")
    except Unreadable:
        return []


def _reasons(element: Row) -> Iterator[str]:
    """Yield Xero's sentences about one journal, each cut to what a message can hold."""
    try:
        errors = objects(element.get("ValidationErrors") or [], "ValidationErrors")
    except Unreadable:
        return
    for error in errors:
        said = _shortened(text_of(error, "Message"))
        if said:
            yield said


def _said(told: Row) -> str:
    """Return Xero's own words of an error, wherever it puts them."""
    found = next((text_of(told, name) for name in ("Message", "Detail", "Title") if text_of(told, name)), "")
    return _shortened(found) or "nothing"


def _shortened(said: str) -> str:
    said = " ".join(said.split())
    return said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 1]}…"


def _instant(told: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(told)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
