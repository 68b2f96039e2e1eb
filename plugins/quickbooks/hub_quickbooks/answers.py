"""QuickBooks' answers as they come: JSON with exact amounts, and errors in either of the vendor's two shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import httpx2

from hub_quickbooks.places import TRACE

LONGEST_WAIT_S = 86_400
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked


class Unreadable(ValueError):
    """An answer is not what the vendor's documentation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error of an answer, in the vendor's own words."""

    code: str
    message: str
    detail: str

    @property
    def sentence(self) -> str:
        """The more exact of the two."""
        return self.detail or self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that was read. body: None where it is no JSON object; faults: in either of the vendor's two shapes."""

    status: int
    trace: str
    body: dict[str, Json] | None
    faults: tuple[Fault, ...]
    wait_s: int | None

    @property
    def is_good(self) -> bool:
        """Whether it is a success with something in it; a success may carry a fault."""
        return 200 <= self.status < 300 and self.body is not None and not self.faults

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(fault.code for fault in self.faults)


def read(response: httpx2.Response) -> Answer:
    """Return what an answer says; amounts become Decimal, never float."""
    try:
        body = json.loads(response.content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        body = None
    body = body if isinstance(body, dict) else None
    return Answer(
        status=response.status_code,
        trace=response.headers.get(TRACE, ""),
        body=body,
        faults=tuple(_faults(body)) if body is not None else (),
        wait_s=_retry_after_s(response),
    )


def _faults(body: dict[str, Json]) -> Iterator[Fault]:
    """Yield the errors of either shape: `Fault` of the API, `fault` of the gateway before it, with names in lower case."""
    told = body.get("Fault", body.get("fault"))
    if told is None:
        return
    lowered = _lowered(told)
    errors = lowered.get("error")
    rows = [_lowered(error) for error in errors] if isinstance(errors, list) else []
    for row in rows or [{}]:
        yield Fault(code=_code(row.get("code")), message=_text(row.get("message")), detail=_text(row.get("detail")))


def _lowered(told: Json) -> dict[str, Json]:
    return {str(name).lower(): value for name, value in told.items()} if isinstance(told, dict) else {}


def _code(value: Json) -> str:
    """Return a code without leading noughts: the gateway writes 003200 in its messages."""
    return str(value).lstrip("0") if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is no number")


def _retry_after_s(response: httpx2.Response) -> int | None:
    """Return how long an answer asks to wait (seconds, 0 to a day), None where it does not say or makes no sense.

    A number of seconds or a date (RFC 9110, section 10.2.3); a date is counted from the answer's own Date.
    """
    told = response.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(told):
        return min(int(told), LONGEST_WAIT_S)
    until, now = _date(told), _date(response.headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(int((until - now).total_seconds()), 0), LONGEST_WAIT_S)


def _date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
