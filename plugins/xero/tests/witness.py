"""The vendor's own OpenAPI as a witness: every request and every answer is held against it, unknown names included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import yaml
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from plugins.xero.tests.stand import API

Spec = dict[str, Any]  # YAML
ENVELOPE = {"Id", "Status", "ProviderName", "DateTimeUTC"}  # beside what the schemas name
HERE = "urn:specification"


def load_spec(path: Path) -> Spec:
    """Return an OpenAPI document whose objects take no name that they do not list.

    An element of a refusal is what was sent, with its errors: its schema lists the ids of some only.
    """
    spec: Spec = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for name, schema in spec["components"]["schemas"].items():
        if "properties" in schema and name != "Element":
            schema["additionalProperties"] = False
    return spec


def _named(told: Any) -> Any:
    """Return a schema whose references name the document that they stand in."""
    if isinstance(told, dict):
        return {name: f"{HERE}{value}" if name == "$ref" else _named(value) for name, value in told.items()}
    return [_named(each) for each in told] if isinstance(told, list) else told


class Witness(httpx2.BaseTransport):
    """Passes calls on, and holds each against the specifications; findings: what does not fit, seen: what was held against it."""

    def __init__(self, inner: httpx2.BaseTransport, accounting: Spec, identity: Spec) -> None:
        self.findings: list[str] = []
        self.seen: set[tuple[str, str, int]] = set()
        self._inner = inner
        self._accounting = accounting
        self._identity = identity

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        response = self._inner.handle_request(request)
        content = response.read()
        path = request.url.path
        spec = self._accounting if path.startswith(API) else self._identity
        found = self._operation(spec, request.method, path.removeprefix(API))
        if found is None:
            self.findings.append(f"{request.method} {path} is no path of the specification")
            return response
        template, operation, shared = found
        self.seen.add((request.method, template, response.status_code))
        at = f"{request.method} {template}"
        self.findings += [f"{at} asks: {each}" for each in self._of_request(spec, request, body, operation, shared)]
        told = self._of_answer(spec, response, content, operation)
        self.findings += [f"{at} answers {response.status_code}: {each}" for each in told]
        return response

    def _operation(self, spec: Spec, method: str, path: str) -> tuple[str, Spec, list[Spec]] | None:
        for template, methods in spec["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path, re.IGNORECASE) and method.lower() in methods:
                return template, methods[method.lower()], methods.get("parameters", [])
        return None

    def _of_request(
        self, spec: Spec, request: httpx2.Request, body: bytes, operation: Spec, shared: list[Spec]
    ) -> Iterator[str]:
        several = [_resolved(spec, each) for each in (*operation.get("parameters", []), *shared)]
        known = {each["name"].lower(): each for each in several}
        for name in request.url.params:
            if known.get(name.lower(), {}).get("in") != "query":
                yield f"the parameter {name} is not known"
        for each in several:
            given = request.headers if each["in"] == "header" else request.url.params
            if each.get("required") and each["in"] in ("header", "query") and each["name"] not in given:
                yield f"{each['name']} is missing"
        wanted = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if wanted is not None:
            yield from _flaws(spec, wanted["schema"], json.loads(body))
        elif body:
            yield "a body that nobody reads"

    def _of_answer(self, spec: Spec, response: httpx2.Response, content: bytes, operation: Spec) -> Iterator[str]:
        responses = {str(status): told for status, told in operation["responses"].items()}
        if str(response.status_code) not in responses:
            if response.status_code < 400:
                yield "the status is not documented"
            return
        wanted = _resolved(spec, responses[str(response.status_code)]).get("content", {}).get("application/json")
        if wanted is not None:
            told = json.loads(content)
            enveloped = isinstance(told, dict) and told.keys() >= ENVELOPE
            shown = {name: value for name, value in told.items() if name not in ENVELOPE} if enveloped else told
            yield from _flaws(spec, wanted["schema"], shown)


def _resolved(spec: Spec, told: Spec) -> Spec:
    if "$ref" not in told:
        return told
    found: Any = spec
    for part in told["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    resolved: Spec = found
    return resolved


def _flaws(spec: Spec, schema: Spec, value: object) -> list[str]:
    registry = Registry().with_resource(HERE, DRAFT4.create_resource({"components": _named(spec["components"])}))
    validator = Draft4Validator(_named(schema), registry=registry, format_checker=FormatChecker(["uuid"]))
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in validator.iter_errors(value)]
