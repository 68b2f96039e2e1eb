"""What Xero answers: its envelope, as JSON or XML, its errors, and the headers of its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub_xero.sandbox.organisations import Shown, Value

NOT_FOUND = "The resource you're looking for cannot be found"
NOBODY = "00000000-0000-0000-0000-000000000000"
VALIDATION, POST_DATA, QUERY = 10, 14, 16

_ITEMS = {
    "Accounts": "Account",
    "Elements": "DataContractBase",
    "JournalLines": "JournalLine",
    "ManualJournals": "ManualJournal",
    "Options": "Option",
    "Organisations": "Organisation",
    "TaxComponents": "TaxComponent",
    "TaxRates": "TaxRate",
    "Tracking": "TrackingCategory",
    "TrackingCategories": "TrackingCategory",
    "ValidationErrors": "ValidationError",
    "Warnings": "Warning",
}
_MARK = "\ue000"  # before an amount, which json can only write as a float
_MARKED = re.compile(r'"\\ue000(-?[0-9]+(?:\.[0-9]+)?)"')


def enveloped(request: Request, now: datetime, name: str, rows: Iterable[Shown], **more: Value) -> Response:
    """Return an answer of some objects; more: beside them, such as pagination."""
    told: Shown = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": "Inventory Hub sandbox",
        "DateTimeUTC": now,
        **more,
        name: list(rows),
    }
    return written(request, told, "Response")


def error(request: Request, number: int, kind: str, message: str, elements: Iterable[Shown] = ()) -> Response:
    """Return a refusal with HTTP 400: every one has a type and a message."""
    several = list(elements)
    told: Shown = {"ErrorNumber": number, "Type": kind, "Message": message}
    if several:
        told["Elements"] = list(several)
    return written(request, told, "ApiException", status=400)


def refused_access(status: int, title: str, detail: str, **headers: str) -> Response:
    """Return a refusal of the sign-in, which is JSON whatever was asked for."""
    told: Shown = {"Type": None, "Title": title, "Status": status, "Detail": detail, "Instance": str(uuid4())}
    return Response(
        _json(told), status, {name.replace("_", "-"): value for name, value in headers.items()}, "application/json"
    )


def too_many(problem: str, wait_s: int | None) -> Response:
    """Return a refusal of one call too many: what says so are its headers."""
    headers = {"X-Rate-Limit-Problem": problem, **({"Retry-After": str(wait_s)} if wait_s is not None else {})}
    return Response("", 429, headers, "text/html")


def not_found(_request: Request | None = None) -> Response:
    """Return the page for what is not there."""
    return HTMLResponse(f"<html><body>{NOT_FOUND}</body></html>", 404)


def failed(status: int = 500) -> Response:
    """Return an error of Xero's own: JSON from inside it, a page from before it."""
    if status == 500:
        told: Shown = {"Title": "An error occurred", "Detail": "An error occurred in Xero.", "Status": 500}
        return Response(_json(told), 500, media_type="application/json")
    return HTMLResponse("<html><body><h1>The service is offline</h1></body></html>", status)


def written(request: Request, told: Shown, root: str, status: int = 200) -> Response:
    """Return an object in the form that was asked for; the default is XML."""
    accept = request.headers.get("accept", "")
    if "json" in accept:
        return Response(_json(told), status, media_type="application/json")
    element = Element(root)
    for name, value in told.items():
        _fill(element, name, value)
    return Response(tostring(element, encoding="utf-8", xml_declaration=True), status, media_type="text/xml")


def _json(told: Shown) -> str:
    """Return JSON with every amount as the digits that it has."""
    return _MARKED.sub(r"\1", json.dumps(_plain(told, _json_date)))


def _plain(value: Value, dated: Callable[[date], str]) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(each, dated) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, dated) for each in value]
    if isinstance(value, date):
        return dated(value)
    return f"{_MARK}{value:f}" if isinstance(value, Decimal) else value


def _json_date(value: date) -> str:
    """Return an instant or a day, which is midnight UTC, in milliseconds."""
    instant = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    return f"/Date({int(instant.timestamp() * 1000)}+0000)/"


def _fill(parent: Element, name: str, value: Value) -> None:
    if value is None:
        return
    element = SubElement(parent, name)
    if isinstance(value, Mapping):
        for each, inner in value.items():
            _fill(element, each, inner)
    elif isinstance(value, list):
        for item in value:
            _fill(element, _ITEMS.get(name, "Item"), item)
    else:
        element.text = _xml_text(value)


def _xml_text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
