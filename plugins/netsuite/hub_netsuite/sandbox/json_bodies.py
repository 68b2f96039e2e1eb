"""JSON as the REST transport has it: amounts exact, errors in the vendor's shape."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, TypeAlias

from starlette.responses import Response

from hub_netsuite.sandbox.refusals import UNEXPECTED, InvalidReference, Refused, unexpected_text

Json: TypeAlias = Any  # a JSON value, with Decimal for its numbers
RESOURCE = "application/vnd.oracle.resource+json; type="
RFC = "https://www.rfc-editor.org/rfc/rfc9110.html#section-15."
_SECTIONS = {
    400: ("5.1", "Bad Request"),
    401: ("5.2", "Unauthorized"),
    403: ("5.4", "Forbidden"),
    404: ("5.5", "Not Found"),
    405: ("5.6", "Method Not Allowed"),
    429: ("", "Too Many Requests"),
    500: ("6.1", "Internal Server Error"),
}
_STATUSES = {
    "RCRD_DSNT_EXIST": (
        404,
        "NONEXISTENT_ID",
        "The record instance does not exist. Provide a valid record instance ID.",
    ),
    "INSUFFICIENT_PERMISSION": (403, "INSUFFICIENT_PERMISSION", ""),
    UNEXPECTED: (500, UNEXPECTED, ""),
    "INVALID_CONTENT": (400, "INVALID_CONTENT", ""),
    "INVALID_PARAMETER": (400, "INVALID_PARAMETER", ""),
}
_MARK = "\ue000"  # before an amount, which json can only write as a float
_MARKED = re.compile(f'"{_MARK}([-0-9.]+)"')
_ACCESSING = "Error while accessing a resource."


def read(body: bytes) -> dict[str, Json]:
    """Return the JSON object of a body; raises Refused."""
    try:
        told = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise invalid("Invalid content in the request body: it is not JSON.") from error
    if not isinstance(told, dict):
        raise invalid("Invalid content in the request body: an object is needed.")
    return told


def invalid(detail: str, path: str = "") -> Refused:
    """Return the refusal of a body that is not as it must be."""
    return Refused("INVALID_CONTENT", detail, path=path)


def answer(told: Json, kind: str = "singular") -> Response:
    """Return an answer; kind: singular or collection."""
    return Response(_written(told), 200, media_type=f"{RESOURCE}{kind}")


def error(status: int, code: str, detail: str, path: str = "") -> Response:
    """Return an error in the vendor's shape."""
    section, title = _SECTIONS[status]
    details = {"detail": detail, "o:errorCode": code, **({"o:errorPath": path} if path else {})}
    kind = f"{RFC}{section}" if section else "https://www.rfc-editor.org/rfc/rfc6585.html#section-4"
    told = {"type": kind, "title": title, "status": status, "o:errorDetails": [details]}
    return Response(_written(told), status, media_type=f"{RESOURCE}error")


def refusal(refused: Refused) -> Response:
    """Return the answer to what the rules refuse, whichever transport they were written for."""
    if isinstance(refused, InvalidReference):
        detail = f"You have entered an Invalid Field Value {refused.key} for the following field: {refused.field}"
        return error(400, "INVALID_CONTENT", f"{_ACCESSING} {detail}", refused.path)
    status, code, words = _STATUSES.get(refused.code, (400, "USER_ERROR", ""))
    plain = refused.code in _STATUSES
    return error(status, code, words or (refused.message if plain else f"{_ACCESSING} {refused.message}"), refused.path)


def too_many() -> Response:
    """Return the refusal of one call too many at the same time."""
    return error(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")


def unexpected() -> Response:
    """Return an error of the vendor's own."""
    return error(500, UNEXPECTED, unexpected_text())


def _written(told: Json) -> str:
    return _MARKED.sub(r"\1", json.dumps(told, default=_amount, ensure_ascii=False))


def _amount(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no JSON")
    return f"{_MARK}{value:f}"


def _no_number(told: str) -> Json:
    raise ValueError(f"{told} is no number")
