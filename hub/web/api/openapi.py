"""The OpenAPI document, made from the operations, the shapes and the kinds of import: what it says is what is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import hub
from hub.domain.access import Scope
from hub.intake.sheet import Holds
from hub.service.importing import KINDS, template
from hub.web.api.operations import ANY_FILE, CSV, JSON, XLSX, Operation, load_operations
from hub.web.api.problems import MEDIA_TYPE, TOLD, problem
from hub.web.api.shapes import Nothing, ProblemDetails

Document = dict[str, Any]
"""A part of the document. Any: JSON's own types."""

ALWAYS = (400, 401, 403, 404, 422, 429, 500)
OF_A_BODY = (413, 415)
OF_THE_BOOKS = (409, 502)
PARTS: Mapping[str, str] = {
    "code": "The company's code; a token is for one company.",
    "export": "An export's code, as the list has it.",
    "name": "The file's name, or the reference of its journal.",
}
ABOUT = (
    "From counts of the stock to balanced journals in the general ledger. Every request carries a token, made under "
    "Company Setup > API tokens. Amounts are strings with the currency's decimals. Nothing is posted twice: the same rows "
    "again change nothing, and the same hash again is the same export."
)
SCOPES: Mapping[Scope, str] = {
    Scope.IMPORT: "import rows of every kind, the set-up's too",
    Scope.READ: "read counts, previews, exports and their files",
    Scope.EXPORT: "export, undo and confirm",
}


@cache
def document() -> Document:
    """Return the whole document."""
    paths: Document = {}
    for each in load_operations():
        for path, made in _paths(each):
            paths.setdefault(path, {})[each.method.lower()] = made
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inventory Hub", "version": hub.__version__, "description": ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _problem(status) for status in (*ALWAYS, *OF_A_BODY, *OF_THE_BOOKS)},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token is for some of these: "
                    + "; ".join(f"`{scope}`: {told}" for scope, told in SCOPES.items()),
                }
            },
        },
    }


def _paths(wanted: Operation) -> Iterator[tuple[str, Document]]:
    """Yield an operation with its path; an import once for each kind, since each kind has rows of its own."""
    if not wanted.upload:
        body = None if wanted.body is None else _body(wanted, wanted.body)
        yield wanted.address, _operation(wanted, wanted.name, _about(wanted), body)
        return
    for kind in KINDS:
        told = f"Import {kind}: {KINDS[kind].about}."
        name = f"import_{kind.replace('-', '_')}"
        yield wanted.address.replace("{kind}", kind), _operation(wanted, name, told, _upload(kind))


def _operation(wanted: Operation, name: str, summary: str, body: Document | None) -> Document:
    failing = [*ALWAYS, *(OF_A_BODY if body else ()), *(() if wanted.upload else OF_THE_BOOKS)]
    headers = {} if name != "export" else {"headers": {"Location": {"schema": {"type": "string"}}}}
    made = {
        "operationId": name,
        "summary": summary,
        "security": [{"token": [wanted.scope.value]}],
        "parameters": [*_path_parameters(wanted), *_query_parameters(wanted)],
        "responses": {
            str(wanted.status): {"description": "Done.", "content": _answer(wanted), **headers},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(failing)},
        },
    }
    return made if body is None else {**made, "requestBody": body}


def _about(wanted: Operation) -> str:
    return (wanted.serve.__doc__ or "").strip()


def _path_parameters(wanted: Operation) -> Iterator[Document]:
    for name, told in PARTS.items():
        if f"{{{name}}}" in wanted.path:
            schema = {"type": "string", "minLength": 1}
            yield {"name": name, "in": "path", "required": True, "description": told, "schema": schema}


def _query_parameters(wanted: Operation) -> Iterator[Document]:
    schema = wanted.query.model_json_schema()
    for name, told in schema["properties"].items():
        found = {key: value for key, value in _not_null(told).items() if key not in ("title", "description")}
        made = {"name": name, "in": "query", "required": False, "description": told["description"], "schema": found}
        yield {**made, "style": "form", "explode": True} if found.get("type") == "array" else made


def _not_null(schema: Document) -> Document:
    """Return the schema of an optional parameter, which is left out and never null."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return {"description": schema["description"], **options[0]} if options else schema


def _body(wanted: Operation, shape: type[BaseModel]) -> Document:
    return {"required": wanted.needs_body, "content": {JSON: {"schema": _ref(shape)}}}


def _upload(kind: str) -> Document:
    header, example = template(kind).splitlines()
    rows = {"type": "array", "minItems": 1, "items": {"$ref": f"#/components/schemas/{_row_name(kind)}"}}
    return {
        "required": True,
        "content": {
            JSON: {"schema": rows, "example": [_example(kind)]},
            CSV: {"schema": {"type": "string"}, "example": f"{header}\n{example}\n"},
            XLSX: {"schema": {}},
            ANY_FILE: {"schema": {}},
        },
    }


def _answer(wanted: Operation) -> Document:
    if wanted.answers is bytes:
        return {ANY_FILE: {"schema": {}}}
    if get_origin(wanted.answers) is list:
        return {JSON: {"schema": {"type": "array", "items": _ref(get_args(wanted.answers)[0])}}}
    return {JSON: {"schema": _ref(wanted.answers)}}


def _ref(shape: type[BaseModel]) -> Document:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _problem(status: int) -> Document:
    code, sentence = TOLD[status]
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "instance": "0123456789abcdef",
        "problems": [problem(code, sentence)],
        "problem_count": 1,
    }
    made: Document = {
        "description": sentence,
        "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails), "example": example}},
    }
    named = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 429: "Retry-After"}.get(status)
    return made if named is None else {**made, "headers": {named: {"schema": {"type": "string"}}}}


def _schemas() -> Document:
    shapes: dict[type[BaseModel], None] = {ProblemDetails: None, Nothing: None}
    for each in load_operations():
        answers = get_args(each.answers)[0] if get_origin(each.answers) is list else each.answers
        shapes |= {shape: None for shape in (answers, each.body) if shape is not None and shape is not bytes}
    _, found = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    return {**found["$defs"], **{_row_name(kind): _row(kind) for kind in KINDS}}


def _row_name(kind: str) -> str:
    return f"{kind.title().replace('-', '')}Row"


def _row(kind: str) -> Document:
    """Return the schema of a kind's rows, from its columns."""
    columns = KINDS[kind].columns
    made: Document = {
        "type": "object",
        "description": f"One of: {KINDS[kind].about}.",
        "properties": {
            column.name: {
                "type": ["string", "null", *(["boolean"] if column.holds is Holds.YES_NO else [])],
                "examples": [column.example],
            }
            for column in columns
        },
        "required": [column.name for column in columns if column.required],
        "additionalProperties": False,
    }
    return made


def _example(kind: str) -> dict[str, str]:
    return {column.name: column.example for column in KINDS[kind].columns}
