"""Answers as JSON, or as XML where nobody asks for JSON, as the vendor's are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from hub_quickbooks.sandbox.refusals import Json

NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = (
    "domain",
    "sparse",
    "status",
    "startPosition",
    "maxResults",
    "totalCount",
    "time",
    "type",
    "code",
    "element",
)
_ROOT = "IntuitResponse"


def wants_json(headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Whether a caller asks for JSON: in the header, whatever else stands there, or with the parameter format."""
    accept = headers.get("accept", "").lower()
    return query.get("format", "").lower() == "json" or "application/json" in accept or "text/json" in accept


def json_bytes(told: Json) -> bytes:
    """Return JSON in which a Decimal is the number it is."""
    return "".join(_json(told)).encode()


def xml_bytes(told: Mapping[str, Json]) -> bytes:
    """Return the vendor's XML: names as in JSON, references as an element's text with its name as an attribute."""
    shown = {name: value for name, value in told.items() if value is not None}
    if "fault" in shown:
        shown = {"Fault": _api_shaped(shown["fault"])}
    attributes = {"xmlns": NAMESPACE}
    if isinstance(shown.get("time"), str):
        attributes["time"] = shown.pop("time")
    inside = "".join(_element(name, value) for name, value in shown.items())
    head = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><{_ROOT}{head}>{inside}</{_ROOT}>'.encode()


def _json(told: Json) -> Iterator[str]:
    if isinstance(told, Mapping):
        yield "{"
        for number, (name, value) in enumerate(told.items()):
            yield f"{',' * bool(number)}{json.dumps(name)}:"
            yield from _json(value)
        yield "}"
    elif isinstance(told, list):
        yield "["
        for number, value in enumerate(told):
            yield "," * bool(number)
            yield from _json(value)
        yield "]"
    else:
        yield f"{told:f}" if isinstance(told, Decimal) else json.dumps(told)


def _element(name: str, value: Json) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_word(value))}</{name}>"
    if "value" in value:
        named = f" name={quoteattr(str(value['name']))}" if value.get("name") else ""
        return f"<{name}{named}>{escape(str(value['value']))}</{name}>"
    attributes = "".join(f" {each}={quoteattr(_word(value[each]))}" for each in _ATTRIBUTES if each in value)
    inside = "".join(_element(each, told) for each, told in value.items() if each not in _ATTRIBUTES)
    return f"<{name}{attributes}>{inside}</{name}>"


def _word(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _api_shaped(fault: Mapping[str, Json]) -> Json:
    """Return a fault of the gateway's in the API's shape: in XML there is only one."""
    names = {"message": "Message", "detail": "Detail"}
    errors = [
        {names.get(name, name): value for name, value in error.items() if value is not None} for error in fault["error"]
    ]
    return {"Error": errors, "type": fault["type"]}
